package main

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"evenkeel/objective/evidence/explain"
	"evenkeel/runs/report"
	"evenkeel/search"
)

// ofRecalls explains figures that somebody brings along.
func (f explainFlags) ofRecalls(cmd *cobra.Command, format string) error {
	recalls, err := parseRecalls(f.calculated.recall)
	if err != nil {
		return search.InputError{Err: err}
	}
	c := explain.Recalls{Recall: recalls}
	if f.names != "" {
		for i, name := range strings.Split(f.names, ",") {
			name = strings.TrimSpace(name)
			if at := slices.Index(c.Classes, name); at >= 0 {
				return search.Inputf("--names: entries %d and %d are both %q; want a name for each class", at+1, i+1, name)
			}
			c.Classes = append(c.Classes, name)
		}
	}
	if c.Weights, err = f.weightsOf(cmd, recalls); err == nil {
		c.Support, err = parseSupport(f.support)
	}
	if err != nil {
		return search.InputError{Err: err}
	}
	said, err := c.Explain()
	if err != nil {
		return search.InputError{Err: err}
	}
	return report.RecallsExplained(page(cmd, format), said, f.options())
}

// weightsOf returns the weights given, or those that a scheme makes.
func (f explainFlags) weightsOf(cmd *cobra.Command, recalls []float64) ([]float64, error) {
	if !cmd.Flags().Changed("weights") {
		return f.calculated.request(cmd, recalls).Weights()
	}
	var weights []float64
	for i, word := range strings.Split(f.weights, ",") {
		v, err := strconv.ParseFloat(strings.TrimSpace(word), 64)
		if err != nil {
			return nil, fmt.Errorf("--weights: entry %d is %q; want a positive number, such as 1.25", i+1, word)
		}
		weights = append(weights, v)
	}
	return weights, nil
}

// parseSupport reads a comma-separated list of counts, nil from nothing.
func parseSupport(text string) ([]int64, error) {
	if text == "" {
		return nil, nil
	}
	var support []int64
	for i, word := range strings.Split(text, ",") {
		n, err := strconv.ParseInt(strings.TrimSpace(word), 10, 64)
		if err != nil {
			return nil, fmt.Errorf("--support: entry %d is %q; want a number of examples, such as 500", i+1, word)
		}
		support = append(support, n)
	}
	return support, nil
}
