//go:build linux

package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// The most that a command may take and print because of what it reads.
const (
	mostMemory  = 1500 // MB
	mostPrinted = 256 << 10
)

// bombs are study files that are made to harm, or are as wrong as they can be. Those that are true
// are valid, and may be accepted.
var bombs = []struct {
	name  string
	valid bool
	text  func(*trial) string
}{
	{"a billion laughs", false, func(*trial) string {
		var s strings.Builder
		s.WriteString("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n")
		for i := 1; i < 12; i++ {
			fmt.Fprintf(&s, "a%d: &a%d [%s]\n", i, i, strings.Repeat(fmt.Sprintf("*a%d, ", i-1), 10))
		}
		return s.String()
	}},
	{"an alias of itself", false, func(*trial) string { return "study: &a [*a]\n" }},
	{"merge keys", false, func(*trial) string { return "a: &a {x: 1}\nb: &b {<<: *a}\nstudy: {<<: [*a, *b, *a]}\n" }},
	{"lists in lists", false, func(t *trial) string { return "study: " + strings.Repeat("[", 1000+t.rng.IntN(400_000)) }},
	{"closed lists in lists", false, func(t *trial) string {
		n := 1000 + t.rng.IntN(200_000)
		return "study: " + strings.Repeat("[", n) + strings.Repeat("]", n)
	}},
	{"mappings in mappings", false, func(t *trial) string { return "study: " + strings.Repeat("{a: ", 1000+t.rng.IntN(200_000)) }},
	{"indented mappings", false, func(*trial) string {
		var s strings.Builder
		for i := range 1200 {
			s.WriteString(strings.Repeat(" ", i) + "a:\n")
		}
		return s.String()
	}},
	{"dashes", false, func(*trial) string { return strings.Repeat("- ", 400_000) }},
	{"keys", false, func(*trial) string { return strings.Repeat("? ", 300_000) }},
	{"tags", false, func(*trial) string { return "study: " + strings.Repeat("!!str ", 100_000) + "x\n" }},
	{"documents", false, func(*trial) string { return strings.Repeat("---\nstudy: x\n", 50_000) }},
	{"a million keys", false, func(*trial) string {
		var s strings.Builder
		for i := range 70_000 {
			fmt.Fprintf(&s, "k%d: 1\n", i)
		}
		return s.String()
	}},
	{"ten megabytes of text", false, func(*trial) string { return "study: " + strings.Repeat("x", 10<<20) }},
	{"a megabyte of text", false, func(*trial) string { return "study: " + strings.Repeat("x", 1_000_000) }},
	{"a megabyte of line breaks", false, func(*trial) string { return strings.Repeat("\n", 1<<20) + "study: [" }},
	{"a megabyte of quotes", false, func(*trial) string { return "study: " + strings.Repeat("''", 500_000) }},
	{"NUL", false, func(*trial) string { return "study: a\x00b\n" }},
	{"escapes", false, func(*trial) string { return "\x1b[2J: \x1b]0;owned\x07\n" }},
	{"escapes in quotes", false, func(*trial) string { return `study: "\e[2J\u202e\a\0"` + "\n" }},
	{"no UTF-8", false, func(*trial) string { return "study: \xff\xfe\xc0\x80\n" }},
	{"UTF-16", false, func(*trial) string { return "\xff\xfes\x00t\x00u\x00d\x00y\x00:\x00 \x00x\x00" }},
	{"noise", false, func(t *trial) string {
		b := make([]byte, 1+t.rng.IntN(5000))
		for i := range b {
			b[i] = byte(t.rng.Uint32())
		}
		return string(b)
	}},
	{"a huge count of trials", true, key("search: {trials: 9007199254740991}")},
	{"trials beyond integers", false, key("search: {trials: 99999999999999999999999999}")},
	{"trials 1e400", false, key("search: {trials: 1e400}")},
	{"trials .inf", false, key("search: {trials: .inf}")},
	{"trials -1", false, key("search: {trials: -1}")},
	{"many digits", false, key("search: {trials: " + strings.Repeat("9", 900_000) + "}")},
	{"many zeros", false, key("search: {trials: 0." + strings.Repeat("0", 900_000) + "1}")},
	{"a million seeds", true, key("search: {trials: 3, replicates: 1000000}")},
	{"a million seeds at most", true, key("search: {trials: 3, max_replicates: 1000000000}")},
	{"a million rounds", true, key("weighting: {rounds: 1000000}")},
	{"many slots", true, key("model: {kind: command, command: [true], epochs: 1, slots: [" + strings.Repeat("{}, ", 200_000) + "]}")},
	{"many workers", true, key("search: {parallel: 2147483647}")},
	{"a wide window", true, key("search: {window: 2147483647}")},
	{"many schemes", true, key("weighting: {scheme: [" + strings.Repeat("{name: uniform}, ", 20_000) + "]}")},
	{"many values", true, key("model: {kind: mlp, epochs: [" + numbers(100_000) + "]}")},
	{"a wide layer", true, key("model: {kind: mlp, hidden: [[2147483647]]}")},
	{"many layers", true, key("model: {kind: mlp, hidden: [[" + numbers(50_000) + "]]}")},
	{"a huge batch", true, key("model: {kind: mlp, batch: 2147483647}")},
	{"an empty range", false, key("model: {kind: mlp, learning_rate: {low: 1, high: 0.1}}")},
	{"a range without end", false, key("model: {kind: mlp, learning_rate: {low: 0.1, high: .inf}}")},
	{"a range of NaN", false, key("model: {kind: mlp, learning_rate: {low: .nan, high: .nan}}")},
	{"a formula in formulas", false, key("weighting: {scheme: [{formula: \"" + strings.Repeat("(", 100_000) + "\"}]}")},
	{"a formula of powers", true, key("weighting: {scheme: [{formula: \"9 ** 9 ** 9 ** 9 ** 9 ** x\"}]}")},
	{"a formula that loops", false, key("weighting: {scheme: [{formula: \"sum(map(1..1000000000, {# * 2})) * x\"}]}")},
	{"a long formula", false, key("weighting: {scheme: [{formula: \"x" + strings.Repeat(" + x", 200_000) + "\"}]}")},
	{"a time of centuries", true, key("search: {time: 2562047h}")},
	{"a time beyond times", false, key("search: {time: 99999999999999999h}")},
	{"until long ago", false, key("search: {until: \"0001-01-01T00:00:00Z\"}")},
	{"a source without end", false, key("data: {source: \"csv:/dev/zero\"}")},
	{"itself as its data", false, key("data: {source: \"csv:bomb.yaml\"}")},
	{"a folder as its data", false, key("data: {source: \"csv:/\"}")},
	{"no word as command", false, key("model: {kind: command, command: [], epochs: 1}")},
	{"a command with NUL", false, key(`model: {kind: command, command: ["a\0b"], epochs: 1}`)},
	{"a long command", true, key("model: {kind: command, command: [true, " + strings.Repeat("x", 500_000) + "], epochs: 1}")},
	{"a variable with =", false, key(`model: {kind: command, command: [true], epochs: 1, slots: [{"a=b": c}]}`)},
}

