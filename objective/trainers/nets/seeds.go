package nets

import (
	"crypto/sha256"
	"encoding/binary"
	"math/rand/v2"
)

// The purposes for which a run draws random numbers.
const (
	forParameters = "parameters" // index: the number of the parameter
	forOrder      = "order"      // index: the epoch
	forDropout    = "dropout"    // index: the layer
	// index: the epoch
	forAugmentation = "augmentation"
)

// derive returns 128 bits that depend on the training seed, the purpose and the
// index alone: the first half of a SHA-256.
func derive(seed int64, purpose string, index int) (high, low uint64) {
	b := []byte("evenkeel/nets/" + purpose + "/")
	b = binary.LittleEndian.AppendUint64(b, uint64(seed))
	b = binary.LittleEndian.AppendUint64(b, uint64(index))
	h := sha256.Sum256(b)
	return binary.LittleEndian.Uint64(h[:8]), binary.LittleEndian.Uint64(h[8:16])
}

func generator(seed int64, purpose string, index int) *rand.Rand {
	return rand.New(rand.NewPCG(derive(seed, purpose, index)))
}
