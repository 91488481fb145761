package nets

import (
	"math/bits"
	"math/rand/v2"

	"evenkeel/objective/models"
)

// augmenter changes training images as they are loaded: with flip, half of them are
// mirrored left to right; with flip-crop each is moved too, by up to `most` pixels up
// or down and left or right, all moves as likely, with the channel's mean for what
// moves in. What happens to an example depends on the training seed, the epoch and
// its place in the training part alone.
type augmenter struct {
	flips                   bool
	channels, height, width int
	most                    int
	high, low               uint64 // of the epoch
}

// newAugmenter returns what a kind of augmentation does to images of a shape; nil
// for none. Images move by up to an eighth of their smaller side, rounded: 4 pixels
// of 32, as is usual for CIFAR-10.
func newAugmenter(kind string, shape []int) *augmenter {
	if kind != models.AugmentFlip && kind != models.AugmentFlipCrop {
		return nil
	}
	a := &augmenter{flips: true, channels: shape[0], height: shape[1], width: shape[2]}
	if kind == models.AugmentFlipCrop {
		a.most = (min(a.height, a.width) + 4) / 8
	}
	return a
}

// begin draws for an epoch.
func (a *augmenter) begin(seed int64, epoch int) {
	a.high, a.low = derive(seed, forAugmentation, epoch)
}

// apply changes the standardised image of an example, channel by channel.
func (a *augmenter) apply(x []float32, example int) {
	flip, down, right := a.draw(example)
	for c := range a.channels {
		plane := x[c*a.height*a.width : (c+1)*a.height*a.width]
		if flip {
			mirror(plane, a.width)
		}
		move(plane, a.width, down, right)
	}
}

// draw returns what happens to an example.
func (a *augmenter) draw(example int) (flip bool, down, right int) {
	var rng rand.PCG
	rng.Seed(a.high, a.low+uint64(example))
	rng.Uint64() // unused: it would serve as well, but to draw from it changes every run
	first, second := rng.Uint64(), rng.Uint64()
	moves := uint64(2*a.most + 1)
	up, _ := bits.Mul64(first, moves)
	left, _ := bits.Mul64(second, moves)
	return rng.Uint64()>>63 == 1, int(up) - a.most, int(left) - a.most
}

// mirror turns every line of a plane around.
func mirror(plane []float32, width int) {
	for ; len(plane) > 0; plane = plane[width:] {
		for i, j := 0, width-1; i < j; i, j = i+1, j-1 {
			plane[i], plane[j] = plane[j], plane[i]
		}
	}
}

// move moves a plane in place; what moves in is 0. down and right may be negative,
// and are less than the sides.
func move(plane []float32, width, down, right int) {
	height := len(plane) / width
	for k := range height {
		to := k
		if down > 0 { // lines that are still to be read lie above
			to = height - 1 - k
		}
		line := plane[to*width : (to+1)*width]
		from := to - down
		if from < 0 || from >= height {
			clear(line)
			continue
		}
		copy(line[max(right, 0):], plane[from*width+max(-right, 0):(from+1)*width-max(right, 0)])
		clear(line[:max(right, 0)])
		clear(line[width-max(-right, 0):])
	}
}
