// Package schemes turns what a classifier measured per class into class
// weights for its next training: a catalogue of formulas, and the modifiers
// that every formula is combined with.
//
// It is pure arithmetic: no files, no clock, no randomness, and nothing that
// trains. How weights enter a loss is a trainer's business, and how even the
// recalls became is package objective's.
//
// # Where to start
//
//   - [Scheme] is one formula with everything a person needs to know about it.
//     [All] lists the catalogue and [Lookup] finds an entry by name or alias.
//   - [Recipe] is a scheme with its parameters and modifiers. [Recipe.Next]
//     goes from one round's [Measurement] to the next round's weights;
//     [Recipe.FromSignal] does the same from recalls typed in by hand.
//   - Package formula makes a Scheme of a formula that a user wrote.
//
// # Symbols
//
//	K        number of classes; every slice has K entries, one per class
//	x_c      signal of class c: its recall, precision or F1, from 0 to 1
//	mean(x)  mean of the (floored) signal over the K classes
//	w_c      weight of class c, positive; only ratios matter to a loss
//	prev_c   weight of class c in the previous round, at mean 1
//	n_c      training examples of class c
//	R        round the weights are for, from 1; round 0 is unweighted
//
// "At mean 1" means that the K weights have mean 1.
//
// # The order of a round
//
//	measure     recall TP/support, precision TP/predicted, F1 2TP/(support+predicted)
//	smooth      laplace: (TP+1)/(support+2), (TP+1)/(predicted+2),
//	            (2TP+1)/(support+predicted+2); none: the plain quotient, 0/0 = 0
//	floor       ratio schemes: x at least 0.01; error schemes: 1-x at least 0.01;
//	            none in exponential schemes and formulas
//	formula     raw weights; zeros become 0.001 of the largest; for precision
//	            1/w, since more weight lowers a class's precision
//	accumulate  times prev, to mean 1
//	damp        prev^d * new^(1-d), both at mean 1, to mean 1
//	clip        at mean 1 to [1/sqrt R, sqrt R], to mean 1 (here R is the clip)
//	normalise   to the scale on which weights are shown
//
// Raw weights that are not finite, or all 0, are replaced by equal ones and the
// step says so; those of a formula are an error. Under precision a formula that
// reads prev reads 1/prev, so that it goes on from where it was. Weights at mean 1 that would be below 2^-100 are raised to it,
// so that none is 0 once rounded to single precision.
//
// # The same bits everywhere
//
// Weights decide which training runs are the same. So powers are computed by
// [Pow], and a product is rounded, float64(a*b)+c, before it is added to
// anything: a compiler that fuses the two changes the last bit.
//
// # Example
//
//	scheme, err := schemes.Lookup("mean-ratio")
//	if err != nil {
//		return err
//	}
//	recipe := schemes.Recipe{Scheme: scheme, Values: schemes.Values{"exponent": 2}}
//	step, err := recipe.Next(schemes.Measurement{
//		TruePositives: []int64{96, 74, 78},
//		Support:       []int64{100, 100, 100},
//		Predicted:     []int64{98, 97, 105},
//	}, 1, schemes.State{})
//	// step.Weights is 0.72, 1.20, 1.08: the class recognised least weighs most.
package schemes
