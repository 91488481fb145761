package runs

import (
	"context"
	"slices"

	"evenkeel/objective"
	"evenkeel/runs/disk"
)

// ReferenceOutputs is what a study keeps of its unweighted reference beyond matrices.
type ReferenceOutputs struct {
	Study StudyHead
	// Results are those of the seeds whose logits are kept and are of the labelled
	// examples, in the order of the replicates.
	Results []*objective.Result
	// Labels are the true classes of the validation examples, nil if they are unknown.
	Labels []uint16
	// Offsets are those fitted to each seed of the search, also where its logits were
	// deleted since, in the order of the replicates.
	Offsets [][]float64
}

// ReferenceStops reports whether every training of the reference of the named study, "" for
// the newest, was ended before its planned epochs by its own early stopping: more epochs
// change nothing then.
func (db *DB) ReferenceStops(ctx context.Context, study string) (stops bool, err error) {
	err = db.view(ctx, func(q disk.Querier) error {
		number, _, err := findStudy(ctx, q, study)
		if err != nil {
			return err
		}
		return q.QueryRowContext(ctx, `SELECT coalesce(min(r.stopped), 0) FROM trial_runs t JOIN runs r ON r.hash = t.run
			WHERE t.study = ? AND t.trial = 0`, number).Scan(&stops)
	})
	return stops, err
}

// ReferenceOutputs returns what is kept of the reference of the named study, "" for the
// newest.
func (db *DB) ReferenceOutputs(ctx context.Context, study string) (*ReferenceOutputs, error) {
	r := &ReferenceOutputs{}
	err := db.view(ctx, func(q disk.Querier) error {
		head, err := readHead(ctx, q, study)
		if err != nil {
			return err
		}
		reference, err := readReference(ctx, q, head)
		if err != nil {
			return err
		}
		r.Study = *head
		if r.Labels, err = studyLabels(ctx, q, head.Number); err != nil {
			return err
		}
		offsets, err := fittedOffsets(ctx, q, head.Number)
		if err != nil {
			return err
		}
		for _, rep := range reference.Replicates {
			if o := offsets[rep.Replicate]; o != nil {
				r.Offsets = append(r.Offsets, slices.Clone(o.Values))
			}
			result := &objective.Result{Val: rep.Reference.Val}
			if err := readOutputs(ctx, q, rep.Reference.Run, result); err != nil {
				return err
			}
			if result.ValLogits != nil && counts(result, r.Labels) {
				r.Results = append(r.Results, result)
			}
		}
		return nil
	})
	return r, err
}
