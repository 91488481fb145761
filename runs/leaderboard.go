package runs

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strconv"

	"evenkeel/objective"
	"evenkeel/objective/evidence/posthoc"
	"evenkeel/runs/disk"
	"evenkeel/search"
	"evenkeel/search/followup"
)

// Board is the leaderboard of a study.
type Board struct {
	Study     StudyHead
	Reference Reference
	// Offsets is the second pinned row.
	Offsets OffsetsRow
	// Longer is the third.
	Longer LongerRow
	// Optimism is that of the leader when the search last ended; its Trial is 0 without one.
	Optimism followup.Optimism
	// Screening is what was predicted without training.
	Screening Screening
	// Rows are the ranked arms.
	Rows []Row
}

// Leader returns the index of the leading arm, the first one: 0, or -1 without arms.
func (b *Board) Leader() int { return min(len(b.Rows), 1) - 1 }

// StudyHead is what is said of a study above its results.
type StudyHead struct {
	Number      int
	Name, Model string
	// Title and Classes describe the data; empty before the first run.
	Title   string
	Classes []string
	// TrainCounts and ValCounts are the examples of each class.
	TrainCounts, ValCounts []int64
	// Trials counts all trials, Done those that ended, Failed those of them that
	// failed, Arms the ranked arms.
	Trials, Done, Failed, Arms int
	// FailedSeeds counts the further seeds of trials that failed; the trials keep what they
	// have. SeedFailure is why the first of them failed, Failure why the first failed trial
	// did; "" without one.
	FailedSeeds          int
	SeedFailure, Failure string
	// Invalid counts the trials that were declared invalid; Arms leaves theirs out.
	Invalid int
}

// Class returns the name of a class, its number if it has none.
func (h *StudyHead) Class(index int) string {
	if index >= 0 && index < len(h.Classes) {
		return h.Classes[index]
	}
	return strconv.Itoa(index)
}

// Reference is the pinned row: the unweighted model, over all its seeds on the
// validation part. Seeds is 0 before it was measured.
type Reference struct {
	Seeds                              int
	Spread, BalancedAccuracy, Accuracy float64
	// SpreadSE is the standard error over seeds; NaN for one.
	SpreadSE    float64
	WorstClass  string
	WorstRecall float64
	// Recall is the mean recall of each class.
	Recall []float64
	// Replicates are its training runs, one per seed.
	Replicates []objective.Replicate
}

// Screening says what was predicted without training and what came of it.
type Screening struct {
	// Points is the number of points that were predicted.
	Points int
	// Largest is the largest change of the score, whichever way it goes, that was
	// predicted for a trial before it was trained.
	Largest float64
	// Transmission is how much of the predicted changes of the recalls training delivered,
	// with Effects 0 where nothing is known of it.
	Transmission posthoc.Transmission
}

// readScreening reads what a study keeps of its screening. Where a trial that was
// predicted is invalid, the share that training delivered may rest on it, and is left out.
func readScreening(ctx context.Context, q disk.Querier, study int) (Screening, error) {
	var s Screening
	err := q.QueryRowContext(ctx, `SELECT screened, transmission, transmission_se, iif(EXISTS (SELECT 1 FROM trials t
		WHERE t.study = s.number AND t.invalid IS NOT NULL AND t.predicted_round > 0), 0, transmission_effects),
		(SELECT coalesce(max(abs(t.predicted_difference)), 0.0) FROM trials t WHERE t.study = s.number)
		FROM studies s WHERE number = ?`, study).Scan(&s.Points, orNull{&s.Transmission.Tau}, orNull{&s.Transmission.SE}, &s.Transmission.Effects, &s.Largest)
	return s, err
}