// key is a study with one section.
func key(section string) func(*trial) string {
	return func(*trial) string { return "study: bomb\n" + section + "\n" }
}

// numbers lists the numbers from 1.
func numbers(n int) string {
	var s strings.Builder
	for i := range n {
		fmt.Fprintf(&s, "%d, ", i+1)
	}
	return s.String()
}

// studyBomb reads a bomb, which trains nothing.
func studyBomb(t *trial) error {
	c := bombs[(t.number-1)%len(bombs)]
	path, db := filepath.Join(t.folder, "bomb.yaml"), filepath.Join(t.folder, "x.db")
	if err := os.WriteFile(path, []byte(c.text(t)), 0o600); err != nil {
		return err
	}
	statuses := []int{2}
	if c.valid {
		statuses = []int{0, 2}
	}
	if err := t.bounded(statuses, "search", path, "--dry-run", "--db", db); err != nil {
		return fmt.Errorf("%s: %w", c.name, err)
	}
	if exists(db) {
		return fmt.Errorf("%s: a database was made", c.name)
	}
	return t.nothingTemporary()
}

// bounded runs a command with 8 GB of address space, and returns an error if it takes too much of
// anything or ends with another status.
func (t *trial) bounded(statuses []int, args ...string) error {
	p, err := t.startProgram(nil, "sh", append([]string{"-c", `ulimit -v 8000000; exec "$0" "$@"`, t.program}, args...)...)
	if err != nil {
		return err
	}
	if err := p.want(statuses...); err != nil {
		return err
	}
	if m := p.memory(); m > mostMemory {
		return fmt.Errorf("it took %d MB, want at most %d", m, mostMemory)
	}
	if n := p.stderr.total + p.stdout.total; n > mostPrinted {
		return fmt.Errorf("it printed %d kB, want at most %d", n>>10, mostPrinted>>10)
	}
	return nil
}

