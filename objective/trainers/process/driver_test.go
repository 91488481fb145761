//go:build unix

package process

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"testing"

	"evenkeel/objective"
)

// driverMode is a program that searches: it starts a trainer, gives it a run
// that forks and hangs, and lives on.
func driverMode(args []string) {
	tr, err := start(context.Background(), Options{
		Command: []string{args[0], modePrefix + "trainer"}, Dir: args[1],
		Slots: []map[string]string{{markVariable: args[2], "GORACE": "atexit_sleep_ms=0"}},
	}, defaultWaits)
	if err != nil {
		panic(err)
	}
	go func() { _, _ = tr.Train(context.Background(), fault(tr, "fork and hang", nil)) }()
	go func() { _, _ = tr.Train(context.Background(), objective.Job{}) }() // waits for a slot
	fmt.Println("up")
	forever()
}

// startDriver starts a driver and waits until its trainer has forked.
func startDriver(t *testing.T) *exec.Cmd {
	t.Helper()
	self := command(t, "driver")
	d := exec.Command(self[0], self[1], self[0], t.TempDir(), t.Name())
	d.Stderr = os.Stderr
	out, err := d.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := d.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.Process.Kill(); _ = d.Wait() })
	if _, err := bufio.NewReader(out).ReadString('\n'); err != nil {
		t.Fatalf("the driver did not start: %v", err)
	}
	eventually(t, "guard, program and its child are there", func() bool { return len(marked(t.Name())) == 3 })
	return d
}
