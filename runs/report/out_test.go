package report

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"evenkeel/objective"
)

// TestWrapKeepsCommandsWhole: a command is on one line, however long it is.
func TestWrapKeepsCommandsWhole(t *testing.T) {
	for _, c := range []struct {
		text  string
		width int
		want  []string
	}{
		{"one two three", 8, []string{"one two", "three"}},
		{"do this: " + whole("evenkeel a --b"), 12, []string{"do this:", "evenkeel a --b"}},
		{"do this: " + whole("evenkeel a") + " now", 30, []string{"do this: evenkeel a now"}},
		{" ", 8, nil},
	} {
		if got := wrap(c.text, c.width); !slices.Equal(got, c.want) {
			t.Errorf("%q: %q; want %q", c.text, got, c.want)
		}
	}
}

// TestOffsetsCommandIsWhole: what is too long for the first line has one of its own, and a
// class whose name is a number is called a class before its recall.
func TestOffsetsCommandIsWhole(t *testing.T) {
	o := someOffsets()
	o.Classes = []string{"7", "8", "9"}
	for range 20 { // so that the offsets do not fit on a line
		o.Offsets = append(o.Offsets, 0.123456)
		o.Classes = append(o.Classes, "x")
		o.Support, o.Before, o.After = append(o.Support, 50), append(o.Before, 0.9), append(o.After, 0.9)
	}
	var page bytes.Buffer
	command := "evenkeel offsets a_long_name_of_logits.npy a_long_name_of_labels.npy --tolerance 0.02 --spread gap"
	if err := FittedOffsets(Out{W: &page}, o, command); err != nil {
		t.Fatal(err)
	}
	for _, line := range []string{command + " --format torch", "worst class 7 50.0 -> class 8 60.0"} {
		if !slices.Contains(strings.Split(page.String(), "\n"), line) {
			t.Errorf("%s\nhas no line %q", page.String(), line)
		}
	}
	if got := classText(objective.InSentence("cat")); got != "cat" {
		t.Errorf("a named class is %q", got)
	}
}
