package search

import "fmt"

// InputError marks an error in what somebody asked for: a flag, an argument, a study
// file, a trial that is not there. Nothing was trained for it, though the trainer may have
// been started to ask what it can do. The program ends with status 2.
type InputError struct{ Err error }

// Error returns the text of the error itself.
func (e InputError) Error() string { return e.Err.Error() }

// Unwrap returns the error itself.
func (e InputError) Unwrap() error { return e.Err }

// Inputf formats an [InputError] as [fmt.Errorf] does.
func Inputf(format string, args ...any) error { return InputError{fmt.Errorf(format, args...)} }
