package followup

import (
	"context"

	"evenkeel/objective"
	"evenkeel/objective/evidence/confirm"
)

// What is compared, and with what: these words are stored.
const (
	// WhatRecipe is the arm's whole procedure, weights measured anew on every seed.
	WhatRecipe = "recipe"
	// WhatVector is the one vector of weights, the same on every seed.
	WhatVector = "vector"
	// WhatLonger is the reference, trained as long as the recipe with all its rounds.
	WhatLonger = "longer"
	// WhatReference is the unweighted reference; its runs have this name too.
	WhatReference = "reference"
	// WhatOffsets is the reference with offsets that were fitted on validation.
	WhatOffsets = "offsets"
)

// Reading is one occasion to look at a test part: a fixed arm on so many fresh
// seeds, with the reference's run on the first of them, which stands for data and
// code. Continuing or repeating it is the same reading; with parts drawn again for
// every seed it is another.
type Reading struct {
	Trial, Round, Seeds int
	Resplit             bool
	Reference           objective.RunID
}

// Confirmation is what fresh seeds and the test part say of a fixed arm.
type Confirmation struct {
	Reading
	Comparisons []Comparison
	// Runs are the training runs with a test part.
	Runs []Run
	// Images is the number of test examples of each class.
	Images []int64
}

// Comparison is one comparison on the test part.
type Comparison struct {
	What, Against string
	confirm.Comparison
	// Drop is the balanced accuracy lost, compared with the study's tolerance.
	Drop confirm.Drop
}

// Run is a run with its test part. The reference and what is trained
// longer belong to trial 0.
type Run struct {
	What                    string
	Trial, Round, Replicate int
	Seed                    int64
	Run                     objective.RunID
	Weights                 []float64
}

// Store is what a [Confirmer] needs of a trial history for one study.
type Store interface {
	objective.Cache
	// OpenTest records that the test part is about to be read, unless a reading of the
	// same arm on at least as many seeds is recorded, and returns when it is durable.
	OpenTest(ctx context.Context, r Reading) error
	// DescribeSplit records what one fresh seed trains on where its parts were drawn
	// anew. It is called before any run on them, and need not wait for the disk.
	DescribeSplit(ctx context.Context, info objective.Info) error
	// Confirm records a confirmation in place of any earlier one of the arm that was
	// made in the same way, with or without parts drawn again, and returns when it is
	// durable. One on more seeds stays.
	Confirm(ctx context.Context, c *Confirmation) error
}
