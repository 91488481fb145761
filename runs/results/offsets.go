package results

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"

	"evenkeel/objective"
	"evenkeel/objective/data/arrays"
	"evenkeel/objective/evidence/interval"
	"evenkeel/objective/evidence/posthoc"
	"evenkeel/runs"
	"evenkeel/search/followup"
)

// Offsets is one fixed set of offsets with what it does, of a study's unweighted model or
// of any model.
type Offsets struct {
	// Study is the study whose unweighted model the offsets are for, "" for others; then
	// Logits is the file that they were fitted to.
	Study, Logits string
	Classes       []string
	// Source says where the names of the classes come from.
	Source arrays.NameSource
	// Probabilities says that the logits are the log of probabilities, of which Floored
	// were raised before.
	Probabilities bool
	Floored       int
	// Epochs is how long the unweighted model is trained that they are for, where that is
	// longer than in the study; else 0.
	Epochs int
	// Measured is what the confirmation to quote measured of exactly these offsets against
	// nothing, nil without one.
	Measured *MeasuredRow
	// Score is what the offsets were fitted to.
	Score objective.Score
	posthoc.Fixed
}

// Within says whether a loss is within a tolerance.
type Within string

// How a loss compares with a tolerance: certainly below, probably, and above.
const (
	WithinTolerance Within = "yes"
	PerhapsWithin   Within = "perhaps"
	BeyondTolerance Within = "no"
)

// Within compares the balanced accuracy that the offsets lose with the tolerance: within
// where the whole interval is, beyond where the estimate is.
func (o *Offsets) Within() Within {
	const exact = 1e-12 // rounding
	switch {
	case -o.Cost.Low <= o.Score.Tolerance+exact:
		return WithinTolerance
	case -o.Cost.Estimate <= o.Score.Tolerance+exact:
		return PerhapsWithin
	}
	return BeyondTolerance
}

// LossProbability is the probability that the offsets lose more balanced accuracy than the
// tolerance, as [objective.Score.LossProbability] has it for the estimate and its interval.
func (o *Offsets) LossProbability() float64 {
	se := (o.Cost.High - o.Cost.Low) / 2 / interval.Quantile(interval.TwoSided, math.Inf(1))
	return o.Score.LossProbability(-o.Cost.Estimate, se)
}

// FitOffsets fits offsets to the outputs of any model.
func FitOffsets(logits string, pair *arrays.Pair, score objective.Score) (*Offsets, error) {
	part, err := posthoc.NewLogits(pair.Classes, pair.Logits, pair.Labels)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", logits, err)
	}
	folds, err := posthoc.NewFolds(part)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", logits, err)
	}
	fixed, err := posthoc.EstimateFixed(score, nil, folds)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", logits, err)
	}
	return &Offsets{Logits: logits, Classes: pair.Names, Source: pair.Source, Probabilities: pair.Probabilities, Floored: pair.Floored, Score: score, Fixed: *fixed}, nil
}

// StudyOffsets returns the fixed offsets of a study's unweighted model, "" for the newest
// study: the mean over the seeds of the search of those that were fitted to each. They are
// measured on the seeds whose logits are still kept.
func StudyOffsets(ctx context.Context, db *runs.DB, study string) (*Offsets, error) {
	kept, o, err := studyOffsets(ctx, db, study)
	if err != nil {
		return nil, err
	}
	var parts []*posthoc.Folds
	for _, r := range kept.Results {
		folds, err := posthoc.FoldsOf(r, kept.Labels)
		if err != nil {
			return nil, fmt.Errorf("study %s: %w", o.Study, err)
		}
		parts = append(parts, folds)
	}
	if len(parts) == 0 {
		return nil, fmt.Errorf("the logits of study %s were deleted (evenkeel gc), so what its offsets do cannot be measured again; "+
			"evenkeel weights --offsets prints the offsets, evenkeel leaderboard what they did on each seed", o.Study)
	}
	fixed, err := posthoc.EstimateFixed(o.Score, o.Offsets, parts...)
	if err != nil {
		return nil, fmt.Errorf("study %s: %w", o.Study, err)
	}
	o.Fixed = *fixed
	measured, row, _, err := confirmedOffsets(ctx, db, o.Study, objective.OptionOffsetsFixed)
	if slices.Equal(measured, o.Offsets) {
		o.Measured = row
	}
	return o, err
}

// StoredOffsets is [StudyOffsets] without any figures: of Fixed, Offsets and Models are
// set, the latter being the number of seeds that the mean is over. They are those that the
// quoted confirmation measured where there is one.
func StoredOffsets(ctx context.Context, db *runs.DB, study string) (*Offsets, error) {
	_, o, err := studyOffsets(ctx, db, study)
	if err != nil {
		return nil, err
	}
	measured, row, _, err := confirmedOffsets(ctx, db, o.Study, objective.OptionOffsetsFixed)
	if measured != nil {
		o.Offsets, o.Measured = measured, row
	}
	return o, err
}

