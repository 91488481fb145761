package nets

import (
	"fmt"
	"slices"

	"gorgonia.org/tensor"

	"evenkeel/objective/models"
	"evenkeel/objective/trainers/nets/kernels"
)

// layer is one layer: a convolution block if conv is set, residual blocks if those
// are, global average pooling if pixels is, else a dense layer.
type layer struct {
	// conv is the shape of a convolution block, without the batch.
	conv *kernels.Conv
	// blocks are the convolutions of each residual block, without the batch.
	blocks [][]kernels.Conv
	// pixels are those of an image that is averaged, out its channels.
	pixels int
	// in x out is the shape of the weights: in is the number of terms of a sum,
	// by which the initial weights are scaled, out that of units or filters.
	in, out int
	// relu says that ReLU follows (a block always has it), dropped that dropout does.
	relu, dropped bool
}

// The filters of the two convolution blocks of a cnn.
const firstFilters, secondFilters = 32, 64

// stageFilters are the filters of the stages of a resnet8, the first also that of
// the convolution before them.
var stageFilters = [3]int{16, 32, 64}

// parameterShapes returns the shapes of a layer's parameters: weights, and then a
// bias, or gain and bias of the normalisation, for each unit.
func (l layer) parameterShapes() []tensor.Shape {
	switch {
	case l.pixels > 0:
		return nil
	case l.blocks == nil:
		return []tensor.Shape{{l.in, l.out}, {l.out}}
	}
	var shapes []tensor.Shape
	for _, u := range slices.Concat(l.blocks...) {
		shapes = append(shapes, tensor.Shape{u.Weights(), u.Out}, tensor.Shape{u.Out}, tensor.Shape{u.Out})
	}
	return shapes
}

// networks has what makes the layers of each kind of model, for examples of a shape
// that [models.CheckShape] accepts.
var networks = map[string]func(c models.Config, shape []int, classes int) []layer{
	models.Softmax: perceptron, // without hidden layers
	models.MLP:     perceptron,
	models.CNN:     func(_ models.Config, shape []int, classes int) []layer { return convLayers(shape, classes) },
	models.ResNet8: func(_ models.Config, shape []int, classes int) []layer { return residualLayers(shape, classes) },
}

// architecture returns the layers of a model; it fails for a kind without a network.
func architecture(c models.Config, shape []int, classes int) ([]layer, error) {
	network, ok := networks[c.Kind]
	if !ok {
		return nil, fmt.Errorf("model.kind %s has no network in package nets", c.Kind)
	}
	return network(c, shape, classes), nil
}

// perceptron has dense layers over the numbers of an example.
func perceptron(c models.Config, shape []int, classes int) []layer {
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
		{in: second.PooledOutputs(), out: classes},
	}
}

// residualLayers are those of a resnet8: a convolution, three residual blocks of
// which the second and third halve the image, and so have a 1x1 convolution beside
// them, global average pooling, and a dense layer to the classes.
func residualLayers(shape []int, classes int) []layer {
	height, width := shape[1], shape[2]
	in := stageFilters[0]
	blocks := [][]kernels.Conv{{{In: shape[0], Height: height, Width: width, Out: in, Planar: true}}}
	for i, out := range stageFilters {
		first := kernels.Conv{In: in, Height: height, Width: width, Out: out, Stride: min(i+1, 2)}
		beside := first
		height, width = first.OutputSize()
		units := []kernels.Conv{first, {In: out, Height: height, Width: width, Out: out}}
		if i > 0 {
			beside.Kernel = 1
			units = append(units, beside)
		}
		blocks = append(blocks, units)
		in = out
	}
	return []layer{{blocks: blocks}, {pixels: height * width, out: in}, {in: in, out: classes}}
}
