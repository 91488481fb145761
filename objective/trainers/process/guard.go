package process

import (
	"os"
	"strings"
	"sync/atomic"
)

// A guard is named after the training program, by guardName in ps and top and by
// guardTitle in the place of its program's name, so that a command that kills the
// driver by name (pkill evenkeel) leaves the guard to its work. No shell completes
// the title and nobody types it.
const (
	guardName  = "trainer-guard"
	guardTitle = guardName + ": "
)

// maxTitle is how much of the command a guard's title shows.
const maxTitle = 200

// guardArguments are the arguments of a guard over a command. keeps is the folder
// that it removes if the driver ends without an order to leave, "" for none.
func guardArguments(command []string, keeps string) []string {
	title := strings.Join(command, " ")
	return append([]string{guardTitle + title[:min(len(title), maxTitle)], keeps}, command...)
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
