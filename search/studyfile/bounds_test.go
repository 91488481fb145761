package studyfile

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"evenkeel/objective/models"
	"evenkeel/objective/trainers"
)

// countKeys are the keys that count something, by their dotted names, with the study that has
// one. Seeds count nothing.
func countKeys() map[string]struct {
	key   key
	study string
} {
	type counted = struct {
		key   key
		study string
	}
	out := map[string]counted{}
	const nets, command = "weighting: {scheme: [{name: uniform}]}", "weighting: {scheme: [{name: uniform}]}\nmodel: {kind: command, command: [a]}"
	add := func(section string, keys []key, study string) {
		for _, k := range keys {
			if k.kind == integerKey && k.name != "seed" {
				out[section+"."+k.name] = counted{k, study}
			}
		}
	}
	add("data", dataKeys, nets)
	add("weighting", weightingKeys, nets)
	add("objective", objectiveKeys, nets)
	add("search", searchKeys, nets)
	for _, k := range models.Keys() {
		add("model", []key{modelKey(k)}, nets)
	}
	for _, of := range trainers.Transports() {
		for _, k := range of.Keys {
			add("model", []key{modelKey(k.Key)}, command)
		}
	}
	return out
}

// TestCountsAreBounded: every count has a bound of its own, which is accepted; the next number
// is refused with the bound and the reason, in the file and as an override; and what an earlier
// version accepted can be read.
func TestCountsAreBounded(t *testing.T) {
	for path, c := range countKeys() {
		most := c.key.bounds.Max
		if c.key.bounds.Why == "" || most > maxLimit {
			t.Errorf("%s is bounded by %v, for the reason %q; want a bound that is our choice, with its reason", path, most, c.key.bounds.Why)
			continue
		}
		set := func(v float64) []Override {
			return []Override{{Key: path, Value: models.Number(v), Flag: "--flag"}}
		}
		if _, err := Parse("s.yaml", []byte(c.study), "/", set(most)); err != nil {
			t.Errorf("%s refuses its bound %v: %v", path, most, err)
		}
		for _, v := range []float64{most + 1, 1e6 * (most + 1)} {
			want := fmt.Sprintf("--flag: %s: %s is out of range; want an integer from %s to %s: %s", path,
				models.Number(v), models.Number(c.key.bounds.Min), models.Number(most), c.key.bounds.Why)
			if _, err := Parse("s.yaml", []byte(c.study), "/", set(v)); err == nil || err.Error() != want {
				t.Errorf("%s = %v: error %v; want %s", path, v, err, want)
			}
		}
		if _, err := ParseStored("s.yaml", []byte(c.study), "/", set(models.MaxInt)); err != nil && path != "search.max_replicates" && path != "search.replicates" {
			t.Errorf("a stored %s cannot be read: %v", path, err)
		}
	}
}

// TestStoredReplicatesAreRead: a study of more seeds than are allowed now can be read, with its
// races, and not be searched on; its canonical form stays as it is.
func TestStoredReplicatesAreRead(t *testing.T) {
	text := []byte("study: s\nweighting: {scheme: [{name: uniform}], rounds: {low: 1, high: 5000}}\nsearch: {replicates: 2000, window: 5000}\n")
	stored, err := ParseStored("s.yaml", text, "/", nil)
	if err != nil {
		t.Fatal(err)
	}
	if c := stored.Search; c.Replicates != 2000 || c.MaxReplicates != 2000 || c.Window != 5000 || stored.MaxRounds() != 5000 {
		t.Errorf("read as %+v with %d rounds", c, stored.MaxRounds())
	}
	again, err := ParseStored("again", stored.Canonical, "/", nil)
	if err != nil || string(again.Canonical) != string(stored.Canonical) {
		t.Errorf("the canonical form is read as %s, %v", again.Canonical, err)
	}
	if _, err := Parse("again", stored.Canonical, "/", nil); err == nil {
		t.Error("it can be searched on")
	}
}

// TestBoundsAreDocumented: docs/study-file.md has a table of all bounds with their reasons.
func TestBoundsAreDocumented(t *testing.T) {
	page, err := os.ReadFile(filepath.Join("..", "..", "docs", "study-file.md"))
	if err != nil {
		t.Fatal(err)
	}
	table := regexp.MustCompile("(?m)^\\| `([^|]*)` \\| ([0-9,]+) \\| ([^|]+) \\|$").FindAllStringSubmatch(string(page), -1)
	found := map[string]string{}
	for _, row := range table {
		for _, name := range strings.Split(row[1], "`, `") {
			found[name] = strings.ReplaceAll(row[2], ",", "")
		}
	}
	for path, c := range countKeys() {
		if want := models.Number(c.key.bounds.Max); found[path] != want {
			t.Errorf("docs/study-file.md says that the most of %s is %q; want %s", path, found[path], want)
		}
	}
	lists := map[string]int{
		"model.hidden": models.MaxLayers, "model.slots": maxSlots, "model.params": maxParams, "model.command": maxWords, "search.on_finish": maxWords,
		"weighting.scheme": maxChoices, "data.one_hot": maxChoices,
	}
	for path, most := range lists {
		if want := fmt.Sprint(most); found[path] != want {
			t.Errorf("docs/study-file.md says that the most entries of %s are %q; want %s", path, found[path], want)
		}
	}
	if names := slices.Sorted(maps.Keys(found)); len(names) != len(lists)+len(countKeys()) {
		t.Errorf("docs/study-file.md has the bounds %v; want %d", names, len(lists)+len(countKeys()))
	}
}
