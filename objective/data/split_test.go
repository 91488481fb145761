package data

import (
	"crypto/sha256"
	"flag"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"evenkeel/objective"
)

var splitSeed = flag.Uint64("split.seed", 1, "seed of the random cases of the split tests")

// numbered returns a dataset whose example i has the numbers i and -i-1, so
// that it can be recognised after a split; test examples count on from there.
func numbered(classes int, train, test []uint16) *Dataset {
	d := &Dataset{Shape: []int{2}, Fingerprint: "f"}
	for c := range classes {
		d.Classes = append(d.Classes, fmt.Sprintf("class-%d", c))
	}
	next := 0
	part := func(labels []uint16) Examples {
		e := Examples{Y: labels}
		for range labels {
			e.numbers = append(e.numbers, float32(next), float32(-next-1))
			next++
		}
		return e
	}
	d.Train = part(train)
	d.Test = part(test)
	return d
}

// wholeOf returns all examples as a part.
func wholeOf(e Examples) Part {
	rows := make([]int, e.Len())
	for i := range rows {
		rows[i] = i
	}
	return e.gather(rows)
}

// cycle returns the labels 0, 1, .. classes-1, 0, .. of n examples.
func cycle(classes, n int) []uint16 {
	y := make([]uint16, n)
	for i := range y {
		y[i] = uint16(i % classes)
	}
	return y
}

// rowOf returns the numbers of example i of a part.
func rowOf(p Part, i int) []float32 {
	n := len(p.X) / len(p.Y)
	return p.X[i*n : (i+1)*n]
}

// roleText writes the role of each of n training examples as a letter, as
// testdata/independent.py does.
func roleText(t *testing.T, s *Splits, source Examples) string {
	t.Helper()
	text := []byte(strings.Repeat("-", source.Len()))
	for _, p := range []struct {
		letter byte
		part   Part
	}{{'t', s.Train}, {'v', s.Val}, {'s', s.OpenTest("this test")}} {
		last := -1
		for i := range p.part.Len() {
			row := rowOf(p.part, i)
			id := int(row[0])
			switch {
			case row[1] != -row[0]-1:
				t.Fatalf("torn row %v", row)
			case id <= last:
				t.Fatalf("%c: example %d comes after %d; want source order", p.letter, id, last)
			case id >= source.Len():
				continue // the source's own test part
			case text[id] != '-':
				t.Fatalf("example %d is in two parts", id)
			case source.Y[id] != p.part.Y[i]:
				t.Fatalf("example %d has class %d; want %d", id, p.part.Y[i], source.Y[id])
			}
			text[id], last = p.letter, id
		}
	}
	return string(text)
}

// Wanted values from testdata/independent.py, another program.
func TestSplitMatchesIndependentProgram(t *testing.T) {
	ds := numbered(3, cycle(3, 30), nil)
	for _, c := range []struct {
		split objective.Split
		want  string
	}{
		{objective.Split{Seed: 7, Validation: 0.2, Test: 0.3}, "tsttvststststttttvvssstttttstt"},
		{objective.Split{Seed: 7, Validation: 0.2, Test: 0.3, Limit: 5}, "tst-vsts-ststttttvvsss-t-tts--"},
		{objective.Split{Seed: -1, Validation: 0.5, Limit: 4}, "--v-t-v--vv-t----t-----ttv--tv"},
		{objective.Split{Seed: 7, Validation: 0.2, Test: 0.3, Resplit: 9}, "tstttsvsvststttttttssstttvtstt"},
		{objective.Split{Seed: 7, Validation: 0.2, Test: 0.3, Limit: 5, Resplit: 9}, "ts-ttsvsvstst-tttt-sss-t-vtst-"},
		{objective.Split{Seed: 7, Validation: 0.2, Test: 0.3, Limit: 5, Resplit: 7}, "tst-vsts-ststttttvvsss-t-tts--"},
	} {
		s, err := Split(ds, c.split)
		if err != nil {
			t.Fatal(err)
		}
		if got := roleText(t, s, ds.Train); got != c.want {
			t.Errorf("%+v: roles %s; want %s", c.split, got, c.want)
		}
	}
}

