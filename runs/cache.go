package runs

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"evenkeel/objective"
	"evenkeel/runs/column"
	"evenkeel/runs/disk"
	"evenkeel/runs/writer"
)

// Save stores a finished run and returns when it is durable. Everything that
// was recorded before is then durable too. A run that is there already is left
// as it is, but for a test part that it lacked. Save does not give up when ctx ends:
// the run has been paid for, and a transaction takes milliseconds.
func (s *Study) Save(ctx context.Context, id objective.RunID, spec objective.Spec, r *objective.Result) error {
	insert, err := newRunInsert(id, spec, r, timestamp(s.db.options.Now()))
	if err != nil {
		return fmt.Errorf("run %s: %w", id, err)
	}
	if err := s.checkParts(spec, r); err != nil {
		return err
	}
	if err := s.checkTestLabels(context.WithoutCancel(ctx), spec, r.TestLabels); err != nil {
		return fmt.Errorf("run %s: %w", id, err)
	}
	return s.writer.PutAndWait(insert.apply)
}

// KeepFailure records a failed run. It need not be durable before the search
// goes on.
func (s *Study) KeepFailure(_ context.Context, f objective.Failure) error {
	canonical, err := f.Spec.Canonical()
	if err != nil {
		return err
	}
	now := timestamp(s.db.options.Now())
	return s.writer.Put(func(tx *writer.Transaction) error {
		return tx.Insert("failed_runs", writer.Row{
			"study":   s.number,
			"run":     string(f.Run),
			"spec":    string(canonical),
			"error":   plainText(f.Err),
			"log":     plainText(f.Log),
			"seconds": f.Seconds,
			"failed":  now,
		})
	})
}

// plainText returns s as text that every reader of the database can show: valid
// UTF-8 without zero bytes.
func plainText(s string) string {
	return strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\x00", "\uFFFD")
}

// runInsert is a run in the form of its rows.
type runInsert struct {
	id       string
	run      writer.Row
	matrices []writer.Row
	outputs  []writer.Row
	test     *testInsert // nil without a test part
	// labels is nil, or the labels to be remembered: their format and content, the
	// data and the split.
	labels []any
	// supports are the rows' counts by part, followed by the data and the split.
	supports []any
	log      string
}

// newRunInsert does all the encoding, so that the writer only writes.
func newRunInsert(id objective.RunID, spec objective.Spec, r *objective.Result, now string) (*runInsert, error) {
	canonical, err := spec.Canonical()
	if err != nil {
		return nil, err
	}
	if own, err := spec.ID(); err != nil || own != id {
		return nil, errors.Join(err, fmt.Errorf("its spec has the hash %s; want the same", own))
	}
	if r == nil || r.Val == nil {
		return nil, fmt.Errorf("it has no validation matrix")
	}
	in := &runInsert{id: string(id), log: plainText(r.Log), run: writer.Row{
		"hash":       string(id),
		"spec":       string(canonical),
		"state":      StateComplete,
		"trainer":    spec.Trainer,
		"version":    spec.Version,
		"numerics":   spec.Numerics,
		"stopped":    r.Stopped,
		"parameters": r.Parameters,
		"epochs":     column.Epochs(r.Epochs),
		"seconds":    r.Seconds,
		"finished":   now,
		"labels":     r.ValLabels != nil,
		"derived":    !spec.Trained(),
	}}
	split, err := json.Marshal(spec.Split)
	if err != nil {
		return nil, err
	}
	for _, m := range []*objective.Confusion{r.Val, r.Train, r.Test} {
		var support any
		if m != nil {
			support = column.Ints(m.Support())
		}
		in.supports = append(in.supports, support)
	}
	in.supports = append(in.supports, spec.Data, string(split))
	if r.ValLabels != nil {
		format, labels := column.Classes(r.ValLabels)
		in.labels = []any{format, labels, spec.Data, string(split)}
	}
	for _, m := range []struct {
		part string
		c    *objective.Confusion
	}{{"val", r.Val}, {"train", r.Train}} {
		if m.c == nil {
			continue
		}
		row, err := matrixRow(in.id, m.part, m.c)
		if err != nil {
			return nil, err
		}
		in.matrices = append(in.matrices, row)
	}
	in.outputs = outputRows(in.id, r.ValPredictions, r.ValLogits)
	in.test, err = newTestInsert(in.id, spec, r)
	return in, err
}

