package runs_test

import (
	"encoding/json"
	"math"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"evenkeel/objective"
	"evenkeel/objective/evidence/interval"
	"evenkeel/runs"
	"evenkeel/runs/runstest"
	"evenkeel/search"
)

// completed opens a database with the whole test study.
func completed(t *testing.T) *runs.DB {
	t.Helper()
	path := filepath.Join(t.TempDir(), "x.db")
	complete(t, path, 2)
	return open(t, path, runs.Options{ReadOnly: true})
}

// records loads the steps of the test study.
func records(t *testing.T, db *runs.DB) []search.Record {
	t.Helper()
	writable, err := runs.Open(t.Context(), db.Path(), runs.Options{})
	if err != nil {
		t.Fatal(err)
	}
	s := openStudy(t, writable, define(t))
	loaded, err := s.Load(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	closeStudy(t, s)
	if err := writable.Close(); err != nil {
		t.Fatal(err)
	}
	return loaded
}

// query returns the rows of a query.
func query(t *testing.T, db *runs.DB, q string) *runstest.Table {
	t.Helper()
	table, err := runstest.Ask(t.Context(), db, q)
	if err != nil {
		t.Fatalf("%s: %v", q, err)
	}
	return table
}

// viewColumns are the columns that the contract promises.
var viewColumns = map[string]string{
	"leaderboard":   "study, rank, trial, round, scheme, rounds, seeds, tier, score, spread, spread_se, gap, worst_class, worst_recall, balanced_accuracy, accuracy, difference, difference_low, difference_high, weight_gain, weight_ratio, reference_spread, reference_balanced_accuracy, params, seconds",
	"confirmations": "study, trial, round, what, seeds, test_spread, test_balanced_accuracy, against, against_test_spread, against_test_balanced_accuracy, difference, difference_low, difference_high, p_value, test_reads, resplit",
	"class_recalls": "study, trial, replicate, round, class, support, weight, train_recall, val_recall, test_recall, phase",
	"trial_history": "study, trial, state, started, finished, score, error, invalid",
}

func TestViewsHaveTheirColumns(t *testing.T) {
	db := completed(t)
	for view, want := range viewColumns {
		table := query(t, db, "SELECT * FROM "+view)
		if got := strings.Join(table.Columns, ", "); got != want {
			t.Errorf("%s has the columns\n%s; want\n%s", view, got, want)
		}
		if empty := view == "confirmations"; (len(table.Rows) == 0) != empty {
			t.Errorf("%s has %d rows", view, len(table.Rows))
		}
	}
}

// TestLeaderboardAgreesWithItsView: the typed rows, which come from the index, and
// the rows of the view are the same.
func TestLeaderboardAgreesWithItsView(t *testing.T) {
	db := completed(t)
	board, err := db.Leaderboard(t.Context(), "test")
	if err != nil {
		t.Fatal(err)
	}
	orNil := func(x float64) any {
		if math.IsNaN(x) {
			return nil
		}
		return x
	}
	var rows [][]any
	for _, r := range board.Rows {
		rows = append(rows, []any{
			r.Study, int64(r.Rank), int64(r.Trial), int64(r.Round), r.Scheme, int64(r.Rounds), int64(r.Seeds), int64(r.Seeds), r.Score,
			r.Spread, orNil(r.SpreadSE), r.Gap, r.WorstClass, r.WorstRecall, r.BalancedAccuracy, r.Accuracy, r.Difference,
			orNil(r.DifferenceLow), orNil(r.DifferenceHigh), r.WeightGain, r.WeightRatio, r.ReferenceSpread, r.ReferenceBalancedAccuracy,
			string(r.Params), r.Seconds,
		})
	}
	table := query(t, db, "SELECT * FROM leaderboard ORDER BY rank, trial, round")
	if diff := cmp.Diff(table.Rows, rows); diff != "" {
		t.Errorf("view (-) and Leaderboard (+):\n%s", diff)
	}
}

// TestLeaderboardAgainstTheRecords computes what the leaderboard says anew from
// the recorded outcomes.
func TestLeaderboardAgainstTheRecords(t *testing.T) {
	db := completed(t)
	def := define(t)
	board, err := db.Leaderboard(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	trials := make(map[int][]search.Record)
	for _, r := range records(t, db) {
		trials[r.Step.Trial] = append(trials[r.Step.Trial], r)
	}
	var spread float64
	for _, rep := range board.Reference.Replicates {
		spread += rep.Reference.Spread / float64(len(board.Reference.Replicates))
	}
	if board.Reference.Seeds != 5 || math.Abs(spread-board.Reference.Spread) > 1e-15 {
		t.Errorf("reference: %d seeds, spread %v; want 5 and %v", board.Reference.Seeds, board.Reference.Spread, spread)
	}
	var all []objective.Arm
	for _, row := range board.Rows {
		measured := trials[row.Trial][0].Outcome.Replicates
		for _, more := range trials[row.Trial][1:] {
			measured = append(slices.Clip(measured), more.Outcome.Replicates...)
		}
		arm := def.Objective.Arms(measured)[row.Round-1]
		all = append(all, arm)
		if row.Difference != arm.Difference || row.Spread != arm.Spread || row.Seeds != arm.Seeds || row.DropSE != arm.DropSE || row.Charge != arm.Charge {
			t.Errorf("trial %d round %d: %+v; want %+v", row.Trial, row.Round, row, arm)
		}
		if want := spread + arm.Difference; math.Abs(row.Score-want) > 1e-15 {
			t.Errorf("trial %d round %d: score %v; want %v", row.Trial, row.Round, row.Score, want)
		}
	}
	if board.Study.Arms != len(all) {
		t.Errorf("%d arms counted; want %d", board.Study.Arms, len(all))
	}
	groups := make([]interval.Group, len(all))
	for i, a := range all {
		groups[i] = interval.Group{Seeds: a.Seeds, SumSquares: a.SumSquares, ImageVariance: a.ImageVariance}
	}
	pool := interval.NewPool(groups)
	for i, row := range board.Rows {
		half := pool.HalfWidth(groups[i])
		if all[i].ImageVariance <= 0 {
			t.Errorf("trial %d round %d: image variance %v; want some", row.Trial, row.Round, all[i].ImageVariance)
		}
		if row.Seeds < 3 != math.IsNaN(row.DifferenceHigh) {
			t.Errorf("trial %d round %d: an interval to %v on %d seeds", row.Trial, row.Round, row.DifferenceHigh, row.Seeds)
		}
		if math.Abs(row.DifferenceHigh-row.Difference-half) > 1e-12 || math.Abs(row.Difference-row.DifferenceLow-half) > 1e-12 {
			t.Errorf("trial %d round %d: interval %v to %v about %v; want a half width of %v",
				row.Trial, row.Round, row.DifferenceLow, row.DifferenceHigh, row.Difference, half)
		}
	}
	checkOrder(t, board.Rows)
}

// checkOrder: tiers descend, differences ascend within, ranks count from 1 and
// ties share one.
func checkOrder(t *testing.T, rows []runs.Row) {
	t.Helper()
	for i := 1; i < len(rows); i++ {
		a, b := rows[i-1], rows[i]
		tied := a.Seeds == b.Seeds && a.Difference == b.Difference
		if a.Seeds < b.Seeds || a.Seeds == b.Seeds && a.Difference > b.Difference {
			t.Errorf("row %d (%d seeds, %v) stands before (%d seeds, %v)", i, a.Seeds, a.Difference, b.Seeds, b.Difference)
		}
		if tied && (a.Rank != b.Rank || !a.Tied || !b.Tied) || !tied && b.Rank != i+1 {
			t.Errorf("row %d has rank %d after %d", i, b.Rank, a.Rank)
		}
	}
}

// TestClassRecalls compares the view with the matrices of the records.
func TestClassRecalls(t *testing.T) {
	db := completed(t)
	trial, err := db.Trial(t.Context(), "test", 2)
	if err != nil {
		t.Fatal(err)
	}
	rows := query(t, db, `SELECT replicate, round, class, support, weight, train_recall, val_recall, test_recall
		FROM class_recalls WHERE trial = 2 ORDER BY replicate, round, class`).Rows
	var want [][]any
	for _, rep := range trial.Replicates {
		for _, r := range rep.Rounds {
			for c, support := range r.Val.Support() {
				weight := 1.0
				if r.Weights != nil {
					weight = r.Weights[c]
				}
				want = append(want, []any{int64(rep.Replicate), int64(r.Round), trial.Study.Classes[c], support, weight,
					r.Train.Recall()[c], r.Val.Recall()[c], nil})
			}
		}
	}
	// SQLite reads decimals to about 15 digits.
	if diff := cmp.Diff(want, rows, cmpopts.EquateApprox(1e-14, 0)); diff != "" || len(rows) == 0 {
		t.Errorf("class_recalls (-want +got):\n%s", diff)
	}
	for round := range trial.Replicates[0].Rounds {
		mean := trial.Recall(round)
		for c := range mean {
			var sum float64
			for _, rep := range trial.Replicates {
				sum += rep.Rounds[round].Val.Recall()[c]
			}
			if got := sum / float64(len(trial.Replicates)); math.Abs(got-mean[c]) > 1e-15 {
				t.Errorf("mean recall of class %d in round %d is %v; want %v", c, round, mean[c], got)
			}
		}
	}
}

func TestTrial(t *testing.T) {
	db := completed(t)
	def := define(t)
	for _, r := range records(t, db) {
		if r.Step.Kind != search.NewTrial {
			continue
		}
		trial, err := db.Trial(t.Context(), "", r.Step.Trial)
		if err != nil {
			t.Fatal(err)
		}
		plan, err := def.Plan(r.Step.Point)
		if err != nil {
			t.Fatal(err)
		}
		if trial.State != "complete" || trial.Scheme != plan.Recipe.Scheme.Name || trial.Rounds != plan.Rounds ||
			trial.Conditioned != r.Step.Conditioned || len(trial.Arms) != plan.Rounds || trial.Best < 1 {
			t.Errorf("Trial(%d) = %+v", r.Step.Trial, trial)
		}
		pages := cmpopts.IgnoreFields(objective.Round{}, "Hits") // a page has no time for predictions
		if diff := cmp.Diff(r.Outcome.Replicates[0], trial.Replicates[0], cmpopts.EquateNaNs(), pages); diff != "" {
			t.Errorf("trial %d, replicate 0 (-recorded +got):\n%s", r.Step.Trial, diff)
		}
		var params map[string]any
		if err := json.Unmarshal(trial.Params, &params); err != nil || params["weighting.rounds"] != float64(plan.Rounds) {
			t.Errorf("trial %d: params %s: %v", r.Step.Trial, trial.Params, err)
		}
	}
	if _, err := db.Trial(t.Context(), "", 99); err == nil || !strings.Contains(err.Error(), "it has trials 1 to 12") {
		t.Errorf("Trial(99): %v", err)
	}
}

func TestStudies(t *testing.T) {
	db := completed(t)
	list, err := db.Studies(t.Context())
	if err != nil || len(list) != 1 {
		t.Fatalf("Studies = %v, %v; want one", list, err)
	}
	s := list[0]
	if s.Name != "test" || s.Trials != 12 || s.Complete != 12 || s.Model != "softmax" || s.State != "done" || s.Title != "synthetic" ||
		s.Program != "test" || s.PID == 0 {
		t.Errorf("Studies = %+v", s)
	}
	trained, seconds, err := db.Effort(t.Context(), "test")
	if err != nil || trained != s.Runs || trained < 12 || seconds != s.Seconds {
		t.Errorf("Effort = %d, %v, %v; want %d, %v", trained, seconds, err, s.Runs, s.Seconds)
	}
}

// TestQueryOnlyReads: what would change something, anywhere, is refused with
// what is allowed.
func TestQueryOnlyReads(t *testing.T) {
	db := completed(t)
	folder := t.TempDir()
	for _, q := range []string{
		"DELETE FROM trials", "UPDATE trials SET state = 'failed'", "INSERT INTO events VALUES (1, 1, '', '', '')",
		"DROP VIEW leaderboard", "CREATE TABLE t (x)", "CREATE TEMP TABLE t (x)",
		"ATTACH '" + folder + "/a.db' AS a", "VACUUM INTO '" + folder + "/b.db'", "VACUUM",
		"PRAGMA query_only = 0", "PRAGMA journal_mode = DELETE", "PRAGMA user_version = 3", "PRAGMA writable_schema = 1",
		"BEGIN IMMEDIATE", "REINDEX", "-- nothing",
	} {
		if table, err := runstest.Ask(t.Context(), db, q); err == nil || !strings.Contains(err.Error(), "only statements that read are allowed") {
			t.Errorf("Query(%s) = %v, %v; want it refused", q, table, err)
		}
	}
	for _, q := range []string{"SELECT 1; DELETE FROM trials", "SELECT 1 AS a; SELECT 2 AS b", "SELECT ';' /* ; */; -- ;\n VALUES (1)"} {
		if table, err := runstest.Ask(t.Context(), db, q); err == nil || !strings.Contains(err.Error(), "more than one statement") {
			t.Errorf("Query(%s) = %v, %v; want it refused", q, table, err)
		}
	}
	for _, q := range []string{"SELECT ';'", `SELECT 1 AS ";";`, "SELECT 1; -- ; that is all", "/* ; */ SELECT 1 ;\n", "SELECT 'it''s; fine'"} {
		if _, err := runstest.Ask(t.Context(), db, q); err != nil {
			t.Errorf("Query(%s): %v", q, err)
		}
	}
	if left, err := filepath.Glob(folder + "/*"); err != nil || len(left) != 0 {
		t.Errorf("files made: %v, %v", left, err)
	}
	if n := query(t, db, "SELECT count(*) FROM trials").Rows[0][0]; n != int64(12) {
		t.Errorf("%v trials; want 12", n)
	}
	for _, q := range []string{
		"SELECT 1", "WITH t(x) AS (VALUES (1)) SELECT x FROM t", "VALUES (1)", "EXPLAIN QUERY PLAN SELECT * FROM leaderboard",
		"PRAGMA table_info(trials)", "SELECT value FROM json_each('[1,2]')", "SELECT * FROM epochs LIMIT 1",
		"WITH RECURSIVE t(x) AS (SELECT 1 UNION ALL SELECT x+1 FROM t WHERE x < 3) SELECT x FROM t",
	} {
		if table, err := runstest.Ask(t.Context(), db, q); err != nil || len(table.Rows) == 0 {
			t.Errorf("Query(%s) = %v, %v; want rows", q, table, err)
		}
	}
	if _, err := runstest.Ask(t.Context(), db, "SELEC 1"); err == nil || !strings.Contains(err.Error(), "syntax error") {
		t.Errorf("a wrong query: %v", err)
	}
	if _, err := runstest.Ask(t.Context(), db, " "); err == nil || !strings.Contains(err.Error(), "want SQL such as") {
		t.Errorf("an empty query: %v", err)
	}
}

func TestSchemaIsExplained(t *testing.T) {
	objects, err := runs.Schema(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	views := 0
	for _, o := range objects {
		if o.Type == "view" {
			views++
		}
		if !strings.Contains(o.SQL, "-- ") {
			t.Errorf("%s %s has no comment", o.Type, o.Name)
		}
	}
	if views != len(viewColumns)+3 {
		t.Errorf("%d views; want the contract's, epochs, readings and option_recalls", views)
	}
}

// TestLeader: the first arm leads, if there is one.
func TestLeader(t *testing.T) {
	for _, c := range []struct {
		rows []runs.Row
		want int
	}{
		{nil, -1},
		{[]runs.Row{{Seeds: 8}}, 0},
		{[]runs.Row{{Seeds: 8}, {Seeds: 8}, {Seeds: 3}}, 0},
	} {
		if got := (&runs.Board{Rows: c.rows}).Leader(); got != c.want {
			t.Errorf("leader of %+v is %d; want %d", c.rows, got, c.want)
		}
	}
}
