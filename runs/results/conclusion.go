package results

import (
	"evenkeel/objective"
	"evenkeel/objective/evidence/confirm"
	"evenkeel/runs"
)

// mostOf is the share of the weights' gain from which on another way is said to give
// most of it, dearer the difference of balanced accuracy from which on it is mentioned.
// Our choice.
const mostOf, dearer = 0.5, 0.003

// Conclusion is what a confirmed arm comes to: whether the classes are more even, who
// pays for it, and whether something cheaper would have done. It says nothing that the
// rows do not.
type Conclusion struct {
	Trial, Round int
	// Change is the recipe against the unweighted model.
	Change confirm.Verdict
	// Gains and Pays are the classes whose recall rose and fell most, beyond noise; ""
	// if none did.
	Gains, Pays string
	// Tolerance says whether the recipe holds the study's accuracy tolerance.
	Tolerance confirm.Holding
	Offsets   OffsetsInstead
	Longer    LongerInstead
}

// Instead says how another way compares with the weights; "" where nothing is to be said.
type Instead string

// How another way compares with the weights.
const (
	// TooDear: it loses more balanced accuracy than the study allows, and the weights
	// may not.
	TooDear Instead = "over tolerance"
	// MoreEvenThanWeights: its recalls are more even beyond noise.
	MoreEvenThanWeights Instead = "more even"
	// AsEven: no difference to the weights beyond noise, and at least half their gain.
	AsEven Instead = "as even"
	// NotKnown: no difference beyond noise, and less than half the gain of the weights.
	NotKnown Instead = "not known"
	// AllOfIt: at least the gain of the weights, each measured against the unweighted model.
	AllOfIt Instead = "at least the gain"
	// MostOfIt: less even than the weights, with at least half their gain.
	MostOfIt Instead = "at least half the gain"
	// Alone: it evens the recalls out beyond noise where the weights do not.
	Alone Instead = "only gain"
)

// OffsetsInstead compares offsets on the unweighted model's logits with the weights.
type OffsetsInstead struct {
	Instead
	// Dearer is the balanced accuracy they lose against the unweighted model where that
	// is at least .003 more than the weights lose, else 0. Tolerance says whether they
	// hold the study's tolerance.
	Dearer    float64
	Tolerance confirm.Holding
}

// LongerInstead compares the unweighted model, trained twice as many epochs, with the
// weights. Change is that of its spread.
type LongerInstead struct {
	Instead
	Change float64
}

// Conclude returns what a confirmed arm comes to, nil if the recipe was not compared with
// the unweighted model.
func Conclude(a Confirmed) *Conclusion {
	main, verdict := a.Row(objective.OptionWeightsRemeasured, objective.OptionNothing)
	if main == nil {
		return nil
	}
	c := &Conclusion{Trial: a.Trial, Round: a.Round, Change: verdict, Tolerance: main.Tolerance}
	if verdict != confirm.NoDifference {
		c.Gains, c.Pays = first(main.Gained), first(main.Lost)
	}
	gained := verdict.Gain()
	c.Offsets = offsetsInstead(a, *main, gained)
	c.Longer = longerInstead(a, *main, gained)
	return c
}

// first returns the class that changed most.
func first(classes []runs.ClassChange) string {
	if len(classes) == 0 {
		return ""
	}
	return classes[0].Class
}

// offsetsInstead compares the recipe with fitted offsets, which train nothing. What they
// cost is judged by the same rule as what the recipe costs.
func offsetsInstead(a Confirmed, main runs.ConfirmedRow, gained bool) OffsetsInstead {
	row, verdict := a.Row(objective.OptionWeightsRemeasured, objective.OptionOffsetsRefitted)
	own, _ := a.Row(objective.OptionOffsetsRefitted, objective.OptionNothing)
	if row == nil || own == nil {
		return OffsetsInstead{}
	}
	o := OffsetsInstead{Tolerance: own.Tolerance}
	if own.Tolerance == confirm.NotHeld && main.Tolerance != confirm.NotHeld {
		o.Instead = TooDear
		return o
	}
	if row.BalancedAccuracy-row.AgainstBalancedAccuracy > dearer {
		o.Dearer = main.AgainstBalancedAccuracy - row.AgainstBalancedAccuracy
	}
	most := row.AgainstSpread-main.AgainstSpread < mostOf*main.Difference
	switch {
	case verdict == confirm.Worse:
		o.Instead = MoreEvenThanWeights
	case !gained:
	case verdict == confirm.NoDifference && most:
		o.Instead = AsEven
	case verdict == confirm.NoDifference:
		o.Instead = NotKnown
	case most:
		o.Instead = MostOfIt
	}
	return o
}

// longerInstead says where training the unweighted model longer evens the classes out
// beyond noise, and so far that the weights are not worth their trainings.
func longerInstead(a Confirmed, main runs.ConfirmedRow, gained bool) LongerInstead {
	row, verdict := a.Row(objective.OptionLonger, objective.OptionNothing)
	if row == nil {
		return LongerInstead{}
	}
	l := LongerInstead{Change: row.Difference}
	switch {
	case !verdict.Gain():
	case !gained:
		l.Instead = Alone
	case row.Difference < main.Difference:
		l.Instead = AllOfIt
	case row.Difference < mostOf*main.Difference:
		l.Instead = MostOfIt
	}
	return l
}
