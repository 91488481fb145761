//go:build unix

package process

import (
	"bufio"
	"context"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"

	"evenkeel/objective"
	"evenkeel/objective/internal/npy"
	"evenkeel/objective/trainers/trainertest"
)

// peer is a training program as it should be: it answers what a formula gives at
// once. The parameter `fault` makes it fail in the way of that name.
type peer struct {
	lines *bufio.Scanner
	model trainertest.Synthetic
}

// asked is a request as a program reads it.
type asked struct {
	Type         string
	Run          string
	Attempt      int
	Seed         int64
	ClassWeights []float32 `json:"class_weights"`
	Apply        string
	Epochs       int64
	Round        *int
	Params       map[string]any
	Parts        []string
	Dir          string
}

// message is an answer, as a map that a fault can change.
type message map[string]any

func (p *peer) say(m any) {
	if _, err := os.Stdout.Write(encode(m)); err != nil {
		os.Exit(1)
	}
}

// encode returns a message as a line.
func encode(m any) []byte {
	b, err := json.Marshal(m)
	if err != nil {
		panic(err)
	}
	return append(b, '\n')
}

// serve is the life of the program.
func (p *peer) serve() {
	p.model.Response = 1
	p.respond(p.ready, p.train)
}

// respond reads requests until bye, and answers each.
func (p *peer) respond(ready func() message, train func(asked)) {
	p.lines = bufio.NewScanner(os.Stdin)
	p.lines.Buffer(nil, 1<<24)
	for p.lines.Scan() {
		var q asked
		if err := json.Unmarshal(p.lines.Bytes(), &q); err != nil {
			panic(err)
		}
		switch q.Type {
		case "hello":
			p.say(ready())
		case "train":
			train(q)
		case "bye":
			return
		}
	}
}

// deaf is the life of a program that takes no requests.
func (p *peer) deaf() {
	p.model.Response = 1
	_ = os.Stdin.Close()
	p.say(p.ready())
	forever()
}

// ready says what the environment does not say otherwise.
func (p *peer) ready() message {
	info := p.model.Info()
	version := info.Version
	if name := os.Getenv("TEST_VERSION_FILE"); name != "" {
		b, err := os.ReadFile(name)
		if err != nil {
			panic(err)
		}
		version = string(b)
	}
	return message{
		"type": "ready", "protocol": 1, "classes": info.Classes, "data": info.Data, "version": version,
		"supports": []string{"telepathy", "loss"}, "train_counts": info.TrainCounts, "unknown": []int{1},
	}
}

// train performs a run.
func (p *peer) train(q asked) {
	if name, ok := q.Params["fault"].(string); ok {
		fault, known := faults[name]
		if !known {
			panic("no fault " + name)
		}
		fault(p, q)
		return
	}
	p.say(p.answer(q))
}

// answer computes a run and returns the result message.
func (p *peer) answer(q asked) message {
	spec := objective.Spec{Seed: q.Seed, Model: map[string]any{"epochs": q.Epochs}, Weights: q.ClassWeights}
	test := slices.Contains(q.Parts, "test")
	r, err := p.model.Train(context.Background(), objective.Job{Spec: spec, Test: test, OnEpoch: func(e objective.Epoch) {
		p.say(message{"type": "epoch", "run": q.Run, "epoch": e.Epoch, "loss": e.Loss, "val": message{"confusion": nil}})
	}})
	if err != nil {
		panic(err)
	}
	fmt.Fprintf(os.Stderr, "trained run %s, attempt %d\n", q.Run, q.Attempt)
	val := writePart(q.Dir, "val", r.Val, r.ValLogits, r.ValPredictions, p.model.Info().ValLabels)
	m := message{
		"type": "result", "run": q.Run, "class_weights": q.ClassWeights, "stopped": false, "epochs": q.Epochs,
		"val": val, "train": message{"confusion": r.Train.Rows()}, "unknown": message{"a": 1},
	}
	if test {
		m["test"] = writePart(q.Dir, "test", r.Test, r.TestLogits, r.TestPredictions, r.TestLabels)
	}
	return m
}

// writePart writes what a model says of a part, and returns the part of the answer.
func writePart(dir, name string, m *objective.Confusion, logits []float32, predictions, labels []uint16) message {
	k := m.Classes()
	write(dir, name+".npy", npyFile("<f4", []int{len(logits) / k, k}, logits))
	write(dir, name+"_pred.npy", npyFile("<u2", []int{len(predictions)}, predictions))
	write(dir, name+"_labels.npy", npyFile("<u2", []int{len(labels)}, labels))
	return message{"confusion": m.Rows(), "scores": name + ".npy", "predictions": name + "_pred.npy", "labels": name + "_labels.npy"}
}

func write(dir, name string, b []byte) {
	if err := os.WriteFile(filepath.Join(dir, name), b, 0o666); err != nil {
		panic(err)
	}
}

// npyFile returns a .npy file, format version 1, as numpy writes it.
func npyFile[T float32 | float64 | uint8 | uint16 | int32 | int64](descr string, shape []int, values []T) []byte {
	dims := make([]int64, len(shape))
	for i, n := range shape {
		dims[i] = int64(n)
	}
	head := fmt.Sprintf("{'descr': '%s', 'fortran_order': False, 'shape': %s, }", descr, npy.ShapeText(dims))
	for (10+len(head)+1)%64 != 0 {
		head += " "
	}
	b := append([]byte("\x93NUMPY\x01\x00"), byte(len(head)+1), byte((len(head)+1)>>8))
	b = append(append(b, head...), '\n')
	for _, v := range values {
		switch v := any(v).(type) {
		case float32:
			b = binary.LittleEndian.AppendUint32(b, math.Float32bits(v))
		case float64:
			b = binary.LittleEndian.AppendUint64(b, math.Float64bits(v))
		case uint8:
			b = append(b, v)
		case uint16:
			b = binary.LittleEndian.AppendUint16(b, v)
		case int32:
			b = binary.LittleEndian.AppendUint32(b, uint32(v))
		case int64:
			b = binary.LittleEndian.AppendUint64(b, uint64(v))
		}
	}
	return b
}
