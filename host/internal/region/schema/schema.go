// Package schema turns the structs of a region's profile into a JSON Schema
// (2020-12), by which editors check a profile while it is written. It is used
// by go generate and by the test that fails when the written document has
// drifted; no product binary imports it, and the linter knows more.
package schema

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"

	"github.com/invopop/jsonschema"

	"raccordo/host/internal/region"
	"raccordo/host/internal/region/oidc"
	"raccordo/host/internal/remotesign"
)

// File is the name of the document under manifests/regions.
const File = "region.schema.json"

// Document renders it. The current folder must be that of package region: the
// comments of the source become the descriptions.
func Document() ([]byte, error) {
	r := &jsonschema.Reflector{
		Anonymous: true, FieldNameTag: "toml", RequiredFromJSONSchemaTags: true, ExpandedStruct: true,
		Mapper: func(t reflect.Type) *jsonschema.Schema {
			if t == reflect.TypeFor[region.Duration]() {
				return &jsonschema.Schema{Type: "string", Pattern: `^([0-9]+(\.[0-9]+)?(ms|s|m|h))+$`}
			}
			return nil
		},
		Namer: func(t reflect.Type) string {
			switch t {
			case reflect.TypeFor[oidc.Config]():
				return "OIDC"
			case reflect.TypeFor[remotesign.Profile]():
				return "RemoteSigner"
			}
			return t.Name()
		},
	}
	for dir, of := range map[string]any{".": region.Profile{}, "oidc": oidc.Config{}, "../remotesign": remotesign.Profile{}} {
		if err := r.AddGoComments(reflect.TypeOf(of).PkgPath(), dir); err != nil {
			return nil, fmt.Errorf("read comments: %w", err)
		}
	}
	s := r.Reflect(region.Profile{})
	s.ID = "https://raccordo.example/regions/" + File
	s.Title = "Raccordo region profile"
	s.Description = "A region, as TOML. Generated from host/internal/region; docs/regions.md explains it."
	words(s.Definitions["OIDC"])
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(s); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

// words adds what the check of a profile knows of the provider's table: its
// struct belongs to another package, which reads no profile.
func words(table *jsonschema.Schema) {
	for key, allowed := range map[string][]any{"redirect": {"", "extension", "loopback"}, "tokens": {"", "bearer", "dpop", "mtls"}} {
		if p, ok := table.Properties.Get(key); ok {
			p.Enum = allowed
		}
	}
	for _, key := range []string{"issuer", "cns_endpoint"} {
		if p, ok := table.Properties.Get(key); ok {
			p.Pattern = address
		}
	}
}

// address is that of the other addresses of a profile.
const address = `^(https://[^?#@]+)?$`