// Wanted values from testdata/independent.py.
func TestSplitOfEmbedded(t *testing.T) {
	ds := open(t)
	ids := numbered(10, ds.Train.Y, ds.Test.Y) // same labels, so the same split
	all := wholeOf(ds.Train)
	for _, c := range []struct {
		seed         int64
		limit        int
		train, val   int // per class
		wantRolesSum string
	}{
		{1, 0, 480, 120, "fc3ee3d5602768c432c1eeb98a6212d5844abc17622eace95255b85056c0aef1"},
		{1, 100, 80, 20, "b3dfb9d869bc5fa2d155698943113591efdb1cd3da0269480b5106ae059ce026"},
		{2, 0, 480, 120, "ff871a690feaa31f65ba6001f22b384f1609c117365c004be0ac58510253ba7a"},
	} {
		how := objective.Split{Validation: 0.2, Test: 0.2, Seed: c.seed, Limit: c.limit}
		s, err := Split(ds, how)
		if err != nil {
			t.Fatal(err)
		}
		train, val, test := s.Train.Counts(10), s.Val.Counts(10), s.TestCounts()
		for class := range 10 {
			if train[class] != c.train || val[class] != c.val || test[class] != 400 {
				t.Errorf("seed %d, limit %d: class %d has %d, %d, %d; want %d, %d, 400",
					c.seed, c.limit, class, train[class], val[class], test[class], c.train, c.val)
			}
		}
		byID, err := Split(ids, how)
		if err != nil {
			t.Fatal(err)
		}
		if got := fmt.Sprintf("%x", sha256.Sum256([]byte(roleText(t, byID, ids.Train)))); got != c.wantRolesSum {
			t.Errorf("seed %d, limit %d: roles hash to %s; want %s", c.seed, c.limit, got, c.wantRolesSum)
		}
		for i := range byID.Val.Len() {
			if !slices.Equal(rowOf(s.Val, i), rowOf(all, int(rowOf(byID.Val, i)[0]))) {
				t.Fatalf("validation example %d has the numbers of another one", i)
			}
		}
	}
}

// Properties over random datasets and settings.
func TestSplitProperties(t *testing.T) {
	t.Logf("-split.seed=%d", *splitSeed)
	rng := rand.New(rand.NewPCG(*splitSeed, 0))
	for range 300 {
		classes := 2 + rng.IntN(5)
		ds := numbered(classes, randomLabels(rng, classes, 3), nil)
		if rng.IntN(2) == 0 {
			ds = numbered(classes, ds.Train.Y, randomLabels(rng, classes, 1))
		}
		how := objective.Split{
			Validation: 0.05 + 0.9*rng.Float64(), Test: rng.Float64() * 0.95 * float64(rng.IntN(2)),
			Limit: rng.IntN(2) * (2 + rng.IntN(20)), Seed: rng.Int64() - rng.Int64(),
		}
		s, err := Split(ds, how)
		if err != nil {
			t.Fatalf("%+v: %v", how, err)
		}
		roles := roleText(t, s, ds.Train) // disjoint, whole rows, source order
		checkCounts(t, ds, how, s)
		if again, err := Split(ds, how); err != nil || roleText(t, again, ds.Train) != roles {
			t.Fatalf("%+v: the same split twice differs (%v)", how, err)
		}
		if how.Limit == 0 && strings.Contains(roles, "-") {
			t.Fatalf("%+v: without a limit examples are in no part: %s", how, roles)
		}
	}
}

// randomLabels returns shuffled labels with at least `least` of each class.
func randomLabels(rng *rand.Rand, classes, least int) []uint16 {
	var y []uint16
	for c := range classes {
		for range least + rng.IntN(40) {
			y = append(y, uint16(c))
		}
	}
	rng.Shuffle(len(y), func(i, j int) { y[i], y[j] = y[j], y[i] })
	return y
}

