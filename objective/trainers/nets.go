package trainers

import (
	"runtime"

	"evenkeel/objective/models"
)

// Nets is the built-in trainer, package nets. It has no keys of its own.
var Nets = &Transport{
	Name: models.TrainerNets, Doc: "the built-in models, trained in this process",
	NewSettings: func(map[string]any) Settings { return netsSettings{} },
	Redraws:     true,
}

// netsSettings are those of [Nets].
type netsSettings struct{}

// Transport returns [Nets].
func (netsSettings) Transport() *Transport { return Nets }

// Identity returns nil: nothing but the model decides what a run computes.
func (netsSettings) Identity() map[string]any { return nil }

// Program returns "": nothing is started.
func (netsSettings) Program(string) string { return "" }

// Parallel returns the limit, or without one as many as processors that this process
// may use. In a container with a quota these are fewer than there are: the quota
// rounded up, and at least 2, as Go takes it.
func (netsSettings) Parallel(limit int) int {
	if limit > 0 {
		return limit
	}
	return runtime.GOMAXPROCS(0)
}
