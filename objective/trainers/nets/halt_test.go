package nets

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync/atomic"
	"testing"

	G "gorgonia.org/gorgonia"

	"evenkeel/objective"
	"evenkeel/objective/trainers/nets/kernels"
)

// watched is an operation that counts itself, and ends the context of its run at a given one.
type watched struct {
	G.Op
	count *int
	at    int
	end   context.CancelFunc
}

func (w watched) Do(in ...G.Value) (G.Value, error) {
	if *w.count++; *w.count == w.at {
		w.end()
	}
	return w.Op.Do(in...)
}

// watch makes a network end the context in its operation number at, and returns the counter.
func watch(t *testing.T, n *network, at int, end context.CancelFunc) *int {
	t.Helper()
	m, ok := n.vm.(*machine)
	if !ok {
		t.Fatal("a network has another machine")
	}
	count := new(int)
	for i := range m.steps {
		m.steps[i].op = watched{m.steps[i].op, count, at, end}
	}
	return count
}

// haltModels are of every kind, with all that may be in them.
func haltModels() map[string]map[string]any {
	return map[string]map[string]any{
		"softmax": tinyModel("softmax"),
		"mlp":     tinyModel("mlp", "hidden", []int64{8, 8}, "dropout", 0.3),
		"cnn":     tinyModel("cnn", "dropout", 0.3, "augment", "flip"),
		"resnet8": tinyModel("resnet8", "augment", "flip-crop"),
	}
}

// TestNoKernelAfterTheEnd: when its context ends in the middle of an optimiser step or of an
// evaluation, a run of any kind does not begin another operation, and says why it ends.
func TestNoKernelAfterTheEnd(t *testing.T) {
	for kind, model := range haltModels() {
		tr := tinyTrainer(t)
		if kind == "cnn" || kind == "resnet8" {
			tr = imageTrainer(t, "")
		}
		for _, evaluating := range []bool{false, true} {
			for at, all := 1, 1; at <= all; at++ {
				ctx, end := context.WithCancel(t.Context())
				r, err := newRun(ctx, tr, objective.Job{Spec: tinySpec(t, tr, model, 1)}, mustParse(t, model))
				if err != nil {
					t.Fatal(err)
				}
				net := r.net
				if evaluating {
					net = r.eval.net
				}
				all = len(net.vm.(*machine).steps)
				count := watch(t, net, at, end)
				result, err := r.train(ctx)
				if *count != at || !errors.Is(err, context.Canceled) {
					t.Errorf("%s, evaluating %v: %d operations and error %v; want the one in hand, %d of %d, to be the last, and context.Canceled",
						kind, evaluating, *count, err, at, all)
				}
				if err == nil && result != nil {
					t.Errorf("%s: a run that is over has a result", kind)
				}
				r.close()
				end()
			}
		}
	}
}

// ending is work that ends the context in one of its parts.
type ending struct {
	done atomic.Int64
	end  context.CancelFunc
}

func (e *ending) parts(from, to int, _ *kernels.Workspace) {
	for range to - from {
		if e.done.Add(1) == 3 {
			e.end()
		}
	}
}

// TestNoPartAfterTheEnd: work that is long enough for a call a part ends in the part in hand,
// on several threads in those in hand; short work, which is one call, ends with that.
func TestNoPartAfterTheEnd(t *testing.T) {
	const parts = 40
	for threads := 1; threads <= 3; threads++ {
		for _, c := range []struct{ work, least, most int }{{parts * perCall, 3, 2 + threads}, {0, 3, parts}} {
			ctx, end := context.WithCancel(t.Context())
			p := pool{halt: haltWith(ctx)}
			p.start(threads)
			e := &ending{end: end}
			p.do(e, parts, c.work)
			if got := int(e.done.Load()); got < c.least || threads > 1 && got > 2+threads || got > c.most {
				t.Errorf("%d threads, %d multiply-adds: %d parts were done; want %d to %d", threads, c.work, got, c.least, c.most)
			}
			before := e.done.Load()
			p.do(e, parts, c.work)
			if e.done.Load() != before {
				t.Errorf("%d threads: the pool works after the end", threads)
			}
			p.close()
		}
	}
}

