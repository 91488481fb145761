package process

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// protocolVersion is the version of the trainer protocol that this program supports.
const protocolVersion = 1

// The messages that carry nothing of a run's.
var (
	greeting = hello{Type: "hello", Protocol: protocolVersion}
	farewell = bye{Type: "bye"}
)

type hello struct {
	Type     string `json:"type"`
	Protocol int    `json:"protocol"`
}

type bye struct {
	Type string `json:"type"`
}

type stop struct {
	Type string `json:"type"`
	Run  string `json:"run"`
}

// train is a request for a run.
type train struct {
	Type         string         `json:"type"`
	Run          string         `json:"run"`
	Attempt      int            `json:"attempt"`
	Seed         int64          `json:"seed"`
	ClassWeights []float32      `json:"class_weights"`
	Apply        string         `json:"apply"`
	WeightsFrom  float64        `json:"weights_from"`
	Epochs       int64          `json:"epochs"`
	Round        *int           `json:"round,omitempty"`
	Params       map[string]any `json:"params"`
	Parts        []string       `json:"parts"`
	Dir          string         `json:"dir"`
	StartFrom    *string        `json:"start_from"`
	SaveTo       *string        `json:"save_to"`
	TestShape    bool           `json:"test_shape,omitempty"`
}

// head has the fields that every answer begins with.
type head struct {
	Type text `json:"type"`
	Run  text `json:"run"`
}

// ready is the answer to hello.
type ready struct {
	Protocol    number `json:"protocol"`
	Classes     list   `json:"classes"`
	Data        text   `json:"data"`
	Version     text   `json:"version"`
	Supports    list   `json:"supports"`
	TrainCounts list   `json:"train_counts"`
}

// epoch says that an epoch is over. Its matrix is not needed.
type epoch struct {
	Epoch number `json:"epoch"`
	Loss  number `json:"loss"`
}

// failed is the program's own word that a run, or its start, has failed.
type failed struct {
	Message text `json:"message"`
	Retry   bool `json:"retry"`
	// Exiting says that the process ends and takes no further request.
	Exiting bool `json:"exiting"`
}

// result is the answer to train.
type result struct {
	ClassWeights list `json:"class_weights"`
	Stopped      bool `json:"stopped"`
	Val          part `json:"val"`
	Train        part `json:"train"`
	Test         part `json:"test"`
	// TestShape answers the request's; nil where the program does not know it.
	TestShape *shape `json:"test_shape"`
}

// shape says what a part is like, and nothing of what a model does there.
type shape struct {
	Examples    list `json:"examples"`
	Predictions bool `json:"predictions"`
}

// part is one part of the data in a result.
type part struct {
	Confusion   matrix `json:"confusion"`
	Scores      text   `json:"scores"`
	Predictions text   `json:"predictions"`
	Labels      text   `json:"labels"`
}

// newResult returns a result that takes in matrices and weights of the given
// number of classes, so that its memory is bounded.
func newResult(classes int) *result {
	r := &result{ClassWeights: list{most: classes}}
	for _, p := range []*part{&r.Val, &r.Train, &r.Test} {
		p.Confusion.classes = classes
	}
	return r
}

// excerptLength is how much of a faulty message is shown, by the contract.
const excerptLength = 200

// violation says what is wrong with what the program sent, and shows its
// beginning.
func violation(l line, format string, args ...any) error {
	shown, rest := l.data, ""
	if len(shown) > excerptLength {
		shown, rest = shown[:excerptLength], "..."
	}
	return fmt.Errorf("%w; it sent %#q%s", fmt.Errorf(format, args...), strings.ToValidUTF8(strings.TrimRight(string(shown), "\r\n"), "\uFFFD"), rest)
}

// maxToken is the longest text or number of a message: decoding copies these.
const maxToken = 1 << 20

// notFinite finds what Python writes for a loss that JSON has no form for.
var notFinite = regexp.MustCompile(`(?i)^\s*\{.*"loss"\s*:\s*(-?inf(inity)?|nan)\b`)

// readHead checks that a line is a message, and returns what every message has.
func readHead(l line) (head, error) {
	var h head
	if l.tooLong {
		return h, violation(l, "the training program sent more than %d MiB without a newline", maxLine>>20)
	}
	if len(l.data) > maxToken && longToken(l.data) {
		return h, violation(l, "the training program sent a text or a number of more than %d bytes", maxToken)
	}
	err := json.Unmarshal(l.data, &h)
	var syntax *json.SyntaxError
	switch {
	case errors.As(err, &syntax) && notFinite.Match(l.data[:min(len(l.data), 1<<12)]):
		return h, violation(l, "the loss is not finite")
	case errors.As(err, &syntax) || bytes.TrimSpace(l.data)[0] != '{':
		return h, violation(l, "the training program sent a line that is not a message (JSON); standard output is for answers only, everything else belongs on standard error")
	case err != nil:
		return h, violation(l, "the training program sent a message that cannot be read: %w", err)
	}
	return h, nil
}

// decode reads the fields of a message whose head was read.
func decode(l line, h head, into any) error {
	if err := json.Unmarshal(l.data, into); err != nil {
		return violation(l, "the training program sent a %q message that cannot be read: %w", h.Type, err)
	}
	return nil
}

// longToken reports whether a string or number in b is longer than maxToken.
func longToken(b []byte) bool {
	length, quoted := 0, false
	for i := 0; i < len(b); i++ {
		length++
		switch {
		case quoted && b[i] == '\\':
			i++
			length++
		case b[i] == '"':
			quoted = !quoted
			length = 0
		case !quoted && strings.IndexByte("[]{},: \t\r\n", b[i]) >= 0:
			length = 0
		}
		if length > maxToken {
			return true
		}
	}
	return false
}

// text is a string of a message; null is the empty one.
type text string

// maxNumber is the longest number that is read to its end; cut, most others are
// no numbers.
const maxNumber = 1 << 10

// number is a number of a message, or what stood in its place.
type number struct{ raw string }

// UnmarshalJSON keeps the text of the number.
func (n *number) UnmarshalJSON(b []byte) error {
	n.raw = string(b[:min(len(b), maxNumber)])
	return nil
}

// real returns the number and whether there is one: null is none.
func (n number) real() (value float64, given bool, err error) {
	if n.raw == "" || n.raw == "null" {
		return 0, false, nil
	}
	value, err = strconv.ParseFloat(n.raw, 64)
	if err != nil {
		return value, true, fmt.Errorf("is %s; want a finite number", abridged(n.raw))
	}
	return value, true, nil
}

// abridged shortens a value for an error message.
func abridged(s string) string {
	const most = 40
	if len(s) > most {
		return strings.ToValidUTF8(s[:most], "") + "..."
	}
	return s
}
