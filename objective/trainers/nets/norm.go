package nets

import (
	"math"

	"evenkeel/objective/trainers/nets/kernels"
)

// Batch normalisation as in torch.nn.BatchNorm2d (Ioffe and Szegedy, 2015, "Batch
// normalization"): what is added to the variance, and the share of a batch in the
// running figures that evaluation uses.
const normEpsilon, normMomentum = 1e-5, 0.1

// convNorm is a convolution without bias and the batch normalisation of its result
// by channel, over the images and pixels of a batch:
//
//	y = conv(x, w),  z = gamma (y - mean)/sqrt(variance + 1e-5) + beta
//
// In training, mean and variance are those of the batch, and the running ones move
// a tenth of the way to them, the variance with n-1; in evaluation they are the
// running ones. What follows on z, adding and ReLU, is said by who asks for it.
type convNorm struct {
	conv    kernels.Conv
	running runningNorm
	y       []float32 // images x pixels x channels
	moments []float32 // images x 2 x channels, see [kernels.Unit]

	w, gamma, beta []float32 // of this step
	// z = y*gain + shift; mean and inverse standard deviation of the batch.
	gain, shift, mean, inverse []float32
	n                          float64 // numbers of a channel in the batch

	// The gradient: that by y (see [kernels.UnitGrad]), and those by w, beta and gamma;
	// those by w also for each group of images.
	slope, offset          []float32
	sums                   []float32 // images x 2 x channels, see [kernels.NormSum]
	dws, dw, dgamma, dbeta []float32
}

// runningNorm are the running figures of the channels, shared by the training and
// the evaluation network.
type runningNorm struct{ mean, variance []float32 }

func newConvNorm(conv kernels.Conv, running runningNorm, training bool) *convNorm {
	vector := func() []float32 { return make([]float32, conv.Out) }
	u := &convNorm{
		conv: conv, running: running, y: make([]float32, conv.Batch*outputs(conv)),
		gain: vector(), shift: vector(), mean: vector(), inverse: vector(),
	}
	if training {
		u.moments, u.sums = make([]float32, conv.Batch*2*conv.Out), make([]float32, conv.Batch*2*conv.Out)
		u.slope, u.offset, u.dgamma, u.dbeta = vector(), vector(), vector(), vector()
		u.dw = make([]float32, conv.Weights()*conv.Out)
		u.dws = make([]float32, imageParts*len(u.dw))
	}
	return u
}

// outputs returns the numbers of an image that a convolution makes.
func outputs(c kernels.Conv) int {
	height, width := c.OutputSize()
	return height * width * c.Out
}

// products returns the multiply-adds of a convolution of one image.
func products(c kernels.Conv) int { return c.Weights() * outputs(c) }

// unit is the convolution alone; that of nil is none.
func (u *convNorm) unit() kernels.Unit {
	if u == nil {
		return kernels.Unit{}
	}
	return kernels.Unit{Conv: u.conv, W: u.w, Y: u.y, Moments: u.moments}
}

// source is relu(z), made from y.
func (u *convNorm) source() kernels.Source {
	return kernels.Source{X: u.y, Gain: u.gain, Shift: u.shift}
}

// measure sets mean, gain and shift from the moments of the first `images` images,
// which it combines in order and in float64 (Chan, Golub and LeVeque, 1983), and
// moves the running figures.
func (u *convNorm) measure(images int) {
	channels, pixels := u.conv.Out, float64(outputs(u.conv)/u.conv.Out)
	u.n = float64(images) * pixels
	for c := range channels {
		var sum, square float64
		for i := range images {
			sum += float64(u.moments[2*i*channels+c])
		}
		mean := sum / u.n
		for i := range images {
			d := float64(u.moments[2*i*channels+c])/pixels - mean
			square += float64(u.moments[(2*i+1)*channels+c]) + float64(pixels*float64(d*d))
		}
		u.set(c, mean, square/u.n)
		r := u.running
		r.mean[c] = towards(r.mean[c], mean)
		r.variance[c] = towards(r.variance[c], square/(u.n-1))
	}
}

func towards(old float32, v float64) float32 {
	return float32(float64((1-normMomentum)*float64(old)) + float64(normMomentum*v))
}

// recall sets mean, gain and shift from the running figures.
func (u *convNorm) recall() {
	for c := range u.conv.Out {
		u.set(c, float64(u.running.mean[c]), float64(u.running.variance[c]))
	}
}

func (u *convNorm) set(c int, mean, variance float64) {
	u.mean[c], u.inverse[c] = float32(mean), float32(1/math.Sqrt(variance+normEpsilon))
	gain := float64(u.gamma[c]) * float64(u.inverse[c])
	u.gain[c] = float32(gain)
	u.shift[c] = float32(float64(u.beta[c]) - float64(float64(u.mean[c])*gain))
}

// sum asks for the sums that the gradient needs.
func (u *convNorm) sum() kernels.NormSum {
	return kernels.NormSum{Y: u.y, Mean: u.mean, Out: u.sums}
}

// differentiate sets the gradients by gamma and beta and what that by y is made of,
// from the sums over the first `images` images. With g the gradient by z:
//
//	dbeta = sum g,  dgamma = sum g (y - mean) inverse
//	dy = gain (g - dbeta/n - (y - mean) inverse dgamma/n)
func (u *convNorm) differentiate(images int) {
	channels := u.conv.Out
	for c := range channels {
		var g, product float64
		for i := range images {
			g += float64(u.sums[2*i*channels+c])
			product += float64(u.sums[(2*i+1)*channels+c])
		}
		inverse, gain := float64(u.inverse[c]), float64(u.gain[c])
		u.dbeta[c], u.dgamma[c] = float32(g), float32(product*inverse)
		slope := -gain * inverse * inverse * product / u.n
		u.slope[c] = float32(slope)
		u.offset[c] = float32(-gain*g/u.n - float64(float64(u.mean[c])*slope))
	}
}

// grad is what the gradients by w and by the images are made of, from g, the gradient by z;
// of nil, nothing.
func (u *convNorm) grad(g []float32) kernels.UnitGrad {
	if u == nil {
		return kernels.UnitGrad{}
	}
	return kernels.UnitGrad{Conv: u.conv, W: u.w, G: g, Y: u.y, Gain: u.gain, Slope: u.slope, Shift: u.offset, DW: u.dws}
}

// finish sums the gradients by w over the groups.
func (u *convNorm) finish(groups int) { kernels.SumParts(u.dw, u.dws, groups, len(u.dw)) }
