package clinic

import (
	"strings"
	"testing"
)

// Twelve documents wait, each with its PDF; nobody else's are served.
func TestDocuments(t *testing.T) {
	h := handler(t, Options{})
	s := readSeed(t, h)
	names := map[string]bool{}
	for _, d := range s.Documents {
		res, body := get(t, h, "GET", d.URL)
		if res.StatusCode != 200 || res.Header.Get("Content-Type") != "application/pdf" || !strings.HasPrefix(body, "%PDF-") {
			t.Errorf("%s: %d %s", d.URL, res.StatusCode, res.Header.Get("Content-Type"))
		}
		names[d.Name] = true
	}
	if len(s.Documents) != 12 || len(names) != 12 {
		t.Errorf("%d documents with %d names", len(s.Documents), len(names))
	}
	for _, path := range []string{"/api/documenti/profilo/RSSMRA70A01L219K", "/api/documenti/altro/" + s.Patients[0].CF} {
		if res, _ := get(t, h, "GET", path); res.StatusCode != 404 {
			t.Errorf("%s: %d", path, res.StatusCode)
		}
	}
}
