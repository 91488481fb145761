//go:build unix

package process

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// TestPatienceIsDocumented: docs/trainer.md tells how long a program has, and a
// program that ignores everything ends within two seconds of being asked to, and so does one
// that is idle after it was.
func TestPatienceIsDocumented(t *testing.T) {
	p := defaultWaits
	worst := p.stop + p.busy + p.term
	if worst >= 2*time.Second {
		t.Errorf("a program that ignores stop and SIGTERM is killed %v after the context ends; want less than 2s", worst)
	}
	text := strings.Join(strings.Fields(contents(t, "../../../docs/trainer.md")), " ")
	for _, want := range []string{
		fmt.Sprintf("an idle program has %v", p.bye),
		fmt.Sprintf("any other %v", p.busy),
		fmt.Sprintf("after %v more", p.term),
		fmt.Sprintf("answers within %v", p.stop),
		fmt.Sprintf("is killed %v after it was asked", worst),
		fmt.Sprintf("once stopped a program has %v", p.stop),
		fmt.Sprintf("after %v and then after %v", p.retry[0], p.retry[1]),
		fmt.Sprintf("after %v, %v and %v", p.lack[0], p.lack[1], p.lack[2]),
		fmt.Sprintf("within %v of the request", p.quick),
	} {
		if !strings.Contains(text, want) {
			t.Errorf("docs/trainer.md does not say %q", want)
		}
	}
}