// Row is one ranked arm, with the columns of the view leaderboard first.
type Row struct {
	Study                                      string
	Rank, Trial, Round                         int
	Scheme                                     string
	Rounds, Seeds                              int
	Score                                      float64
	Spread, SpreadSE, Gap                      float64
	WorstClass                                 string
	WorstRecall, BalancedAccuracy, Accuracy    float64
	Difference                                 float64
	DifferenceLow, DifferenceHigh              float64 // NaN without an estimate of the noise
	WeightGain, WeightRatio                    float64
	ReferenceSpread, ReferenceBalancedAccuracy float64
	Params                                     json.RawMessage
	Seconds                                    float64

	// Drop is the balanced accuracy lost, DropSE its standard error, and LossProbability the
	// probability that more is lost than the tolerance. Charge is what the score contains
	// for it. NaN, but for Drop, in a study of schema version 5 that was not resumed since.
	Drop, DropSE, LossProbability, Charge float64
	// Tied reports that another arm has the same rank.
	Tied bool
	// Copy says that the arm has the runs of another one, which stands for both: it has
	// rank 0, and a leaderboard leaves it out.
	Copy bool
	// Point is the trial's point.
	Point search.Point
}

// Leaderboard returns the arms of the named study ("" for the newest), the highest seed
// tier first and the lowest score first within.
func (db *DB) Leaderboard(ctx context.Context, study string) (*Board, error) {
	var b *Board
	err := db.view(ctx, func(q disk.Querier) error {
		head, err := readHead(ctx, q, study)
		if err != nil {
			return err
		}
		b = &Board{Study: *head}
		if b.Reference, err = readReference(ctx, q, &b.Study); err != nil {
			return err
		}
		if b.Offsets, err = readOffsets(ctx, q, &b.Study); err != nil {
			return err
		}
		if err = readSearched(ctx, q, b); err != nil {
			return err
		}
		if b.Screening, err = readScreening(ctx, q, b.Study.Number); err != nil {
			return err
		}
		b.Rows, err = readRows(ctx, q, &b.Study)
		b.Rows = slices.DeleteFunc(b.Rows, func(r Row) bool { return r.Copy })
		return err
	})
	return b, err
}

// ofFailedSeeds are the steps p of a study s that added seeds to a trial and failed, and
// failedSeeds counts these seeds.
const (
	ofFailedSeeds = `p.study = s.number AND p.kind = 'seeds' AND p.state = 'failed'`
	failedSeeds   = `(SELECT coalesce(sum(json_array_length(p.replicates)), 0) FROM steps p WHERE ` + ofFailedSeeds + `)`
)

// readHead reads the row of a study.
func readHead(ctx context.Context, q disk.Querier, study string) (*StudyHead, error) {
	number, name, err := findStudy(ctx, q, study)
	if err != nil {
		return nil, err
	}
	h := &StudyHead{Number: number, Name: name}
	var title, classes, counts, failure, seedFailure sql.NullString
	err = q.QueryRowContext(ctx, `SELECT s.model, s.arms, d.title, d.classes, d.train_counts,
			(SELECT count(*) FROM trials t WHERE t.study = s.number),
			(SELECT count(*) FROM trials t WHERE t.study = s.number AND t.state IN (?2, ?3)),
			(SELECT count(*) FROM trials t WHERE t.study = s.number AND t.state = ?3),
			(SELECT count(*) FROM trials t WHERE t.study = s.number AND t.invalid IS NOT NULL),
			(SELECT coalesce(error, '') FROM trials t WHERE t.study = s.number AND t.state = ?3 ORDER BY t.number LIMIT 1),
			`+failedSeeds+`,
			(SELECT coalesce(error, '') FROM steps p WHERE `+ofFailedSeeds+` ORDER BY p.number LIMIT 1)
		FROM studies s LEFT JOIN datasets d ON d.data = s.data AND d.split = s.split WHERE s.number = ?1`, number, StateComplete, StateFailed).
		Scan(&h.Model, &h.Arms, &title, &classes, &counts, &h.Trials, &h.Done, &h.Failed, &h.Invalid, &failure, &h.FailedSeeds, &seedFailure)
	if err != nil {
		return nil, err
	}
	h.Title, h.Failure, h.SeedFailure = title.String, failure.String, seedFailure.String
	if !classes.Valid {
		return h, nil
	}
	if err := json.Unmarshal([]byte(classes.String), &h.Classes); err != nil {
		return nil, fmt.Errorf("classes of study %s: %w", name, err)
	}
	for c, class := range h.Classes {
		if !objective.OneLine(class) {
			return nil, fmt.Errorf("class %d of study %s is named %q; want a name without line breaks and control characters", c, name, class)
		}
	}
	if err := json.Unmarshal([]byte(counts.String), &h.TrainCounts); err != nil {
		return nil, fmt.Errorf("training counts of study %s: %w", name, err)
	}
	return h, nil
}

