package kernels

// #include "kernels.h"
import "C"

import "fmt"

// Workspace is scratch memory for matrix products and convolutions. The zero value is
// ready; it grows to the largest that it serves and must not be shared by goroutines.
type Workspace struct{ buf []float32 }

func (w *Workspace) reserve(n int) *C.float {
	if len(w.buf) < n {
		w.buf = make([]float32, n)
	}
	return ptr(w.buf)
}

// Block is a part of a product's result: Rows rows from row Row on, and Columns
// columns from column Column on. All blocks of a result together, computed in any
// order and pieces, have the same bits as the whole result as one block.
type Block struct{ Row, Rows, Column, Columns int }

// MatMul computes a block of y = x*w + bias, and then max(y, 0) if relu.
//
// Shapes: x is m x k, w is k x n, y is m x n, bias has n entries or is nil; all
// row-major and dense. Each y[i][j] starts from the bias and adds x[i][p]*w[p][j]
// for p = 0..k-1 in this order. NaN stays NaN through ReLU. y must not overlap
// the others, and keeps what is outside the block. It panics if a slice is shorter
// than its shape, or the block is empty or not within y.
func (l Level) MatMul(ws *Workspace, b Block, y, x, w, bias []float32, m, n, k int, relu bool) {
	l.gemm(ws, b, y, x, w, bias, m, n, k, strides{k, 1}, strides{n, 1}, relu)
}

// MatMulTN computes a block of y = xᵀ*w for x k x m and w k x n, so y is m x n: the
// gradient of a dense layer by its weights. Otherwise as [Level.MatMul].
func (l Level) MatMulTN(ws *Workspace, b Block, y, x, w []float32, m, n, k int) {
	l.gemm(ws, b, y, x, w, nil, m, n, k, strides{1, m}, strides{n, 1}, false)
}

// MatMulNT computes a block of y = x*wᵀ for x m x k and w n x k, so y is m x n: the
// gradient of a dense layer by its input. Otherwise as [Level.MatMul].
func (l Level) MatMulNT(ws *Workspace, b Block, y, x, w []float32, m, n, k int) {
	l.gemm(ws, b, y, x, w, nil, m, n, k, strides{k, 1}, strides{1, k}, false)
}

// strides are the distances between rows and between columns.
type strides struct{ row, col int }

func (l Level) gemm(ws *Workspace, b Block, y, x, w, bias []float32, m, n, k int, xs, wss strides, relu bool) {
	if m < 1 || n < 1 || k < 1 || len(y) < m*n || len(x) < m*k || len(w) < k*n || (bias != nil && len(bias) < n) {
		panic(fmt.Sprintf("kernels: matrix product m=%d n=%d k=%d with %d, %d, %d and %d numbers for y, x, w and bias",
			m, n, k, len(y), len(x), len(w), len(bias)))
	}
	if b.Row < 0 || b.Column < 0 || b.Rows < 1 || b.Columns < 1 || b.Row+b.Rows > m || b.Column+b.Columns > n {
		panic(fmt.Sprintf("kernels: block %+v of a product of %d x %d", b, m, n))
	}
	if bias != nil {
		bias = bias[b.Column:]
	}
	C.ek_gemm(C.int(l), C.long(b.Rows), C.long(b.Columns), C.long(k), ptr(x[b.Row*xs.row:]), C.long(xs.row), C.long(xs.col),
		ptr(w[b.Column*wss.col:]), C.long(wss.row), C.long(wss.col), ptr(bias), flag(relu), ptr(y[b.Row*n+b.Column:]),
		C.long(n), ws.reserve(ProductScratch(k)))
}

// ptr returns the address of the first number, nil for an empty slice. It is
// used for the duration of one C call only.
func ptr(s []float32) *C.float {
	if len(s) == 0 {
		return nil
	}
	return (*C.float)(&s[0])
}

func flag(b bool) C.int {
	if b {
		return 1
	}
	return 0
}

// ProductScratch returns how many numbers a [Workspace] has for products of k terms.
func ProductScratch(k int) int { return (k + 16) * C.EK_PANEL }
