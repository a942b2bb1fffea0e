package register_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"raccordo/host/internal/register"
)

// The manifests to the letter, as the browsers read them.
func TestWrite(t *testing.T) {
	tests := map[register.Browser]string{
		register.Chromium: `{
  "name": "it.raccordo.host",
  "description": "Raccordo",
  "path": "/opt/raccordo/raccordo-host",
  "type": "stdio",
  "allowed_origins": [
    "chrome-extension://npdohdckockkmeagapojopoflpnmccij/"
  ]
}
`,
		register.Firefox: `{
  "name": "it.raccordo.host",
  "description": "Raccordo",
  "path": "/opt/raccordo/raccordo-host",
  "type": "stdio",
  "allowed_extensions": [
    "connettore@raccordo.example"
  ]
}
`,
	}
	for browser, want := range tests {
		t.Run(string(browser), func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "profile", "NativeMessagingHosts")
			for range 2 { // a second registration changes nothing
				file, err := register.Write(dir, browser, "/opt/raccordo/raccordo-host")
				if err != nil {
					t.Fatal(err)
				}
				if name := filepath.Join(dir, "it.raccordo.host.json"); file != name {
					t.Errorf("%s, not %s: browsers find the host by the file's name", file, name)
				}
				got, err := os.ReadFile(file)
				if err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(want, string(got)); diff != "" {
					t.Error(diff)
				}
			}
		})
	}
}

func TestWriteRefuses(t *testing.T) {
	occupied := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(occupied, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for name, tt := range map[string]struct{ dir, host string }{
		"relative host":     {t.TempDir(), "raccordo-host"},
		"no host":           {t.TempDir(), ""},
		"folder is a file":  {occupied, "/opt/raccordo/raccordo-host"},
		"beneath of a file": {filepath.Join(occupied, "x"), "/opt/raccordo/raccordo-host"},
	} {
		t.Run(name, func(t *testing.T) {
			if file, err := register.Write(tt.dir, register.Chromium, tt.host); err == nil {
				t.Errorf("wrote %s", file)
			}
		})
	}
}
