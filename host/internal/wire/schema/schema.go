// Package schema turns the Go structs of package wire into the two documents
// that other languages read: a JSON Schema (2020-12) of every message and the
// table of methods, events and error codes. It is used by go generate and by
// the test that fails when the written documents have drifted; no product
// binary imports it.
//
// Whatever can be reached from params is closed (an unknown member is
// refused); results and events are open. A struct that serves both ways
// appears twice, its open twin with the suffix "Out".
package schema

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"

	"github.com/invopop/jsonschema"

	"raccordo/host/internal/wire"
)

// The file names under manifests/protocol.
const (
	SchemaFile  = "raccordo.schema.json"
	MethodsFile = "methods.json"
)

const (
	id   = "https://raccordo.example/protocol/" + SchemaFile
	refs = "#/$defs/"
)

// Documents renders both files. The current folder must be that of package
// wire: its comments become the descriptions.
func Documents() (map[string][]byte, error) {
	defs, err := definitions()
	if err != nil {
		return nil, err
	}
	doc := &jsonschema.Schema{
		Version:     jsonschema.Version,
		ID:          id,
		Title:       "Raccordo protocol",
		Description: "One object per native-messaging frame. Generated from host/internal/wire; the methods are in " + MethodsFile + ".",
		AnyOf:       []*jsonschema.Schema{{Ref: refs + "Request"}, {Ref: refs + "Response"}, {Ref: refs + "Event"}},
		Definitions: defs,
	}
	out := make(map[string][]byte)
	for name, value := range map[string]any{SchemaFile: doc, MethodsFile: methods()} {
		if out[name], err = render(value); err != nil {
			return nil, fmt.Errorf("render %s: %w", name, err)
		}
	}
	return out, nil
}

func render(value any) ([]byte, error) {
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(value); err != nil {
		return nil, err
	}
	return buf.Bytes(), nil
}

// definitions gathers the schema of every struct that crosses the wire.
func definitions() (jsonschema.Definitions, error) {
	defs := jsonschema.Definitions{"ErrorCode": errorCodes()}
	closed, err := reflector(false, nil)
	if err != nil {
		return nil, err
	}
	inbound := []any{wire.Request{}}
	for _, m := range wire.Methods {
		inbound = append(inbound, m.Params)
	}
	collect(defs, closed, inbound)

	shared := make(map[string]bool)
	for name := range defs {
		shared[name] = true
	}
	open, err := reflector(true, shared)
	if err != nil {
		return nil, err
	}
	outbound := []any{wire.Response{}, wire.Event{}}
	for _, m := range wire.Methods {
		outbound = append(outbound, m.Result)
	}
	for _, e := range wire.Events {
		outbound = append(outbound, e.Params)
	}
	collect(defs, open, outbound)
	return defs, nil
}

func collect(into jsonschema.Definitions, r *jsonschema.Reflector, values []any) {
	for _, v := range values {
		for name, def := range r.Reflect(v).Definitions {
			into[name] = def
		}
	}
}

var errorCodeType = reflect.TypeFor[wire.ErrorCode]()

func reflector(open bool, shared map[string]bool) (*jsonschema.Reflector, error) {
	r := &jsonschema.Reflector{
		Anonymous:                 true,
		AllowAdditionalProperties: open,
		Mapper: func(t reflect.Type) *jsonschema.Schema {
			if t == errorCodeType {
				return &jsonschema.Schema{Ref: refs + "ErrorCode"}
			}
			return nil
		},
		Namer: func(t reflect.Type) string { return openName(t.Name(), shared) },
	}
	if err := r.AddGoComments(errorCodeType.PkgPath(), "."); err != nil {
		return nil, fmt.Errorf("read comments of package wire: %w", err)
	}
	return r, nil
}

func openName(name string, shared map[string]bool) string {
	if shared[name] {
		return name + "Out"
	}
	return name
}

func errorCodes() *jsonschema.Schema {
	s := &jsonschema.Schema{Type: "string", Description: "Stable name of what went wrong: never renamed, never reused."}
	for _, f := range wire.Faults {
		s.Enum = append(s.Enum, f.Code)
	}
	return s
}
