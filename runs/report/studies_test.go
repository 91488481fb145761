package report

import "testing"

// TestShortCommit: seven digits, and a mark for changed files.
func TestShortCommit(t *testing.T) {
	for commit, want := range map[string]string{
		"": "", "0123456789abcdef0123456789abcdef01234567": "0123456", "0123456789abcdef0123456789abcdef01234567+changes": "0123456+",
	} {
		if got := shortCommit(commit); got != want {
			t.Errorf("%q: %q, want %q", commit, got, want)
		}
	}
}
