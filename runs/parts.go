package runs

import (
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"sync"

	"evenkeel/objective"
)

// parts is what all runs on one data set have in common: how many examples of
// each class their parts have, and the labels of the validation part where runs
// come with them. Other programs may break that; it is found out when a run is
// saved, across all invocations.
type parts struct {
	mu sync.Mutex
	// data and split are those that [Study.Describe] described; runs on other data are
	// none of the study's, and on other splits of these only a confirmation's, which
	// drew them itself.
	data     string
	split    objective.Split
	loaded   bool
	supports map[string][]int64
	labels   []uint16
}

// checkParts says whether a run was measured on other examples, or on the same in
// another order, than the runs before it. The error wraps [objective.ErrRefused].
func (s *Study) checkParts(spec objective.Spec, r *objective.Result) error {
	p := &s.parts
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.data == "" || spec.Data != p.data || spec.Split != p.split {
		return nil
	}
	if !p.loaded {
		if err := s.loadParts(spec); err != nil {
			return err
		}
		p.loaded = true
	}
	for _, m := range []struct {
		part string
		m    *objective.Confusion
	}{{"validation", r.Val}, {"training", r.Train}, {"test", r.Test}} {
		if m.m == nil {
			continue
		}
		support := m.m.Support()
		switch known := p.supports[m.part]; {
		case known == nil:
			p.supports[m.part] = support
		case !slices.Equal(known, support):
			return fmt.Errorf("%w: its %s part has %d examples by class, and earlier runs on data %s had %d; name the data anew when they change",
				objective.ErrRefused, m.part, support, spec.Data, known)
		}
	}
	switch {
	case r.ValLabels == nil:
	case p.labels == nil:
		p.labels = r.ValLabels
	case !slices.Equal(r.ValLabels, p.labels):
		return fmt.Errorf("%w: its validation labels differ from those of earlier runs on data %s; a trainer keeps its validation examples and their order, or names its data anew",
			objective.ErrRefused, spec.Data)
	}
	return nil
}

// loadParts reads what is known of the data.
func (s *Study) loadParts(spec objective.Spec) error {
	p := &s.parts
	p.supports = make(map[string][]int64)
	split, err := json.Marshal(spec.Split)
	if err != nil {
		return err
	}
	var val, train, test, format sql.NullString
	var labels []byte
	err = s.db.read.QueryRow(`SELECT val_support, train_support, test_support, labels_format, labels FROM datasets WHERE data = ? AND split = ?`,
		spec.Data, string(split)).Scan(&val, &train, &test, &format, &labels)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err != nil {
		return s.db.failed(err)
	}
	for part, text := range map[string]sql.NullString{"validation": val, "training": train, "test": test} {
		if !text.Valid {
			continue
		}
		var support []int64
		if err := json.Unmarshal([]byte(text.String), &support); err != nil {
			return fmt.Errorf("the %s support of data %s: %w", part, spec.Data, err)
		}
		p.supports[part] = support
	}
	if format.Valid {
		p.labels, err = decodeClasses(format.String, labels)
	}
	return err
}
