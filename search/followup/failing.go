package followup

import (
	"context"
	"errors"
	"fmt"

	"evenkeel/objective"
	"evenkeel/objective/evidence/confirm"
)

// Failure says that trainings on fresh seeds failed.
type Failure struct {
	// What is the option that the failed trainings were for, [objective.OptionLonger] or
	// [EqualCost], which are not measured then; "" where seeds could not be measured without
	// them: these are left out, of every option.
	What objective.Option `json:"what"`
	// Seeds is on how many seeds.
	Seeds int `json:"seeds"`
	// Cause is the error of the first of these seeds.
	Cause string `json:"cause"`
}

// LeftOut returns the seeds that are left out because a training failed; its Seeds is 0
// without any.
func (c *Confirmation) LeftOut() Failure { return FailureOf(c.Failures, "") }

// FailureOf returns the failure of an option, "" for the seeds that are left out; its Seeds is
// 0 without one.
func FailureOf(list []Failure, what objective.Option) Failure {
	for _, f := range list {
		if f.What == what {
			return f
		}
	}
	return Failure{}
}

// FreshSeedsError says that trainings failed on so many fresh seeds that too few are left.
// Nothing was recorded.
type FreshSeedsError struct {
	// Asked is the number of fresh seeds, Failed says how many of those that were tried failed.
	Asked  int
	Failed Failure
	err    error
}

// Error says how many failed and why.
func (e *FreshSeedsError) Error() string {
	return fmt.Sprintf("%d of %d fresh seeds failed, and a confirmation needs %d that work: %s", e.Failed.Seeds, e.Asked, confirm.FewestSeeds, e.Failed.Cause)
}

// Unwrap returns the error of the seed that was one too many.
func (e *FreshSeedsError) Unwrap() error { return e.err }

// answerError says that what a training answers is no use on any seed.
type answerError struct{ error }

// Unwrap returns the error.
func (e answerError) Unwrap() error { return e.error }

// attempt measures a seed. One on which a training fails is left out, as long as enough may
// be left. So is one that the trainer is not asked for any more after several quick failures in
// a row ([objective.ErrTrainerBroken]): where a confirmation is repeated only the seeds that
// fail are trained, and they follow each other.
func (p *confirming) attempt(ctx context.Context, s *freshSeed) error {
	err := p.seed(ctx, s)
	if err == nil {
		s.complete = true
		p.report()
		return nil
	}
	if !isFailedTraining(err) || errors.As(err, new(answerError)) {
		return err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	s.failed = err
	if failed := p.failedSeeds(); p.arm.Seeds-failed.Seeds < confirm.FewestSeeds {
		return &FreshSeedsError{Asked: p.arm.Seeds, Failed: failed, err: err}
	}
	return nil
}

// failedSeeds returns the seeds that are left out; Seeds is 0 without any.
func (p *confirming) failedSeeds() (f Failure) {
	for _, s := range p.seeds {
		if s.failed == nil {
			continue
		}
		if f.Seeds++; f.Cause == "" {
			f.Cause = s.failed.Error()
		}
	}
	return f
}

// failures returns what failed on the seeds, the first being those that are left out.
func (p *confirming) failures() (list []Failure) {
	if f := p.failedSeeds(); f.Seeds > 0 {
		list = append(list, f)
	}
	for _, option := range []objective.Option{objective.OptionLonger, EqualCost} {
		f := Failure{What: option}
		for _, s := range p.seeds {
			if s.causes[option] == nil || s.failed != nil {
				continue
			}
			if f.Seeds++; f.Cause == "" {
				f.Cause = s.causes[option].Error()
			}
		}
		if f.Seeds > 0 {
			list = append(list, f)
		}
	}
	return list
}
