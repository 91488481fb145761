package confirm

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"evenkeel/objective"
)

// coverage is what became of many simulated confirmations.
type coverage struct {
	truth, spread float64 // of the estimates, their standard deviation
	bias, plain   float64 // in units of spread; plain is that of uncorrected spreads
	ratio         float64 // root mean SE^2 over spread
	covered       float64 // per cent, as all below
	gain, worse   float64 // intervals that leave 0 out
	balanced      float64 // coverage of balanced accuracy
	joint         float64 // all class intervals hold
	named         float64 // any class is said to have changed
}

// simulate draws confirmations from the model and compares them with its truth.
func simulate(t testing.TB, m model, f objective.Spread, repetitions int, seed uint64) coverage {
	truth, balanced, classes := m.truth(f, 5000)
	rng := rand.New(rand.NewPCG(seed, 6))
	v := coverage{truth: truth}
	share := 100 / float64(repetitions)
	var sum, squares, plain, se float64
	for range repetitions {
		a, b := m.draw(rng)
		c := compare(t, len(m.a), m.labels(), a, b, f)
		sum += c.Spread.Estimate
		squares += c.Spread.Estimate * c.Spread.Estimate
		plain += c.Plain.A - c.Plain.B
		se += c.Spread.SE * c.Spread.SE
		count(&v.covered, share, c.Spread.Low <= truth && truth <= c.Spread.High)
		count(&v.gain, share, c.Spread.High < 0)
		count(&v.worse, share, c.Spread.Low > 0)
		count(&v.balanced, share, c.BalancedAccuracy.Low <= balanced && balanced <= c.BalancedAccuracy.High)
		count(&v.named, share, len(c.Gained())+len(c.Lost()) > 0)
		all := true
		for k, class := range c.Classes {
			all = all && class.Low <= classes[k] && classes[k] <= class.High
		}
		count(&v.joint, share, all)
	}
	n := float64(repetitions)
	v.spread = math.Sqrt(squares/n - sum/n*sum/n)
	v.bias, v.plain, v.ratio = (sum/n-truth)/v.spread, (plain/n-truth)/v.spread, math.Sqrt(se/n)/v.spread
	return v
}

// count adds share to total if it is so.
func count(total *float64, share float64, so bool) {
	if so {
		*total += share
	}
}

// mixes say how correctness is made up: how much of it is the image's, how much
// the seed's and common to A and B, how much a run's own.
var mixes = []struct {
	name             string
	image, both, own float64
}{
	{"usual", .75, .1, .15},
	{"images decide", .9, .05, .05},
	{"runs differ", .3, .3, .4},
}

// setting returns a model whose A has kept a share of B's unevenness, at the cost
// of a point of balanced accuracy for all of it.
func setting(k, images, seeds int, kept float64, mix int) model {
	m := model{
		a: shrunk(profile(k), kept, .01*(1-kept)), b: profile(k), images: make([]int, k),
		seeds: seeds, seedSD: .08, image: mixes[mix].image, both: mixes[mix].both, own: mixes[mix].own,
	}
	for c := range m.images {
		m.images[c] = images
	}
	return m
}

