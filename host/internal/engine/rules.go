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
	chromium   string // id of our own extension
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
	r.chromium = known.Chromium

	return r, r.compile()
}

// compile compiles what the params reach and no more: results and events are
// most of the document, and the compiler checks all it is given against the
// metaschema, which a browser that has just started the agent would wait for.
func (r *rules) compile() error {
	text, err := fs.ReadFile(manifests.Files, schemaFile)
	if err != nil {
		return err
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		return err
	}
	whole, _ := doc.(map[string]any)
	all, _ := whole["$defs"].(map[string]any)
	needed := map[string]any{}
	for _, m := range wire.Methods {
		reach(all, paramsRef(m), needed)
	}
	compiler := jsonschema.NewCompiler()
	if err := compiler.AddResource("raccordo.json", map[string]any{"$schema": whole["$schema"], "$defs": needed}); err != nil {
		return err
	}
	for _, m := range wire.Methods {
		if r.params[m.Name], err = compiler.Compile("raccordo.json" + paramsRef(m)); err != nil {
			return err
		}
	}
	return nil
}

const defs = "#/$defs/"

func paramsRef(m wire.Method) string {
	return defs + strings.TrimPrefix(fmt.Sprintf("%T", m.Params), "wire.")
}

// reach copies the definition of a reference, and those it refers to, from all
// into needed.
func reach(all map[string]any, ref string, needed map[string]any) {
	name := strings.TrimPrefix(ref, defs)
	definition, ok := all[name]
	if _, done := needed[name]; done || !ok { // the compiler names what is missing
		return
	}
	needed[name] = definition
	var walk func(node any)
	walk = func(node any) {
		switch node := node.(type) {
		case map[string]any:
			if ref, ok := node["$ref"].(string); ok {
				reach(all, ref, needed)
			}
			for _, child := range node {
				walk(child)
			}
		case []any:
			for _, child := range node {
				walk(child)
			}
		}
	}
	walk(definition)
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

// own are the methods that no page may use, whatever the settings say.
var own = []string{"card.test", "session.complete", "printer.list", "printer.configure"}

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
	if req.Method == "hello" || ownPage(req.Origin, caller) {
		return nil
	}
	if slices.Contains(allowed, req.Origin) && !slices.Contains(own, req.Method) {
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
