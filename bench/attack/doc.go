//go:build linux

// Command attack attacks the built program with real processes and checks what
// docs/reliability.md promises:
//
//	go run ./bench/attack          # the short form, two or three minutes
//	go run ./bench/attack -long    # the long form, at least 200 kills
//
// It builds evenkeel, makes a study of a few milliseconds a training, and performs the
// attacks of catalogue.go on it. Each is tried several times, with random numbers that follow
// from -seed, the attack and the number of the trial. At the end it prints a Markdown table:
// how often each was tried, how often what is promised held, and the first example of what did
// not. The exit status is 1 if anything did not hold, and also if an attack was not possible.
//
// # One trial
//
// A trial gets a folder of its own, with a TMPDIR in it, and a mark in the environment by
// which all processes are found that come from it. When it ends, whatever still has the mark is
// killed. Most trials end with a comparison: the study is completed and all its tables are
// compared with those of a study that nobody disturbed, but for what says when something
// happened (runs/runstest has the list).
//
// The moment of a kill is a random part of the time that the undisturbed program takes, so a
// trial repeated with -only and -number makes the same choices, but hits another instruction.
//
// # Soak
//
// With -soak the program is not attacked but used for long: see soak.go.
//
// # Where to start
//
// main.go has the flags, attack.go one trial and the table, catalogue.go the attacks,
// program.go the processes, study.go the studies and what they give undisturbed, peer.go the
// trainer, which is this program itself. The other files have a kind of attack each.
package main