// readReference reads the pinned row, and from its first matrix the class
// counts of the validation part.
func readReference(ctx context.Context, q disk.Querier, h *StudyHead) (Reference, error) {
	r := Reference{Spread: math.NaN(), SpreadSE: math.NaN(), BalancedAccuracy: math.NaN(), Accuracy: math.NaN(), WorstRecall: math.NaN()}
	rounds, err := loadRounds(ctx, q, h.Number, 0)
	if err != nil || len(rounds) == 0 {
		return r, err
	}
	for n := 0; len(r.Replicates) < len(rounds); n++ {
		if m := rounds[[2]int{0, n}]; m != nil {
			r.Replicates = append(r.Replicates, objective.Replicate{Replicate: n, Seed: m.seed, Reference: m.rounds[0]})
		}
	}
	r.Seeds = len(r.Replicates)
	r.Recall = meanRecall(r.Replicates, func(rep objective.Replicate) objective.Round { return rep.Reference })
	h.ValCounts = r.Replicates[0].Reference.Val.Support()
	worst, low := objective.Lowest(r.Recall)
	r.WorstClass, r.WorstRecall = h.Class(worst), low
	err = q.QueryRowContext(ctx, `SELECT reference_spread, reference_balanced_accuracy, reference_accuracy FROM studies WHERE number = ?`, h.Number).
		Scan(&r.Spread, &r.BalancedAccuracy, &r.Accuracy)
	var squares float64
	for _, rep := range r.Replicates {
		d := rep.Reference.Spread - r.Spread
		squares += float64(d * d)
	}
	if r.Seeds > 1 {
		r.SpreadSE = math.Sqrt(squares / float64((r.Seeds-1)*r.Seeds))
	}
	return r, err
}

// meanRecall returns the mean over replicates of the recall of each class.
func meanRecall(reps []objective.Replicate, round func(objective.Replicate) objective.Round) []float64 {
	var mean []float64
	for _, rep := range reps {
		recall := round(rep).Val.Recall()
		if mean == nil {
			mean = make([]float64, len(recall))
		}
		for c, v := range recall {
			mean[c] += v / float64(len(reps))
		}
	}
	return mean
}

// storedRow is a [Row] with what of it is stored otherwise.
type storedRow struct {
	Row
	half          float64 // of the interval
	worst         int     // index of the worst class
	params, point string
}

