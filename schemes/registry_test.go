package schemes

import (
	"errors"
	"fmt"
	"math"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// faults reports what an entry of the catalogue lacks.
func faults(list []*Scheme) error {
	var all []error
	add := func(format string, args ...any) { all = append(all, fmt.Errorf(format, args...)) }
	word := regexp.MustCompile(`^[a-z][a-z0-9]*(-[a-z0-9]+)*$`)
	seen := map[string]bool{}
	for i, s := range list {
		for _, name := range append([]string{s.Name}, s.Aliases...) {
			if !word.MatchString(name) {
				add("entry %d: %q is no name", i, name)
			}
			if seen[name] {
				add("entry %d: the name %q is taken", i, name)
			}
			seen[name] = true
		}
		if s.Title == "" || s.Formula == "" || s.Source == "" || s.Raw == nil {
			add("scheme %q: title, formula, source or function is missing", s.Name)
		}
		solvable := s.StrengthOf == ""
		params := map[string]bool{}
		for _, p := range s.Params {
			solvable = solvable || p.Name == s.StrengthOf
			if !word.MatchString(p.Name) || p.Doc == "" || params[p.Name] {
				add("scheme %q: parameter %q is unnamed, undocumented or there twice", s.Name, p.Name)
			}
			params[p.Name] = true
			ordered := p.Min <= p.Low && p.Low < p.High && p.High <= p.Max && p.Low <= p.Default && p.Default <= p.High
			if !ordered || p.Log && p.Low <= 0 {
				add("scheme %q: parameter %q has ranges or a default at odds", s.Name, p.Name)
			}
		}
		if !solvable {
			add("scheme %q: strength is of %q, which is no parameter", s.Name, s.StrengthOf)
		}
	}
	return errors.Join(all...)
}

func TestTheCatalogueIsComplete(t *testing.T) {
	t.Parallel()
	if err := faults(All()); err != nil {
		t.Error(err)
	}
	if n := len(All()); n < 6 {
		t.Errorf("%d schemes; want at least 6", n)
	}
}

func TestFaultyEntriesAreRefused(t *testing.T) {
	t.Parallel()
	with := func(change func(*Scheme)) []*Scheme {
		s := *errorPower
		s.Params = []Param{s.Params[0]}
		change(&s)
		return []*Scheme{meanRatio, &s}
	}
	for what, list := range map[string][]*Scheme{
		"unnamed":          with(func(s *Scheme) { s.Name = "" }),
		"upper case":       with(func(s *Scheme) { s.Name = "Error" }),
		"duplicate":        with(func(s *Scheme) { s.Name = "mean-ratio" }),
		"duplicate alias":  with(func(s *Scheme) { s.Aliases = []string{"inverse-recall"} }),
		"no title":         with(func(s *Scheme) { s.Title = "" }),
		"no formula":       with(func(s *Scheme) { s.Formula = "" }),
		"no source":        with(func(s *Scheme) { s.Source = "" }),
		"no function":      with(func(s *Scheme) { s.Raw = nil }),
		"undocumented":     with(func(s *Scheme) { s.Params[0].Doc = "" }),
		"duplicate param":  with(func(s *Scheme) { s.Params = append(s.Params, s.Params[0]) }),
		"log from 0":       with(func(s *Scheme) { s.Params[0].Low = 0 }),
		"default outside":  with(func(s *Scheme) { s.Params[0].Default = 50 }),
		"search outside":   with(func(s *Scheme) { s.Params[0].High = 65 }),
		"unknown strength": with(func(s *Scheme) { s.StrengthOf = "rate" }),
	} {
		if faults(list) == nil {
			t.Errorf("%s: nothing was reported", what)
		}
	}
}

// The names, defaults and ranges that users' study files rely on: one row for each
// name of each scheme, with the parameters in their order. Strength solves for strength.
func TestPublishedParameters(t *testing.T) {
	t.Parallel()
	exponent := Param{Name: "exponent", Min: 0, Max: 64, Low: 0.25, High: 16, Log: true, Default: 2}
	published := map[string]struct {
		strength string
		params   []Param
	}{
		"uniform":        {},
		"mean-ratio":     {"exponent", []Param{exponent}},
		"inverse-recall": {"exponent", []Param{exponent}},
		"error-power":    {"exponent", []Param{{Name: "exponent", Min: 0, Max: 64, Low: 0.25, High: 2, Log: true, Default: 1.5}}},
		"error-odds":     {"exponent", []Param{{Name: "exponent", Min: 0, Max: 64, Low: 0.25, High: 2, Log: true, Default: 1}}},
		"softmax-error":  {"temperature", []Param{{Name: "temperature", Min: 0.01, Max: 100, Low: 0.02, High: 1, Log: true, Default: 0.1}}},
		"exp-gradient":   {"rate", []Param{{Name: "rate", Min: 0, Max: 100, Low: 0.1, High: 20, Log: true, Default: 1}}},
	}
	for _, s := range All() {
		var got []Param
		for _, p := range s.Params {
			p.Doc = ""
			got = append(got, p)
		}
		for _, name := range append([]string{s.Name}, s.Aliases...) {
			want, ok := published[name]
			if !ok {
				t.Errorf("%s has no row here; want its parameters %+v, strength of %q", name, got, s.StrengthOf)
			} else if !slices.Equal(got, want.params) || s.StrengthOf != want.strength {
				t.Errorf("%s has %+v, strength of %q; want %+v, strength of %q", name, got, s.StrengthOf, want.params, want.strength)
			}
			delete(published, name)
		}
	}
	for name := range published {
		t.Errorf("%s is in no study file any more; want every published name kept", name)
	}
}

func TestLookup(t *testing.T) {
	t.Parallel()
	for _, s := range All() {
		for _, name := range append([]string{s.Name}, s.Aliases...) {
			if got, err := Lookup(name); err != nil || got != s {
				t.Errorf("Lookup(%q) = %v, %v; want %s", name, got, err, s.Name)
			}
		}
	}
	var names []string
	for _, s := range All() {
		names = append(names, s.Name)
	}
	all := strings.Join(names, ", ")
	for name, want := range map[string]string{
		"mean_ratio":     `unknown scheme "mean_ratio"; did you mean "mean-ratio"?`,
		"Uniform":        `unknown scheme "Uniform"; did you mean "uniform"?`,
		"inverse-recal":  `unknown scheme "inverse-recal"; did you mean "inverse-recall"?`,
		"error":          `unknown scheme "error"; want one of ` + all,
		"":               `unknown scheme ""; want one of ` + all,
		"xylophone-1234": `unknown scheme "xylophone-1234"; want one of ` + all,
	} {
		if _, err := Lookup(name); err == nil || err.Error() != want {
			t.Errorf("Lookup(%q): %v; want %s", name, err, want)
		}
	}
	All()[0] = nil
	if catalogue[0] == nil {
		t.Error("All hands out the catalogue itself")
	}
}

func TestCheckAndDefaults(t *testing.T) {
	t.Parallel()
	s := find(t, "mean-ratio")
	for _, v := range []Values{nil, {}, {"exponent": 0}, {"exponent": 64}, s.Defaults()} {
		if err := s.check(v); err != nil {
			t.Errorf("Check(%v): %v", v, err)
		}
	}
	for want, v := range map[string]Values{
		`scheme mean-ratio has no parameter "exponnet"; did you mean "exponent"?`: {"exponnet": 1},
		`scheme mean-ratio has no parameter "rate"; it takes exponent`:            {"rate": 1},
		`scheme mean-ratio: exponent is NaN; want a number from 0 to 64`:          {"exponent": math.NaN()},
		`scheme mean-ratio: exponent is +Inf; want a number from 0 to 64`:         {"exponent": math.Inf(1)},
		`scheme mean-ratio: exponent is -0.5; want a number from 0 to 64`:         {"exponent": -0.5},
		"scheme mean-ratio has no parameter \"a\"; it takes exponent\n" +
			"scheme mean-ratio: exponent is 65; want a number from 0 to 64": {"exponent": 65, "a": 1},
	} {
		if err := s.check(v); err == nil || err.Error() != want {
			t.Errorf("Check(%v): %v; want %s", v, err, want)
		}
	}
	err := find(t, "uniform").check(Values{"exponent": 1})
	if want := `scheme uniform has no parameter "exponent"; it takes none`; err == nil || err.Error() != want {
		t.Errorf("uniform: %v; want %s", err, want)
	}
	s.Defaults()["exponent"] = 9
	if got := s.Defaults()["exponent"]; got != 2 {
		t.Errorf("default exponent is %v after a caller changed its copy; want 2", got)
	}
}

func TestValidateReportsEveryFault(t *testing.T) {
	t.Parallel()
	for _, s := range All() {
		if err := (Recipe{Scheme: s}).Validate(); err != nil {
			t.Errorf("%s with nothing but zero values: %v", s.Name, err)
		}
	}
	reader := *uniform
	reader.Name, reader.ReadsPrevious = "reader", true
	err := Recipe{
		Scheme: &reader, Values: Values{"k": 1}, Strength: math.NaN(), Signal: "f2", Smoothing: "jeffreys",
		Update: "add", Damping: 1, Clip: 0.5, Normalize: "median",
	}.Validate()
	if err == nil {
		t.Fatal("a recipe with nine faults is accepted")
	}
	for _, want := range []string{
		`unknown signal "f2"; want one of recall, precision, f1`,
		`unknown smoothing "jeffreys"; want one of laplace, none`,
		`unknown update "add"; want one of replace, accumulate`,
		`unknown normalize "median"; want one of mean, sum, max, support, none`,
		`damping is 1; want a number from 0 to below 1`,
		`clip is 0.5; want 0 (off), or a finite ratio of at least 1`,
		`strength is NaN; want 0 (not given), or a number up to 64`,
		`scheme reader has no parameter "k"; it takes none`,
		`scheme reader has no parameter that strength could solve for; leave strength out`,
	} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("no mention of: %s", want)
		}
	}
	if got := strings.Count(err.Error(), "\n") + 1; got != 9 {
		t.Errorf("%d faults; want 9:\n%v", got, err)
	}
	err = Recipe{Scheme: &reader, Update: Accumulate}.Validate()
	if want := "scheme reader reads the previous weights itself; want update replace, not accumulate"; err == nil || err.Error() != want {
		t.Errorf("%v; want %s", err, want)
	}
	if err := (Recipe{}).Validate(); err == nil {
		t.Error("a recipe without a scheme is accepted")
	}
	for _, r := range []Recipe{
		{Damping: -0.1}, {Damping: math.NaN()}, {Clip: -1}, {Clip: math.Inf(1)}, {Clip: math.NaN()}, {Strength: -1}, {Strength: 65},
	} {
		r.Scheme = meanRatio
		if r.Validate() == nil {
			t.Errorf("accepted: %+v", r)
		}
	}
}
