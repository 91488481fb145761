package check

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"

	"evenkeel/objective"
)

// Thresholds of "same seed twice"; our choices.
const (
	// small is the share of the difference between seeds up to which two runs of
	// one seed count as nearly equal. An unseeded trainer has a share near 1.
	small = 0.5
	// alikeAtFirst is the same for the losses after one epoch. Kernels that sum in
	// no fixed order differ there by about 1e-5 of the loss and seeds by about
	// 1e-2, though both may be equally far apart in the end.
	alikeAtFirst = 0.01
)

const adviceSeed = "Set every generator from the seed of the request at the start of each run, not once when the program starts " +
	"(PyTorch: torch.manual_seed(seed), numpy.random.seed(seed), random.seed(seed), generator= and worker_init_fn of a DataLoader; scikit-learn: random_state=seed), " +
	"and build model, optimizer and data loader anew in each run."

const adviceKernels = "Usually GPU kernels that sum in no fixed order; torch.use_deterministic_algorithms(True) and torch.backends.cudnn.benchmark = False avoid it, " +
	"at some cost in speed. A search works without this, but a repeated run will not give the same figures."

// seeds reports whether the same seed gives the same result and other seeds others. It
// returns whether the check can go on.
func (c *checker) seeds(ctx context.Context, asked []*training) bool {
	again, err := results(asked)
	if errors.Is(err, objective.ErrTrainerBroken) { // perhaps by the trainings with weights beside it
		return c.failed(ctx, nameTraining, "the first trainings worked, and then trainings fail", "Fix the error that is shown. If it comes with class weights only, look at what large weights do to the loss.", err)
	}
	if err != nil {
		return c.failed(ctx, nameRepeat, "a training that worked fails when it is repeated", adviceSeed, err)
	}
	c.say(c.repeat(again[0]))
	c.say(c.otherSeeds())
	return true
}

// repeat compares the first unweighted run with its repetition.
func (c *checker) repeat(again *objective.Result) Line {
	first, seed := c.plain[0], c.cfg.Seeds[0]
	f := Line{Name: nameRepeat, State: OK}
	if alike(first, again) {
		f.Text = fmt.Sprintf("seed %d gave the same confusion matrix both times", seed)
		if first.ValPredictions != nil {
			f.Text = fmt.Sprintf("seed %d gave the same predictions both times", seed)
		}
		if d := logitGap(first, again); d > 0 {
			f.Text += fmt.Sprintf(" (logits differ by up to %.1g, too little to matter)", d)
		}
		return f
	}
	d, between := distance(first, again), c.betweenSeeds()
	f.Text = fmt.Sprintf("seed %d twice: the predictions of %s of the validation examples changed; another seed changes %s",
		seed, percent(d), percent(between))
	switch {
	case c.beginsAlike(again):
		f.State, f.Advice = Warning, adviceKernels
		f.Text += "; both start the same and drift apart, so the seed is used but rounding is not reproducible"
	case d <= small*between:
		f.State, f.Advice = Warning, adviceKernels+" Otherwise one of several generators is not seeded, or state is kept from run to run."
	default:
		f.State, f.Advice = Fault, adviceSeed
		f.Text += ". The seed does not decide the result: not everything is seeded, or state is kept from run to run"
	}
	return f
}

// betweenSeeds returns the mean distance between unweighted runs.
func (c *checker) betweenSeeds() float64 {
	var sum, n float64
	for i, a := range c.plain {
		for _, b := range c.plain[:i] {
			sum, n = sum+distance(a, b), n+1
		}
	}
	return sum / n
}

// beginsAlike reports whether the repetition's loss after the first epoch is far
// closer to the original's than that of another seed is. It is false where no
// losses are reported.
func (c *checker) beginsAlike(again *objective.Result) bool {
	loss, ok := firstLoss(c.plain[0])
	repeated, ok2 := firstLoss(again)
	var sum float64
	for _, r := range c.plain[1:] {
		other, ok3 := firstLoss(r)
		ok2 = ok2 && ok3
		sum += math.Abs(other-loss) / float64(len(c.plain)-1)
	}
	return ok && ok2 && sum > 0 && math.Abs(repeated-loss) <= alikeAtFirst*sum
}

// otherSeeds reports how much the seed matters.
func (c *checker) otherSeeds() Line {
	f := Line{Name: nameSeeds, State: OK}
	same := true
	for _, r := range c.plain[1:] {
		same = same && alike(c.plain[0], r) && logitGap(c.plain[0], r) == 0
	}
	if same {
		f.State = Warning
		f.Text = fmt.Sprintf("%d seeds gave exactly the same result: the seed is not used, or nothing in this training is random", len(c.plain))
		f.Advice = "If something is random (initial parameters, order of the data), seed it from the request. " +
			"If nothing is, search with replicates: 1 and max_replicates: 1; without noise of seeds there are no intervals."
		return f
	}
	s := recalls(c.plain)
	var variance float64
	for k := range s.sizes {
		variance += s.squares(k) / float64((len(s.rates)-1)*len(s.sizes))
	}
	f.Text = fmt.Sprintf("from seed to seed a recall varies by %s (standard deviation over %s)",
		points(math.Sqrt(variance)), plural(len(c.plain), "seed"))
	return f
}

// alike reports whether two runs predicted the same for every validation example, as far
// as is known.
func alike(a, b *objective.Result) bool {
	if a.ValPredictions != nil && b.ValPredictions != nil && !slices.Equal(a.ValPredictions, b.ValPredictions) {
		return false
	}
	return a.Val.Equal(b.Val)
}

// logitGap returns the largest difference between two runs' logits, 0 where they are not
// known.
func logitGap(a, b *objective.Result) float64 {
	var gap float64
	if len(a.ValLogits) == len(b.ValLogits) {
		for i, x := range a.ValLogits {
			gap = max(gap, math.Abs(float64(x)-float64(b.ValLogits[i])))
		}
	}
	return gap
}

// distance returns the share of validation examples for which two runs predicted
// differently. Where one has no predictions it is the least share that turns one
// confusion matrix into the other, half the sum of absolute differences.
func distance(a, b *objective.Result) float64 {
	n := float64(a.Val.Total())
	var changed float64
	if p, q := a.ValPredictions, b.ValPredictions; p != nil && len(p) == len(q) {
		for i := range p {
			if p[i] != q[i] {
				changed++
			}
		}
		return changed / n
	}
	for i, row := range a.Val.Rows() {
		for j, x := range row {
			changed += math.Abs(float64(x-b.Val.At(i, j))) / 2
		}
	}
	return changed / n
}

// firstLoss returns the training loss of a run's first epoch, if it is known.
func firstLoss(r *objective.Result) (float64, bool) {
	if len(r.Epochs) == 0 || math.IsNaN(r.Epochs[0].Loss) || r.Epochs[0].Loss == 0 {
		return 0, false
	}
	return r.Epochs[0].Loss, true
}
