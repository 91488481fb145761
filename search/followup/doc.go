// Package followup does the trainings that belong to no trial: it measures everything that
// a user could do instead of one arm, and that arm, on fresh seeds and the test part, with
// training and validation part drawn again where that is asked for; it trains the reference
// longer when a search ends; and it trains the probes that show whether weights affect training.
// It also plans the time these take. It decides no trial (that is package search),
// judges no figure (that is objective/evidence) and stores nothing (package runs
// implements [Store]).
//
// # Where to start
//
// [Confirmer] confirms one [Arm], and is the only code that asks a trainer for the
// test part; what it compares is in a [Confirmation]. [Longer] measures longer training and
// fixed offsets on the search's own seeds. [Prober] trains what
// [explain.Probe] asks for. [Length], [Reserve] and [Fit] say how long a confirmation
// takes, how much time a search should keep free for one, and how many seeds fit.
//
//	confirmer := followup.Confirmer{
//		Definition: definition, Store: study, Trainer: trainer, Parallel: 2, Clock: time.Now,
//	}
//	confirmation, err := confirmer.Run(ctx, stop, followup.Arm{Trial: 7, Round: 2, Plan: plan, Seeds: confirm.Seeds})
//
// # What is promised
//
// Fresh seeds are those of [search.PhaseConfirm], which no search uses, and the seeds of
// parts that are drawn again come from [search.SplitSeed]: both are the same for every
// arm of a study, so arms are compared on equal terms. The test part is recorded as read
// before the first run that looks at it. Figures depend neither on how much is trained
// at once nor on how often the work was interrupted; what is stored is not trained again.
package followup
