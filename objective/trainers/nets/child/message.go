package child

import (
	"encoding/gob"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"evenkeel/objective"
)

// request asks for one run.
type request struct {
	// Spec is the run as JSON, which has numbers exactly.
	Spec            []byte
	Test, TestShape bool
}

// answer is an epoch, or the end of a run: a result or an error. Matrices are apart, since gob
// does not know them.
type answer struct {
	Epoch  *objective.Epoch
	Result *objective.Result
	// Val, Train and Test are the matrices of the result, nil for none.
	Val, Train, Test []byte
	Error            string
}

// pack takes the matrices out of a result.
func pack(r *objective.Result) (answer, error) {
	plain := *r
	plain.Val, plain.Train, plain.Test = nil, nil, nil
	a := answer{Result: &plain}
	for _, m := range []struct {
		from *objective.Confusion
		to   *[]byte
	}{{r.Val, &a.Val}, {r.Train, &a.Train}, {r.Test, &a.Test}} {
		if m.from == nil {
			continue
		}
		var err error
		if *m.to, err = m.from.AppendBinary(nil); err != nil {
			return a, err
		}
	}
	return a, nil
}

// unpack puts them back.
func (a answer) unpack() (*objective.Result, error) {
	r := a.Result
	if r == nil {
		return nil, errors.New("the training process answered without a result")
	}
	for _, m := range []struct {
		from []byte
		to   **objective.Confusion
	}{{a.Val, &r.Val}, {a.Train, &r.Train}, {a.Test, &r.Test}} {
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

// specOf reads the run of a request.
func (r request) specOf() (spec objective.Spec, err error) {
	err = json.Unmarshal(r.Spec, &spec)
	return spec, err
}
