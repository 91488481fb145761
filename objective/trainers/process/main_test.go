//go:build unix

package process

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"
)

// modes are what the test binary can be besides a test: the first argument says
// which, without the prefix.
const modePrefix = "mode:"

var modes = map[string]func(args []string){
	"trainer": func([]string) { (&peer{}).serve() },
	"deaf":    func([]string) { (&peer{}).deaf() },
	"wide":    wideMode,
	"start":   startMode,
	"driver":  driverMode,
}

func TestMain(m *testing.M) {
	Guard()
	if len(os.Args) > 1 {
		if name, ok := strings.CutPrefix(os.Args[1], modePrefix); ok {
			modes[name](os.Args[2:])
			os.Exit(0)
		}
	}
	os.Exit(m.Run())
}

// command is the command of a mode of this test binary.
func command(t testing.TB, mode string, args ...string) []string {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	return append([]string{self, modePrefix + mode}, args...)
}

// forever does nothing. A select without cases would be found out as a deadlock.
func forever() { time.Sleep(24 * time.Hour) }

// startMode is a program that gets the start wrong in the way that is named.
func startMode(args []string) {
	ready := `{"type":"ready","protocol":1,"classes":["a","b"],"data":"d","version":"v","supports":["loss"]}`
	replace := func(old, new string) {
		if !strings.Contains(ready, old) {
			panic("nothing to replace: " + old)
		}
		fmt.Println(strings.Replace(ready, old, new, 1))
		forever()
	}
	switch args[0] {
	case "exit":
		fmt.Fprintln(os.Stderr, "Traceback (most recent call last):\nModuleNotFoundError: No module named 'torch'")
		os.Exit(3)
	case "text":
		fmt.Println("Loading data...")
	case "error":
		fmt.Println(`{"type":"error","message":"no data in ./cifar"}`)
	case "silent":
	case "replace":
		replace(args[1], args[2])
	case "raw":
		fmt.Println(args[1])
	}
	forever()
}
