package wire_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"raccordo/host/internal/wire"
	"raccordo/host/internal/wire/schema"
)

const protocolDir = "../../../manifests/protocol"

func TestWrittenDocumentsMatchTheStructs(t *testing.T) {
	docs, err := schema.Documents()
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range docs {
		got, err := os.ReadFile(filepath.Join(protocolDir, name))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(want), string(got)); diff != "" {
			t.Errorf("%s has drifted, run go generate ./host/internal/wire (-structs +file):\n%s", name, diff)
		}
	}
}

func TestFaultsAreUnique(t *testing.T) {
	seen := make(map[wire.ErrorCode]bool)
	for _, f := range wire.Faults {
		if seen[f.Code] {
			t.Errorf("%s appears twice", f.Code)
		}
		seen[f.Code] = true
		if f.English == "" || f.RPC >= 0 || f.Hop == "" {
			t.Errorf("%s: incomplete row", f.Code)
		}
	}
}

// compiled gives the schema of one $def of the written document.
func compiled(t *testing.T) func(def string) *jsonschema.Schema {
	t.Helper()
	c := jsonschema.NewCompiler()
	location := filepath.Join(protocolDir, schema.SchemaFile)
	return func(def string) *jsonschema.Schema {
		t.Helper()
		s, err := c.Compile(location + "#/$defs/" + def)
		if err != nil {
			t.Fatalf("compile %s: %v", def, err)
		}
		return s
	}
}

func instance(t *testing.T, raw []byte) any {
	t.Helper()
	v, err := jsonschema.UnmarshalJSON(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func sameJSON(t *testing.T, got, want []byte) string {
	t.Helper()
	var g, w any
	if err := json.Unmarshal(got, &g); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(want, &w); err != nil {
		t.Fatal(err)
	}
	return cmp.Diff(w, g)
}
