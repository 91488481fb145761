//go:build integration

package nets

import (
	"bytes"
	"encoding/json"
	"math"
	"os/exec"
	"testing"

	"evenkeel/objective/trainers/nets/kernels"
)

// The loss and every gradient of a cnn on images of 3x9x10 pixels, where both
// poolings drop something, agree with PyTorch in float64 to 1e-5 and to 1e-4 of the
// largest gradient of each parameter. It needs Debian's python3-torch.
func TestCNNGradientsInTorch(t *testing.T) {
	eachLevel(t, func(t *testing.T, l kernels.Level) {
		n, params := cnnFixture(t, l, 0)
		if err := n.run(); err != nil {
			t.Fatal(err)
		}
		var want struct {
			Loss      float64
			Gradients [][]float64
		}
		askTorch(t, map[string]any{
			"shape": []int{3, 9, 10}, "x": floats(n.x), "labels": n.labels.Data(), "rows": floats(n.rows),
			"offset": floats(n.offset), "parameters": params.snapshot(),
		}, &want)
		if math.Abs(n.loss.loss-want.Loss) > 1e-5*want.Loss {
			t.Errorf("loss %v; PyTorch %v", n.loss.loss, want.Loss)
		}
		for k, grad := range n.grads() {
			if len(want.Gradients[k]) != len(grad) {
				t.Fatalf("parameter %d: %d gradients; PyTorch %d", k, len(grad), len(want.Gradients[k]))
			}
			var largest, worst float64
			for i, g := range want.Gradients[k] {
				largest, worst = max(largest, math.Abs(g)), max(worst, math.Abs(g-float64(grad[i])))
			}
			t.Logf("parameter %d: largest gradient %.3g, largest difference %.2g of it", k, largest, worst/largest)
			if !(worst <= 1e-4*largest) {
				t.Errorf("parameter %d: gradients differ by %v; the largest is %v", k, worst, largest)
			}
		}
	})
}

func askTorch(t *testing.T, question, answer any) {
	t.Helper()
	text, err := json.Marshal(question)
	if err != nil {
		t.Fatal(err)
	}
	var complaints bytes.Buffer
	cmd := exec.CommandContext(t.Context(), "/usr/bin/python3", "../../../bench/torch_gradients.py")
	cmd.Stdin, cmd.Stderr = bytes.NewReader(text), &complaints
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("torch_gradients.py: %v\n%s", err, complaints.Bytes())
	}
	if err := json.Unmarshal(out, answer); err != nil {
		t.Fatal(err)
	}
}
