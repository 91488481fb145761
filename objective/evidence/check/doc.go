// Package check finds out whether a trainer is fit to be searched over: whether
// it is plumbed in, reproducible, follows the class weights, and what it costs.
// It trains a dozen times or so and says in plain sentences what it saw and what
// to fix.
//
// It is not the conformance suite of trainers (package trainertest is, for tests
// of this program), it knows nothing of processes or protocols (it sees an
// [objective.Trainer]), it stores and prints nothing, and it never asks for the
// test part.
//
// # The trainings
//
// With seeds 1..S, class Y the one with the lowest recall, Z the next:
//
//	U_s   unweighted                          S runs
//	R     unweighted once more, seed 1        1 run, after the others
//	Y_s   class Y x20                         S runs
//	T_s   every weight 10                     S runs
//	Z_s   class Z x20                         2 runs
//	E_s   the weights of Y_s, each x10        S runs
//
// That is 15 for three seeds, and all for a trainer that is right and repeats
// itself. Where ten times the weights move the recalls, or a class does not react,
// there are S more with every weight 1.001, and perhaps S with 1.001 times the
// weights of Y_s, to see what means nothing. A second way of applying weights takes
// another 2 S (Y_s and E_s). A class whose recall has no room to rise gets a
// twentieth of the weight instead, and must fall.
//
//	same seed twice   R against U_1, held against U_1 against U_2
//	other seed        U_1 against U_2
//	one class x20     recall of Y, Y_s against U_s
//	order of weights  which class is predicted more often in Y_s and Z_s
//	all weights x10   all recalls, T_s against U_s and E_s against Y_s
//
// A weighted mean that divides by the sum of the weights, as PyTorch's
// nn.CrossEntropyLoss does, is the same for ten times the weights; a mean that
// divides by the number of examples is ten times as large, which is ten times the
// learning rate. Where the optimizer does not care (Adam), nothing moves, and
// nothing is said.
//
// # What counts as noise
//
// A trainer is blamed only for what stands out of noise, pooled over classes since
// there are so few runs: of seeds, or of pairs of runs that ought to be equal. The
// type dispersion has the formulas. Tried on small trainers on 100 data sets each that no threshold was chosen on, it blamed right ones in 0.6 % of 1,400
// checks (at most 3 % for any of fourteen kinds, most of them with rounding at its
// worst), and named faults in 91 to 100 %; rates_test.go has the list.
//
// # Start here
//
//	findings, err := check.Run(ctx, trainer, check.Config{
//		Spec: reference, Apply: []string{"loss"}, Seeds: []int64{1, 2, 3},
//		Trainings: 119, Parallel: 2,
//	}, func(f check.Line) { fmt.Println(f) })
package check
