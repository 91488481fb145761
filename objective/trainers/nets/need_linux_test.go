//go:build !race

package nets

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"runtime/debug"
	"slices"
	"strings"
	"testing"

	"evenkeel/objective"
	"evenkeel/objective/data"
	"evenkeel/objective/models"
)

// measuredRun is a training whose memory is compared with the estimate.
type measuredRun struct {
	Model      map[string]any
	Shape      []int
	Train, Val int
}

// asMeasured is the environment variable that makes the test binary perform a training, in a
// process of its own, and print the memory that it took.
const asMeasured = "EVENKEEL_TEST_NEED"

// mostApart is the factor that the estimate may be above or below the measured peak, and besides
// what they may be apart beside that: pages of the heap that are not full, and garbage between
// collections.
const mostApart, besides = 1.1, 12 << 20

// TestNeed compares the estimate with the measured peak, for every kind of model, several batch
// sizes and every setting that takes memory.
func TestNeed(t *testing.T) {
	if text := os.Getenv(asMeasured); text != "" {
		measure(t, text)
		return
	}
	small, grey := []int{3, 32, 32}, []int{1, 28, 28}
	wide := func(changes ...any) map[string]any {
		return tinyModel(models.MLP, append([]any{"hidden", []int64{4096, 2048}}, changes...)...)
	}
	untried := models.Names(models.TrainedBy(models.TrainerNets))
	for _, c := range []struct {
		name string
		measuredRun
	}{
		{"softmax", measuredRun{tinyModel(models.Softmax, "batch", int64(128)), small, 1000, 200}},
		{"mlp", measuredRun{wide("batch", int64(64)), grey, 130, 50}},
		{"mlp sgd", measuredRun{wide("batch", int64(64), "optimizer", "sgd", "momentum", 0.9), grey, 130, 50}},
		{"mlp stopping", measuredRun{wide("batch", int64(64), "early_stopping", int64(3), "epochs", int64(3)), grey, 130, 50}},
		{"mlp dropout", measuredRun{wide("batch", int64(2048), "hidden", []int64{1024, 512}, "dropout", 0.3), []int{100}, 2048, 50}},
		{"cnn 32", measuredRun{tinyModel(models.CNN, "batch", int64(32)), small, 100, 50}},
		{"cnn 256", measuredRun{tinyModel(models.CNN, "batch", int64(256), "dropout", 0.3), small, 300, 50}},
		{"cnn 1024", measuredRun{tinyModel(models.CNN, "batch", int64(1024)), small, 1024, 50}},
		{"resnet8 16", measuredRun{tinyModel(models.ResNet8, "batch", int64(16)), small, 50, 50}},
		{"resnet8 128", measuredRun{tinyModel(models.ResNet8, "batch", int64(128)), small, 150, 50}},
		{"resnet8 512", measuredRun{tinyModel(models.ResNet8, "batch", int64(512)), small, 512, 50}},
	} {
		untried = slices.DeleteFunc(untried, func(kind string) bool { return kind == c.Model["kind"] })
		t.Run(c.name, func(t *testing.T) {
			if c.Model["early_stopping"] == int64(0) {
				c.Model["epochs"] = int64(1)
			}
			config, err := models.Parse(c.Model)
			if err != nil {
				t.Fatal(err)
			}
			n, err := estimate(config, sizes{shape: c.Shape, classes: 10, train: c.Train, val: c.Val}, 1, false)
			if err != nil {
				t.Fatal(err)
			}
			text, err := json.Marshal(c.measuredRun)
			if err != nil {
				t.Fatal(err)
			}
			self := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestNeed$")
			self.Env = append(os.Environ(), asMeasured+"="+string(text), "GOGC=10")
			out, err := self.CombinedOutput()
			_, figures, ok := strings.Cut(string(out), "took ")
			var took int64
			if _, scan := fmt.Sscan(figures, &took); err != nil || !ok || scan != nil {
				t.Fatalf("%v, %s", err, out)
			}
			t.Logf("estimated %d MB, measured %d MB, %.2f", n.training>>20, took>>20, float64(n.training)/float64(took))
			if float64(took) > mostApart*float64(n.training)+besides || float64(n.training) > mostApart*float64(took)+besides {
				t.Errorf("estimated %d bytes, measured %d; want them within %v times and %d bytes", n.training, took, mostApart, besides)
			}
		})
	}
	if len(untried) > 0 {
		t.Errorf("the memory of kind %s is not measured", strings.Join(untried, ", "))
	}
}

// measure performs a training and prints how much the peak lies above what there was before.
func measure(t *testing.T, text string) {
	var c measuredRun
	if err := json.Unmarshal([]byte(text), &c); err != nil {
		t.Fatal(err)
	}
	tr, err := New(noise(c), Options{})
	if err != nil {
		t.Fatal(err)
	}
	job := objective.Job{Spec: tinySpec(t, tr, c.Model, 1)}
	debug.FreeOSMemory()
	if err := os.WriteFile("/proc/self/clear_refs", []byte("5"), 0); err != nil { // the peak is what there is now
		t.Fatal(err)
	}
	before := residentBytes(t, "VmRSS")
	if _, err := tr.Train(t.Context(), job); err != nil {
		t.Fatal(err)
	}
	fmt.Printf("took %d\n", residentBytes(t, "VmHWM")-before)
}

// noise is data of ten classes.
func noise(c measuredRun) *data.Splits {
	features := 1
	for _, n := range c.Shape {
		features *= n
	}
	rng := rand.New(rand.NewPCG(1, 2))
	part := func(n int) data.Part {
		p := data.Part{X: make([]float32, n*features), Y: make([]uint16, n)}
		for i := range p.X {
			p.X[i] = rng.Float32()
		}
		for i := range p.Y {
			p.Y[i] = uint16(i % 10)
		}
		return p
	}
	return &data.Splits{
		Dataset: &data.Dataset{Source: "noise", Classes: strings.Split("abcdefghij", ""), Shape: c.Shape, Fingerprint: "noise"},
		Train:   part(c.Train), Val: part(c.Val),
	}
}

// residentBytes returns a figure of /proc/self/status.
func residentBytes(t *testing.T, name string) int64 {
	t.Helper()
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, ok := bytes.Cut(status, []byte(name+":"))
	var kb int64
	if _, err := fmt.Sscan(string(rest), &kb); err != nil || !ok {
		t.Fatalf("%s: %v", name, err)
	}
	return kb << 10
}
