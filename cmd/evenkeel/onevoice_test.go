package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"path/filepath"
	"strings"
	"testing"
)

// oneVoice is a study whose leader is confirmed.
const oneVoice = `
study: voice
data: {limit: 200}
model: {kind: softmax, epochs: 20}
weighting:
  scheme: [{name: error-power, exponent: {low: 0.25, high: 1}}]
  rounds: {low: 1, high: 2}
objective: {accuracy_tolerance: 0.02}
search: {trials: 3, max_replicates: 3, racing: true}
`

// said are the rows that a command prints as JSON.
type said []map[string]any

// row returns the first row in which the columns have the values.
func (s said) row(t *testing.T, want map[string]any) map[string]any {
	t.Helper()
rows:
	for _, row := range s {
		for name, v := range want {
			if row[name] != v {
				continue rows
			}
		}
		return row
	}
	t.Fatalf("no row with %v in %v", want, s)
	return nil
}

// says runs the program in this process and returns what it prints.
func says(t *testing.T, args ...string) string {
	t.Helper()
	var out, log bytes.Buffer
	if status := run(t.Context(), args, &out, &log); status != exitDone {
		t.Fatalf("%v: status %d\n%s", args, status, log.String())
	}
	return out.String()
}

// saysRows is says of a command that prints rows.
func saysRows(t *testing.T, args ...string) said {
	t.Helper()
	var rows said
	if err := json.Unmarshal([]byte(says(t, append(args, "--format", "json")...)), &rows); err != nil {
		t.Fatalf("%v: %v", args, err)
	}
	return rows
}

// TestOneVoice: the figures of one arm are the same in every command and format.
func TestOneVoice(t *testing.T) {
	folder := t.TempDir()
	writeFile(t, filepath.Join(folder, "voice.yaml"), oneVoice, 0o600)
	db := filepath.Join(folder, "voice.db")
	says(t, "search", filepath.Join(folder, "voice.yaml"), "--db", db, "--confirm=false")
	provisional := saysRows(t, "recommend", "--db", db)
	says(t, "confirm", "--db", db, "--seeds", "6")
	recommended := saysRows(t, "recommend", "--db", db)
	leader := saysRows(t, "leaderboard", "--db", db).row(t, map[string]any{"leader": true})
	trial, round := leader["trial"].(float64), leader["round"].(float64)
	arm := fmt.Sprintf("%.0f/%.0f", trial, round)

	same := func(what string, a, b any) {
		t.Helper()
		x, okX := a.(float64)
		y, okY := b.(float64)
		if !okX || !okY || math.Abs(x-y) > 1e-12 {
			t.Errorf("%s: %v and %v", what, a, b)
		}
	}
	weights := provisional.row(t, map[string]any{"option": "weights-remeasured"})
	for _, name := range []string{"trial", "round", "seeds", "spread", "balanced_accuracy", "worst_recall", "loss_probability"} {
		same("recommend before a confirmation and leaderboard, "+name, weights[name], leader[name])
	}
	compared := saysRows(t, "compare", fmt.Sprintf("%.0f/0", trial), arm, "--db", db)
	for measure, name := range map[string]string{"spread": "spread", "balanced accuracy": "balanced_accuracy"} {
		m := compared.row(t, map[string]any{"measure": measure})
		same("compare and leaderboard, "+name, m["value"], leader[name])
		same("compare and leaderboard, unweighted "+name, m["against_value"], leader["reference_"+name])
	}
	same("compare and recommend, change of the spread", compared.row(t, map[string]any{"measure": "spread"})["difference"], weights["change"])
	var mean float64
	shown := saysRows(t, "show", fmt.Sprintf("%.0f", trial), "--db", db)
	for _, row := range shown {
		if row["round"] == round {
			mean += row["recall"].(float64) / 10
		}
	}
	same("show and leaderboard, mean recall", mean, leader["balanced_accuracy"])

	confirmed := saysRows(t, "confirm", "--db", db, "--seeds", "6")
	for _, o := range recommended {
		if o["option"] == "nothing" || o["seeds"] == 0.0 {
			continue
		}
		c := confirmed.row(t, map[string]any{"what": o["option"], "against": "nothing"})
		for name, of := range map[string]string{
			"spread": "test_spread", "balanced_accuracy": "test_balanced_accuracy", "change": "difference",
			"change_low": "difference_low", "change_high": "difference_high", "seeds": "seeds", "test_reads": "test_reads",
		} {
			if strings.HasPrefix(name, "change_") && strings.HasPrefix(o["reason"].(string), "better on the test part") {
				continue // picked there, it has an interval for all options together
			}
			same(fmt.Sprintf("recommend and confirm, %s of %s", name, o["option"]), o[name], c[of])
		}
	}

	parts := saysRows(t, "explain", "--db", db).row(t, map[string]any{"name": "parts"})["figures"].(map[string]any)
	for part, nothing := range map[string]map[string]any{
		"validation": provisional.row(t, map[string]any{"option": "nothing"}), "test": recommended.row(t, map[string]any{"option": "nothing"}),
	} {
		for _, name := range []string{"spread", "balanced_accuracy"} {
			same("explain and recommend, unweighted "+part+" "+name, parts[part+"_"+name], nothing[name])
		}
	}

	// The pages repeat the recommendation word for word.
	answer := says(t, "recommend", "--db", db)
	for _, args := range [][]string{{"leaderboard"}, {"confirm", "--seeds", "6"}, {"search", filepath.Join(folder, "voice.yaml")}, {"explain"}} {
		page := says(t, append(args, "--db", db)...)
		if !strings.Contains(page, strings.Split(answer, "  More: ")[0]) {
			t.Errorf("%v prints\n%s\nwithout\n%s", args, page, answer)
		}
	}
}
