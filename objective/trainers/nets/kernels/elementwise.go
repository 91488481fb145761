package kernels

// #include "kernels.h"
import "C"

import "fmt"

// ReLUGrad sets out[i] to dy[i] where y[i] > 0, else to 0; y is the output of the
// ReLU. All slices have the same length, or it panics; out may be dy.
func (l Level) ReLUGrad(out, y, dy []float32) {
	sameLength("ReLUGrad", out, y, dy)
	C.ek_relu_grad(C.int(l), C.long(len(out)), ptr(y), ptr(dy), ptr(out))
}

// Mul sets out[i] to x[i]*y[i]. All slices have the same length, or it panics;
// out overlaps none.
func Mul(out, x, y []float32) {
	sameLength("Mul", out, x, y)
	C.ek_mul(C.long(len(out)), ptr(x), ptr(y), ptr(out))
}

// ColumnSums sets out[j] to the sum of column j of x, added in row order. x has
// rows x len(out) numbers, or it panics.
func ColumnSums(out, x []float32, rows int) {
	if len(x) != rows*len(out) || len(x) == 0 {
		panic(fmt.Sprintf("kernels: ColumnSums of %d rows, %d columns with %d numbers", rows, len(out), len(x)))
	}
	C.ek_column_sums(C.long(rows), C.long(len(out)), ptr(x), ptr(out))
}

// SumParts sets out[i] to the sum over p = 0..parts-1, in this order, of
// x[p*stride+i]. It panics if x is too short.
func SumParts(out, x []float32, parts, stride int) {
	if parts < 1 || len(out) == 0 || len(x) < (parts-1)*stride+len(out) {
		panic(fmt.Sprintf("kernels: SumParts of %d numbers in %d parts, %d apart, of %d", len(out), parts, stride, len(x)))
	}
	C.ek_sum_parts(C.long(parts), C.long(stride), C.long(len(out)), ptr(x), ptr(out))
}

// Standardize sets out[i][j] to (x[i][j] - mean[j]) * scale[j]; mean and scale
// have one entry per column. out has as many numbers as x, a whole number of rows,
// and may not overlap it; it panics otherwise.
func (l Level) Standardize(out, x, mean, scale []float32) {
	sameLength("Standardize", out, x)
	sameLength("Standardize", mean, scale)
	if len(x)%len(mean) != 0 {
		panic(fmt.Sprintf("kernels: Standardize of %d numbers in rows of %d", len(x), len(mean)))
	}
	C.ek_standardize(C.int(l), C.long(len(x)/len(mean)), C.long(len(mean)), ptr(x), ptr(mean), ptr(scale), ptr(out))
}
