// Package check finds out whether a trainer is ready for a search: whether it is
// connected correctly, reproducible and follows the class weights, and what it costs.
// It trains about fifteen times and says in plain sentences what it found and what to
// fix.
//
// It is not the conformance suite of trainers (package trainertest is, for tests
// of this program). It knows nothing of processes or protocols (it sees an
// [objective.Trainer]), stores and prints nothing, and never asks for a result on the
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
// That is 15 for three seeds, and no more for a correct and deterministic trainer.
// Where ten times the weights move the recalls, or a class does not react, there are S
// more with every weight 1.001, and perhaps S with 1.001 times the weights of Y_s, to
// measure noise. A second way of applying weights takes another 2 S (Y_s and E_s). A
// class whose recall can hardly rise gets a twentieth of the weight instead, and must
// fall.
//
//	trained enough    recalls on the training part, and losses, of U_s; only where the model is not
//	                  trained (package trained), and then the check ends here
//	guessing          recalls and predictions of U_s; only where they are no better than
//	                  guessing (package guessing), and then the check ends here
//	test part         how many examples it has: U_1 is asked for that, and for no result on it
//	same seed twice   R against U_1, compared with U_1 against U_2
//	other seed        U_1 against U_2
//	one class x20     recall of Y, Y_s against U_s
//	order of weights  which class is predicted more often in Y_s and Z_s
//	all weights x10   all recalls, T_s against U_s and E_s against Y_s
//
// A weighted mean that divides by the sum of the weights, as PyTorch's
// nn.CrossEntropyLoss does, is the same for ten times the weights; a mean that
// divides by the number of examples is ten times as large, which is ten times the
// learning rate. With an optimizer that does not depend on the scale of the loss (Adam),
// nothing moves, and nothing is reported.
//
// # What counts as noise
//
// A fault is reported only where a difference is beyond noise, of seeds or of pairs of
// runs that should be equal. Noise is pooled over classes, since there are few runs. The
// type dispersion has the formulas. On small trainers, with 100 data sets each that were
// not used to choose a threshold, it reported a fault of correct ones in 0.6 % of 1,400
// checks (at most 3 % for any of fourteen kinds, most of them with the largest rounding
// errors), and the right fault of incorrect ones in 91 to 100 %; rates_test.go has the
// list.
//
// # Start here
//
//	findings, err := check.Run(ctx, trainer, check.Config{
//		Spec: reference, Apply: []string{"loss"}, Seeds: []int64{1, 2, 3},
//		Trainings: 119, Parallel: 2,
//	}, func(f check.Line) { fmt.Println(f) })
package check