// flagBombs are command lines with values that are as wrong as they can be.
var flagBombs = [][]string{
	{"search", "--dry-run", "--set", "search.trials=" + strings.Repeat("9", 100_000)},
	{"search", "--dry-run", "--set", strings.Repeat("a.", 50_000) + "=1"},
	{"search", "--dry-run", "--set", "study=&a [*a]"},
	{"search", "--dry-run", "--set", "study=" + strings.Repeat("[", 100_000)},
	{"search", "--dry-run", "--set", "="},
	{"search", "--dry-run", "--set", "\x1b[2J=\x1b[2J"},
	{"search", "--dry-run", "--trials", "99999999999999999999"},
	{"search", "--dry-run", "--time", "1e309h"},
	{"search", "--dry-run", "--time", "-1h"},
	{"search", "--dry-run", "--until", "99:99"},
	{"search", "--dry-run", "--until", "-9999-01-01T00:00:00Z"},
	{"search", "--dry-run", "--seed", "-1"},
	{"search", "--dry-run", "--parallel", "-1"},
	{"search", "--dry-run", "--sampler", "\x1b[31m"},
	{"search", "/dev/zero", "--dry-run"},
	{"search", "/", "--dry-run"},
	{"search", "/proc/self/mem", "--dry-run"},
	{"weights", "--scheme", "mean-ratio", "--recall", strings.Repeat(".5,", 30_000) + "x"},
	{"weights", "--scheme", "mean-ratio", "--recall", "NaN,.5"},
	{"weights", "--scheme", "mean-ratio", "--recall", "1e999,.5"},
	{"weights", "--scheme", "mean-ratio", "--recall", "-1,.5"},
	{"weights", "--scheme", "mean-ratio", "--exponent", "1e999", "--recall", ".1,.5"},
	{"weights", "--formula", strings.Repeat("(", 100_000), "--recall", ".1,.5"},
	{"weights", "--formula", "sum(1..1000000000)", "--recall", ".1,.5"},
	{"explain", "--recall", ".5,.6", "--weights", "1"},
	{"explain", "--recall", ".5,.6", "--weights", "1,-1"},
	{"explain", "--recall", ".5,.6", "--weights", "1,1", "--support", "99999999999999999999,1"},
	{"explain", "--recall", ".5,.6", "--weights", "1,1", "--names", "\x1b[2J"},
	{"data", "inspect", "csv:/dev/zero"},
	{"data", "inspect", "csv:/proc/self/mem"},
	{"data", "inspect", "idx:/dev/zero"},
	{"data", "inspect", "cifar10:/"},
	{"data", "inspect", "\x1b[2J:"},
	{"leaderboard", "--db", "/dev/zero"},
	{"leaderboard", "--db", "/dev/null"},
	{"leaderboard", "--db", "/"},
	{"leaderboard", "--db", "file:x?mode=memory"},
	{"leaderboard", "--db", strings.Repeat("x", 10_000)},
	{"query", "SELECT"},
	{"query", strings.Repeat("(", 100_000)},
	{"query", "ATTACH '/tmp/attacked.db' AS a"},
}

// flagBomb passes a bomb on the command line.
func flagBomb(t *trial) error {
	args := flagBombs[(t.number-1)%len(flagBombs)]
	db := filepath.Join(t.folder, "x.db")
	if args[0] == "query" {
		if err := t.begin(builtIn, searched, db); err != nil {
			return err
		}
	}
	if args[0] != "leaderboard" {
		args = append(args, "--db", db)
	}
	if err := t.bounded([]int{1, 2}, args...); err != nil {
		return err
	}
	if exists("/tmp/attacked.db") {
		return errors.Join(errors.New("a query made a file"), os.Remove("/tmp/attacked.db"))
	}
	return nil
}