// TestCoverage compares the 95 % intervals with known truths, in as few
// simulations as seconds allow: the standard error of a share is 1.5 points.
// BenchmarkCoverage is the thorough form.
func TestCoverage(t *testing.T) {
	const repetitions = 200
	for i, c := range []struct {
		m model
		f objective.Spread
	}{
		{setting(10, 100, 10, 1, 0), objective.StdDev},
		{setting(10, 100, 6, .3, 0), objective.StdDev},
		{setting(10, 400, 10, .3, 1), objective.StdDev},
		{setting(3, 100, 6, .6, 2), objective.StdDev},
		{setting(30, 100, 6, .6, 0), objective.StdDev},
		{setting(10, 100, 10, .6, 0), objective.Gap},
	} {
		t.Run(fmt.Sprintf("%s/%d classes of %d/%d seeds", c.f, len(c.m.a), c.m.images[0], c.m.seeds), func(t *testing.T) {
			v := simulate(t, c.m, c.f, repetitions, uint64(i))
			t.Logf("%+v", v)
			if v.covered < 90 || v.covered > 99 || v.balanced < 90 || v.balanced > 99 {
				t.Errorf("intervals hold in %.1f %% (spread) and %.1f %% (balanced accuracy) of confirmations", v.covered, v.balanced)
			}
			if math.Abs(v.bias) > 0.5 {
				t.Errorf("estimates are off by %.2f standard deviations", v.bias)
			}
			if v.joint < 91 {
				t.Errorf("all class intervals hold in %.1f %% of confirmations", v.joint)
			}
			if slices.Equal(c.m.a, c.m.b) && v.gain > 5 {
				t.Errorf("a gain is claimed in %.1f %% of confirmations without any", v.gain)
			}
		})
	}
}

// TestNothingClaimedFromNothing simulates two procedures that are alike on average
// and counts claims.
func TestNothingClaimedFromNothing(t *testing.T) {
	v := simulate(t, setting(10, 100, 6, 1, 0), objective.StdDev, 300, 77)
	t.Logf("%+v", v)
	if v.gain > 4 || v.gain+v.worse > 7 || v.named > 7 {
		t.Errorf("claimed: gain %.1f %%, loss %.1f %%, some class %.1f %%", v.gain, v.worse, v.named)
	}
}

// BenchmarkCoverage prints the table of docs/statistics.md (minutes):
//
//	go test -run '^$' -bench Coverage -benchtime 1x ./objective/evidence/confirm
func BenchmarkCoverage(b *testing.B) {
	for range b.N {
		fmt.Printf("%-7s %7s %6s %5s %5s %-13s | %8s %7s %6s %6s %6s | %7s %5s %5s | %8s %5s %5s\n", "spread", "classes", "images", "seeds",
			"kept", "noise", "truth", "sd", "bias", "plain", "se/sd", "covered", "gain", "worse", "balanced", "joint", "named")
		for _, s := range settings() {
			repetitions := min(2000, max(200, 8_000_000/(len(s.m.a)*s.m.images[0]*s.m.seeds)*10))
			v := simulate(b, s.m, s.f, repetitions, 1)
			fmt.Printf("%-7s %7d %6d %5d %5.1f %-13s | %8.4f %7.4f %6.2f %6.2f %6.2f | %7.1f %5.1f %5.1f | %8.1f %5.1f %5.1f\n",
				s.f, len(s.m.a), s.m.images[0], s.m.seeds, s.kept, mixes[s.mix].name,
				v.truth, v.spread, v.bias, v.plain, v.ratio, v.covered, v.gain, v.worse, v.balanced, v.joint, v.named)
		}
	}
}

// simulated is one line of the table.
type simulated struct {
	m    model
	f    objective.Spread
	kept float64
	mix  int
}

// settings lists the lines of the table.
func settings() []simulated {
	var all []simulated
	add := func(f objective.Spread, k, images, seeds int, kept float64, mix int) {
		all = append(all, simulated{setting(k, images, seeds, kept, mix), f, kept, mix})
	}
	for _, k := range []int{3, 10, 100} {
		for _, images := range []int{100, 400, 1000} {
			for _, seeds := range []int{6, 10} {
				for _, kept := range []float64{1, .9, .6, .2} {
					if k*images < 100_000 || seeds == 10 && kept != .9 {
						add(objective.StdDev, k, images, seeds, kept, 0)
					}
				}
			}
		}
	}
	for _, mix := range []int{1, 2} {
		for _, kept := range []float64{1, .6, .2} {
			add(objective.StdDev, 10, 400, 10, kept, mix)
		}
	}
	for _, f := range objective.Spreads() {
		for _, kept := range []float64{1, .6, .2} {
			add(f, 10, 400, 10, kept, 0)
			if f != objective.StdDev {
				add(f, 100, 100, 10, kept, 0)
			}
		}
	}
	return all
}
