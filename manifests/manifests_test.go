package manifests_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"io/fs"
	"strings"
	"testing"

	"github.com/pelletier/go-toml/v2"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"raccordo/manifests"
)

func TestSiteProfilesFollowTheirSchema(t *testing.T) {
	const schemaFile = "sites/site.schema.json"
	c := jsonschema.NewCompiler()
	if err := c.AddResource(schemaFile, parse(t, schemaFile)); err != nil {
		t.Fatal(err)
	}
	schema := c.MustCompile(schemaFile)
	files, err := fs.Glob(manifests.Files, "sites/*.json")
	if err != nil || len(files) < 2 {
		t.Fatalf("no site profiles: %v", err)
	}
	for _, file := range files {
		if file == schemaFile {
			continue
		}
		profile := parse(t, file)
		if err := schema.Validate(profile); err != nil {
			t.Errorf("%s: %v", file, err)
		}
		if id := profile.(map[string]any)["id"]; "sites/"+id.(string)+".json" != file {
			t.Errorf("%s has the id %q", file, id)
		}
	}
}

func TestSheetLayoutsFollowTheirSchema(t *testing.T) {
	const schemaFile = "sheets/sheet.schema.json"
	c := jsonschema.NewCompiler()
	if err := c.AddResource(schemaFile, parse(t, schemaFile)); err != nil {
		t.Fatal(err)
	}
	schema := c.MustCompile(schemaFile)
	files, err := fs.Glob(manifests.Files, "sheets/*.toml")
	if err != nil || len(files) < 4 {
		t.Fatalf("no layouts: %v", err)
	}
	for _, file := range files {
		data, err := fs.ReadFile(manifests.Files, file)
		if err != nil {
			t.Fatal(err)
		}
		var layout map[string]any
		if err := toml.Unmarshal(data, &layout); err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		if err := schema.Validate(layout); err != nil {
			t.Errorf("%s: %v", file, err)
		}
		layout["widht"] = 1
		if schema.Validate(layout) == nil {
			t.Errorf("%s: an unknown key is not seen", file)
		}
	}
}

// Chromium derives an extension's id from its public key: the first 16 bytes
// of the key's SHA-256, each hex digit written as a letter from a to p.
func TestChromiumIDBelongsToTheKey(t *testing.T) {
	raw, err := fs.ReadFile(manifests.Files, "native/ids.json")
	if err != nil {
		t.Fatal(err)
	}
	var ids struct {
		Chromium string `json:"chromium"`
		Key      string `json:"chromium_key"`
	}
	if err := json.Unmarshal(raw, &ids); err != nil {
		t.Fatal(err)
	}
	der, err := base64.StdEncoding.DecodeString(ids.Key)
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(der)
	want := strings.Map(func(r rune) rune {
		if r <= '9' {
			return r - '0' + 'a'
		}
		return r - 'a' + 'k'
	}, hex.EncodeToString(sum[:16]))
	if ids.Chromium != want {
		t.Errorf("id %s, the key's is %s", ids.Chromium, want)
	}
}

func parse(t *testing.T, file string) any {
	t.Helper()
	raw, err := fs.ReadFile(manifests.Files, file)
	if err != nil {
		t.Fatal(err)
	}
	v, err := jsonschema.UnmarshalJSON(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	return v
}
