package schema_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/pelletier/go-toml/v2"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"raccordo/host/internal/region/schema"
)

// folder is that of the built-in profiles, seen from package region.
var folder = filepath.Join("..", "..", "..", "manifests", "regions")

// TestNoDrift: the written schema is the one of the structs.
func TestNoDrift(t *testing.T) {
	t.Chdir("..")
	want, err := schema.Document()
	if err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(filepath.Join(folder, schema.File))
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(string(want), string(got)); d != "" {
		t.Errorf("run go generate in host/internal/region (-want +got):\n%s", d)
	}
}

func compiled(t *testing.T) *jsonschema.Schema {
	t.Helper()
	t.Chdir("..")
	text, err := schema.Document()
	if err != nil {
		t.Fatal(err)
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource(schema.File, doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile(schema.File)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func decoded(t *testing.T, text string) any {
	t.Helper()
	var v any
	if err := toml.Unmarshal([]byte(text), &v); err != nil {
		t.Fatal(err)
	}
	return v
}

func TestProfilesFollowTheSchema(t *testing.T) {
	s := compiled(t)
	files, err := filepath.Glob(filepath.Join(folder, "*.toml"))
	if err != nil || len(files) < 7 {
		t.Fatalf("%d profiles: %v", len(files), err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Validate(decoded(t, string(text))); err != nil {
			t.Errorf("%s: %v", file, err)
		}
		if !strings.HasPrefix(string(text), "#:schema ./"+schema.File+"\n") {
			t.Errorf("%s does not name its schema to editors", file)
		}
	}
}

func TestSchemaRefuses(t *testing.T) {
	s := compiled(t)
	text, err := os.ReadFile(filepath.Join(folder, "simulata.toml"))
	if err != nil {
		t.Fatal(err)
	}
	good := string(text)
	for name, change := range map[string][2]string{
		"unknown key":           {"name = ", "nome = \"x\"\nname = "},
		"unknown key in oidc":   {"issuer = ", "secret = \"x\"\nissuer = "},
		"code":                  {`"090"`, `"90"`},
		"driver":                {`driver = "sar"`, `driver = "password"`},
		"tokens":                {`tokens = "bearer"`, `tokens = "cookie"`},
		"plain http":            {"https://127.0.0.1:8448", "http://127.0.0.1:8448"},
		"query":                 {"https://127.0.0.1:8449/authorize/cns", "https://127.0.0.1:8449/authorize/cns?x=1"},
		"duration":              {`"5s"`, `"5"`},
		"limit":                 {"8388608", "1"},
		"kind of remote signer": {`kind = "arss"`, `kind = "pec"`},
		"key of remote signer":  {`kind = "arss"`, "kind = \"arss\"\npin = \"1\""},
		"remote signer by http": {"https://127.0.0.1:8452/arss", "http://127.0.0.1:8452/arss"},
		"codes by fax":          {`otp_send = "SMS"`, `otp_send = "FAX"`},
		"text in place of list": {`["server-ca.crt"]`, `"server-ca.crt"`},
	} {
		t.Run(name, func(t *testing.T) {
			bad := strings.Replace(good, change[0], change[1], 1)
			if bad == good {
				t.Fatal("nothing was changed")
			}
			if s.Validate(decoded(t, bad)) == nil {
				t.Error("accepted")
			}
		})
	}
}
