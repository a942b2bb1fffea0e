package agent

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
	"unicode/utf8"

	"raccordo/host/internal/frame"
	"raccordo/host/internal/wire"
)

// vector is a golden frame of manifests/protocol/vectors.
type vector struct {
	Name      string          `json:"name"`
	Direction string          `json:"direction"`
	Frame     json.RawMessage `json:"frame"`
	Raw       string          `json:"raw"`
	Expect    wire.ErrorCode  `json:"expect"` // or "valid"
}

func (v vector) body() []byte {
	if v.Frame != nil {
		return v.Frame
	}
	return []byte(v.Raw)
}

// vectors are those that go to the host.
func vectors(tb testing.TB) []vector {
	tb.Helper()
	files, err := filepath.Glob("../../../manifests/protocol/vectors/*.json")
	if err != nil {
		tb.Fatal(err)
	}
	var all []vector
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			tb.Fatal(err)
		}
		var v vector
		if err := json.Unmarshal(text, &v); err != nil {
			tb.Fatalf("%s: %v", file, err)
		}
		if v.Direction == "to_host" {
			all = append(all, v)
		}
	}
	if len(all) < 10 {
		tb.Fatalf("%d golden frames", len(all))
	}
	return all
}

// The envelope of each golden frame is taken or refused as it says; what the
// params are worth is the engine's to say.
func TestVectors(t *testing.T) {
	for _, v := range vectors(t) {
		t.Run(v.Name, func(t *testing.T) {
			if v.Expect == wire.ErrFrameEmpty {
				if len(v.body()) != 0 { // the relay answers it; here it is a goodbye
					t.Errorf("%q is not empty", v.body())
				}
				return
			}
			_, fault := parse(v.body())
			want := wire.ErrorCode("")
			if v.Expect == wire.ErrParse || v.Expect == wire.ErrInvalid {
				want = v.Expect
			}
			got := wire.ErrorCode("")
			if fault != nil {
				got = fault.Data.Code
			}
			if got != want {
				t.Errorf("%q, not %q", got, want)
			}
		})
	}
}

// Any stream of bytes: each frame up to the end or a goodbye gets one answer
// that a browser can read, with the id of its request.
func FuzzDoor(f *testing.F) {
	var whole []byte
	framed := func(body []byte) []byte {
		return append(binary.LittleEndian.AppendUint32(nil, uint32(len(body))), body...)
	}
	for _, v := range vectors(f) {
		f.Add(framed(v.body()))
		if len(v.body()) > 0 {
			whole = append(whole, framed(v.body())...)
		}
	}
	f.Add(whole)
	f.Add([]byte{})
	f.Add([]byte{0, 0, 0, 0})
	f.Add([]byte{255, 255, 255, 127, '{'})
	f.Add(append(framed([]byte(`{"jsonrpc":"2.0","id":"a","method":"status"}`)), 9, 0))
	f.Fuzz(func(t *testing.T, stream []byte) {
		greeting := framed([]byte(`{"raccordo":1}`))
		conn := &recorder{in: bytes.NewReader(append(greeting, stream...))}
		d := newDoor(conn, ready(&fake{}))
		d.serve(t.Context(), t.Context())

		var want []string // the id of each answer
		rest := bytes.NewReader(stream)
		for {
			body, err := frame.Read(rest, wire.MaxFrame)
			if _, tooLarge := err.(*frame.TooLargeError); tooLarge {
				want = append(want, "null")
			}
			if err != nil || len(body) == 0 {
				break
			}
			id := "null"
			if utf8.Valid(body) && wire.IDOf(body) != nil {
				var compact bytes.Buffer
				if err := json.Compact(&compact, wire.IDOf(body)); err != nil {
					t.Fatal(err)
				}
				id = compact.String()
			}
			want = append(want, id)
		}
		counts := map[string]int{}
		for _, id := range want {
			counts[canonical(t, id)]++
		}
		answers := 0
		for out := bytes.NewReader(conn.out.Bytes()); out.Len() > 0; answers++ {
			body, err := frame.Read(out, wire.MaxFrame)
			if err != nil {
				t.Fatalf("the door wrote no frame: %v", err)
			}
			if !utf8.Valid(body) {
				t.Fatalf("not UTF-8: %q", body)
			}
			m := decode(t, body)
			if m.JSONRPC != "2.0" || (m.Result == nil) == (m.Error == nil) {
				t.Fatalf("not an answer: %s", body)
			}
			counts[canonical(t, string(m.ID))]--
		}
		if answers != len(want) {
			t.Fatalf("%d answers to %d frames", answers, len(want))
		}
		for id, n := range counts {
			if n != 0 {
				t.Fatalf("id %s: %d answers are missing", id, n)
			}
		}
	})
}

// canonical is an id as a client compares it: json.Marshal escapes some
// characters of a text.
func canonical(t *testing.T, id string) string {
	t.Helper()
	if id[0] != '"' {
		return id
	}
	var text string
	if err := json.Unmarshal([]byte(id), &text); err != nil {
		t.Fatal(err)
	}
	return "text " + text
}
