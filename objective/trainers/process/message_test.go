//go:build unix

package process

import (
	"bufio"
	"encoding/json"
	"errors"
	"io"
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"

	"evenkeel/objective"
)

// TestRequest: what goes to the program is what the contract shows.
func TestRequest(t *testing.T) {
	spec := objective.Spec{
		Schema: 1, Trainer: "command", Seed: 7,
		Model: map[string]any{"kind": "command", "epochs": int64(20), "params.depth": int64(8), "params.rate": 1.0, "params.name": "a", "params.on": true, "params.tiny": 1e-9},
	}
	for _, c := range []struct {
		change func(s *objective.Spec)
		test   bool
		want   string
	}{
		{func(*objective.Spec) {}, false, `{"type":"train","run":"RUN","attempt":0,"seed":7,"class_weights":[1,1,1],"apply":"loss","weights_from":0,"epochs":20,"round":0,` +
			`"params":{"depth":8,"name":"a","on":true,"rate":1.0,"tiny":1e-9},"parts":["train","val"],"dir":"","start_from":null,"save_to":null}`},
		{func(s *objective.Spec) { s.Weights, s.Apply, s.WeightsFrom = []float32{0.1, 2, 0.9}, "logit", 0.5 }, true,
			`{"type":"train","run":"RUN","attempt":0,"seed":7,"class_weights":[0.1,2,0.9],"apply":"logit","weights_from":0.5,"epochs":20,` +
				`"params":{"depth":8,"name":"a","on":true,"rate":1.0,"tiny":1e-9},"parts":["train","val","test"],"dir":"","start_from":null,"save_to":null}`},
	} {
		s := spec
		c.change(&s)
		r, err := newRequest(objective.Job{Spec: s, Test: c.test}, 3)
		if err != nil {
			t.Fatal(err)
		}
		if id, err := s.ID(); err != nil || r.Run != string(id[:16]) {
			t.Errorf("run is %q; want the first 16 digits of %s", r.Run, id)
		}
		if r.TestShape {
			t.Error("the shape of the test part is asked for, and the job does not")
		}
		r.Run = "RUN"
		if got, err := json.Marshal(r); err != nil || string(got) != c.want {
			t.Errorf("request (error %v)\n%s\nwant\n%s", err, got, c.want)
		}
	}
}

// TestTestShape: what a program says of its test part, and only where it was asked.
func TestTestShape(t *testing.T) {
	info := &objective.Info{Classes: []string{"a", "b"}}
	for text, c := range map[string]struct {
		want  *objective.TestShape
		fault string
	}{
		``:                   {},
		`,"test_shape":null`: {},
		`,"test_shape":{"examples":[3,4],"predictions":true}`: {want: &objective.TestShape{Examples: []int64{3, 4}, Predictions: true}},
		`,"test_shape":{"examples":[3,4]}`:                    {want: &objective.TestShape{Examples: []int64{3, 4}}},
		`,"test_shape":{"examples":[]}`:                       {want: &objective.TestShape{}},
		`,"test_shape":{}`:                                    {want: &objective.TestShape{}},
		`,"test_shape":{"examples":[3]}`:                      {fault: "test_shape.examples has 1 entries"},
		`,"test_shape":{"examples":[3,0]}`:                    {fault: "test_shape.examples of class 1 is 0"},
		`,"test_shape":{"examples":[3,-1]}`:                   {fault: "test_shape.examples of class 1 is -1"},
		`,"test_shape":{"examples":7}`:                        {fault: "test_shape.examples is 7"},
	} {
		l := line{data: []byte(`{"type":"result","run":"r","class_weights":[1,1],"val":{"confusion":[[1,2],[3,4]]}` + text + `}`)}
		for _, asked := range []bool{true, false} {
			r := newResult(2)
			if err := decode(l, head{}, r); err != nil {
				t.Fatal(err)
			}
			out, err := r.read(train{ClassWeights: []float32{1, 1}, TestShape: asked}, info, testFolder(t, nil))
			switch {
			case !asked && (err != nil || out.TestShape != nil):
				t.Errorf("%s, not asked: %+v, %v; want none", text, out, err)
			case asked && c.fault != "" && (err == nil || !strings.Contains(err.Error(), c.fault)):
				t.Errorf("%s: error %v; want %q", text, err, c.fault)
			case asked && c.fault == "" && (err != nil || !reflect.DeepEqual(out.TestShape, c.want)):
				t.Errorf("%s: %+v, %v; want %+v", text, out, err, c.want)
			}
		}
	}
	r, err := newRequest(objective.Job{Spec: objective.Spec{Model: map[string]any{"epochs": int64(1)}}, TestShape: true}, 2)
	if err != nil {
		t.Fatal(err)
	}
	if b, err := json.Marshal(r); err != nil || !strings.Contains(string(b), `"parts":["train","val"]`) || !strings.Contains(string(b), `"test_shape":true`) {
		t.Errorf("request %s, %v; want test_shape, and no test part", b, err)
	}
}

