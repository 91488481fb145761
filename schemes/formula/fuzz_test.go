package formula

import (
	"errors"
	"math"
	"strings"
	"testing"

	"evenkeel/schemes"
)

// FuzzFormula feeds arbitrary texts: each is refused with columns inside the
// text, or is a formula that can be evaluated, the scheme of which gives usable
// weights or an error, and whose text survives being parsed again.
func FuzzFormula(f *testing.F) {
	for _, text := range []string{
		"(mean / x) ** k", "min(x, 0.4) + max(min, k)", "x < mean and not (x > 0.9) ? pow(x, -k) : 1 / sqrt(std)",
		"prev * exp(k * (1 - x)) // step", "clamp(log(total / support), 0.1, classes) ^ round", "precision == f1 || recall != x ? 1 : 2",
		"map(1..9, {# * 2}) | filter(true)", "let y = 'a'; $env[y]?.z ?? nil", "((((((", "0<(0<x<1?1:0)<1?1:0", "\"\\u12", "b'\\x", "x /* ",
	} {
		f.Add(text, 2.0, 0.5)
	}
	f.Fuzz(func(t *testing.T, text string, k, x float64) {
		p, err := Parse(text, []string{"k"})
		if err != nil {
			var faults Faults
			if !errors.As(err, &faults) {
				t.Fatalf("%v (%T); want Faults", err, err)
			}
			for _, fault := range faults {
				if fault.What == "" || fault.Column < 0 || fault.Column > len(text)+1 || strings.ContainsRune(fault.What, '\n') && !strings.Contains(text, "\n") {
					t.Fatalf("fault %+v", fault)
				}
			}
			return
		}
		if len(text) > 2*maxBytes && len(strings.TrimSpace(text)) > maxBytes {
			t.Fatalf("a text of %d bytes is accepted", len(text))
		}
		if !(x >= 0 && x <= 1) || math.IsNaN(k) || math.IsInf(k, 0) {
			x, k = 0.5, 2
		}
		s := p.Scheme("")
		if w := p.raw(input(x, 0.75, 1, 0), schemes.Values{"k": k}); len(w) != 4 {
			t.Fatalf("%d weights", len(w))
		}
		step, err := schemes.Recipe{Scheme: s, Values: schemes.Values{"k": k}}.Next(measurement([]int64{int64(x * 100), 75}, 100, []int64{100, 100}, []int{5, 6}), 1, schemes.State{})
		if err == nil {
			for _, w := range step.Weights {
				if !(w > 0) || math.IsInf(w, 0) {
					t.Fatalf("weights %v", step.Weights)
				}
			}
		}
		if again, err := Parse(p.text, []string{"k"}); err != nil || again.label() != p.label() {
			t.Fatalf("%q does not parse again: %v", p.text, err)
		}
	})
}