// matrixRow is the row of a confusion matrix.
func matrixRow(id, part string, m *objective.Confusion) (writer.Row, error) {
	counts, err := m.AppendBinary(nil)
	if err != nil {
		return nil, err
	}
	return writer.Row{
		"run":       id,
		"part":      part,
		"support":   column.Ints(m.Support()),
		"correct":   column.Ints(m.TruePositives()),
		"predicted": column.Ints(m.Predicted()),
		"counts":    counts,
	}, nil
}

// outputRows are the rows of what a run answered for the examples of a part.
func outputRows(id string, predictions []uint16, logits []float32) (rows []writer.Row) {
	if predictions != nil {
		format, data := column.Classes(predictions)
		rows = append(rows, writer.Row{"run": id, "kind": "predictions", "format": format, "data": data})
	}
	if logits != nil {
		rows = append(rows, writer.Row{"run": id, "kind": "logits", "format": column.Float32, "data": column.Logits(logits)})
	}
	return rows
}

// apply inserts the rows unless the run is known, and its test part unless that is.
func (in *runInsert) apply(tx *writer.Transaction) error {
	if err := in.insert(tx); err != nil || in.test == nil {
		return err
	}
	return in.test.apply(tx)
}

// insert inserts the rows but those of the test part, unless the run is known.
func (in *runInsert) insert(tx *writer.Transaction) error {
	added, err := tx.InsertNew("runs", in.run)
	if err != nil || !added {
		return err
	}
	for _, row := range in.matrices {
		if err := tx.Insert("matrices", row); err != nil {
			return err
		}
	}
	for _, row := range in.outputs {
		if err := tx.Insert("outputs", row); err != nil {
			return err
		}
	}
	if err := tx.Exec(`UPDATE datasets SET val_support = coalesce(val_support, ?1), train_support = coalesce(train_support, ?2),
		test_support = coalesce(test_support, ?3) WHERE data = ?4 AND split = ?5
		AND (val_support IS NULL OR train_support IS NULL AND ?2 IS NOT NULL OR test_support IS NULL AND ?3 IS NOT NULL)`, in.supports...); err != nil {
		return err
	}
	if in.labels != nil {
		if err := tx.Exec(`UPDATE datasets SET labels_format = ?, labels = ? WHERE data = ? AND split = ? AND labels IS NULL`, in.labels...); err != nil {
			return err
		}
	}
	if in.log == "" {
		return nil
	}
	return tx.Insert("logs", writer.Row{"run": in.id, "number": 1, "text": in.log})
}

// Find returns the result of a run as it was saved, or false: every number to the
// last bit, except that SQLite has one zero and one NaN (logits keep even those
// apart), and without the log. After [Study.EvictLogits] the logits may be missing.
func (s *Study) Find(ctx context.Context, id objective.RunID) (*objective.Result, bool, error) {
	return s.db.Run(ctx, id)
}

// Course returns the epochs of a stored run, and whether early stopping ended it.
func (db *DB) Course(ctx context.Context, id objective.RunID) (epochs []objective.Epoch, stopped bool, err error) {
	err = db.view(ctx, func(q disk.Querier) error {
		var text string
		err := q.QueryRowContext(ctx, `SELECT stopped, epochs FROM runs WHERE hash = ?`, string(id)).Scan(&stopped, &text)
		if err == nil {
			epochs, err = column.ParseEpochs(text)
		}
		return err
	})
	return epochs, stopped, err
}

