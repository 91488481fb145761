//go:build linux

package main

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"time"
)

// The variables that say how the trainer behaves. They are no part of a run's identity, so a
// study that was searched with a hostile trainer can be continued with an honest one.
const (
	behaviourVariable = "ATTACK_BEHAVIOUR" // a name of behaviours; absent is honest
	afterVariable     = "ATTACK_AFTER"     // how many runs each process answers honestly first
	delayVariable     = "ATTACK_DELAY"     // how long a run takes
	plainVariable     = "ATTACK_PLAIN"     // anything: matrices only, no files
)

// The trainer's classes and examples of each class, in validation and in the test part.
const (
	peerClasses = 3
	valOfClass  = 30
	testOfClass = 40
)

// request is a message to the trainer.
type request struct {
	Type         string    `json:"type"`
	Run          string    `json:"run"`
	Seed         uint64    `json:"seed"`
	ClassWeights []float64 `json:"class_weights"`
	Epochs       int       `json:"epochs"`
	Parts        []string  `json:"parts"`
	TestShape    bool      `json:"test_shape"`
	Dir          string    `json:"dir"`
}

// message is an answer.
type message map[string]any

// peer is the trainer: it computes logits from seed, weights and epochs, and trains nothing.
type peer struct {
	in        *bufio.Reader
	misbehave func(*peer, request) bool // reports whether it has answered, or nil
	after     int
	delay     time.Duration
	answered  int
}

// serve is the trainer's main function. It returns the exit status.
func serve() int {
	p := &peer{in: bufio.NewReaderSize(os.Stdin, 1<<20)}
	if name := os.Getenv(behaviourVariable); name != "" {
		if p.misbehave = behaviours[name]; p.misbehave == nil {
			fmt.Fprintf(os.Stderr, "no behaviour %q\n", name)
			return 9
		}
		p.after, _ = strconv.Atoi(os.Getenv(afterVariable)) // 0 if absent
	}
	p.delay, _ = time.ParseDuration(os.Getenv(delayVariable)) // 0 if absent
	for {
		line, err := p.in.ReadBytes('\n')
		if err != nil {
			return 0
		}
		var q request
		if json.Unmarshal(line, &q) != nil {
			return 8
		}
		switch q.Type {
		case "hello":
			p.hello(q)
		case "train":
			p.train(q)
		case "bye":
			return 0
		}
	}
}

// hello answers the first message. Behaviours see it as a request without a run.
func (p *peer) hello(q request) {
	if p.misbehave != nil && p.misbehave(p, q) {
		return
	}
	p.say(p.ready())
}

// ready is the honest answer to hello.
func (p *peer) ready() message {
	return message{
		"type": "ready", "protocol": 1, "classes": []string{"low", "middle", "high"}, "data": "attack/v1", "version": "1",
		"supports": []string{"loss"}, "train_counts": []int{100, 100, 100},
	}
}

// train answers a request for a run.
func (p *peer) train(q request) {
	time.Sleep(p.delay)
	hostile := p.misbehave != nil && p.answered >= p.after
	if hostile && p.misbehave(p, q) {
		return
	}
	p.answered++
	p.say(message{"type": "epoch", "run": q.Run, "epoch": 1, "loss": 0.5})
	p.say(p.result(q))
}

// say sends a message.
func (p *peer) say(m message) {
	b, err := json.Marshal(m)
	if err != nil {
		panic(err) // messages hold finite numbers and texts
	}
	p.write(append(b, '\n'))
}

// write sends bytes, or ends where nobody reads.
func (p *peer) write(b []byte) {
	if _, err := os.Stdout.Write(b); err != nil {
		os.Exit(7)
	}
}

// result is the honest answer to a request.
func (p *peer) result(q request) message {
	m := message{"type": "result", "run": q.Run, "class_weights": q.ClassWeights, "val": p.part(q, "val", valOfClass)}
	for _, part := range q.Parts {
		if part == "test" {
			m["test"] = p.part(q, "test", testOfClass)
		}
	}
	if q.TestShape {
		m["test_shape"] = message{"examples": []int{testOfClass, testOfClass, testOfClass}, "predictions": true}
	}
	return m
}

// part writes the files of a part and returns what the answer says of it.
func (p *peer) part(q request, name string, ofClass int) message {
	scores, labels := peerScores(q, name, ofClass)
	confusion := [peerClasses][peerClasses]int{}
	for i, y := range labels {
		top := 0
		for c := range peerClasses {
			if scores[i*peerClasses+c] > scores[i*peerClasses+top] {
				top = c
			}
		}
		confusion[y][top]++
	}
	if os.Getenv(plainVariable) != "" {
		return message{"confusion": confusion}
	}
	p.file(q, name+".npy", "<f4", fmt.Sprintf("(%d, %d)", len(labels), peerClasses), scores)
	p.file(q, name+"-labels.npy", "<u2", fmt.Sprintf("(%d,)", len(labels)), labels)
	return message{"confusion": confusion, "scores": name + ".npy", "labels": name + "-labels.npy"}
}

// peerScores returns logits and labels of a part. A class's logit is higher for its own
// examples by 2, 1.5 and .7, has noise that belongs to the example and less of it that belongs to
// the seed, and rises with the logarithm of the class's weight.
func peerScores(q request, part string, ofClass int) (scores []float32, labels []uint16) {
	skill := []float64{2, 1.5, 0.7}
	examples := rand.New(rand.NewPCG(uint64(len(part)), 1))
	seeds := rand.New(rand.NewPCG(q.Seed, uint64(len(part))))
	for y := range peerClasses {
		for range ofClass {
			labels = append(labels, uint16(y))
			for c := range peerClasses {
				z := examples.NormFloat64() + float64(0.3*seeds.NormFloat64()) - float64(0.1/float64(q.Epochs))
				if c == y {
					z += skill[c]
				}
				if c < len(q.ClassWeights) {
					z += float64(0.7 * math.Log(q.ClassWeights[c]))
				}
				scores = append(scores, float32(z))
			}
		}
	}
	return scores, labels
}

// file writes an array in NumPy's format into the folder of the run.
func (p *peer) file(q request, name, descr, shape string, values any) {
	if err := os.WriteFile(filepath.Join(q.Dir, name), npyFile(descr, shape, values), 0o600); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(6)
	}
}

// npyFile is an array in NumPy's format, version 1.0. Values of a fixed size are written in
// little-endian order.
func npyFile(descr, shape string, values any) []byte {
	header := fmt.Sprintf("{'descr': '%s', 'fortran_order': False, 'shape': %s, }", descr, shape)
	for (len(header)+11)%64 != 0 {
		header += " "
	}
	var b bytes.Buffer
	b.WriteString("\x93NUMPY\x01\x00")
	_ = binary.Write(&b, binary.LittleEndian, uint16(len(header)+1)) // to a buffer
	b.WriteString(header + "\n")
	if values != nil {
		_ = binary.Write(&b, binary.LittleEndian, values) // to a buffer
	}
	return b.Bytes()
}
