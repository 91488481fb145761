package schemes

// Signal names the per-class measurement that a scheme reads on validation.
type Signal string

// The signals.
const (
	Recall    Signal = "recall"
	Precision Signal = "precision"
	F1        Signal = "f1"
)

// Signals returns all signals, the default first.
func Signals() []Signal { return []Signal{Recall, Precision, F1} }

// Smoothing names how counts become a signal.
type Smoothing string

// The smoothings.
const (
	Laplace     Smoothing = "laplace"
	NoSmoothing Smoothing = "none"
)

// Smoothings returns all smoothings, the default first.
func Smoothings() []Smoothing { return []Smoothing{Laplace, NoSmoothing} }

// Update says whether a round's raw weights replace or multiply the previous ones.
type Update string

// The updates.
const (
	Replace    Update = "replace"
	Accumulate Update = "accumulate"
)

// Updates returns all updates, the default first.
func Updates() []Update { return []Update{Replace, Accumulate} }

// Normalization names the scale on which weights are shown and handed to
// trainers that are not scale-free.
type Normalization string

// The normalizations.
const (
	NormalizeMean    Normalization = "mean"
	NormalizeSum     Normalization = "sum"
	NormalizeMax     Normalization = "max"
	NormalizeSupport Normalization = "support"
	NormalizeNone    Normalization = "none"
)

// Normalizations returns all normalizations, the default first.
func Normalizations() []Normalization {
	return []Normalization{NormalizeMean, NormalizeSum, NormalizeMax, NormalizeSupport, NormalizeNone}
}

// Recipe is a scheme with its parameters and every modifier: a complete rule
// from what one round measured to the class weights of the next. An empty
// Signal, Smoothing, Update or Normalize means the first of its constants, an
// absent parameter its default, and a zero that the modifier is off.
type Recipe struct {
	Scheme *Scheme
	Values Values
	// Strength, when not 0, is the wanted ln(max w / min w) of the raw formula
	// at round 1; the scheme's StrengthOf parameter is solved for it, and what
	// Values say of that parameter is not read.
	Strength  float64
	Signal    Signal
	Smoothing Smoothing
	Update    Update
	// Damping is the share d of the old log-weight, w = prev^d * new^(1-d), in [0, 1).
	Damping float64
	// Clip is R: at mean 1, weights are clamped to [1/sqrt R, sqrt R]; 0 is off.
	Clip      float64
	Normalize Normalization
}

// Measurement has the counts of a round on the validation part, one entry per class.
type Measurement struct {
	TruePositives, Support, Predicted []int64
	// Train is the number of training examples of each class; nil if not known.
	Train []int
}

// State is passed from one round to the next.
type State struct {
	// Weights are the previous round's weights at mean 1; nil means all 1.
	Weights []float64
	// Solved is the value of the strength parameter once it has been solved.
	Solved *float64
}

// Step is the outcome of one application of a [Recipe].
type Step struct {
	// Signal is the smoothed signal the formula read.
	Signal []float64
	// Raw are the raw weights of the formula, after the floor on zeros.
	Raw []float64
	// Weights are the final weights at mean 1: what identifies a training run.
	Weights []float64
	// Shown are the final weights on the recipe's normalization.
	Shown []float64
	// Solved is the solved strength parameter, nil if nothing was solved.
	Solved *float64
	// Fallback reports that the formula gave no usable weights (not finite, or
	// all 0) and equal weights were used instead.
	Fallback bool
}
