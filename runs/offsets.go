package runs

import (
	"context"
	"fmt"
	"math"

	"evenkeel/search"
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
	return s.writer.put(func(tx *transaction) error {
		return tx.exec(`INSERT INTO offsets (study, replicate, shifts, counts, spread, difference, accuracy_drop)
			VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
			s.number, o.Replicate, encodeFloats(o.Values), counts, o.Spread, o.Difference, o.Drop)
	})
}

// OffsetsRow is the second pinned row: fitted offsets on the reference's logits,
// over all seeds whose logits were known. Seeds is 0 where there were none.
type OffsetsRow struct {
	Seeds                    int
	Spread, BalancedAccuracy float64
	// Difference is the score minus the reference's on the same seeds, Drop the
	// balanced accuracy lost.
	Difference, Drop float64
	WorstClass       string
	WorstRecall      float64
	// Recall is the mean recall of each class.
	Recall []float64
}

// readOffsets reads the second pinned row. The charge for lost accuracy is that
// of the mean drop, as it is for arms.
func readOffsets(ctx context.Context, q querier, h *StudyHead) (OffsetsRow, error) {
	var all []search.Offsets
	err := each(ctx, q, `SELECT replicate, counts, spread, difference, accuracy_drop FROM offsets WHERE study = ? ORDER BY replicate`,
		[]any{h.Number}, func(scan scanner) error {
			var o search.Offsets
			var counts []byte
			if err := scan(&o.Replicate, &counts, &o.Spread, &o.Difference, &o.Drop); err != nil {
				return err
			}
			var err error
			o.Val, err = decodeMatrix(counts)
			all = append(all, o)
			return err
		})
	r := OffsetsRow{Seeds: len(all)}
	if err != nil || len(all) == 0 {
		return r, err
	}
	n := float64(len(all))
	r.Recall = make([]float64, all[0].Val.Classes())
	for _, o := range all {
		r.Spread += o.Spread / n
		r.BalancedAccuracy += o.Val.BalancedAccuracy() / n
		r.Difference += o.Difference / n
		r.Drop += o.Drop / n
		for c, v := range o.Val.Recall() {
			r.Recall[c] += v / n
		}
	}
	r.WorstRecall = math.Inf(1)
	for c, v := range r.Recall {
		if v < r.WorstRecall {
			r.WorstClass, r.WorstRecall = h.class(c), v
		}
	}
	return r, nil
}
