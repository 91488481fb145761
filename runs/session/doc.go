// Package session is one invocation's work on a study of the trial history: it opens
// the study's trainer and the history, does the work, and closes both, also after
// an error. It prints nothing: what a person should know is a [notice.Notice], and what came of
// the work is data or an error.
//
// # Where to start
//
// [Search] runs or continues a study, [Confirm] confirms one arm, [Measure] trains the
// probes of an explanation, [Check] checks a trainer, and [Plan] says what a search would
// take. All but the last train:
//
//	outcome, err := session.Search(ctx, stop, session.Config{DB: "evenkeel.db", Program: version}, session.SearchRequest{Definition: def})
//
// After stop is closed no training is started and those under way are finished; when ctx
// ends those are interrupted too. Either way the error is [ErrInterrupted], and everything
// that finished is stored. An error is a [search.InputError] where what was asked for is
// wrong; nothing was started then.
package session
