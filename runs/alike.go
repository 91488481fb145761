package runs

import (
	"context"

	"evenkeel/runs/disk"
)

// Alike says whether training with weights made any difference in a study.
type Alike struct {
	// Vectors is the number of different weight vectors that valid trials were trained with,
	// equal weights left out; Trials is the number of these trials, and Strongest the largest
	// max/min of an arm of theirs.
	Vectors, Trials int
	Strongest       float64
	// Same says that each of these runs predicts on validation what the unweighted run of
	// its trial and seed does, and, where the logits of both are kept, that these are the
	// same too. Exactly says that all logits are kept.
	Same, Exactly bool
}

// againstBaseline joins the runs r with weights of the valid trials of a study with the
// unweighted runs b of the same trial and seed. Equal weights are the unweighted run.
const againstBaseline = ` FROM trial_runs r
	JOIN trials t ON t.study = r.study AND t.number = r.trial AND t.invalid IS NULL
	JOIN trial_runs b ON b.study = r.study AND b.trial = r.trial AND b.replicate = r.replicate AND b.round = 0 AND b.run <> r.run
	WHERE r.study = ? AND r.round > 0`

// readAlike compares all runs with weights with the unweighted ones: first their matrices,
// which are small, and predictions and logits only where all matrices are equal.
func readAlike(ctx context.Context, q disk.Querier, study int) (a Alike, err error) {
	scan := func(query string, to ...any) error { return q.QueryRowContext(ctx, query, study).Scan(to...) }
	if err = scan(`SELECT count(DISTINCT r.weights), count(DISTINCT r.trial)`+againstBaseline, &a.Vectors, &a.Trials); err != nil || a.Vectors == 0 {
		return a, err
	}
	err = scan(`SELECT coalesce(max(a.weight_ratio), 1.0) FROM arms a
		JOIN trials t ON t.study = a.study AND t.number = a.trial AND t.invalid IS NULL WHERE a.study = ?`, &a.Strongest)
	if err != nil {
		return a, err
	}
	var other bool
	err = scan(`SELECT EXISTS (SELECT 1`+againstBaseline+` AND
		(SELECT counts FROM matrices WHERE run = r.run AND part = 'val') <> (SELECT counts FROM matrices WHERE run = b.run AND part = 'val'))`, &other)
	if err != nil || other {
		return a, err
	}
	for _, kind := range []string{"predictions", "logits"} {
		var missing bool
		data := func(run string) string {
			return `(SELECT data FROM outputs WHERE run = ` + run + ` AND kind = '` + kind + `')`
		}
		err = scan(`SELECT EXISTS (SELECT 1`+againstBaseline+` AND `+data("r.run")+` <> `+data("b.run")+`)`, &other)
		if err != nil || other {
			return a, err
		}
		err = scan(`SELECT EXISTS (SELECT 1`+againstBaseline+` AND coalesce(`+data("r.run")+` = `+data("b.run")+`, 0) = 0)`, &missing)
		if err != nil {
			return a, err
		}
		a.Exactly = kind == "logits" && !missing
	}
	a.Same = true
	return a, nil
}
