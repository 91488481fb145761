package studyfile

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"evenkeel/objective/data"
	"evenkeel/objective/models"
	"evenkeel/objective/trainers"
)

// TestKeysInDocs: docs/study-file.md shows every key that a study file may have, each
// with all of its words, and says what every kind of model and of source is.
func TestKeysInDocs(t *testing.T) {
	page, err := os.ReadFile(filepath.Join("..", "..", "docs", "study-file.md"))
	if err != nil {
		t.Fatal(err)
	}
	shown, prose := map[string]string{}, string(page)
	for _, block := range regexp.MustCompile("(?s)```yaml\n(.*?)```").FindAllStringSubmatch(prose, -1) {
		prose = strings.Replace(prose, block[0], "", 1)
		for _, line := range regexp.MustCompile(`(?m)^ *(?:# )?(\w+):.*`).FindAllStringSubmatch(block[1], -1) {
			shown[line[1]] += line[0]
		}
	}
	word := func(text, word string) bool {
		return regexp.MustCompile(`(^|[^\w-])` + regexp.QuoteMeta(word) + `($|[^\w-])`).MatchString(text)
	}
	keys := slices.Concat(dataKeys, []key{kindKey}, weightingKeys, objectiveKeys, searchKeys)
	for _, k := range models.Keys() {
		keys = append(keys, modelKey(k))
	}
	for _, of := range trainers.Transports() {
		for _, k := range of.Keys {
			keys = append(keys, modelKey(k.Key))
		}
	}
	for _, k := range keys {
		if shown[k.name] == "" {
			t.Errorf("no example in docs/study-file.md shows the key %s", k.name)
			continue
		}
		for _, w := range k.words {
			if !word(shown[k.name], w) {
				t.Errorf("docs/study-file.md shows %q; want %s in it", shown[k.name], w)
			}
		}
	}
	for _, k := range models.Kinds() {
		if !strings.Contains(prose, "`"+k.Name+"`") && !strings.Contains(prose, "`kind: "+k.Name+"`") {
			t.Errorf("the text of docs/study-file.md does not say what the kind %s is", k.Name)
		}
	}
	for _, k := range data.Kinds() {
		if !strings.Contains(shown["source"], k.Form()) || !strings.Contains(prose, "\n- `"+k.Form()+"`: ") {
			t.Errorf("docs/study-file.md lacks the source %s in the comment of source, or in the list of Data sources", k.Form())
		}
	}
}
