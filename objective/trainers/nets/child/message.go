package child

import (
	"encoding/gob"
	"errors"
	"fmt"
	"io"

	"evenkeel/objective"
)

// request asks for one run. Package gob knows all that a spec may hold.
type request struct {
	Spec            objective.Spec
	Test, TestShape bool
}

// answer is an epoch, or the end of a run: a result or an error.
type answer struct {
	Epoch  *objective.Epoch
	Result *result
	Error  string
}

// result is an [objective.Result] with matrices as bytes, since gob does not know them.
type result struct {
	Val, Train, Test                []byte // nil for none
	ValPredictions, TestPredictions []uint16
	ValLogits, TestLogits           []float32
	ValLabels, TestLabels           []uint16
	TestShape                       *objective.TestShape
	Epochs                          []objective.Epoch
	Stopped                         bool
	Parameters                      string
	Seconds                         float64
	Log                             string
}

// pack makes an answer of a result.
func pack(r *objective.Result) (answer, error) {
	p := &result{
		ValPredictions: r.ValPredictions, TestPredictions: r.TestPredictions, ValLogits: r.ValLogits, TestLogits: r.TestLogits,
		ValLabels: r.ValLabels, TestLabels: r.TestLabels, TestShape: r.TestShape,
		Epochs: r.Epochs, Stopped: r.Stopped, Parameters: r.Parameters, Seconds: r.Seconds, Log: r.Log,
	}
	for _, m := range []struct {
		from *objective.Confusion
		to   *[]byte
	}{{r.Val, &p.Val}, {r.Train, &p.Train}, {r.Test, &p.Test}} {
		if m.from == nil {
			continue
		}
		var err error
		if *m.to, err = m.from.AppendBinary(nil); err != nil {
			return answer{}, err
		}
	}
	return answer{Result: p}, nil
}

// unpack makes a result of an answer.
func (a answer) unpack() (*objective.Result, error) {
	p := a.Result
	if p == nil {
		return nil, errors.New("the training process answered without a result")
	}
	r := &objective.Result{
		ValPredictions: p.ValPredictions, TestPredictions: p.TestPredictions, ValLogits: p.ValLogits, TestLogits: p.TestLogits,
		ValLabels: p.ValLabels, TestLabels: p.TestLabels, TestShape: p.TestShape,
		Epochs: p.Epochs, Stopped: p.Stopped, Parameters: p.Parameters, Seconds: p.Seconds, Log: p.Log,
	}
	for _, m := range []struct {
		from []byte
		to   **objective.Confusion
	}{{p.Val, &r.Val}, {p.Train, &r.Train}, {p.Test, &r.Test}} {
		if m.from == nil {
			continue
		}
		*m.to = new(objective.Confusion)
		if err := (*m.to).UnmarshalBinary(m.from); err != nil {
			return nil, fmt.Errorf("the training process answered with a matrix that cannot be read: %w", err)
		}
	}
	return r, nil
}

// wire is one end of the pipes.
type wire struct {
	in  *gob.Decoder
	out *gob.Encoder
}

func newWire(in io.Reader, out io.Writer) *wire {
	return &wire{gob.NewDecoder(in), gob.NewEncoder(out)}
}
