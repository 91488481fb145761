package kernels

// #include "kernels.h"
import "C"

import "fmt"

// Norm computes z = y gain + shift by channel, plus added unless that is nil, and
// then max(z, 0) if relu. y, added and z have the same length, a whole number of
// pixels of len(gain) channels; it panics otherwise. z may be y or added themselves,
// and overlaps no other. NaN stays NaN through ReLU.
func (l Level) Norm(z, y, gain, shift, added []float32, relu bool) {
	sameLength("Norm", z, y)
	sameLength("Norm", gain, shift)
	if added != nil {
		sameLength("Norm", z, added)
	}
	if len(y)%len(gain) != 0 {
		panic(fmt.Sprintf("kernels: Norm of %d numbers in %d channels", len(y), len(gain)))
	}
	C.ek_norm(C.int(l), C.long(len(y)/len(gain)), C.long(len(gain)), ptr(y), ptr(gain), ptr(shift), ptr(added), flag(relu), ptr(z))
}

// NormSums computes, for each of some images, the sums over its pixels of the
// gradient g = dz, cut to z > 0 unless z is nil, and of g (y - mean), by channel:
// out is images x 2 x channels, mean has an entry per channel. It panics if lengths
// do not fit.
func (l Level) NormSums(out, dz, z, y, mean []float32, images int) {
	sameLength("NormSums", dz, y)
	if z != nil {
		sameLength("NormSums", dz, z)
	}
	channels := len(mean)
	if images < 1 || channels < 1 || len(y)%(images*channels) != 0 || len(out) != images*2*channels {
		panic(fmt.Sprintf("kernels: NormSums of %d images, %d channels, %d numbers and %d sums", images, channels, len(y), len(out)))
	}
	C.ek_norm_sums(C.int(l), C.long(images), C.long(len(y)/images/channels), C.long(channels), ptr(dz), ptr(z), ptr(y),
		ptr(mean), ptr(out))
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
