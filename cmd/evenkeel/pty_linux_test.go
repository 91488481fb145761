package main

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"unicode/utf8"

	"golang.org/x/sys/unix"

	"evenkeel/objective"
	"evenkeel/runs"
	"evenkeel/runs/report"
)

// openTerminal returns both ends of a new terminal with so many columns.
func openTerminal(t *testing.T, width uint16) (screen, program *os.File) {
	t.Helper()
	screen, err := os.OpenFile("/dev/ptmx", os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = screen.Close() })
	fd := int(screen.Fd())
	number, err := unix.IoctlGetInt(fd, unix.TIOCGPTN)
	if err != nil {
		t.Fatal(err)
	}
	if err := unix.IoctlSetPointerInt(fd, unix.TIOCSPTLCK, 0); err != nil {
		t.Fatal(err)
	}
	program, err = os.OpenFile("/dev/pts/"+strconv.Itoa(number), os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = program.Close() }) // most are closed before
	if err := unix.IoctlSetWinsize(fd, unix.TIOCSWINSZ, &unix.Winsize{Row: 40, Col: width}); err != nil {
		t.Fatal(err)
	}
	return screen, program
}

// onTerminal runs the program with output and errors on a terminal and returns what the
// terminal gets, with single line feeds for the ends of lines.
func onTerminal(t *testing.T, folder string, width uint16, args ...string) string {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	screen, program := openTerminal(t, width)
	cmd := exec.CommandContext(t.Context(), self, args...)
	cmd.Dir, cmd.Stdout, cmd.Stderr = folder, program, program
	cmd.Env = append(os.Environ(), asProgram+"=1", "TERM=xterm")
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if err := program.Close(); err != nil {
		t.Fatal(err)
	}
	var got bytes.Buffer
	if _, err := io.Copy(&got, screen); err != nil && !errors.Is(err, syscall.EIO) { // EIO: nobody has it open
		t.Fatal(err)
	}
	_ = cmd.Wait() // commands that fail print too
	return strings.ReplaceAll(got.String(), "\r\n", "\n")
}

// liveLine matches what the live line writes to be written again: nothing that a foreign text
// here has in it.
var liveLine = regexp.MustCompile(`\x1b\[\d+A|\x1b\[J|\r`)

// hostileClasses are names in wide characters, that turn the direction, and that hide.
var hostileClasses = []string{"犬犬犬", "cat\u202egod\u200b\U000e0041"}

// hostileTrainer names hostileClasses, says hostile things on every way that it has, and fails
// every seventh run in several lines.
const hostileTrainer = `
while read -r line; do
  case $line in
  *'"type":"hello"'*)
    printf '\033]0;owned\007\033[2J\rFORGED log\n' >&2
    printf '%s\n' '{"type":"ready","protocol":1,"classes":["犬犬犬","cat\u202egod\u200b\udb40\udc41"],"data":"\u001b[31mred\nFORGED data\u202e","version":"1\u001b[2J\nFORGED","supports":["loss"]}' ;;
  *'"type":"train"'*)
    run=$(expr "$line" : '.*"run":"\([^"]*\)"')
    seed=$(expr "$line" : '.*"seed":\([0-9]*\)')
    weights=$(expr "$line" : '.*"class_weights":\[\([^]]*\)\]')
    printf '\033[31mtraining\033[0m\r50%%\r100%%\nFORGED log \342\200\256\n' >&2
    if [ "$weights" != 1,1 ] && [ $(($(expr "$weights" : '.*\([0-9]\)$') % 3)) = 0 ]; then
      printf '%s\n' '{"type":"error","run":"'$run'","message":"\u001b[31mTraceback\u001b[0m\nFORGED: complete\r\n\u202eboom\u202c"}'
      continue
    fi
    echo "$weights" | awk -F, -v run="$run" -v seed="$seed" '{
      shift = 60 * log($1 / $2)
      cat = int(300 + shift + seed % 31); dog = int(450 - shift / 3 - seed % 17)
      if (cat > 490) cat = 490
      if (dog > 490) dog = 490
      if (dog < 10) dog = 10
      if (cat < 10) cat = 10
      printf "{\"type\":\"result\",\"run\":\"%s\",\"class_weights\":[%s],\"stopped\":false,\"epochs\":3,", run, $0
      printf "\"val\":{\"confusion\":[[%d,%d],[%d,%d]]}}\n", cat, 500 - cat, 500 - dog, dog
    }' ;;
  *'"type":"bye"'*) exit 0 ;;
  esac
done
`

const hostileStudy = `
study: hostile
model: {kind: command, command: [sh, trainer.sh], epochs: 3, params: {optimiser: ["\u202emada\u001b[31m\nFORGED", sgd]}}
weighting:
  scheme: [{name: error-power, exponent: {low: 0.25, high: 2}}]
  rounds: 2
search: {trials: 8, max_replicates: 2}
`