func TestCount(t *testing.T) {
	for s, want := range map[string]int64{"0": 0, "-0": 0, "7": 7, "7.0": 7, "1e3": 1000, "12.5e1": 125, "9007199254740991": 1<<53 - 1} {
		if n, err := count(s); err != nil || n != want {
			t.Errorf("count %s: %d, %v; want %d", s, n, err, want)
		}
	}
	for s, word := range map[string]string{
		"-1": "from 0", "1.5": "an integer", "1e-3": "an integer", "9007199254740992": "below 2^53", "1e19": "below 2^53", "1e999": "below 2^53", "-1e999": "from 0",
		`"1"`: "an integer", "null": "an integer", "true": "an integer", "[]": "an integer",
	} {
		if n, err := count(s); err == nil || !strings.Contains(err.Error(), word) {
			t.Errorf("count %s: %d, %v; want an error with %q", s, n, err, word)
		}
	}
}

func TestReadLine(t *testing.T) {
	long := strings.Repeat("y", 3<<20)
	in := bufio.NewReaderSize(strings.NewReader("one\ntwo\n"+long+"\nend"), 64<<10)
	for i, want := range []line{{data: []byte("one\n"), more: true}, {data: []byte("two\n"), more: true}, {data: []byte(long + "\n"), more: true}} {
		if l, err := readLine(in, nil); err != nil || !reflect.DeepEqual(l, want) {
			t.Errorf("line %d: %d bytes, more %v, error %v", i, len(l.data), l.more, err)
		}
	}
	if l, err := readLine(in, nil); !errors.Is(err, io.EOF) || string(l.data) != "end" {
		t.Errorf("at the end: %q, %v; want what is there and io.EOF", l.data, err)
	}
}

// TestLongestLine: the limit itself passes, one byte more does not.
func TestLongestLine(t *testing.T) {
	line := func(n int) *bufio.Reader {
		return bufio.NewReaderSize(io.MultiReader(io.LimitReader(endlessText{}, int64(n-1)), strings.NewReader("\n")), 64<<10)
	}
	if l, err := readLine(line(maxLine), nil); err != nil || l.tooLong || len(l.data) != maxLine {
		t.Errorf("a line of the limit's length: %d bytes, too long: %v, error %v", len(l.data), l.tooLong, err)
	}
	if l, err := readLine(line(maxLine+1), nil); err != nil || !l.tooLong || len(l.data) != excerptLength {
		t.Errorf("a byte more: %d bytes, too long: %v, error %v", len(l.data), l.tooLong, err)
	}
}

type endlessText struct{}

func (endlessText) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = 'z'
	}
	return len(p), nil
}

func TestLongToken(t *testing.T) {
	x := strings.Repeat("x", maxToken)
	for s, want := range map[string]bool{
		`"` + x + `"`:                          false,
		`"` + x + `x"`:                         true,
		`["` + x + `","` + x + `"]`:            false,
		strings.Repeat("1", maxToken+1):        true,
		strings.Repeat(`[1,"a\"b"],`, 1<<18):   false,
		`"` + strings.Repeat(`\"`, maxToken-1): true,
	} {
		if longToken([]byte(s)) != want {
			t.Errorf("longToken of %.20s... (%d bytes) is not %v", s, len(s), want)
		}
	}
}

