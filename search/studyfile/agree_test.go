package studyfile

import (
	"fmt"
	"testing"

	"evenkeel/objective/models"
)

// TestStudyFileAndModelsAgree tries every model key of every built-in kind with
// values around and far beyond its bounds: what the study file accepts the
// trainer accepts, so that what it refuses is refused before anything starts.
func TestStudyFileAndModelsAgree(t *testing.T) {
	numbers := []string{
		"-1", "-0.5", "0", "1e-300", "0.5", "0.999999999", "1", "1.5", "2", "3", "999", "1000", "1000.5", "1001",
		"65535", "65536", "65537", "999999", "1000000", "1000001", "2147483647", "2147483648", "1e300",
	}
	values := map[models.Type][]string{
		models.Word:    {"adam", "sgd", "rmsprop", "''", "none", "flip", "flip-crop", "crop"},
		models.Integer: numbers, models.Real: numbers,
		models.Widths: {"[[1]]", "[[65536]]", "[[65537]]", "[[0]]", "[[8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8]]", "[[8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8]]"},
	}
	accepted, refused := 0, 0
	for _, kind := range models.Names(models.TrainedBy(models.TrainerNets)) {
		for _, key := range models.KeysOf(kind) {
			for _, value := range values[key.Type] {
				optimizer := models.Adam
				if key.Needs != nil {
					optimizer = key.Needs.Words[0]
				}
				text := fmt.Sprintf("weighting: {scheme: [{name: uniform}]}\nmodel: {kind: %s, optimizer: %s, %s: %s}\n", kind, optimizer, key.Name, value)
				if key.Name == "optimizer" {
					text = fmt.Sprintf("weighting: {scheme: [{name: uniform}]}\nmodel: {kind: %s, optimizer: %s}\n", kind, value)
				}
				def, err := Parse("s.yaml", []byte(text), "/", nil)
				if err != nil {
					refused++
					continue
				}
				accepted++
				if err := models.Check(def.ReferenceModel()); err != nil {
					t.Errorf("%s.%s = %s is accepted in a study file, and refused by the model: %v", kind, key.Name, value, err)
				}
			}
		}
	}
	if accepted < 100 || refused < 100 {
		t.Errorf("%d values accepted, %d refused; the test wants many of both", accepted, refused)
	}
}
