package engine

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"raccordo/host/internal/wire"
	"raccordo/manifests"
)

// rules says who may ask what, in which form.
type rules struct {
	params     map[string]*jsonschema.Schema // by method
	extensions map[string]bool
}

const schemaFile = "protocol/raccordo.schema.json"

func newRules() (*rules, error) {
	r := &rules{params: map[string]*jsonschema.Schema{}, extensions: map[string]bool{}}
	ids, err := fs.ReadFile(manifests.Files, "native/ids.json")
	if err != nil {
		return nil, err
	}
	var known struct{ Chromium, Firefox string }
	if err := json.Unmarshal(ids, &known); err != nil {
		return nil, fmt.Errorf("native/ids.json: %w", err)
	}
	r.extensions["chromium:"+known.Chromium] = true
	r.extensions["firefox:"+known.Firefox] = true

	text, err := fs.ReadFile(manifests.Files, schemaFile)
	if err != nil {
		return nil, err
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		return nil, err
	}
	compiler := jsonschema.NewCompiler()
	if err := compiler.AddResource("raccordo.json", doc); err != nil {
		return nil, err
	}
	for _, m := range wire.Methods {
		def := strings.TrimPrefix(fmt.Sprintf("%T", m.Params), "wire.")
		if r.params[m.Name], err = compiler.Compile("raccordo.json#/$defs/" + def); err != nil {
			return nil, err
		}
	}
	return r, nil
}

// check validates params against the closed schema of a method. The fault
// names the place in the params, never a value.
func (r *rules) check(method string, params json.RawMessage) *wire.Error {
	if len(params) == 0 {
		params = json.RawMessage("{}")
	}
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(params))
	if err != nil {
		return wire.NewError(wire.ErrParams, "")
	}
	err = r.params[method].Validate(value)
	var invalid *jsonschema.ValidationError
	if errors.As(err, &invalid) {
		for len(invalid.Causes) > 0 {
			invalid = invalid.Causes[0]
		}
		place := "/" + strings.Join(invalid.InstanceLocation, "/")
		return wire.NewError(wire.ErrParams, place+": "+strings.Join(invalid.ErrorKind.KeywordPath(), "/"))
	}
	return nil
}

// open are the methods for a caller that is neither a browser's extension nor
// our own command line.
var open = []string{"hello", "status"}

// admit says whether the caller may use the method at all.
func (r *rules) admit(allowed []string, req wire.Request, caller wire.Caller) *wire.Error {
	switch caller.Kind {
	case "cli":
		return nil
	case "browser":
		if !r.extensions[caller.Browser+":"+caller.Extension] {
			return wire.NewError(wire.ErrOrigin, "unknown extension")
		}
	default:
		if !slices.Contains(open, req.Method) {
			return wire.NewError(wire.ErrOrigin, "not started by a browser")
		}
		return nil
	}
	if req.Method == "hello" || ownPage(req.Origin, caller) || slices.Contains(allowed, req.Origin) {
		return nil
	}
	return wire.NewError(wire.ErrOrigin, "origin not in allowed_origins")
}

// ownPage tells the extension's background (which names no origin) and popup
// from a page. Firefox gives each installation an origin of its own, so the
// scheme must do.
func ownPage(origin string, caller wire.Caller) bool {
	if origin == "" {
		return true
	}
	if caller.Browser == "firefox" {
		return strings.HasPrefix(origin, "moz-extension://")
	}
	return origin == "chrome-extension://"+caller.Extension
}
