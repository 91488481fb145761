package kernels

// #include "kernels.h"
import "C"

import (
	"fmt"
	"math"
)

// AdamW is one step of torch.optim.AdamW with beta1 0.9, beta2 0.999 and epsilon
// 1e-8 (Loshchilov and Hutter, 2019, "Decoupled weight decay regularization"),
// at step t >= 1, on parameters p with gradient g and moments m and v:
//
//	p <- p (1 - rate decay)
//	m <- beta1 m + (1 - beta1) g,  v <- beta2 v + (1 - beta2) g^2
//	p <- p - rate/(1 - beta1^t) m / (sqrt(v)/sqrt(1 - beta2^t) + epsilon)
//
// p, m and v change in place; all have the same length, or it panics.
func (l Level) AdamW(p, g, m, v []float32, rate, decay float64, t int) {
	sameLength("AdamW", p, g, m, v)
	const beta1, beta2, epsilon = 0.9, 0.999, 1e-8 // PyTorch's defaults
	C.ek_adamw(C.int(l), C.long(len(p)), ptr(p), ptr(g), ptr(m), ptr(v), C.float(1-float64(rate*decay)), beta1, beta2,
		C.float(rate/(1-power(beta1, t))), C.float(math.Sqrt(1-power(beta2, t))), epsilon)
}

// power is x^n by repeated squaring: unlike math.Pow the same bits everywhere.
func power(x float64, n int) float64 {
	y := 1.0
	for ; n > 0; n >>= 1 {
		if n&1 == 1 {
			y = float64(y * x)
		}
		x = float64(x * x)
	}
	return y
}

// SGD is one step of torch.optim.SGD (dampening 0, no Nesterov) with coupled
// weight decay and momentum buffer v, which starts at 0:
//
//	v <- momentum v + (g + decay p),  p <- p - rate v
//
// p and v change in place; all have the same length, or it panics.
func SGD(p, g, v []float32, rate, momentum, decay float64) {
	sameLength("SGD", p, g, v)
	C.ek_sgd(C.long(len(p)), ptr(p), ptr(g), ptr(v), C.float(rate), C.float(momentum), C.float(decay))
}

func sameLength(op string, s ...[]float32) {
	for _, x := range s {
		if len(x) != len(s[0]) || len(x) == 0 {
			panic(fmt.Sprintf("kernels: %s on slices of %d and %d numbers", op, len(s[0]), len(x)))
		}
	}
}
