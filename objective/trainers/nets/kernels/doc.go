// Package kernels holds the few operations in which training spends its time,
// written in C for the vector units of the processor: matrix products with bias
// and ReLU, convolutions, batch normalisation, the exponential, softmax cross-entropy,
// and the optimiser steps.
//
// It is not a linear-algebra library and knows nothing of graphs, models or
// threads: each function is one call on the calling thread, over slices that the
// caller owns. Package nets builds gorgonia operations from it.
//
// # Levels
//
// A [Level] is one compilation of the same source: [Portable] (128-bit vectors,
// any architecture), [AVX2] (with FMA) and [AVX512]. [Active] is the widest one
// that the processor has, or the one that the environment variable
// EVENKEEL_KERNELS names (avx512, avx2, portable).
//
// Vectors run across outputs, so that every output is one sum in one order, and
// fused operations are explicit. So the two FMA levels agree bit for bit, for any
// the shapes; [Level.NumericsID] names the arithmetic a level computes with, and
// levels with the same id are interchangeable. The exponential and the logarithm
// are our own for the same reason.
//
// # Start here
//
// [Active], then [Level.MatMul] and [Level.SoftmaxCE]:
//
//	level, err := kernels.Active()
//	if err != nil {
//		return err
//	}
//	var ws kernels.Workspace
//	all := kernels.Block{Rows: batch, Columns: outputs}
//	level.MatMul(&ws, all, y, x, w, bias, batch, outputs, inputs, true)
package kernels
