// Package nets trains the built-in models, softmax regression, multilayer
// perceptrons, a small convolutional and a small residual network, as an
// [objective.Trainer]. Graphs and their gradients are gorgonia's; this is the only
// package that imports it.
//
// It is not a neural-network library: it has a network for every kind of package
// models that the built-in trainer trains, and one training run at a time turns a
// resolved [objective.Spec] into an [objective.Result].
//
// # How a run works
//
// A network is a gorgonia graph of a few coarse operations of our own (a dense
// layer with bias and ReLU is one, a convolution with bias, ReLU and pooling
// another, residual blocks with their normalisations a third), each with its symbolic
// derivative, so that the backward pass is made by gorgonia's Grad. The operations call package
// kernels and write into buffers they own. A small machine executes the nodes in
// a fixed order; gorgonia's tape machine gives the same bits, only slower. A
// second graph without dropout, with running figures for normalisation, shares the
// parameters and evaluates.
//
// A run may have several threads. They divide rows, columns and images among them;
// where images are added up, it is in a fixed number of groups.
//
// Inputs are brought to mean 0 and standard deviation 1 over the training part,
// images by channel and tables by column. Parameters start as torch.nn.Linear's and Conv2d's do, and initial values, data order,
// dropout and augmentation each have a generator derived from (seed, purpose); so a run depends
// on its spec and the numerics id alone, never on threads or other runs.
//
// # Memory
//
// What a run needs is estimated from shapes before it starts (need.go). A run that needs more than
// the study allows fails; one for which the machine has too little is not started, see package
// memory. A run that may end the process that it is in, because two ended so, has one of its
// own, see package child.
//
// # Weights
//
// The loss is the weighted mean PyTorch uses, sum w_y ce / sum w_y over a batch;
// with `apply: logit` it is the plain mean with -ln w added to the training
// logits (Menon and others, 2021, "Long-tail learning via logit adjustment").
// The incomplete last batch of an epoch is a mean over the rows it has. Validation
// loss, early stopping and every prediction are unweighted and unshifted.
//
// # Start here
//
//	splits, err := data.Split(dataset, split)
//	trainer, err := nets.New(splits, nets.Options{})
//	result, err := trainer.Train(ctx, objective.Job{Spec: spec})
package nets