// LongerOffsets is [StoredOffsets] for the unweighted model that is trained longer.
func LongerOffsets(ctx context.Context, db *runs.DB, study string) (*Offsets, error) {
	measured, row, board, err := confirmedOffsets(ctx, db, study, objective.OptionLongerThenOffsets)
	if err != nil {
		return nil, err
	}
	def, err := Definition(ctx, db, board.Study.Name, nil)
	if err != nil {
		return nil, err
	}
	usual, _ := def.ReferenceModel()["epochs"].(int64)
	o := &Offsets{Study: board.Study.Name, Score: def.Objective, Epochs: objective.LongerFactor * int(usual), Measured: row, Fixed: posthoc.Fixed{Offsets: measured}}
	if searched := board.Longer.Offsets; searched != nil {
		if measured == nil {
			o.Offsets = searched.Offsets
		}
		if slices.Equal(o.Offsets, searched.Offsets) { // else the search has found others since
			o.Models = searched.Seeds
		}
	}
	if o.Offsets == nil {
		return nil, &NoLongerOffsetsError{Study: o.Study, Searched: board.Longer.Offsets}
	}
	for c := range o.Offsets {
		o.Classes = append(o.Classes, board.Study.Class(c))
	}
	return o, nil
}

// NoLongerOffsetsError says that a study has no offsets for models that are trained longer.
type NoLongerOffsetsError struct {
	Study string
	// Searched says why the search has none, nil where it never came to that.
	Searched *followup.Searched
}

// Error says why, and what makes up for it where something does.
func (e *NoLongerOffsetsError) Error() string {
	text := fmt.Sprintf("study %s has no offsets for models that are trained longer: ", e.Study)
	reason := followup.ReasonTime
	if e.Searched != nil {
		reason = e.Searched.Reason
	}
	switch reason {
	case followup.ReasonTime:
		text += "its search ended before they were fitted"
	case followup.ReasonFailed:
		text += "a training for them failed"
	case followup.ReasonNoLogits:
		return text + "its trainer sends no logits, or no labels, of its validation examples"
	case followup.ReasonFewExamples:
		return text + "a class has too few validation examples to fit offsets to"
	case followup.ReasonNoEpochs:
		return text + "its model has no number of epochs to raise"
	case followup.ReasonEarlyStopping:
		return text + "training stops early, before its epochs are over"
	default:
		return text + string(reason)
	}
	return text + "; evenkeel confirm --study '" + strings.ReplaceAll(e.Study, "'", `'\''`) + "' makes up for that, and then confirms the leader"
}

// confirmedOffsets returns the fixed offsets of an option that the quoted confirmation of a
// study measured, with what it found of them, nil without one, and the study's board.
func confirmedOffsets(ctx context.Context, db *runs.DB, study string, option objective.Option) ([]float64, *MeasuredRow, *runs.Board, error) {
	board, err := db.Leaderboard(ctx, study)
	if err != nil {
		return nil, nil, nil, err
	}
	arms, err := Confirmations(ctx, db, board.Study.Name)
	if judged := measuredOptionsOf(arms, board); judged != nil {
		if m := judged.Option(option); m != nil && m.Offsets != nil {
			return m.Offsets, judged.MeasuredOf(option), board, err
		}
	}
	return nil, nil, board, err
}

// FixedOffsets returns the one set of offsets of a study, see [StudyOffsets], nil where it has
// none.
func FixedOffsets(ctx context.Context, db *runs.DB, study string) ([]float64, error) {
	kept, err := db.ReferenceOutputs(ctx, study)
	if err != nil || len(kept.Offsets) == 0 {
		return nil, err
	}
	return posthoc.MeanOffsets(kept.Offsets), nil
}

// studyOffsets reads the offsets of a study's seeds and takes their mean.
func studyOffsets(ctx context.Context, db *runs.DB, study string) (*runs.ReferenceOutputs, *Offsets, error) {
	kept, err := db.ReferenceOutputs(ctx, study)
	if err != nil {
		return nil, nil, err
	}
	name := kept.Study.Name
	def, err := Definition(ctx, db, name, nil)
	if err != nil {
		return nil, nil, err
	}
	if len(kept.Offsets) == 0 {
		return nil, nil, fmt.Errorf("study %s has no offsets: its trainer sent no logits of the unweighted model with labels, "+
			"a class has too few validation examples, or nothing is trained yet", name)
	}
	o := &Offsets{Study: name, Score: def.Objective, Fixed: posthoc.Fixed{Offsets: posthoc.MeanOffsets(kept.Offsets), Models: len(kept.Offsets)}}
	for c := range o.Offsets {
		o.Classes = append(o.Classes, kept.Study.Class(c))
	}
	return kept, o, nil
}
