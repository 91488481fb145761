package runs

import (
	"context"
	"fmt"
	"math"

	"evenkeel/objective"
	"evenkeel/runs/column"
	"evenkeel/runs/disk"
	"evenkeel/runs/writer"
	"evenkeel/search"
	"evenkeel/search/followup"
)

// Offsets records what fitted offsets do for the reference on one training seed.
// It may return before that is durable; a replicate that is there already is left
// as it is.
func (s *Study) Offsets(_ context.Context, o search.Offsets) error {
	counts, err := o.Val.AppendBinary(nil)
	if err != nil {
		return err
	}
	for name, v := range map[string]float64{"spread": o.Spread, "difference": o.Difference, "drop": o.Drop} {
		if math.IsNaN(v) {
			return fmt.Errorf("offsets of replicate %d: the %s is not a number", o.Replicate, name)
		}
	}
	return s.writer.Put(func(tx *writer.Transaction) error {
		_, err := tx.InsertNew("offsets", writer.Row{
			"study":         s.number,
			"replicate":     o.Replicate,
			"shifts":        column.Floats(o.Values),
			"counts":        counts,
			"spread":        o.Spread,
			"difference":    o.Difference,
			"accuracy_drop": o.Drop,
		})
		return err
	})
}

// OffsetsRow is the second pinned row: fitted offsets on the reference's logits,
// over all seeds whose logits were known. Seeds is 0 where there were none.
type OffsetsRow struct {
	Seeds                    int
	Spread, BalancedAccuracy float64
	// Change is the spread minus the reference's on the same seeds, Drop the balanced
	// accuracy lost. The study's score charges for the latter, see [OffsetsRow.Difference].
	Change, Drop float64
	WorstClass   string
	WorstRecall  float64
	// Recall is the mean recall of each class.
	Recall []float64
	// Fixed is one fixed set of offsets, on seeds and images that did not fit it; nil
	// before it was measured, which is when a search ends. Its standard errors serve for
	// offsets that are fitted to each model, too.
	Fixed *followup.Searched
}

// Difference is the score minus the reference's on the same seeds. The charge is the
// expected one, as it is for arms; that of the drop itself where no standard error is known.
func (r OffsetsRow) Difference(s objective.Score) float64 {
	se := 0.0
	if r.Fixed != nil && r.Fixed.Reason == "" {
		se = r.Fixed.DropSE
	}
	return r.Change + s.Charge(r.Drop, se)
}

// readOffsets reads the second pinned row.
func readOffsets(ctx context.Context, q disk.Querier, h *StudyHead) (OffsetsRow, error) {
	var all []search.Offsets
	var plain []float64
	err := disk.Each(ctx, q, `SELECT o.replicate, o.counts, o.spread, o.accuracy_drop, t.spread FROM offsets o
		JOIN trial_runs t ON t.study = o.study AND t.trial = 0 AND t.replicate = o.replicate
		WHERE o.study = ? ORDER BY o.replicate`,
		[]any{h.Number}, func(scan disk.Scanner) error {
			var o search.Offsets
			var counts []byte
			var reference float64
			if err := scan(&o.Replicate, &counts, &o.Spread, &o.Drop, &reference); err != nil {
				return err
			}
			plain = append(plain, reference)
			var err error
			o.Val, err = column.ParseMatrix(counts)
			all = append(all, o)
			return err
		})
	r := OffsetsRow{Seeds: len(all)}
	if err != nil || len(all) == 0 {
		return r, err
	}
	n := float64(len(all))
	r.Recall = make([]float64, all[0].Val.Classes())
	for i, o := range all {
		r.Spread += o.Spread / n
		r.Change += (o.Spread - plain[i]) / n
		r.BalancedAccuracy += o.Val.BalancedAccuracy() / n
		r.Drop += o.Drop / n
		for c, v := range o.Val.Recall() {
			r.Recall[c] += v / n
		}
	}
	worst, low := objective.Lowest(r.Recall)
	r.WorstClass, r.WorstRecall = h.Class(worst), low
	return r, nil
}
