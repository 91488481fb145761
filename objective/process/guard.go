package process

import (
	"os"
	"sync/atomic"
)

// guardName is what a guard process finds in the place of its program's name. No
// shell completes it and nobody types it.
const guardName = "evenkeel: guard"

// called says that this program can be its own guard.
var called atomic.Bool

// Guard is called first in main, and in the TestMain of a test that starts
// processes. In an ordinary process it returns at once. In one that a [Trainer]
// started to watch over a training program it does that, and never returns.
func Guard() {
	if len(os.Args) > 1 && os.Args[0] == guardName {
		watch(os.Args[1:])
	}
	called.Store(true)
}

// The orders that a guard takes through its lifeline. The end of the lifeline is
// an order to kill.
const (
	orderTerminate = 't'
	orderKill      = 'k'
)

// The words with which a guard's reports begin; a number or a reason follows.
const (
	reportStarted  = "started"  // the process id
	reportFailed   = "failed"   // why the program could not be started
	reportExited   = "exited"   // the exit status
	reportSignaled = "signaled" // the signal's number
)
