//go:build integration

package nets_test

import (
	"bytes"
	"fmt"
	"os"
	"runtime/debug"
	"testing"

	"evenkeel/objective"
)

// A cnn on 10,000 images of CIFAR-10's size takes less than 150 MB beyond the images,
// at its peak, loading and measuring included.
func TestMemoryOfATraining(t *testing.T) {
	tr := trainerOn(t, images(10_000, 1000))
	debug.FreeOSMemory()
	if err := os.WriteFile("/proc/self/clear_refs", []byte("5"), 0); err != nil { // the peak is what there is now
		t.Fatal(err)
	}
	before := resident(t, "VmRSS")
	train(t, tr, objective.Job{Spec: specOf(tr, cnn("epochs", int64(1)), 1)})
	peak := resident(t, "VmHWM")
	t.Logf("%d MB before, %d MB at the peak", before>>10, peak>>10)
	if took := (peak - before) >> 10; took > 150 {
		t.Errorf("a training took %d MB beyond its data; want at most 150", took)
	}
}

// resident returns a figure of /proc/self/status, in KB.
func resident(t *testing.T, name string) (kb int) {
	t.Helper()
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, ok := bytes.Cut(status, []byte(name+":"))
	if _, err := fmt.Sscan(string(rest), &kb); err != nil || !ok {
		t.Fatalf("%s: %v", name, err)
	}
	return kb
}
