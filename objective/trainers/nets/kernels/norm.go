package kernels

// #include "kernels.h"
import "C"

import "fmt"

// NormSums computes the sums of a [NormSum] for each of some images, of the gradient g.
// It panics if lengths do not fit.
func (l Level) NormSums(s NormSum, g []float32, images int) {
	sameLength("NormSums", g, s.Y)
	channels := len(s.Mean)
	if images < 1 || channels < 1 || len(g)%(images*channels) != 0 || len(s.Out) != images*2*channels {
		panic(fmt.Sprintf("kernels: NormSums of %d images, %d channels, %d numbers and %d sums", images, channels, len(g), len(s.Out)))
	}
	C.ek_norm_sums(C.int(l), C.long(images), C.long(len(g)/images/channels), C.long(channels), ptr(g), ptr(s.Y), ptr(s.Mean), ptr(s.Out))
}

// Average sets y to the mean over the pixels of each channel of each image: y is
// images x channels, x images x pixels x channels. It panics if lengths do not fit.
func Average(y, x []float32, images, channels int) {
	pixels := averaged(len(y), len(x), images, channels)
	C.ek_average(C.long(images), C.long(pixels), C.long(channels), ptr(x), ptr(y))
}

// AverageGrad sets dx to the gradient of [Average] by x, from dy, that by y.
func AverageGrad(dx, dy []float32, images, channels int) {
	pixels := averaged(len(dy), len(dx), images, channels)
	C.ek_average_grad(C.long(images), C.long(pixels), C.long(channels), ptr(dy), ptr(dx))
}

// averaged returns the pixels of an image.
func averaged(y, x, images, channels int) int {
	if images < 1 || channels < 1 || y != images*channels || x < y || x%y != 0 {
		panic(fmt.Sprintf("kernels: average of %d images, %d channels from %d to %d numbers", images, channels, x, y))
	}
	return x / y
}
