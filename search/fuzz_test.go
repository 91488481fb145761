package search

import (
	"encoding/json"
	"testing"
	"time"
)

// FuzzUntil: any text is a time or refused; a clock time is within the next day.
func FuzzUntil(f *testing.F) {
	for _, text := range []string{"", "07:00", "24:00", "2026-03-01T07:00:00Z", "0000-01-01T00:00:00Z", "9999-12-31T23:59:59+23:59", "7", "07:00:00", "\x00"} {
		f.Add(text, int64(1_767_000_000))
	}
	f.Fuzz(func(t *testing.T, text string, second int64) {
		now := time.Unix(second%(1<<36), 0).UTC()
		until, err := Until(text, now)
		if err != nil || text == "" {
			if !until.IsZero() {
				t.Errorf("%q: %v beside %v", text, until, err)
			}
			return
		}
		if _, err := time.Parse(time.RFC3339, text); err == nil {
			return // any time
		}
		if d := until.Sub(now); d <= 0 || d > 24*time.Hour {
			t.Errorf("%q at %v is %v, %v later", text, now, until, d)
		}
	})
}

// FuzzStoredDefinition: the canonical form of a definition is stored as JSON. Whatever is in its
// place is compared and read without a panic; it differs from nothing but itself, and epochs that
// are put into it are there.
func FuzzStoredDefinition(f *testing.F) {
	for _, text := range []string{
		`{"study":"s","model":{"kind":"mlp","epochs":8,"rate":{"low":0.1,"high":1}},"weighting":{"scheme":[{"name":"uniform"}]},"search":{"trials":3}}`,
		`{}`, `null`, `[]`, `{"model":null}`, `{"model":{"epochs":"8"}}`, `{"weighting":{"scheme":{}}}`, `{"a":{"a":{"a":{}}}}`, `x`, ``,
	} {
		f.Add([]byte(text), []byte(`{"search":{"trials":4}}`))
	}
	f.Fuzz(func(t *testing.T, stored, other []byte) {
		a, b := &Definition{Name: "s", Canonical: stored}, &Definition{Name: "s", Canonical: other}
		if changes := Diff(a, a); len(changes) > 0 {
			t.Errorf("it differs from itself: %v", changes)
		}
		there, back := Diff(a, b), Diff(b, a)
		if len(there) != len(back) {
			t.Errorf("%d changes one way, %d the other", len(there), len(back))
		}
		for i, c := range there {
			if c.Key != back[i].Key || c.Old != back[i].New || c.New != back[i].Old || c.Old == c.New {
				t.Errorf("%+v one way, %+v the other", c, back[i])
			}
		}
		if BudgetOnly(there) != (len(BeyondBudget(there)) == 0) {
			t.Errorf("%v: the budget alone, or not", there)
		}
		changed, err := withEpochs(stored, 17)
		if err != nil {
			return
		}
		var all, model map[string]json.RawMessage
		if json.Unmarshal(changed, &all) != nil || json.Unmarshal(all["model"], &model) != nil || string(model["epochs"]) != "17" {
			t.Errorf("with 17 epochs it is %s", changed)
		}
	})
}
