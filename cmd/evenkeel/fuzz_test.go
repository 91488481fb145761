package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"evenkeel/runs/runstest"
)

// FuzzNumbersOfFlags: what flags and arguments hold as numbers is refused, or is what was written.
func FuzzNumbersOfFlags(f *testing.F) {
	for _, text := range []string{"", "1", "5/2", "0", "-1/3", "1/", "/", "9223372036854775808", ".5,.7", "1e999,NaN", "1,,2", "٣", "0x1p-2"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if a, err := parseArm(text); err == nil && (a.Trial < 1 || fmt.Sprint(a.Trial) != strings.TrimLeft(strings.Split(text, "/")[0], "+0")) {
			t.Errorf("%q is trial %d", text, a.Trial)
		}
		if n, err := trialNumber(text); err == nil && n < 1 {
			t.Errorf("%q is trial %d", text, n)
		}
		if recalls, err := parseRecalls(text); err == nil {
			for _, v := range recalls {
				if !(v >= 0 && v <= 1) {
					t.Errorf("%q is %v", text, recalls)
				}
			}
		}
		if support, err := parseSupport(text); err == nil && text != "" && len(support) != 1+strings.Count(text, ",") {
			t.Errorf("%q is %v", text, support)
		}
	})
}

// readers are the commands that read a history.
var readers = []string{
	"leaderboard --all", "recommend", "studies", "status", "show 1", "compare 1 2", "explain --all", "weights --trial 1", "offsets --study test",
	"gc --dry-run", "leaderboard --format json",
}

// FuzzSpoiledCell: any value in any cell of a history is an error, or is shown, and never ends a
// reader in a panic.
func FuzzSpoiledCell(f *testing.F) {
	history, err := os.ReadFile(filepath.Join("..", "..", "runs", "testdata", "v6.db"))
	if err != nil {
		f.Fatal(err)
	}
	for table := range 24 {
		for i, text := range []string{"", "[1]", "-7", "{}", "99999", "null", "[null,9e999]"} {
			f.Add(uint8(table), uint8(3*table+i), uint8(i), uint8(table+i), text)
		}
	}
	f.Fuzz(func(t *testing.T, table, column, row, kind uint8, text string) {
		db := filepath.Join(t.TempDir(), "x.db")
		if err := os.WriteFile(db, history, 0o600); err != nil {
			t.Fatal(err)
		}
		change, err := runstest.Spoil(db, int(table), int(column), int(row), cell(kind, text))
		if err != nil {
			t.Fatal(err)
		}
		if change == "" {
			return
		}
		for _, command := range readers {
			withoutPanic(t, change, append(strings.Fields(command), "--db", db))
		}
	})
}

// cell is a value of one of SQLite's types.
func cell(kind uint8, text string) any {
	switch kind % 5 {
	case 0:
		return nil
	case 1:
		n, _ := strconv.ParseInt(text, 10, 64) // the nearest number where it is out of range, else 0
		return n
	case 2:
		v, _ := strconv.ParseFloat(text, 64) // likewise
		return v
	case 3:
		return []byte(text)
	default:
		return text
	}
}

// FuzzSpoiledFile: a history in whose file some bytes are others is read, or is an error, and
// never ends a reader in a panic.
func FuzzSpoiledFile(f *testing.F) {
	history, err := os.ReadFile(filepath.Join("..", "..", "runs", "testdata", "v6.db"))
	if err != nil {
		f.Fatal(err)
	}
	for _, at := range []uint32{0, 16, 18, 24, 40, 96, 100, 4096, 5000, 40000, 200000} {
		f.Add(at, []byte{0xff}, uint32(len(history)))
		f.Add(at, []byte("\x00\x00\x00\x00\x00\x00\x00\x00"), uint32(len(history)))
		f.Add(at, []byte{}, at)
	}
	f.Fuzz(func(t *testing.T, at uint32, bytes []byte, length uint32) {
		db := filepath.Join(t.TempDir(), "x.db")
		spoiled := append([]byte(nil), history...)
		copy(spoiled[int(at)%len(spoiled):], bytes)
		spoiled = spoiled[:min(int(length), len(spoiled))]
		if err := os.WriteFile(db, spoiled, 0o600); err != nil {
			t.Fatal(err)
		}
		for _, command := range readers {
			withoutPanic(t, fmt.Sprintf("%x at %d, cut to %d bytes", bytes, at, length), append(strings.Fields(command), "--db", db))
		}
	})
}
