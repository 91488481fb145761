package data

import "testing"

// FuzzParseSource: any text is refused, or a source that is written as it was read.
func FuzzParseSource(f *testing.F) {
	for _, k := range Kinds() {
		f.Add(k.Example)
		f.Add(k.Form())
	}
	for _, text := range []string{"", ":", "csv:", "csv::", "embedded:", "CSV:x", "csv:a\x00b", "idx:/dev/zero", "\x1b[2J:x"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		s, err := ParseSource(text)
		if err != nil {
			if len(err.Error()) > 2000 {
				t.Errorf("an error of %d bytes", len(err.Error()))
			}
			return
		}
		if s.String() != text {
			t.Errorf("%q is written as %q", text, s)
		}
		_ = s.Table() // which panics for an unknown kind
	})
}