// Run returns the result of a complete run, or false if there is none.
func (db *DB) Run(ctx context.Context, id objective.RunID) (*objective.Result, bool, error) {
	// Mostly there is none, and a look at the key needs no transaction.
	r, found := &objective.Result{}, false
	err := db.file.Read.QueryRowContext(ctx, `SELECT 1 FROM runs WHERE hash = ?`, string(id)).Scan(new(int))
	if errors.Is(err, sql.ErrNoRows) {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, db.file.Failed(err)
	}
	err = db.view(ctx, func(q disk.Querier) error {
		var epochs string
		var labels bool
		err := q.QueryRowContext(ctx, `SELECT stopped, parameters, epochs, seconds, labels FROM runs WHERE hash = ? AND state = ?`, string(id), StateComplete).
			Scan(&r.Stopped, &r.Parameters, &epochs, orNull{&r.Seconds}, &labels)
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		if err != nil {
			return err
		}
		found = true
		r.Epochs, err = column.ParseEpochs(epochs)
		if err == nil {
			err = readMatrices(ctx, q, id, r)
		}
		if err == nil {
			err = readOutputs(ctx, q, id, r)
		}
		if err == nil && labels {
			err = readLabels(ctx, q, id, r)
		}
		if err == nil && r.Test != nil {
			err = readTest(ctx, q, id, r)
		}
		if err == nil && r.Val == nil {
			err = errors.New("its matrix on validation is missing")
		}
		if err == nil {
			err = r.Check(r.Val.Classes()) // everything else relies on that
		}
		if err != nil {
			return fmt.Errorf("run %s: %w", id, err)
		}
		return nil
	})
	if err != nil || !found {
		return nil, false, err
	}
	return r, true, nil
}

func readMatrices(ctx context.Context, q disk.Querier, id objective.RunID, r *objective.Result) error {
	return disk.Each(ctx, q, `SELECT part, counts FROM matrices WHERE run = ?`, []any{string(id)}, func(scan disk.Scanner) error {
		var part string
		var counts sql.RawBytes
		if err := scan(&part, &counts); err != nil {
			return err
		}
		m, err := column.ParseMatrix(counts)
		if err != nil {
			return err
		}
		switch part {
		case "val":
			r.Val = m
		case "train":
			r.Train = m
		case "test":
			r.Test = m
		}
		return nil
	})
}

// readOutputs reads what a run answered for the validation examples.
func readOutputs(ctx context.Context, q disk.Querier, id objective.RunID, r *objective.Result) error {
	var err error
	r.ValPredictions, r.ValLogits, err = answers(ctx, q, "outputs", id)
	return err
}

// answers reads the rows of a run in a table of outputs; what is not there is nil.
func answers(ctx context.Context, q disk.Querier, table string, id objective.RunID) (predictions []uint16, logits []float32, err error) {
	err = disk.Each(ctx, q, `SELECT kind, format, data FROM `+table+` WHERE run = ?`, []any{string(id)}, func(scan disk.Scanner) error {
		var kind, format string
		var data sql.RawBytes
		if err := scan(&kind, &format, &data); err != nil {
			return err
		}
		var err error
		switch kind {
		case "predictions":
			predictions, err = column.ParseClasses(format, data)
		case "logits":
			logits, err = column.ParseLogits(format, data)
		}
		return err
	})
	return predictions, logits, err
}

// readLabels reads the labels that a run came with.
func readLabels(ctx context.Context, q disk.Querier, id objective.RunID, r *objective.Result) error {
	var format string
	var labels []byte
	err := q.QueryRowContext(ctx, `SELECT d.labels_format, d.labels FROM runs r
		JOIN datasets d ON d.data = r.spec ->> '$.data' AND d.split = r.spec -> '$.split' WHERE r.hash = ?`, string(id)).Scan(&format, &labels)
	if err == nil {
		r.ValLabels, err = column.ParseClasses(format, labels)
	}
	return err
}
