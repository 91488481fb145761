// Package child performs training runs in a process of their own, which is this very program
// under another name. Whatever ends that process, the program that wants the run lives, and
// learns of it as the failure of the run.
//
//	func main() {
//		child.Main(open) // never returns in such a process
//		...
//		trainer := child.New(setup)
//		defer trainer.Close()
//		result, err := trainer.Train(ctx, job)
//
// One process performs one run after the other, so that several do not end each other. It is
// started with the first run, and anew after its end. Requests go to its standard input and
// answers come from its standard output, both as package encoding/gob writes them; the bits of
// a result are those that the trainer gave.
//
// # Who dies with whom
//
// The process ends when its standard input does, and on Linux also with the thread that started
// it: so it does not outlive the program, however that ends. Then nobody is there to call its
// end a failure. It ignores the signals that ask a program to end, and has another name and
// another session than the program has, so that what stops or kills the program by its name or
// its terminal reaches the program alone. And the program takes the end of the process for a
// failure only if it lives a second later: whatever kills both kills the program by then.
package child
