package trainers

import (
	"runtime"

	"evenkeel/objective/models"
)

// Nets is the built-in trainer, package nets.
var Nets = &Transport{
	Name: models.TrainerNets, Doc: "the built-in models, trained in this process",
	Keys: []Key{{
		Key: models.Key{
			Name: "memory", Type: models.Size, Doc: "the most memory that a training may need by its estimate, 0 = no limit", Default: int64(0),
		},
		Outcomes: true,
	}},
	NewSettings: newNetsSettings,
	Redraws:     true,
}

// NetsSettings are those of [Nets].
type NetsSettings struct {
	// Memory is the most that a training may need by its estimate, in bytes; 0 is no limit.
	Memory int64
}

func newNetsSettings(values map[string]any) Settings {
	memory, _ := values["memory"].(int64) // without values, no limit
	return NetsSettings{Memory: memory}
}

// Transport returns [Nets].
func (NetsSettings) Transport() *Transport { return Nets }

// Identity returns nil: nothing but the model decides what a run computes.
func (NetsSettings) Identity() map[string]any { return nil }

// Program returns "": nothing is started.
func (NetsSettings) Program(string) string { return "" }

// Parallel returns the limit, or without one as many as processors that this process
// may use. In a container with a quota these are fewer than there are: the quota
// rounded up, and at least 2, as Go takes it.
func (NetsSettings) Parallel(limit int) int {
	if limit > 0 {
		return limit
	}
	return runtime.GOMAXPROCS(0)
}
