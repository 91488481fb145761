package column

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"

	"evenkeel/objective"
)

// The number formats of blobs, by numpy's names.
const (
	Uint8   = "|u1" // classes up to 255
	Uint16  = "<u2" // classes
	Float32 = "<f4" // logits
)

// appendFloat writes a number as the shortest decimal that reads back to the same
// bits. NaN is null (all NaNs are one) and the infinities are +-9e999, which
// SQLite's JSON functions read as such.
func appendFloat(b []byte, v float64) []byte {
	switch {
	case math.IsNaN(v):
		return append(b, "null"...)
	case math.IsInf(v, 1):
		return append(b, "9e999"...)
	case math.IsInf(v, -1):
		return append(b, "-9e999"...)
	default:
		return strconv.AppendFloat(b, v, 'g', -1, 64)
	}
}

// parseFloat reads what appendFloat wrote.
func parseFloat(word string) (float64, error) {
	if word == "null" {
		return math.NaN(), nil
	}
	v, err := strconv.ParseFloat(word, 64)
	if (err != nil && !errors.Is(err, strconv.ErrRange)) || math.IsNaN(v) {
		return 0, fmt.Errorf("%.40q is not a number", word)
	}
	return v, nil
}

// Floats writes numbers as a JSON list. A nil list is nil: NULL.
func Floats(x []float64) any {
	if x == nil {
		return nil
	}
	b := []byte{'['}
	for i, v := range x {
		if i > 0 {
			b = append(b, ',')
		}
		b = appendFloat(b, v)
	}
	return string(append(b, ']'))
}

// ParseFloats reads what Floats wrote.
func ParseFloats(s string) ([]float64, error) {
	inner, ok := strings.CutPrefix(s, "[")
	inner, closed := strings.CutSuffix(inner, "]")
	if !ok || !closed {
		return nil, fmt.Errorf("%.40q is not a list of numbers", s)
	}
	x := []float64{}
	if inner == "" {
		return x, nil
	}
	for word := range strings.SplitSeq(inner, ",") {
		v, err := parseFloat(word)
		if err != nil {
			return nil, err
		}
		x = append(x, v)
	}
	return x, nil
}

// Epochs writes epochs as a JSON list of [epoch, loss, val_loss].
func Epochs(epochs []objective.Epoch) string {
	b := []byte{'['}
	for i, e := range epochs {
		if i > 0 {
			b = append(b, ',')
		}
		b = strconv.AppendInt(append(b, '['), int64(e.Epoch), 10)
		b = appendFloat(append(b, ','), e.Loss)
		b = appendFloat(append(b, ','), e.ValLoss)
		b = append(b, ']')
	}
	return string(append(b, ']'))
}

// ParseEpochs reads what Epochs wrote.
func ParseEpochs(s string) (epochs []objective.Epoch, err error) {
	inner, ok := strings.CutPrefix(s, "[")
	inner, closed := strings.CutSuffix(inner, "]")
	if !ok || !closed {
		return nil, fmt.Errorf("%.40q is not a list of epochs", s)
	}
	for inner != "" {
		entry, rest, _ := strings.Cut(inner, "]")
		inner = strings.TrimPrefix(rest, ",")
		words := strings.Split(strings.TrimPrefix(entry, "["), ",")
		if len(words) != 3 {
			return nil, fmt.Errorf("%.40q is not an epoch", entry)
		}
		var e objective.Epoch
		if e.Epoch, err = strconv.Atoi(words[0]); err != nil {
			return nil, fmt.Errorf("%.40q is not the number of an epoch", words[0])
		}
		if e.Loss, err = parseFloat(words[1]); err != nil {
			return nil, err
		}
		if e.ValLoss, err = parseFloat(words[2]); err != nil {
			return nil, err
		}
		epochs = append(epochs, e)
	}
	return epochs, nil
}

// Ints writes integers as a JSON list.
func Ints[T int | int64](x []T) string {
	b := []byte{'['}
	for i, v := range x {
		if i > 0 {
			b = append(b, ',')
		}
		b = strconv.AppendInt(b, int64(v), 10)
	}
	return string(append(b, ']'))
}

// Classes writes one class per example: a byte each if all fit.
func Classes(x []uint16) (format string, data []byte) {
	narrow := true
	for _, c := range x {
		narrow = narrow && c <= math.MaxUint8
	}
	if narrow {
		data = make([]byte, len(x))
		for i, c := range x {
			data[i] = byte(c)
		}
		return Uint8, data
	}
	data = make([]byte, 2*len(x))
	for i, c := range x {
		binary.LittleEndian.PutUint16(data[2*i:], c)
	}
	return Uint16, data
}

// ParseClasses reads what Classes wrote.
func ParseClasses(format string, data []byte) ([]uint16, error) {
	switch format {
	case Uint8:
		x := make([]uint16, len(data))
		for i, c := range data {
			x[i] = uint16(c)
		}
		return x, nil
	case Uint16:
		if len(data)%2 != 0 {
			return nil, fmt.Errorf("%d bytes of classes; want an even number", len(data))
		}
		x := make([]uint16, len(data)/2)
		for i := range x {
			x[i] = binary.LittleEndian.Uint16(data[2*i:])
		}
		return x, nil
	default:
		return nil, fmt.Errorf("classes in format %.20q; want %s or %s", format, Uint8, Uint16)
	}
}

// Logits writes numbers bit for bit.
func Logits(x []float32) []byte {
	data := make([]byte, 4*len(x))
	for i, v := range x {
		binary.LittleEndian.PutUint32(data[4*i:], math.Float32bits(v))
	}
	return data
}

// ParseLogits reads what Logits wrote.
func ParseLogits(format string, data []byte) ([]float32, error) {
	if format != Float32 {
		return nil, fmt.Errorf("logits in format %.20q; want %s", format, Float32)
	}
	if len(data)%4 != 0 {
		return nil, fmt.Errorf("%d bytes of logits; want a multiple of 4", len(data))
	}
	x := make([]float32, len(data)/4)
	for i := range x {
		x[i] = math.Float32frombits(binary.LittleEndian.Uint32(data[4*i:]))
	}
	return x, nil
}

// ParseMatrix reads a confusion matrix that [objective.Confusion.AppendBinary] wrote.
func ParseMatrix(data []byte) (*objective.Confusion, error) {
	m := new(objective.Confusion)
	if err := m.UnmarshalBinary(data); err != nil {
		return nil, err
	}
	return m, nil
}