// TestForeignTextOnATerminal runs every command about a study of a hostile trainer on a
// terminal, in every format: nothing of what the trainer says is obeyed, hidden, or a line of
// its own.
func TestForeignTextOnATerminal(t *testing.T) {
	folder := t.TempDir()
	for name, text := range map[string]string{
		"h.yaml": hostileStudy, "trainer.sh": hostileTrainer,
		"bad.csv":    "a,\"lab\x1b[31m\nFORGED\"\n1,2\n",
		"labels.csv": "\"c\x1b[31mat\nFORGED\"\ndog\n", "logits.csv": "1,2\n3,1\n",
	} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	const columns = 80
	check := func(args ...string) string {
		t.Helper()
		got := onTerminal(t, folder, columns, args...)
		text := liveLine.ReplaceAllString(got, "")
		before := ""
		for _, line := range strings.Split(text, "\n") {
			if objective.Printable(line) != line {
				t.Errorf("%v prints %q", args, line)
			}
			// A word that did not fit on the line before begins a line too.
			word, _, _ := strings.Cut(line, " ")
			wrapped := utf8.RuneCountInString(before)+1+utf8.RuneCountInString(word) > columns
			if strings.HasPrefix(line, "FORGED") && !wrapped || strings.HasPrefix(line, "evenkeel: FORGED") {
				t.Errorf("%v prints a forged line %q after %q", args, line, before)
			}
			before = line
		}
		if text == "" {
			t.Errorf("%v prints nothing", args)
		}
		return text
	}
	check("check", "h.yaml")
	check("search", "h.yaml", "--dry-run")
	search := check("search", "h.yaml", "--keep-going")
	for _, want := range []string{`\x1b[31mTraceback\x1b[0m`, "  | FORGED: complete", `  | \u202eboom\u202c`} {
		if !strings.Contains(search, want) {
			t.Errorf("the search does not show %s:\n%s", want, search)
		}
	}
	check("confirm", "--seeds", "4")
	check("invalidate", "2", "--reason", "a\x1b[31m\nFORGED\u202e")
	trial := firstComplete(t, folder)
	failed := firstFailed(t, folder)
	formats := report.Formats()
	for command, known := range map[string][]string{
		"leaderboard": formats, "leaderboard --all": formats, "recommend": formats, "studies": formats, "status": nil,
		"show " + trial: formats, "show " + failed: formats, "show 2": formats, "explain " + trial: {"table", "markdown", "json"},
		"explain --all " + trial: {"table", "markdown"}, "weights --trial " + trial: slices.Concat(formats, report.PasteFormats()),
		"compare 1 " + trial: formats, "offsets --study hostile": nil, "data inspect csv:bad.csv": nil, "offsets logits.csv labels.csv": nil,
		"query SELECT*FROM/**/failed_runs": formats, "query SELECT*FROM/**/logs": formats, "query SELECT*FROM/**/class_recalls": formats,
		"query SELECT*FROM/**/events": formats, "query SELECT*FROM/**/datasets": formats, "query SELECT*FROM/**/steps": formats,
		"__complete leaderboard --study ": nil, "search h.yaml --set study=other": nil, "resume": nil,
	} {
		args := strings.Split(command, " ")
		if known == nil {
			check(args...)
		}
		for _, format := range known {
			check(append(slices.Clone(args), "--format", format)...)
		}
	}
	exactForPrograms(t, folder, trial)
}

// exactForPrograms: through a pipe, JSON and CSV have the names as they are.
func exactForPrograms(t *testing.T, folder, trial string) {
	t.Helper()
	weights := []string{"weights", "--trial", trial, "--db", filepath.Join(folder, "evenkeel.db"), "--format"}
	rows, err := csv.NewReader(strings.NewReader(says(t, append(slices.Clone(weights), "csv")...))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var parsed any
	text := says(t, append(slices.Clone(weights), "json")...)
	if err := json.Unmarshal([]byte(text), &parsed); err != nil {
		t.Fatalf("%v in %s", err, text)
	}
	for _, class := range hostileClasses {
		if !slices.ContainsFunc(rows, func(row []string) bool { return slices.Contains(row, class) }) {
			t.Errorf("CSV has no %q: %q", class, rows)
		}
		if !strings.Contains(fmt.Sprintf("%q", parsed), strconv.Quote(class)) {
			t.Errorf("JSON has no %q: %s", class, text)
		}
	}
	if objective.Printable(strings.ReplaceAll(text, "\n", "")) != strings.ReplaceAll(text, "\n", "") {
		t.Errorf("JSON is not printable: %q", text)
	}
}

// firstComplete and firstFailed return a trial in that state.
func firstComplete(t *testing.T, folder string) string { return firstIn(t, folder, "complete") }
func firstFailed(t *testing.T, folder string) string   { return firstIn(t, folder, "failed") }

func firstIn(t *testing.T, folder, state string) string {
	t.Helper()
	text := says(t, "query", "SELECT max(trial) FROM trial_history WHERE trial <> 2 AND invalid IS NULL AND state = '"+state+"'", "--format", "csv",
		"--db", filepath.Join(folder, "evenkeel.db"))
	_, number, _ := strings.Cut(strings.TrimSpace(text), "\n")
	if number == "" {
		t.Fatalf("no trial is %s", state)
	}
	return number
}

// TestQueryOnATerminal: a terminal gets the first rows and a line that says so, and cells of
// CSV on one line.
func TestQueryOnATerminal(t *testing.T) {
	folder := t.TempDir()
	db, err := runs.Open(t.Context(), filepath.Join(folder, "evenkeel.db"), runs.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	const many = "WITH RECURSIVE t(x) AS (SELECT 1 UNION ALL SELECT x+1 FROM t WHERE x < 1500) SELECT x, 'a' || char(10) || 'b' AS y FROM t"
	for format, lines := range map[string]int{"table": 1002, "csv": 1002, "markdown": 1003, "json": 1003} {
		got := onTerminal(t, folder, 80, "query", many, "--format", format)
		if n := strings.Count(got, "\n"); n != lines || !strings.Contains(got, "only the first 1000 rows are printed; --max-rows 0 prints all") {
			t.Errorf("%s has %d lines; want %d, the last of which says that there are more:\n%.200s", format, n, lines, got[max(0, len(got)-200):])
		}
		if got := onTerminal(t, folder, 80, "query", many, "--format", format, "--max-rows", "0"); strings.Count(got, "\n") != lines+499 {
			t.Errorf("%s has %d lines with --max-rows 0; want %d", format, strings.Count(got, "\n"), lines+499)
		}
	}
}
