package check_test

import (
	"math"
	"strings"
	"testing"

	"evenkeel/objective/evidence/check"
)

// TestBatchKeeps compares the share with the exact expectation for two equally frequent classes:
// an example of weight w counts E[w / (w + S)], S being the weights of B - 1 others, of which
// Binomial(B-1, 1/2) are of the first class.
func TestBatchKeeps(t *testing.T) {
	const small = 0.01 // ln of the ratio of the two weights
	counts := func(w, a, b float64, others int) (mean float64) {
		p := math.Pow(0.5, float64(others))
		for k := range others + 1 {
			mean += p * w / (w + float64(k)*a + float64(others-k)*b)
			p *= float64(others-k) / float64(k+1)
		}
		return mean
	}
	for _, batch := range []int{1, 2, 3, 4, 8, 32, 128} {
		a, b := math.Exp(small/2), math.Exp(-small/2)
		exact := math.Log(counts(a, a, b, batch-1)/counts(b, a, b, batch-1)) / small
		if got := check.BatchKeeps(batch); math.Abs(got-exact) > 1e-4 {
			t.Errorf("batch %d: %v remains; the exact expectation is %v", batch, got, exact)
		}
	}
	// Of a large difference less remains, as the warning says.
	if left := math.Log(counts(20, 20, 1, 3)/counts(1, 20, 1, 3)) / math.Log(20); left >= check.BatchKeeps(4) {
		t.Errorf("of a factor of 20, %v remains; want less than %v", left, check.BatchKeeps(4))
	}
}

func TestSmallBatchIsSaidFirst(t *testing.T) {
	found := run(t, settings{}.on(1), func(c *check.Config) { c.SmallBatch = 4 })
	if f := found[1]; f.Name != "batch" || f.State != check.Warning || !strings.Contains(f.Text, "as small as 4") || !strings.Contains(f.Text, "about 75 % remains") || f.Advice == "" {
		t.Errorf("found%s", text(found))
	}
}
