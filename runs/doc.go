// Package runs is the trial history: one SQLite file that holds every study, its
// steps, trials and training runs, and answers what the commands ask. SQLite is
// imported below it only (docs/decisions/0002). It decides nothing: what to run next is
// search's business, what a run measured is objective's.
//
// # Where to start
//
// [Open] opens a file, [DB.OpenStudy] a study in it for writing. A [Study] is the
// [search.Store] of a driver and the [objective.Cache] of a runner:
//
//	db, err := runs.Open(ctx, "evenkeel.db", runs.Options{})
//	study, opening, err := db.OpenStudy(ctx, definition, runs.Invocation{Program: version})
//	err = study.Describe(ctx, title, trainer.Info())
//	summary, err := (&search.Driver{Store: study, ...}).Run(ctx, stop)
//	err = study.Close(runs.StateDone)
//
// Reading needs no study: [DB.Leaderboard], [DB.Trial], [DB.Studies] and
// [DB.Query] see what is committed, whoever is writing.
// [DB.Invalidate] and [DB.FreeLogits] change studies that nobody works on.
//
// # The tables
//
// The schema is the text in package schema, with its own comments ([Schema] returns
// it). In short:
//
//	studies        one row a study, with its reference and what its intervals need
//	definitions    what its study file said, by revision
//	invocations    who worked on it, and for how long
//	steps          the numbered sequence of decisions
//	trials, arms   the points and their results; arms are indexed in leaderboard order
//	trial_runs     which run is which round of which replicate, with its weights
//	runs           training runs by hash, shared by all studies
//	matrices, outputs, logs   what a run left: confusion matrices, predictions, logits
//	datasets       class names, and the labels of a validation and a test part
//	events         what happened to a study
//	confirmed_arms, test_reads   what the view confirmations shows
//	confirmed_options            every option as a confirmation measured it
//	search_options, longer_runs, optimism  options other than weights when a search ends
//	confirm_runs, test_outputs   the runs behind it, and what they answered on the test part
//
// All keys are natural (a study's number, a trial's number, a run's hash), so a
// study that was killed and continued, or ran with other parallelism, ends with
// the same rows as one that was not; only times, invocations, events and logs
// differ. Package runstest compares on these terms.
//
// The views leaderboard, confirmations, class_recalls and trial_history are for
// people and scripts; their columns are stable. They need SQLite 3.38 and no
// function of ours.
//
// # The packages below
//
// What knows nothing of studies has packages of its own, which this one is built on: disk
// is the file, its connections and locks; schema the tables and the migrations; writer the
// goroutine that writes; column the form of lists and outputs in a column. Three are built
// on this one: results says what the history says, as data; report makes pages of it;
// session is one invocation's work on a study. runstest compares histories in tests.
//
// # The writer
//
// A study has one writer: a goroutine with the only connection that writes. What
// is handed to it is applied in the order of the calls. [Study.Save] waits until
// its run is durable; steps, outcomes, references and events do not wait, and
// are written in the transaction of the next run, so that a finished run costs one sync
// of the disk, and runs that finish together share one. Records that nobody
// waits for are written by themselves after a second. The first error undoes its
// transaction and is final: every later call returns it.
//
// The writer holds an operating system's lock on a byte of the database file, under any
// name, which a kill releases; makes sure after every transaction that the file is still the
// one of its name (see [MovedError]); and updates the time spent in every transaction. Several
// studies of one file may be worked on at once, by several processes.
//
// Synchronous mode is FULL: what was committed survives a power failure. Network
// file systems are refused, since their locks cannot be trusted.
package runs
