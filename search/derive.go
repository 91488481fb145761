package search

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
)

// Rand returns the generator for one purpose at one place of a study: ChaCha8
// keyed with the SHA-256 of
//
//	evenkeel/rand/1 seed=SEED number=NUMBER purpose="PURPOSE"
//
// Randomness is derived, never drawn from a shared stream: what one place draws
// changes nothing anywhere else. The number is the trial or step the draw is
// for. Equal arguments give equal streams, on every machine and in every version.
func Rand(study int64, number int, purpose string) *rand.Rand {
	key := sha256.Sum256(fmt.Appendf(nil, "evenkeel/rand/1 seed=%d number=%d purpose=%q", study, number, purpose))
	return rand.New(rand.NewChaCha8(key))
}

// Phase says what training seeds are for. Seeds of different phases differ, so that a
// confirmation measures on seeds that no search has seen. The words are hashed into the
// seeds and never change.
type Phase string

// The phases.
const (
	PhaseSearch  Phase = "search"
	PhaseConfirm Phase = "confirm"
)

// TrainingSeed returns the seed of a replicate's training, in [0, 2^31): the
// low 31 bits of the first 8 bytes, big-endian, of the SHA-256 of
//
//	evenkeel/training/1 seed=SEED replicate=REPLICATE phase="PHASE"
//
// The trial is deliberately not in it: data order and initial parameters of one
// replicate are the same for every trial, so every comparison between trials is
// paired, and equal runs are shared.
func TrainingSeed(studySeed int64, replicate int, phase Phase) int64 {
	sum := sha256.Sum256(fmt.Appendf(nil, "evenkeel/training/1 seed=%d replicate=%d phase=%q", studySeed, replicate, phase))
	return int64(binary.BigEndian.Uint64(sum[:8]) & (1<<31 - 1))
}

// SplitSeed returns the seed with which a confirmation draws training and validation
// part again for one of its fresh seeds, in [1, 2^31]: 1 plus the low 31 bits of the
// first 8 bytes, big-endian, of the SHA-256 of
//
//	evenkeel/split/1 seed=SEED replicate=REPLICATE purpose="resplit"
//
// It is never 0, which in [objective.Split.Resplit] would say that the parts are the
// study's own. Like the training seed it is the same for every arm of a study.
func SplitSeed(studySeed int64, replicate int) int64 {
	sum := sha256.Sum256(fmt.Appendf(nil, "evenkeel/split/1 seed=%d replicate=%d purpose=%q", studySeed, replicate, "resplit"))
	return 1 + int64(binary.BigEndian.Uint64(sum[:8])&(1<<31-1))
}
