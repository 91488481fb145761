package search_test

import (
	"testing"

	"evenkeel/objective/trainers/trainertest"
	"evenkeel/search"
	"evenkeel/search/storetest"
)

// BenchmarkScreenedStudy is a study of 12 trials whose trainings cost nothing: what
// is left is the screening of 12 x 256 points, 5 seeds of 200 examples each.
func BenchmarkScreenedStudy(b *testing.B) {
	for _, mode := range []string{search.ScreenAuto, search.ScreenOff} {
		b.Run(mode, func(b *testing.B) {
			d := define(b, study, "search.screen="+mode, "search.racing=false", "search.replicates=5")
			for b.Loop() {
				complete(b, driver(d, storetest.NewMemory(), &trainertest.Synthetic{Response: 0.3}, 1))
			}
		})
	}
}