// fields are the columns of arms a, trials t and studies s that make a row.
func (r *storedRow) fields() []field {
	return []field{
		{"a.trial", &r.Trial},
		{"a.round", &r.Round},
		{"t.scheme", &r.Scheme},
		{"t.rounds", &r.Rounds},
		{"a.seeds", &r.Seeds},
		{"s.reference_spread + a.difference", orNull{&r.Score}},
		{"a.spread", &r.Spread},
		{"a.spread_se", orNull{&r.SpreadSE}},
		{"a.gap", &r.Gap},
		{"a.worst_class", &r.worst},
		{"a.worst_recall", orNull{&r.WorstRecall}},
		{"a.balanced_accuracy", &r.BalancedAccuracy},
		{"a.accuracy", &r.Accuracy},
		{"a.difference", &r.Difference},
		{"a.half_width", orNull{&r.half}},
		{"a.weight_gain", &r.WeightGain},
		{"a.weight_ratio", orNull{&r.WeightRatio}},
		{"a.reference_spread", &r.ReferenceSpread},
		{"a.reference_balanced_accuracy", &r.ReferenceBalancedAccuracy},
		{"t.params", &r.params},
		{"t.seconds", &r.Seconds},
		{"a.accuracy_drop", &r.Drop},
		{"a.accuracy_drop_se", orNull{&r.DropSE}},
		{"a.charge", orNull{&r.Charge}},
		{"a.loss_probability", orNull{&r.LossProbability}},
		{"t.point", &r.point},
	}
}

// selectRows selects what [scanRow] reads.
var selectRows = `SELECT ` + columnsOf(new(storedRow).fields()) + `
		FROM arms a CROSS JOIN trials t ON t.study = a.study AND t.number = a.trial CROSS JOIN studies s ON s.number = a.study`

// leaderFirst is the order of ranked arms a: the most seeds first, of these the lowest
// score, of equals the earlier one. The index arms_ranked has it.
const leaderFirst = `a.seeds DESC, a.difference, a.trial, a.round`

// readRows reads the ranked arms, and copies of them.
func readRows(ctx context.Context, q disk.Querier, h *StudyHead) (rows []Row, err error) {
	err = disk.Each(ctx, q, selectRows+`
		WHERE a.study = ? AND t.invalid IS NULL ORDER BY `+leaderFirst, []any{h.Number}, func(scan disk.Scanner) error {
		r, err := scanRow(scan, h)
		rows = append(rows, r)
		return err
	})
	if err != nil {
		return nil, err
	}
	runs, err := loadArmRuns(ctx, q, h.Number, allTrials)
	if err != nil {
		return nil, err
	}
	arms := make([]armName, len(rows))
	for i, r := range rows {
		arms[i] = armName{r.Trial, r.Round}
	}
	rank(rows, runs.copies(arms))
	return rows, nil
}

// rank sets the ranks of rows in their order, but for copies. Ties share one.
func rank(rows []Row, copies map[armName]bool) {
	ranked, last := 0, -1
	for i := range rows {
		r := &rows[i]
		if r.Copy = copies[armName{r.Trial, r.Round}]; r.Copy {
			continue
		}
		ranked++
		r.Rank = ranked
		if last >= 0 && rows[last].Seeds == r.Seeds && rows[last].Difference == r.Difference {
			r.Rank, r.Tied, rows[last].Tied = rows[last].Rank, true, true
		}
		last = i
	}
}

// readOwnRows reads the arms of one trial, without ranks: those of an invalid
// trial have none.
func readOwnRows(ctx context.Context, q disk.Querier, h *StudyHead, trial int) (rows []Row, err error) {
	err = disk.Each(ctx, q, selectRows+` WHERE a.study = ? AND a.trial = ? ORDER BY a.round`, []any{h.Number, trial}, func(scan disk.Scanner) error {
		r, err := scanRow(scan, h)
		rows = append(rows, r)
		return err
	})
	return rows, err
}

// scanRow reads one row of selectRows.
func scanRow(scan disk.Scanner, h *StudyHead) (Row, error) {
	r := storedRow{Row: Row{Study: h.Name}}
	if err := scanFields(scan, r.fields()); err != nil {
		return r.Row, err
	}
	r.WorstClass, r.Params = h.Class(r.worst), json.RawMessage(r.params)
	r.DifferenceLow, r.DifferenceHigh = r.Difference-r.half, r.Difference+r.half
	if err := json.Unmarshal([]byte(r.point), &r.Point); err != nil {
		return r.Row, fmt.Errorf("trial %d: point: %w", r.Trial, err)
	}
	return r.Row, nil
}
