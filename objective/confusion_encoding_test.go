package objective_test

import (
	"bytes"
	"encoding"
	"encoding/json"
	"math/rand/v2"
	"strings"
	"testing"

	"evenkeel/objective"
)

var (
	_ encoding.BinaryAppender    = (*objective.Confusion)(nil)
	_ encoding.BinaryUnmarshaler = (*objective.Confusion)(nil)
	_ json.Marshaler             = (*objective.Confusion)(nil)
	_ json.Unmarshaler           = (*objective.Confusion)(nil)
)

func binaryOf(t *testing.T, c *objective.Confusion) []byte {
	t.Helper()
	b, err := c.AppendBinary(nil)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestConfusionRoundTrips(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(2, 2))
	for range 500 {
		c := randomMatrix(rng)
		var fromJSON, fromBinary objective.Confusion
		text, err := json.Marshal(c)
		if err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(text, &fromJSON); err != nil || !fromJSON.Equal(c) || fromJSON.Total() != c.Total() {
			t.Fatalf("%s comes back as %v (%v)", text, fromJSON.Rows(), err)
		}
		if err := fromBinary.UnmarshalBinary(binaryOf(t, c)); err != nil || !fromBinary.Equal(c) || fromBinary.Total() != c.Total() {
			t.Fatalf("%s comes back from binary as %v (%v)", text, fromBinary.Rows(), err)
		}
	}
}

// The forms are stored and sent: they may not change. The bytes follow from
// the definition of a varint: 300 is 44 + 2*128.
func TestConfusionForms(t *testing.T) {
	t.Parallel()
	c := confusionOf(t, [][]int64{{9, 300}, {0, 8}})
	text, err := json.Marshal(map[string]any{"confusion": c})
	if want := `{"confusion":[[9,300],[0,8]]}`; err != nil || string(text) != want {
		t.Errorf("%s, %v; want %s", text, err, want)
	}
	b, err := c.AppendBinary([]byte("x"))
	if want := []byte{'x', 2, 9, 0x80 | 44, 2, 0, 8}; err != nil || !bytes.Equal(b, want) {
		t.Errorf("%v, %v; want %v", b, err, want)
	}
}

func TestWrongJSONIsRefused(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		`[]`:                         "no rows",
		`null`:                       "no rows",
		`[[]]`:                       "row 0 has 0 columns; want 1",
		`[[1,2],[3]]`:                "row 1 has 1 columns; want 2",
		`[[1,2],null]`:               "row 1 has 0 columns; want 2",
		`[[1,null],[3,4]]`:           "row 0, column 1 is not a whole number",
		`[[1,2],[3.5,4]]`:            "row 1, column 0 is not a whole number",
		`[[1,2],[3,1e3]]`:            "row 1, column 1 is not a whole number",
		`[[1,2],[3,"4"]]`:            "row 1, column 1 is not a whole number",
		`[[1,2],[3,[4]]]`:            "row 1, column 1 is not a whole number",
		`[[1,2],[3,-4]]`:             "row 1, column 1 is -4",
		`[[9007199254740992]]`:       "row 0, column 0 is 9007199254740992",
		`[[99999999999999999999]]`:   "row 0, column 0 is not a whole number",
		`{"rows":[[1]]}`:             "want an array of rows of counts",
		`[1,2]`:                      "want an array of rows of counts",
		`[[9007199254740991,1],[0]]`: "row 1 has 1 columns",
	} {
		c := confusionOf(t, [][]int64{{7}})
		err := c.UnmarshalJSON([]byte(text))
		refused(t, err, want)
		if !c.Equal(confusionOf(t, [][]int64{{7}})) {
			t.Errorf("%s changed the matrix it failed to replace", text)
		}
	}
}

