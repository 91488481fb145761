package search_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"evenkeel/objective"
	"evenkeel/search"
)

// TestSettleEpochs: on small data there are as many epochs as give 1,000 optimiser steps. Wanted
// numbers were computed by hand.
func TestSettleEpochs(t *testing.T) {
	for name, c := range map[string]struct {
		model  string
		counts []int
		want   int64
	}{
		"192 examples, 2 steps an epoch":    {"{}", []int{64, 64, 64}, 500},
		"one step an epoch":                 {"{}", []int{40, 40}, 1000},
		"4,800 examples, 38 steps":          {"{kind: softmax}", []int{2400, 2400}, 27},
		"8,500 examples, 67 steps":          {"{}", []int{8500}, 15},
		"more data":                         {"{}", []int{45000}, 15},
		"the reference's batch, the middle": {"{batch: {low: 16, high: 48}}", []int{320}, 100},
		"the first of a choice":             {"{batch: [32, 64]}", []int{320}, 100},
		"epochs in the file":                {"{epochs: 15}", []int{64}, 15},
		"size unknown":                      {"{}", nil, 15},
		"a program of one's own":            {"{kind: command, command: [x]}", []int{64}, 15},
	} {
		text := "study: s\nweighting: {scheme: [{name: uniform}]}\n"
		def := parse(t, text+"model: "+c.model+"\n")
		if err := def.SettleEpochs(objective.Info{TrainCounts: c.counts}); err != nil {
			t.Fatal(err)
		}
		if got := def.ReferenceModel()["epochs"]; got != c.want {
			t.Errorf("%s: %v epochs; want %d", name, got, c.want)
		}
		again := parse(t, string(def.Canonical))
		if err := again.SettleEpochs(objective.Info{TrainCounts: []int{8}}); err != nil {
			t.Fatal(err)
		}
		if len(search.Diff(def, again)) > 0 || string(def.Canonical) != string(again.Canonical) || again.ReferenceModel()["epochs"] != c.want {
			t.Errorf("%s: as stored, %s; want the same study on any data:\n%s", name, again.Canonical, def.Canonical)
		}
	}
}

// TestSettledEpochsAreSearchedAsGiven: a range of epochs stays what it is.
func TestSettledEpochsAreSearchedAsGiven(t *testing.T) {
	def := parse(t, wide)
	before := string(def.Canonical)
	if err := def.SettleEpochs(objective.Info{TrainCounts: []int{8, 8}}); err != nil || string(def.Canonical) != before {
		t.Errorf("error %v, %s; want what the file says", err, def.Canonical)
	}
}

// TestKeepEpochs: a stored study goes on with its epochs where the file names none.
func TestKeepEpochs(t *testing.T) {
	const text = "study: s\nweighting: {scheme: [{name: uniform}]}\n"
	for _, c := range []struct {
		file, stored string
		want         int64
	}{
		{"{}", "{epochs: 15}", 15}, // as an earlier version stored it
		{"{}", "{epochs: 40}", 40},
		{"{epochs: 20}", "{epochs: 15}", 20},
		{"{}", "{epochs: [15, 30]}", 500},
	} {
		def, stored := parse(t, text+"model: "+c.file+"\n"), parse(t, text+"model: "+c.stored+"\n")
		if err := errors.Join(def.KeepEpochs(stored.Canonical), def.SettleEpochs(objective.Info{TrainCounts: []int{64, 64, 64}})); err != nil {
			t.Fatal(err)
		}
		if got := def.ReferenceModel()["epochs"]; got != c.want {
			t.Errorf("%s, stored %s: %v epochs; want %d", c.file, c.stored, got, c.want)
		}
		if diff := search.Diff(stored, def); c.file == "{}" && c.want < 500 && len(diff) > 0 {
			t.Errorf("%s, stored %s: differs by %+v; want the same study", c.file, c.stored, diff)
		}
	}
	if err := parse(t, text).KeepEpochs(json.RawMessage("{")); err == nil {
		t.Error("a stored definition that is no JSON is accepted")
	}
}

func TestSteps(t *testing.T) {
	def := parse(t, "weighting: {scheme: [{name: uniform}]}\nmodel: {batch: 128}\n")
	if n := def.Steps(objective.Info{TrainCounts: []int{100, 92}}, 15); n != 30 {
		t.Errorf("%d steps; want 2 batches x 15", n)
	}
	if n := def.Steps(objective.Info{}, 15); n != 0 {
		t.Errorf("%d steps of unknown data; want 0", n)
	}
}

func TestBatchCancels(t *testing.T) {
	for text, want := range map[string][2]int{ // the smallest batch, and where it is too small
		"model: {}":                            {128, 0},
		"model: {batch: 4}":                    {4, 4},
		"model: {batch: {low: 7, high: 128}}":  {7, 7},
		"model: {batch: [64, 8]}":              {8, 0},
		"model: {batch: [64, 2]}":              {2, 2},
		"model: {kind: command, command: [x]}": {0, 0},
	} {
		def := parse(t, "weighting: {scheme: [{name: uniform}]}\n"+text)
		if got := [2]int{def.SmallestBatch(), def.BatchCancels()}; got != want {
			t.Errorf("%s: %v; want %v", text, got, want)
		}
		logit := parse(t, "weighting: {apply: logit, scheme: [{name: uniform}]}\n"+strings.Replace(text, "batch: 4", "batch: 1", 1))
		if logit.SmallestBatch() != 0 {
			t.Errorf("%s with apply: logit: %d; want 0", text, logit.SmallestBatch())
		}
	}
}
