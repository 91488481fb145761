package kernels

// #include "kernels.h"
import "C"

// Peak performs n rounds of independent multiply-adds in registers and returns
// the number of floating-point operations in them, a fused one counting twice.
// Divided by the time it takes, this is the speed that no kernel of the level can
// exceed on one core.
func (l Level) Peak(n int) float64 { return float64(C.ek_peak(C.int(l), C.long(n))) }
