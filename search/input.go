package search

import "fmt"

// InputError marks an error in what somebody asked for: a flag, an argument, a study
// file, a trial that is not there. Nothing was started. Programs end with status 2.
type InputError struct{ Err error }

// Error returns the text of the error itself.
func (e InputError) Error() string { return e.Err.Error() }

// Unwrap returns the error itself.
func (e InputError) Unwrap() error { return e.Err }

// Inputf formats an [InputError] as [fmt.Errorf] does.
func Inputf(format string, args ...any) error { return InputError{fmt.Errorf(format, args...)} }