// FuzzElements compares the walk over an array with the decoder's.
func FuzzElements(f *testing.F) {
	for _, s := range []string{`[]`, ` [ ] `, `[1, 2 ,3]`, `["a,\"]",{"b":[1,2]} , [[],[]],null]`, `["\\"]`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		var want []json.RawMessage
		if json.Unmarshal(b, &want) != nil || want == nil {
			return
		}
		var l list
		if err := json.Unmarshal(b, &l); err != nil || l.fault != nil || l.length() != len(want) {
			t.Fatalf("%s: %d elements, errors %v, %v; want %d", b, l.length(), err, l.fault, len(want))
		}
		for i, w := range want {
			if l.items[i] != string(w) {
				t.Fatalf("%s: element %d is %s; want %s", b, i, l.items[i], w)
			}
		}
	})
}

// FuzzMessages feeds anything to everything that reads messages. What passes must
// be what the rest of the program relies on.
func FuzzMessages(f *testing.F) {
	for _, s := range []string{
		`{"type":"ready","protocol":1,"classes":["a","b"],"data":"d","version":"v","supports":["loss"],"train_counts":[1,2]}`,
		`{"type":"epoch","run":"r","epoch":1,"loss":0.5}`,
		`{"type":"result","run":"r","class_weights":[1,1],"val":{"confusion":[[1,2],[3,4]]},"train":{"confusion":[[1,0],[0,1]]}}`,
		`{"type":"result","run":"r","class_weights":[1,1],"val":{"confusion":[[1,2],[3,4]]},"test_shape":{"examples":[3,4],"predictions":true}}`,
		`{"type":"error","run":"r","message":"m","retry":true}`,
		`{"type":"epoch","loss":NaN}`, `null`, `[]`, ``, "\x00",
	} {
		f.Add([]byte(s))
	}
	info := &objective.Info{Classes: []string{"a", "b"}}
	f.Fuzz(func(t *testing.T, b []byte) {
		l := line{data: b}
		h, err := readHead(l)
		if err != nil {
			return
		}
		if ready, err := readReady(l); err == nil && (len(ready.Classes) < 2 || ready.Data == "" || ready.Version == "" || len(ready.Supports) == 0) {
			t.Errorf("accepted %+v", ready)
		}
		if e, err := readEpoch(l, h, nil, 0); err == nil && (e.Epoch < 1 || math.IsInf(e.Loss, 0)) {
			t.Errorf("accepted %+v", e)
		}
		r := newResult(2)
		if decode(l, h, r) != nil {
			return
		}
		out, err := r.read(train{ClassWeights: []float32{1, 1}, Parts: []string{"test"}, TestShape: true}, info, testFolder(t, nil))
		if err == nil {
			if err := out.Check(2); err != nil {
				t.Error(err)
			}
		}
	})
}

func TestAnsweredErrorShowsTheEnd(t *testing.T) {
	e := &answeredError{message: strings.Repeat("frame\n", 10_000) + "ValueError: bad depth\n"}
	if s := e.Error(); len(s) > maxMessage+100 || !strings.HasSuffix(s, "ValueError: bad depth") {
		t.Errorf("error of %d bytes ends %q", len(s), s[len(s)-30:])
	}
	e = &answeredError{message: "Traceback\r\n\x1b[2J\nevenkeel: complete\n"}
	if got, want := e.Error(), "the training program reports: Traceback\n  | "+`\x1b[2J`+"\n  | evenkeel: complete"; got != want {
		t.Errorf("error %q; want %q", got, want)
	}
	if s := (&answeredError{}).Error(); !strings.Contains(s, "no reason given") {
		t.Errorf("error without a message: %q", s)
	}
}

func TestLargest(t *testing.T) {
	if got := largest([]float32{1, 3, 3, 0, -1, -2}, 3); !slices.Equal(got, []uint16{1, 0}) {
		t.Errorf("largest is %v; want the first of equals, [1 0]", got)
	}
}
