package process

import (
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"evenkeel/objective/leftover"
)

// A guard is named after the training program, by guardName in ps and top and by
// guardTitle in the place of its program's name, so that a command that kills the
// driver by name (pkill evenkeel) leaves the guard to its work. No shell completes
// the title and nobody types it.
const (
	guardName  = "trainer-guard"
	guardTitle = leftover.GuardTitle
)

// sweepLimit bounds the time in which a guard tries to kill what left the group, and a driver
// what a guard that was killed has left.
const sweepLimit = 10 * time.Second

// maxTitle is how much of the command a guard's title shows.
const maxTitle = 200

// guardArguments are the arguments of a guard over a command. keeps is the folder
// that it removes if the driver ends without an order to leave, "" for none.
func guardArguments(command []string, keeps string) []string {
	title := strings.Join(command, " ")
	return append([]string{guardTitle + title[:min(len(title), maxTitle)], keeps}, command...)
}

// guards are the process ids of this process's guards. The lock is held for reading while
// one is started, so that whoever has it knows all of them.
var guards = struct {
	starting sync.RWMutex
	mu       sync.Mutex
	ids      map[int]bool
}{ids: make(map[int]bool)}

// noteGuard notes that a guard of this process has been started, or was waited for.
func noteGuard(pid int, alive bool) {
	guards.mu.Lock()
	defer guards.mu.Unlock()
	if alive {
		guards.ids[pid] = true
	} else {
		delete(guards.ids, pid)
	}
}

// isGuard reports whether a process is a guard of this process.
func isGuard(pid int) bool {
	guards.mu.Lock()
	defer guards.mu.Unlock()
	return guards.ids[pid]
}

// called says that this program can be its own guard.
var called atomic.Bool

// Guard is called first in main, and in the TestMain of a test that starts
// processes. In an ordinary process it returns at once. In one that a [Trainer]
// started to watch over a training program it does that, and never returns.
func Guard() {
	if len(os.Args) > 2 && strings.HasPrefix(os.Args[0], guardTitle) {
		watch(os.Args[2:], os.Args[1])
	}
	called.Store(true)
}

// The orders that a guard takes through its lifeline. The end of the lifeline is
// an order to kill.
const (
	orderTerminate = 't'
	orderKill      = 'k'
	orderLeave     = 'l' // what is temporary: the driver lives, and sees to it
)

// The words with which a guard's reports begin; a number or a reason follows.
const (
	reportStarted  = "started"  // the process id
	reportFailed   = "failed"   // why the program could not be started
	reportExited   = "exited"   // the exit status
	reportSignaled = "signaled" // the signal's number
)
