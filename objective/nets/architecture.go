package nets

import (
	"fmt"

	"evenkeel/objective/nets/kernels"
)

// layer is one layer with parameters: a convolution block if conv is set, else
// a dense layer.
type layer struct {
	// conv is the shape of a convolution block, without the batch.
	conv *kernels.Conv
	// in x out is the shape of the weights: in is the number of terms of a sum,
	// by which the initial weights are scaled, out that of units or filters.
	in, out int
	// relu says that ReLU follows (a block always has it), dropped that dropout does.
	relu, dropped bool
}

// The filters of the two convolution blocks of a cnn, and the least height and
// width of an image, at which the dense layer still sees 2x2 pixels.
const (
	firstFilters, secondFilters = 32, 64
	leastPixels                 = 8
)

// CheckShape reports whether a kind of model takes examples of a shape (see
// data.Dataset): a cnn wants images of at least 8x8 pixels, the others take all.
func CheckShape(kind string, shape []int) error {
	switch {
	case kind != kindCNN:
		return nil
	case len(shape) != 3:
		return fmt.Errorf("kind cnn wants images of at least %dx%d pixels; the data is a table with %d numbers an example",
			leastPixels, leastPixels, shape[0])
	case shape[1] < leastPixels || shape[2] < leastPixels:
		return fmt.Errorf("kind cnn wants images of at least %dx%d pixels; the data has %dx%d",
			leastPixels, leastPixels, shape[1], shape[2])
	}
	return nil
}

// architecture returns the layers of a model for examples of a shape that
// [CheckShape] accepts.
func architecture(c Config, shape []int, classes int) []layer {
	if c.Kind == kindCNN {
		return convLayers(shape, classes)
	}
	features := 1
	for _, n := range shape {
		features *= n
	}
	return denseLayers(append(append([]int{features}, c.Hidden...), classes))
}

// denseLayers are dense layers between the given widths, ReLU and dropout after
// each but the last.
func denseLayers(widths []int) []layer {
	var layers []layer
	for i, in := range widths[:len(widths)-1] {
		hidden := i < len(widths)-2
		layers = append(layers, layer{in: in, out: widths[i+1], relu: hidden, dropped: hidden})
	}
	return layers
}

// convLayers are those of a cnn: two convolution blocks, dropout, and a dense
// layer to the classes.
func convLayers(shape []int, classes int) []layer {
	first := kernels.Conv{In: shape[0], Height: shape[1], Width: shape[2], Out: firstFilters, Planar: true}
	second := kernels.Conv{In: firstFilters, Height: shape[1] / 2, Width: shape[2] / 2, Out: secondFilters}
	return []layer{
		{conv: &first, in: first.Weights(), out: firstFilters, relu: true},
		{conv: &second, in: second.Weights(), out: secondFilters, relu: true, dropped: true},
		{in: second.Outputs(), out: classes},
	}
}
