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

// NotTried returns how many seeds were not measured when the time was over; 0 where it was not.
func (c *Confirmation) NotTried() int { return c.Asked - c.Seeds - c.LeftOut().Seeds }

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

// FreshSeedsError says that trainings failed on fresh seeds and too few are complete.
// Nothing was recorded.
type FreshSeedsError struct {
	// Asked is the number of fresh seeds, Failed says how many of them failed. Where that is
	// one too many they are the first so many that do, whatever the number of trainings at once.
	Asked  int
	Failed Failure
	// NotTried is how many were not measured when the time was over; 0 where it was not.
	NotTried int
	err      error
}

// Error says how many failed and why.
func (e *FreshSeedsError) Error() string {
	late := ""
	if e.NotTried > 0 {
		late = fmt.Sprintf(" and %d were not measured before the time limit", e.NotTried)
	}
	return fmt.Sprintf("%d of %d fresh seeds failed%s, and a confirmation needs %d that work: %s", e.Failed.Seeds, e.Asked, late, confirm.FewestSeeds, e.Failed.Cause)
}

// Unwrap returns the error of the seed that was one too many, or the interruption.
func (e *FreshSeedsError) Unwrap() error { return e.err }

// answerError says that what a training answers is no use on any seed.
type answerError struct{ error }

// Unwrap returns the error.
func (e answerError) Unwrap() error { return e.error }

// attempt measures a seed. One on which a training fails is left out, as long as enough may
// be left. Several quick failures in a row are no other failures, see [objective.Job.Persist]:
// where a confirmation is repeated only the seeds that fail are trained, and they follow each
// other.
func (p *confirming) attempt(ctx context.Context, s *freshSeed) error {
	err := p.seed(ctx, s)
	if err == nil {
		defer p.report()
	} else if !isFailedTraining(err) || errors.Is(err, objective.ErrTrainerBroken) || errors.As(err, new(answerError)) {
		return err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	s.failed, s.complete = err, err == nil
	return p.tooMany()
}

// tooMany returns a [*FreshSeedsError] where too few seeds are left. It looks at the seeds in
// turn, as far as they are measured without a gap: so it says the same for any number at once.
func (p *confirming) tooMany() error {
	if p.ended {
		return nil // it is said already
	}
	for i, s := range p.seeds {
		if s.failed == nil && !s.complete {
			break
		}
		if f := failedOf(p.seeds[:i+1]); s.failed != nil && p.arm.Seeds-f.Seeds < confirm.FewestSeeds {
			p.ended = true
			return &FreshSeedsError{Asked: p.arm.Seeds, Failed: f, err: s.failed}
		}
	}
	return nil
}

// failedOf returns the seeds that are left out; Seeds is 0 without any.
func failedOf(seeds []*freshSeed) (f Failure) {
	for _, s := range seeds {
		if s.failed == nil {
			continue
		}
		if f.Seeds++; f.Cause == "" {
			f.Cause = s.failed.Error()
		}
	}
	return f
}

// failures returns what failed, the first being the seeds that are left out. Of options it is
// what failed on complete seeds, since no other is in the confirmation.
func (p *confirming) failures() (list []Failure) {
	if f := failedOf(p.seeds); f.Seeds > 0 {
		list = append(list, f)
	}
	for _, option := range []objective.Option{objective.OptionLonger, EqualCost} {
		f := Failure{What: option}
		for _, s := range p.seeds {
			if s.causes[option] == nil || !s.complete {
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
