package nets

import (
	"fmt"

	G "gorgonia.org/gorgonia"
)

// machine executes a graph node by node on the calling goroutine. It does what
// gorgonia's tape machine does, without its 40 microseconds of hand-over a run:
// the operations own their results, so there is nothing to allocate.
type machine struct {
	steps []machineStep
	// values holds the current value of every node, operands first.
	values []G.Value
	inputs []machineInput
	slots  map[int64]int
	halt   *halt
}

type machineStep struct {
	op       G.Op
	operands []int
	result   int
	in       []G.Value // operands, reused
}

type machineInput struct {
	node *G.Node
	slot int
}

// newMachine orders the nodes of g so that operands come first; the order
// depends only on how the graph was built. The machine stops with h.
func newMachine(g *G.ExprGraph, h *halt) (*machine, error) {
	sorted, err := G.Sort(g)
	if err != nil {
		return nil, fmt.Errorf("order of a network's operations: %w", err)
	}
	m := &machine{values: make([]G.Value, len(sorted)), slots: make(map[int64]int, len(sorted)), halt: h}
	for slot := range sorted {
		n := sorted[len(sorted)-1-slot]
		m.slots[n.ID()] = slot
		if n.Op() == nil {
			m.inputs = append(m.inputs, machineInput{n, slot})
			continue
		}
		step := machineStep{op: n.Op(), result: slot}
		for it := g.From(n.ID()); it.Next(); {
			step.operands = append(step.operands, m.slots[it.Node().ID()])
		}
		step.in = make([]G.Value, len(step.operands))
		m.steps = append(m.steps, step)
	}
	return m, nil
}

// RunAll executes every operation once. When the run is over it ends with the error of its
// context, before the next operation or within the one in hand, whose result is incomplete.
func (m *machine) RunAll() error {
	if err := m.halt.err(); err != nil {
		return err
	}
	for _, in := range m.inputs {
		m.values[in.slot] = in.node.Value()
	}
	for i := range m.steps {
		s := &m.steps[i]
		for j, o := range s.operands {
			s.in[j] = m.values[o]
		}
		v, err := s.op.Do(s.in...)
		if err != nil {
			return fmt.Errorf("operation %v: %w", s.op, err)
		}
		m.values[s.result] = v
		if err := m.halt.err(); err != nil {
			return err
		}
	}
	return nil
}

// Reset prepares for the next RunAll; there is nothing to do.
func (m *machine) Reset() {}

// Close ends the machine; there is nothing to free.
func (m *machine) Close() error { return nil }

// value returns the value of a node after RunAll.
func (m *machine) value(n *G.Node) G.Value { return m.values[m.slots[n.ID()]] }

var _ G.VM = (*machine)(nil)