// TestNothingAfterTheEnd: what is not an operation of a graph is left out too, or says so.
func TestNothingAfterTheEnd(t *testing.T) {
	ctx, end := context.WithCancel(t.Context())
	tr, model := tinyTrainer(t), tinyModel("mlp")
	r, err := newRun(ctx, tr, objective.Job{Spec: tinySpec(t, tr, model, 1)}, mustParse(t, model))
	if err != nil {
		t.Fatal(err)
	}
	defer r.close()
	r.loader.shuffle(1)
	mustStep(t, r, 0)
	before, x := r.params.snapshot(), slices.Clone(floats(r.net.x))
	grads := r.net.grads()
	end()
	r.opt.step(grads)
	for i, p := range r.params {
		if !slices.Equal(before[i], floats(p)) {
			t.Errorf("the optimiser changes parameter %d after the end", i)
		}
	}
	r.loader.load(1, nil)
	if !slices.Equal(x, floats(r.net.x)) {
		t.Error("a batch is loaded after the end")
	}
	if _, err := r.params.hash(&r.compute.halt); !errors.Is(err, context.Canceled) {
		t.Errorf("the hash of parameters gives error %v after the end; want context.Canceled", err)
	}
	for i, p := range newParameters(1, denseLayers([]int{40, 30, 5}), &r.compute.halt) {
		if slices.ContainsFunc(floats(p), func(x float32) bool { return x != 0 }) {
			t.Errorf("parameter %d is drawn after the end", i)
		}
	}
}

// TestBlocksAreShort: the blocks of the largest products that a study file allows cover the
// result once and take no longer than twice what one call may, or have the least size.
func TestBlocksAreShort(t *testing.T) {
	for threads := 1; threads <= 3; threads++ {
		c := &compute{}
		c.start(threads)
		for _, p := range []struct{ m, n, k int }{
			{128, 256, 784}, {1, 1, 1}, {4096, 8192, 8192}, {65536, 16384, 16384}, {16384, 16384, 65536}, {65536, 3, 1 << 20},
			{3, 65536, 1 << 20}, {1 << 20, 3, 65536}, {31, 33, 1 << 30}, {65536, 10, 784},
		} {
			what := fmt.Sprintf("%d threads, %d x %d with %d terms", threads, p.m, p.n, p.k)
			var area int
			n := c.blocks(p.m, p.n, p.k)
			for i := range n {
				b := c.block(i, p.m, p.n, p.k)
				if b.Rows < 1 || b.Columns < 1 || b.Row+b.Rows > p.m || b.Column+b.Columns > p.n {
					t.Fatalf("%s: block %d is %+v", what, i, b)
				}
				area += b.Rows * b.Columns
				if b.Rows*b.Columns*p.k > 2*perCall && (b.Rows >= 2*rowUnit && b.Columns >= 2*columnUnit) {
					t.Fatalf("%s: block %d is %+v, %d multiply-adds; want at most %d", what, i, b, b.Rows*b.Columns*p.k, 2*perCall)
				}
			}
			if area != p.m*p.n {
				t.Errorf("%s: %d blocks have %d numbers; want %d", what, n, area, p.m*p.n)
			}
			if threads == 1 && p.m*p.n*p.k < perCall && n != 1 {
				t.Errorf("%s: %d blocks; want one call for what is short", what, n)
			}
		}
		c.close()
	}
}

// TestBlocksChangeNothing: a product that takes several calls has the bits of one.
func TestBlocksChangeNothing(t *testing.T) {
	level, err := kernels.Active()
	if err != nil {
		t.Fatal(err)
	}
	const m, n, k = 700, 600, 2600 // just above one call
	c := &compute{level: level}
	d := newDense(c, m, k, n, true, true)
	numbers := func(n int) []float32 {
		x := make([]float32, n)
		fill(x, generator(1, forParameters, n), 1, &halt{})
		return x
	}
	x, w, b := numbers(m*k), numbers(k*n), numbers(n)
	whole := make([]float32, m*n)
	var ws kernels.Workspace
	level.MatMul(&ws, kernels.Block{Rows: m, Columns: n}, whole, x, w, b, m, n, k, true)
	if c.blocks(m, n, k) < 2 {
		t.Fatal("one block: it tests nothing")
	}
	d.now.x, d.now.w, d.now.b = x, w, b
	c.do(d, c.blocks(m, n, k), d.products())
	if !slices.Equal(whole, floats(d.y)) {
		t.Error("a product in blocks differs from the whole one")
	}
}
