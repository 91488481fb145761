package kernels

// #include "kernels.h"
import "C"

import "fmt"

// SoftmaxCE returns the weighted mean cross-entropy of logits and the sum of the
// weights, and fills grad with the gradient of that mean by the logits:
//
//	ce_i    = -ln softmax(z_i + offset)[label_i]
//	loss    = sum_i weights_i ce_i / sum_i weights_i
//	grad_ic = weights_i (softmax(z_i + offset)_c - [c = label_i]) / sum_i weights_i
//
// With weights_i = w[label_i] this is PyTorch's CrossEntropyLoss(weight=w): the
// mean divides by the sum of the weights in the batch, so the scale of w drops out.
//
// Shapes: z and grad are len(labels) x classes, weights (one per row, >= 0, not
// all 0) may be nil for all 1, offset (one per class) may be nil for all 0. A row
// of weight 0 adds nothing and has gradient 0, for any logits. The offset is
// added in float32 and each row then shifted by its largest entry, so that no
// exponential overflows: logits of any size are exact that are finite after the offset
// is added, only that a label's entry further below the largest than float32 reaches
// gives the loss +Inf. A -Inf rules its class out. In a row of positive weight a NaN or
// +Inf after the offset is added, or -Inf alone, gives a NaN loss. The sums are in
// float64, in row order. It panics if lengths do not fit or a label is not below classes.
func (l Level) SoftmaxCE(z []float32, labels []uint16, weights, offset []float32, classes int, grad []float32) (loss, sum float64) {
	rows := len(labels)
	if rows < 1 || classes < 1 || len(z) < rows*classes || len(grad) < rows*classes ||
		(weights != nil && len(weights) < rows) || (offset != nil && len(offset) < classes) {
		panic(fmt.Sprintf("kernels: cross-entropy of %d rows, %d classes with %d logits, %d gradients, %d weights, %d offsets",
			rows, classes, len(z), len(grad), len(weights), len(offset)))
	}
	for i, y := range labels {
		if int(y) >= classes {
			panic(fmt.Sprintf("kernels: label %d of row %d is not below %d classes", y, i, classes))
		}
	}
	var total C.double
	loss = float64(C.ek_softmax_ce(C.int(l), C.long(rows), C.long(classes), ptr(z), (*C.uint16_t)(&labels[0]),
		ptr(weights), ptr(offset), ptr(grad), &total))
	return loss, float64(total)
}

// exp replaces every x by e^x: 0 below -87, +Inf above 88, and within 2e-7
// relative between; NaN gives NaN.
func (l Level) exp(x []float32) {
	if len(x) > 0 {
		C.ek_exp(C.int(l), C.long(len(x)), ptr(x))
	}
}

// Log returns the natural logarithm of a positive finite x to within 1e-15,
// absolute or relative whichever is larger. Unlike [math.Log] it gives the same bits on every architecture.
func Log(x float64) float64 { return float64(C.ek_log(C.double(x))) }
