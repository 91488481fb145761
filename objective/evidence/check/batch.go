package check

import "fmt"

// SmallBatch is the batch below which it is said that weights cancel themselves in part: from
// here on an eighth of ln w or less is lost to first order. Our choice.
const SmallBatch = 8

// BatchKeeps returns the share of a difference in ln w that remains where the loss of a batch
// of B examples is divided by the sum of their weights:
//
//	1 - 1/B
//
// to first order in ln w, so for weights that differ little; of large differences less remains.
// An example of weight w counts w / (w + S), S being the sum of the other B - 1 weights, which
// does not contain w; the derivative of its logarithm by ln w is S / (w + S), and that is
// (B - 1) / B where all weights are nearly equal. With one example a batch nothing remains.
// B is 1 or more.
func BatchKeeps(batch int) float64 { return 1 - 1/float64(batch) }

// SmallBatchLine is the warning for a batch below [SmallBatch] in which weights multiply the loss.
func SmallBatchLine(batch int) Line {
	return Line{
		Name: nameBatch, State: Warning,
		Text: fmt.Sprintf("model.batch is as small as %d, and the loss of a batch is divided by the sum of its weights: "+
			"of a small difference between the logarithms of two weights about %.0f %% remains, of a large one less", batch, 100*BatchKeeps(batch)),
		Advice: "Use a batch of 32 or more, or weighting.apply: logit, which no batch cancels.",
	}
}
