// Package process lets a training program of the user's own, in any language,
// perform training runs: it is an [objective.Trainer] over child processes that
// speak the trainer protocol, JSON Lines on their standard input and output
// (docs/trainer.md).
//
// It is not a judge of the program: that a trainer reacts to weights or is
// reproducible is found out elsewhere; here it is only held to the protocol. And
// it trusts nothing that the program sends, not even its paths.
//
// # Where to start
//
//   - [Guard] is called first in main, [Start] starts the program, and
//     [Trainer.Train] performs a run.
//   - slot.go and run.go are one run's way, child.go and guard_unix.go the
//     processes, message.go and answer.go what may be said.
//
// # How a run walks through
//
// Train waits for a free slot. The slot has a process, or starts one: a guard,
// which is this very program under another name, and below it the user's program
// in a process group of its own. The two shake hands (hello, ready); what ready
// says may not change while the trainer lives.
//
// The run gets a folder, the program a request. Then the slot reads lines. An
// epoch is passed on. A result is checked (echo of the weights, shapes, counts,
// the same examples as in every run before, files inside the folder that agree
// with the matrix), and the folder is removed. What this machine lacks (room, a folder,
// processes) is no failure of a run: it is tried again after a while, and then the trainer
// ends, see again.go. An error of the program's own
// fails the run and leaves the process; with `retry` the run is tried again after
// a while, three times in all. Everything else that can happen (an exit, silence,
// a line that is no message or not the one that is due) fails the run with the
// reason and the end of the log, and the process is replaced. A process that has
// answered before and ends soon after a request, without a word about it, was
// ending already: the run goes to a new one. Three failures in a row within seconds
// of the request, or to start at all, end the trainer, see
// [objective.ErrTrainerBroken]; so does another version of the program's code, a
// [codeChangedError].
//
// When the context ends, the program is asked to stop. If it answers, its process
// stays. If not, it is ended like every process: bye and the end of its input,
// then SIGTERM to its group, then SIGKILL.
//
// # What is left when the driver is killed
//
// The guard holds one end of a pipe, the lifeline, whose other end nobody but the
// driver has. When the driver ends, by any signal, the kernel closes it, the
// guard kills the program's group, and removes the trainer's temporary folder. On
// Linux the guard also adopts every descendant that left the group and kills those,
// and the program dies with its guard. Neither hears a terminal's signals: both are
// in a session of the guard's own.
//
// Its name is trainer-guard, in order that killing the driver by name (pkill) misses it
// on Linux. A guard that was stopped is made to go on by the driver whenever it needs it,
// and by the kernel when the driver ends. If a guard is killed, its program dies with it on
// Linux; what they leave becomes the driver's, which kills it, and the run is tried again.
// Whoever kills the driver too, by the executable that both share or because it kills
// all of the user's, leaves what left the program's group, and the temporary folder, which
// the next trainer removes ([leftover.MakeFolder]). On other systems what left the group is never
// followed.
//
// # Example
//
//	func main() {
//		process.Guard()
//		...
//		trainer, err := process.Start(ctx, process.Options{Command: []string{"python3", "train.py"}, Dir: dir})
//		if err != nil {
//			return err
//		}
//		defer trainer.Close()
//		info := trainer.Info()
//		result, err := trainer.Train(ctx, objective.Job{Spec: spec})
package process
