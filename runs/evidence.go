package runs

import (
	"context"
	"database/sql"
	"errors"

	"evenkeel/objective"
	"evenkeel/objective/evidence/interval"
	"evenkeel/runs/column"
	"evenkeel/runs/disk"
	"evenkeel/search"
)

// Evidence is what is kept of one arm beyond its matrices, to say why its weights
// did what they did.
type Evidence struct {
	Trial *Trial
	Round int
	// Outputs is aligned with Trial.Replicates.
	Outputs []Outputs
	// Pool is that of all arms of the study.
	Pool interval.Pool
	// Alike compares all runs of the study with the unweighted ones.
	Alike Alike
}

// Outputs are the results of the runs of one replicate: of the reference, of round
// 0, and of the arm's round.
type Outputs struct {
	Reference, Before, After *objective.Result
	// Labels are the true classes of the validation examples, nil if they are
	// unknown or not those that the results count.
	Labels []uint16
	// Offsets is what fitted offsets do on this seed, nil if that is unknown.
	Offsets *search.Offsets
}

// Evidence returns what is kept of a trial of the named study ("" for the newest)
// after one of its rounds, its best one if round is 0. A trial without results has
// none, and a round that it does not have neither: Outputs is nil then.
func (db *DB) Evidence(ctx context.Context, study string, trial, round int) (*Evidence, error) {
	e := &Evidence{Round: round}
	err := db.view(ctx, func(q disk.Querier) error {
		var err error
		if e.Trial, err = readTrial(ctx, q, study, trial, false); err != nil {
			return err
		}
		if e.Round == 0 {
			e.Round = e.Trial.Best
		}
		ranked, err := loadRanking(ctx, q, e.Trial.Study.Number)
		if err != nil {
			return err
		}
		e.Pool = interval.NewPool(ranked.distinct())
		if e.Alike, err = readAlike(ctx, q, e.Trial.Study.Number); err != nil {
			return err
		}
		if e.Round < 1 || e.Round > len(e.Trial.Arms) {
			return nil
		}
		return e.readOutputs(ctx, q)
	})
	return e, err
}

// readOutputs reads the results of every replicate.
func (e *Evidence) readOutputs(ctx context.Context, q disk.Querier) error {
	labels, err := studyLabels(ctx, q, e.Trial.Study.Number)
	if err != nil {
		return err
	}
	offsets, err := fittedOffsets(ctx, q, e.Trial.Study.Number)
	if err != nil {
		return err
	}
	known := make(map[objective.RunID]*objective.Result)
	result := func(r objective.Round) (*objective.Result, error) {
		if known[r.Run] == nil {
			known[r.Run] = &objective.Result{Val: r.Val, Train: r.Train}
			if err := readOutputs(ctx, q, r.Run, known[r.Run]); err != nil {
				return nil, err
			}
		}
		return known[r.Run], nil
	}
	for _, rep := range e.Trial.Replicates {
		var o Outputs
		for _, x := range []struct {
			round objective.Round
			to    **objective.Result
		}{{rep.Reference, &o.Reference}, {rep.Rounds[0], &o.Before}, {rep.Rounds[e.Round], &o.After}} {
			if *x.to, err = result(x.round); err != nil {
				return err
			}
		}
		if counts(o.Reference, labels) && counts(o.Before, labels) && counts(o.After, labels) {
			o.Labels = labels
		}
		o.Offsets = offsets[rep.Replicate]
		e.Outputs = append(e.Outputs, o)
	}
	return nil
}

// counts reports whether a result's matrix is what its predictions and the labels
// count: a trainer may have sent labels with some runs only, and other examples
// with others.
func counts(r *objective.Result, labels []uint16) bool {
	if labels == nil || r.ValPredictions == nil {
		return false
	}
	m, err := objective.ConfusionFromLabels(r.Val.Classes(), labels, r.ValPredictions)
	return err == nil && m.Equal(r.Val)
}

// studyLabels returns the true classes of a study's validation examples, nil if
// they are unknown.
func studyLabels(ctx context.Context, q disk.Querier, study int) ([]uint16, error) {
	var format string
	var labels []byte
	err := q.QueryRowContext(ctx, `SELECT d.labels_format, d.labels FROM studies s
		JOIN datasets d ON d.data = s.data AND d.split = s.split WHERE s.number = ? AND d.labels IS NOT NULL`, study).Scan(&format, &labels)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return column.ParseClasses(format, labels)
}

// fittedOffsets returns what fitted offsets do, by replicate.
func fittedOffsets(ctx context.Context, q disk.Querier, study int) (map[int]*search.Offsets, error) {
	all := make(map[int]*search.Offsets)
	err := disk.Each(ctx, q, `SELECT replicate, shifts, counts, spread, difference, accuracy_drop FROM offsets WHERE study = ?`,
		[]any{study}, func(scan disk.Scanner) error {
			o := &search.Offsets{}
			var shifts string
			var counts sql.RawBytes
			if err := scan(&o.Replicate, &shifts, &counts, &o.Spread, &o.Difference, &o.Drop); err != nil {
				return err
			}
			var err error
			if o.Values, err = column.ParseFloats(shifts); err == nil {
				o.Val, err = column.ParseMatrix(counts)
			}
			all[o.Replicate] = o
			return err
		})
	return all, err
}
