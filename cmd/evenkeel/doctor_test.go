package main

import (
	"os"
	"strings"
	"testing"
)

// TestDoctorDuringASearch: a history that is being searched is sound, the search goes on, and
// --fix takes nothing from it.
func TestDoctorDuringASearch(t *testing.T) {
	folder := endlessStudy(t)
	p := start(t, folder, "search", "study.yaml", "--db", "x.db")
	p.await(" trial 2")
	d := start(t, folder, "doctor", "--fix", "--db", "x.db")
	status, log := d.wait()
	if page := strings.Join(strings.Fields(d.stdout.String()), " "); status != exitDone || !strings.Contains(page, "is being worked on by process") {
		t.Errorf("status %d\n%s%s", status, page, log)
	}
	p.await(" trial 4")
	p.signal(os.Interrupt)
	if status, log := p.wait(); status != exitInterrupted {
		t.Errorf("the search ended with status %d\n%s", status, log)
	}
}
