package kernels

// #cgo CFLAGS: -O3 -std=c11
// #cgo LDFLAGS: -lm
// #include "kernels.h"
// // Nothing here keeps a pointer or calls back, so arguments may stay on the stack.
// #cgo noescape ek_gemm
// #cgo nocallback ek_gemm
// #cgo noescape ek_conv_scratch
// #cgo nocallback ek_conv_scratch
// #cgo noescape ek_conv_block
// #cgo nocallback ek_conv_block
// #cgo noescape ek_conv_block_grad
// #cgo nocallback ek_conv_block_grad
// #cgo noescape ek_convolve
// #cgo nocallback ek_convolve
// #cgo noescape ek_convolve_grad
// #cgo nocallback ek_convolve_grad
// #cgo noescape ek_norm
// #cgo nocallback ek_norm
// #cgo noescape ek_norm_sums
// #cgo nocallback ek_norm_sums
// #cgo noescape ek_average
// #cgo nocallback ek_average
// #cgo noescape ek_average_grad
// #cgo nocallback ek_average_grad
// #cgo noescape ek_exp
// #cgo nocallback ek_exp
// #cgo noescape ek_adamw
// #cgo nocallback ek_adamw
// #cgo noescape ek_sgd
// #cgo nocallback ek_sgd
// #cgo noescape ek_relu_grad
// #cgo nocallback ek_relu_grad
// #cgo noescape ek_sum_parts
// #cgo nocallback ek_sum_parts
// #cgo noescape ek_mul
// #cgo nocallback ek_mul
// #cgo noescape ek_standardize
// #cgo nocallback ek_standardize
// #cgo noescape ek_column_sums
// #cgo nocallback ek_column_sums
// #cgo noescape ek_log
// #cgo nocallback ek_log
// #cgo noescape ek_softmax_ce
// #cgo nocallback ek_softmax_ce
import "C"

import (
	"fmt"
	"os"
	"strings"
	"sync"
)

// levelVariable is the environment variable that forces a level by its name.
const levelVariable = "EVENKEEL_KERNELS"

// Level is one compilation of the kernels. Its methods must not be called for a
// level that [Levels] does not return.
type Level int

// The levels, narrowest first.
const (
	// Portable uses 128-bit vectors and no fused operations.
	Portable Level = C.EK_PORTABLE
	// AVX2 uses 256-bit vectors and fused multiply-add.
	AVX2 Level = C.EK_AVX2
	// AVX512 uses 512-bit vectors and fused multiply-add.
	AVX512 Level = C.EK_AVX512
)

// numericsVersion counts changes of what the kernels compute, in any bit.
const numericsVersion = 2

var names = [...]string{Portable: "portable", AVX2: "avx2", AVX512: "avx512"}

// String returns the name by which EVENKEEL_KERNELS asks for the level.
func (l Level) String() string {
	if l < 0 || int(l) >= len(names) {
		return fmt.Sprintf("Level(%d)", int(l))
	}
	return names[l]
}

// supported reports whether this processor runs the level.
func (l Level) supported() bool { return C.ek_supported(C.int(l)) != 0 }

// NumericsID names the arithmetic of the level: "nets/2/fma" or
// "nets/2/portable". Levels with the same id give the same bits.
func (l Level) NumericsID() string {
	kind := "fma"
	if l == Portable {
		kind = "portable"
	}
	return fmt.Sprintf("nets/%d/%s", numericsVersion, kind)
}

// Levels returns the levels that this processor supports, narrowest first.
func Levels() []Level {
	var s []Level
	for l := range names {
		if Level(l).supported() {
			s = append(s, Level(l))
		}
	}
	return s
}

// Choose returns the level with the given name, or the widest supported one
// for the empty name. It fails for an unknown name and for a level that this
// processor does not have.
func Choose(name string) (Level, error) {
	have := Levels()
	if name == "" {
		return have[len(have)-1], nil
	}
	for l, n := range names {
		if n != name {
			continue
		}
		if !Level(l).supported() {
			return 0, fmt.Errorf("kernels %q need a processor that has them; this one supports %s", name, list(have))
		}
		return Level(l), nil
	}
	return 0, fmt.Errorf("unknown kernels %q; want one of %s", name, list(have))
}

func list(levels []Level) string {
	s := make([]string, len(levels))
	for i, l := range levels {
		s[i] = l.String()
	}
	return strings.Join(s, ", ")
}

// Active returns the level in use: the one that EVENKEEL_KERNELS names, else the widest
// supported one. It reads the environment once.
func Active() (Level, error) { return active() }

var active = sync.OnceValues(func() (Level, error) {
	l, err := Choose(os.Getenv(levelVariable))
	if err != nil {
		return 0, fmt.Errorf("environment variable %s: %w", levelVariable, err)
	}
	return l, nil
})