// checkCounts compares the sizes of every class with the shares.
func checkCounts(t *testing.T, ds *Dataset, how objective.Split, s *Splits) {
	t.Helper()
	k := len(ds.Classes)
	all, own := ds.Train.counts(k), ds.Test.counts(k)
	train, val, test := s.Train.Counts(k), s.Val.Counts(k), s.TestCounts()
	want := Counts{train, val, s.OpenTest("this test").Counts(k)}
	if got, err := countSplit(ds, how); err != nil || !cmp.Equal(got, want) || !slices.Equal(test, want.Test) {
		t.Fatalf("%+v: counted %v (%v), test %v; want %v", how, got, err, test, want)
	}
	near := func(n int, share float64, of int) bool { return math.Abs(float64(n)-share*float64(of)) <= 1 }
	for c := range k {
		left := all[c]
		switch {
		case ds.Test.Len() > 0:
			if test[c] != own[c] {
				t.Fatalf("class %d has %d test examples; want the source's %d", c, test[c], own[c])
			}
		case how.Test == 0:
			if test[c] != 0 {
				t.Fatalf("class %d has %d test examples; want none", c, test[c])
			}
		default:
			left -= test[c]
			if left < 2 || test[c] < 1 || left > 2 && !near(test[c], how.Test, all[c]) {
				t.Fatalf("%+v: class %d of %d has %d test examples", how, c, all[c], test[c])
			}
		}
		if how.Limit > 0 {
			left = min(left, how.Limit)
		}
		if train[c]+val[c] != left {
			t.Fatalf("%+v: class %d has %d + %d examples; want %d together", how, c, train[c], val[c], left)
		}
		if train[c] < 1 || val[c] < 1 || !near(val[c], how.Validation, left) {
			t.Fatalf("%+v: class %d of %d has %d validation examples", how, c, left, val[c])
		}
	}
}

func TestShare(t *testing.T) {
	for _, c := range []struct {
		f             float64
		n, keep, want int
	}{
		{0.2, 600, 1, 120},
		{0.25, 10, 1, 3}, // 2.5, half up
		{0.5, 5, 1, 3},   // 2.5, half up
		{0.24, 10, 1, 2}, // 2.4
		{0.01, 10, 1, 1}, // at least one
		{0.99, 10, 1, 9}, // one is left
		{0.99, 10, 2, 8}, // two are left
		{0.5, 2, 1, 1},
	} {
		if got := share(c.f, c.n, c.keep); got != c.want {
			t.Errorf("share(%v, %d, %d) = %d; want %d", c.f, c.n, c.keep, got, c.want)
		}
	}
}

func TestOtherSeedOtherSplit(t *testing.T) {
	ds := numbered(2, cycle(2, 60), nil)
	seen := map[string]int64{}
	for seed := int64(-20); seed < 20; seed++ {
		s, err := Split(ds, objective.Split{Validation: 0.5, Seed: seed})
		if err != nil {
			t.Fatal(err)
		}
		roles := roleText(t, s, ds.Train)
		if other, ok := seen[roles]; ok {
			t.Errorf("seeds %d and %d give the same split", other, seed)
		}
		seen[roles] = seed
	}
}

// The members of a class are dealt by their place within the class: other
// classes around them change nothing.
func TestClassesAreIndependent(t *testing.T) {
	how := objective.Split{Validation: 0.4, Seed: 3}
	y := append(cycle(2, 20), 1, 1, 1, 1)
	a, err := Split(numbered(2, cycle(2, 20), nil), how)
	if err != nil {
		t.Fatal(err)
	}
	b, err := Split(numbered(2, y, nil), how)
	if err != nil {
		t.Fatal(err)
	}
	zeros := func(p Part) (ids []float32) {
		for i, c := range p.Y {
			if c == 0 {
				ids = append(ids, rowOf(p, i)[0])
			}
		}
		return ids
	}
	if !slices.Equal(zeros(a.Val), zeros(b.Val)) {
		t.Errorf("class 0 validates on %v, with more of class 1 on %v", zeros(a.Val), zeros(b.Val))
	}
}

