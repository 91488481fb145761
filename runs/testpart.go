package runs

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"evenkeel/objective"
)

// testInsert is the test part of a run in the form of its rows.
type testInsert struct {
	matrix  []any
	outputs [][]any
	// labels are what is to be remembered of the part: the examples of each class,
	// format and content of their labels, which may be nil, the data and the split.
	labels []any
}

// newTestInsert does the encoding; nil for a run without a test part.
func newTestInsert(id string, spec objective.Spec, r *objective.Result) (*testInsert, error) {
	if r.Test == nil {
		return nil, nil
	}
	in := &testInsert{}
	var err error
	if in.matrix, err = matrixRow(id, "test", r.Test); err != nil {
		return nil, err
	}
	in.outputs = outputRows(id, r.TestPredictions, r.TestLogits)
	split, err := json.Marshal(spec.Split)
	if err != nil {
		return nil, err
	}
	var format, labels any
	if r.TestLabels != nil {
		format, labels = encodeClasses(r.TestLabels)
	}
	in.labels = []any{encodeInts(r.Test.Support()), format, labels, spec.Data, string(split)}
	return in, nil
}

// apply inserts the test part of a run unless it is there.
func (in *testInsert) apply(tx *transaction) error {
	added, err := tx.execCount(`INSERT INTO matrices (run, part, support, correct, predicted, counts) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`, in.matrix...)
	if err != nil || added == 0 {
		return err
	}
	for _, row := range in.outputs {
		if err := tx.exec(`INSERT INTO test_outputs (run, kind, format, data) VALUES (?, ?, ?, ?)`, row...); err != nil {
			return err
		}
	}
	return tx.exec(`UPDATE datasets SET test_support = coalesce(test_support, ?1), test_labels_format = ?2, test_labels = ?3
		WHERE data = ?4 AND split = ?5 AND test_labels IS NULL`, in.labels...)
}

// checkTestLabels says whether the test examples of a run are others, or in
// another order, than those of the runs before it.
func (s *Study) checkTestLabels(ctx context.Context, spec objective.Spec, labels []uint16) error {
	if labels == nil {
		return nil
	}
	split, err := json.Marshal(spec.Split)
	if err != nil {
		return err
	}
	known, err := testLabels(ctx, s.db.read, spec.Data, string(split))
	if err != nil {
		return s.db.failed(err)
	}
	if known != nil && !slices.Equal(labels, known) {
		return fmt.Errorf("%w: its test labels differ from those of earlier runs on data %s; a trainer keeps its test examples and their order, or names its data anew",
			objective.ErrRefused, spec.Data)
	}
	return nil
}

// testLabels returns the labels of a test part, nil if they are unknown.
func testLabels(ctx context.Context, q querier, data, split string) ([]uint16, error) {
	var format sql.NullString
	var labels []byte
	err := q.QueryRowContext(ctx, `SELECT test_labels_format, test_labels FROM datasets WHERE data = ? AND split = ?`, data, split).Scan(&format, &labels)
	if errors.Is(err, sql.ErrNoRows) || err == nil && !format.Valid {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return decodeClasses(format.String, labels)
}

// readTest reads what a run answered for the test examples, and their labels.
func readTest(ctx context.Context, q querier, id objective.RunID, r *objective.Result) error {
	var err error
	r.TestPredictions, r.TestLogits, err = answers(ctx, q, "test_outputs", id)
	if err != nil || r.TestPredictions == nil {
		return err
	}
	var data, split string
	if err := q.QueryRowContext(ctx, `SELECT spec ->> '$.data', spec -> '$.split' FROM runs WHERE hash = ?`, string(id)).Scan(&data, &split); err != nil {
		return err
	}
	r.TestLabels, err = testLabels(ctx, q, data, split)
	return err
}