func TestWrongBinaryIsRefused(t *testing.T) {
	t.Parallel()
	good := binaryOf(t, confusionOf(t, [][]int64{{9, 300}, {0, 8}}))
	for n := range good {
		var c objective.Confusion
		if c.UnmarshalBinary(good[:n]) == nil {
			t.Errorf("the first %d of %d bytes are accepted", n, len(good))
		}
	}
	for data, want := range map[string]string{
		"\x00":                     "0 classes in 1 bytes",
		"\x01\x05\x05":             "1 bytes after the last count; want none",
		"\x01\x85\x00":             "no shortest varint at byte 1 of 3",
		"\xff\xff\xff\xff\x0f\x01": "4294967295 classes in 6 bytes",
		"\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01\x01":     "classes in 11 bytes",
		"\x01\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01":     "row 0, column 0 is 9223372036854775807",
		"\x01\x80\x80\x80\x80\x80\x80\x80\x10":             "row 0, column 0 is 9007199254740992; want a count",
		"\x01\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01": "no shortest varint at byte 1",
		"\x02\x01\x01\x01\xff\xff\xff\xff\xff\xff\xff\x0f": "sum to 9007199254740994",
	} {
		c := confusionOf(t, [][]int64{{7}})
		refused(t, c.UnmarshalBinary([]byte(data)), want)
		if !c.Equal(confusionOf(t, [][]int64{{7}})) {
			t.Errorf("%x changed the matrix it failed to replace", data)
		}
	}
}

// FuzzConfusionBinary: what is accepted has exactly one form.
func FuzzConfusionBinary(f *testing.F) {
	f.Add([]byte{1, 5})
	f.Add([]byte{2, 9, 0x80 | 44, 2, 0, 8})
	f.Add([]byte{0xff, 0xff, 0xff, 0xff, 0x0f, 1})
	f.Fuzz(func(t *testing.T, data []byte) {
		var c objective.Confusion
		if c.UnmarshalBinary(data) != nil {
			return
		}
		if again := binaryOf(t, &c); !bytes.Equal(again, data) {
			t.Fatalf("%x is read as %v, which is %x", data, c.Rows(), again)
		}
		consistent(t, &c)
	})
}

// FuzzConfusionJSON: what is accepted is a square matrix of counts in range.
func FuzzConfusionJSON(f *testing.F) {
	f.Add(`[[1]]`)
	f.Add(`[[9,1],[2,8]]`)
	f.Add(`[[1,null],[3,4]]`)
	f.Add(`[[1e3]]`)
	f.Fuzz(func(t *testing.T, text string) {
		var c, again objective.Confusion
		if json.Unmarshal([]byte(text), &c) != nil || strings.TrimSpace(text) == "null" {
			return
		}
		consistent(t, &c)
		b, err := json.Marshal(&c)
		if err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(b, &again); err != nil || !again.Equal(&c) {
			t.Fatalf("%s is read as %s, which does not come back: %v", text, b, err)
		}
	})
}

// FuzzConfusionLabels: every pair of labels is counted once, or all are refused.
func FuzzConfusionLabels(f *testing.F) {
	f.Add(3, []byte{0, 1, 2, 2}, []byte{0, 1, 1, 2})
	f.Add(1, []byte{}, []byte{0})
	f.Fuzz(func(t *testing.T, classes int, truth, predicted []byte) {
		if classes > 300 {
			return
		}
		wide := func(b []byte) []uint16 {
			l := make([]uint16, len(b))
			for i, v := range b {
				l[i] = uint16(v)
			}
			return l
		}
		c, err := objective.ConfusionFromLabels(classes, wide(truth), wide(predicted))
		if err != nil {
			return
		}
		if c.Total() != int64(len(truth)) {
			t.Fatalf("total %d of %d examples", c.Total(), len(truth))
		}
		consistent(t, c)
	})
}

// consistent asserts what holds for every matrix.
func consistent(t *testing.T, c *objective.Confusion) {
	t.Helper()
	rows := c.Rows()
	var total, support, predicted int64
	for i, row := range rows {
		if len(row) != len(rows) {
			t.Fatalf("row %d has %d of %d columns", i, len(row), len(rows))
		}
		for j, n := range row {
			if n < 0 || n >= 1<<53 || n != c.At(i, j) {
				t.Fatalf("row %d, column %d is %d", i, j, n)
			}
			total += n
		}
		support += c.Support()[i]
		predicted += c.Predicted()[i]
	}
	if len(rows) < 1 || total != c.Total() || support != total || predicted != total || total >= 1<<53 {
		t.Fatalf("sums of %v: total %d, support %d, predicted %d", rows, c.Total(), support, predicted)
	}
	for _, s := range objective.Spreads() {
		if v := s.Of(c.Recall()); !(v >= 0 && v <= undefined(s, c.Classes())*(1+1e-12)) {
			t.Fatalf("%s of %v is %v; want from 0 to %v", s, c.Recall(), v, undefined(s, c.Classes()))
		}
	}
}
