package wire_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"raccordo/host/internal/wire"
)

// vector is one golden frame of manifests/protocol/vectors.
type vector struct {
	Name      string          `json:"name"`
	Direction string          `json:"direction"` // to_host or from_host
	Of        string          `json:"of"`        // method that a response answers
	Frame     json.RawMessage `json:"frame"`
	Raw       *string         `json:"raw"` // instead of Frame: bytes that are not JSON
	Expect    string          `json:"expect"`
}

func vectors(t *testing.T, direction string) []vector {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(protocolDir, "vectors", "*.json"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no vectors: %v", err)
	}
	var out []vector
	for _, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var v vector
		d := json.NewDecoder(bytes.NewReader(raw))
		d.DisallowUnknownFields()
		if err := d.Decode(&v); err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		if v.Name != strings.TrimSuffix(filepath.Base(file), ".json") {
			t.Errorf("%s is named %q inside", file, v.Name)
		}
		if v.Direction == direction {
			out = append(out, v)
		}
	}
	return out
}

func TestVectorsToHost(t *testing.T) {
	def := compiled(t)
	reached := make(map[string]bool)
	for _, v := range vectors(t, "to_host") {
		t.Run(v.Name, func(t *testing.T) {
			body := []byte(v.Frame)
			if v.Raw != nil {
				body = []byte(*v.Raw)
			}
			if got := judge(t, def, body); got != v.Expect {
				t.Errorf("got %s, want %s", got, v.Expect)
			}
			if v.Expect == "valid" {
				var r wire.Request
				if err := json.Unmarshal(body, &r); err != nil {
					t.Fatal(err)
				}
				reached[r.Method] = true
			}
		})
	}
	for _, m := range wire.Methods {
		if !reached[m.Name] {
			t.Errorf("no valid vector for %s", m.Name)
		}
	}
}

// judge is the reference reading of a request: what any implementation of the
// host must answer.
func judge(t *testing.T, def func(string) *jsonschema.Schema, body []byte) string {
	t.Helper()
	switch {
	case len(body) == 0:
		return string(wire.ErrFrameEmpty)
	case !json.Valid(body):
		return string(wire.ErrParse)
	case def("Request").Validate(instance(t, body)) != nil:
		return string(wire.ErrInvalid)
	}
	var r wire.Request
	if err := json.Unmarshal(body, &r); err != nil {
		t.Fatal(err)
	}
	m, ok := wire.LookupMethod(r.Method)
	if !ok {
		return string(wire.ErrMethod)
	}
	if def(reflect.TypeOf(m.Params).Name()).Validate(instance(t, r.Params)) != nil {
		return string(wire.ErrParams)
	}
	return "valid"
}

func TestVectorsFromHost(t *testing.T) {
	def := compiled(t)
	for _, v := range vectors(t, "from_host") {
		t.Run(v.Name, func(t *testing.T) {
			var f struct {
				wire.Response
				Method string          `json:"method"`
				Params json.RawMessage `json:"params"`
			}
			if err := json.Unmarshal(v.Frame, &f); err != nil {
				t.Fatal(err)
			}
			switch {
			case f.Error != nil:
				row := wire.Lookup(f.Error.Data.Code)
				if row.Code != f.Error.Data.Code || row.Hop != f.Error.Data.Hop || row.RPC != f.Error.Code || row.Retryable != f.Error.Data.Retryable {
					t.Errorf("error %+v does not follow its row %+v", f.Error, row)
				}
				roundTrip(t, v.Frame, &wire.Response{})
			case f.Method != "":
				for _, e := range wire.Events {
					if e.Name == f.Method {
						check(t, def, e.Params, f.Params)
						return
					}
				}
				t.Errorf("unknown event %s", f.Method)
			default:
				m, ok := wire.LookupMethod(v.Of)
				if !ok {
					t.Fatalf("answers an unknown method %q", v.Of)
				}
				check(t, def, m.Result, f.Result)
			}
		})
	}
}

// check validates value against the schema of shape and sees that the Go
// struct loses nothing of it.
func check(t *testing.T, def func(string) *jsonschema.Schema, shape any, value []byte) {
	t.Helper()
	if err := def(reflect.TypeOf(shape).Name()).Validate(instance(t, value)); err != nil {
		t.Error(err)
	}
	roundTrip(t, value, reflect.New(reflect.TypeOf(shape)).Interface())
}

func roundTrip(t *testing.T, value []byte, into any) {
	t.Helper()
	if err := json.Unmarshal(value, into); err != nil {
		t.Fatal(err)
	}
	again, err := json.Marshal(into)
	if err != nil {
		t.Fatal(err)
	}
	if diff := sameJSON(t, again, value); diff != "" {
		t.Errorf("round trip through %T (-vector +Go):\n%s", into, diff)
	}
}