func TestSplitRefuses(t *testing.T) {
	good := objective.Split{Validation: 0.2, Test: 0.2, Seed: 1}
	with := func(change func(*objective.Split)) objective.Split {
		s := good
		change(&s)
		return s
	}
	plenty := numbered(3, cycle(3, 30), nil)
	torn := numbered(3, cycle(3, 30), nil)
	torn.Train.numbers = torn.Train.numbers[1:]
	for name, c := range map[string]struct {
		ds    *Dataset
		split objective.Split
		want  []string
	}{
		"validation 0":    {plenty, with(func(s *objective.Split) { s.Validation = 0 }), []string{"validation share 0; want a number above 0 and below 1"}},
		"validation 1":    {plenty, with(func(s *objective.Split) { s.Validation = 1 }), []string{"validation share 1;"}},
		"validation NaN":  {plenty, with(func(s *objective.Split) { s.Validation = math.NaN() }), []string{"validation share NaN;"}},
		"test negative":   {plenty, with(func(s *objective.Split) { s.Test = -0.1 }), []string{"test share -0.1; want a number from 0 to below 1"}},
		"test 1":          {plenty, with(func(s *objective.Split) { s.Test = 1 }), []string{"test share 1;"}},
		"limit negative":  {plenty, with(func(s *objective.Split) { s.Limit = -1 }), []string{"limit -1; want 0 for all"}},
		"limit 1":         {plenty, with(func(s *objective.Split) { s.Limit = 1 }), []string{"limit 1; want 0 for all, or at least 2"}},
		"every fault":     {plenty, objective.Split{Validation: 2, Test: 2, Limit: -2}, []string{"validation share 2", "test share 2", "limit -2"}},
		"two examples":    {numbered(2, []uint16{0, 0, 0, 1, 1}, nil), good, []string{`class "class-1": 2 examples`, "want at least 3: 1 for test, 1 for validation, 1 for training"}},
		"one example":     {numbered(2, []uint16{0, 0, 0, 1}, []uint16{0, 1}), good, []string{`class "class-1": 1 example in`, "want at least 2: 1 for validation"}},
		"no example":      {numbered(3, cycle(2, 30), nil), good, []string{`class "class-2": 0 examples`}},
		"class untested":  {numbered(3, cycle(3, 30), []uint16{0, 1}), good, []string{`test part: no example of class "class-2"`}},
		"one class":       {numbered(1, cycle(1, 30), nil), good, []string{"1 classes; want at least 2"}},
		"label too large": {numbered(2, cycle(3, 30), nil), good, []string{"training part: example 2 is of class 2; want 0 to 1"}},
		"torn rows":       {torn, good, []string{"training part: 59 numbers for 30 examples; want 2 for each"}},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Split(c.ds, c.split)
			for _, want := range c.want {
				if err == nil || !strings.Contains(err.Error(), want) {
					t.Errorf("error %v; want one with %q", err, want)
				}
			}
		})
	}
}

func TestTestPartIsSealed(t *testing.T) {
	ds := open(t)
	s, err := Split(ds, objective.Split{Validation: 0.2, Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	if s.Dataset.Test.Len() != 0 || s.Dataset.Train.Len() != 0 {
		t.Error("examples can be read through Splits.Dataset")
	}
	if ds.Test.Len() != 4000 || s.Dataset.Fingerprint != ds.Fingerprint {
		t.Error("Split changed its argument or the fingerprint")
	}
	if got := s.OpenTest("this test"); got.Len() != 4000 {
		t.Errorf("the test part has %d examples; want 4000", got.Len())
	}
	defer func() {
		if recover() == nil {
			t.Error("OpenTest without a reason does not panic")
		}
	}()
	s.OpenTest("")
}

// What a caller does to a part leaves the source as it is.
func TestPartsAreCopies(t *testing.T) {
	ds := numbered(2, cycle(2, 20), nil)
	s, err := Split(ds, objective.Split{Validation: 0.5, Test: 0.2, Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range []Part{s.Train, s.Val, s.OpenTest("this test")} {
		p.X[0], p.Y[0] = 99, 99
	}
	if slices.Contains(ds.Train.numbers, 99) || slices.Contains(ds.Train.Y, 99) {
		t.Error("a part shares memory with its source")
	}
}
