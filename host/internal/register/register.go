// Package register writes what tells a browser where the native host is: the
// native messaging manifest (Chrome and MDN, "Native messaging"). The identity
// of the extension is data in manifests/native.
package register

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"raccordo/manifests"
)

// Browser is a family with one manifest format.
type Browser string

// The two formats; a file that holds both is refused by Firefox.
const (
	Chromium Browser = "chromium"
	Firefox  Browser = "firefox"
)

type manifest struct {
	Name              string   `json:"name"`
	Description       string   `json:"description"`
	Path              string   `json:"path"`
	Type              string   `json:"type"`
	AllowedOrigins    []string `json:"allowed_origins,omitempty"`
	AllowedExtensions []string `json:"allowed_extensions,omitempty"`
}

// Write puts the manifest for host, the absolute path of raccordo-host, into
// the NativeMessagingHosts folder dir (0644) and returns the file's path.
func Write(dir string, browser Browser, host string) (string, error) {
	if !filepath.IsAbs(host) {
		return "", fmt.Errorf("%s is not an absolute path", host)
	}
	text, err := fs.ReadFile(manifests.Files, "native/ids.json")
	if err != nil {
		return "", err
	}
	var ids struct{ Host, Chromium, Firefox string }
	if err := json.Unmarshal(text, &ids); err != nil {
		return "", err
	}
	m := manifest{Name: ids.Host, Description: "Raccordo", Path: host, Type: "stdio"}
	if browser == Firefox {
		m.AllowedExtensions = []string{ids.Firefox}
	} else {
		m.AllowedOrigins = []string{"chrome-extension://" + ids.Chromium + "/"}
	}
	body, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		return "", err
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return "", err
	}
	file := filepath.Join(dir, ids.Host+".json")
	return file, os.WriteFile(file, append(body, '\n'), 0o644)
}
