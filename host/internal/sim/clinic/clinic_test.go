package clinic

import (
	"encoding/json"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"raccordo/host/internal/ricetta"
	"raccordo/host/internal/sim/anagrafe"
)

func get(t *testing.T, h http.Handler, method, path string) (*http.Response, string) {
	t.Helper()
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(method, path, nil))
	body, err := io.ReadAll(w.Result().Body)
	if err != nil {
		t.Fatal(err)
	}
	return w.Result(), string(body)
}

func handler(t *testing.T, opt Options) http.Handler {
	t.Helper()
	h, err := New(opt)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func readSeed(t *testing.T, h http.Handler) seed {
	t.Helper()
	_, body := get(t, h, "GET", "/api/dati")
	var s seed
	if err := json.Unmarshal([]byte(body), &s); err != nil {
		t.Fatal(err)
	}
	return s
}

func TestAnswers(t *testing.T) {
	h := handler(t, Options{})
	tests := []struct {
		name, method, path string
		status             int
		contentType        string
	}{
		{"page", "GET", "/", 200, "text/html; charset=utf-8"},
		{"module", "GET", "/js/main.js", 200, "text/javascript; charset=utf-8"},
		{"style", "GET", "/css/base.css", 200, "text/css; charset=utf-8"},
		{"icon", "GET", "/icona.svg", 200, "image/svg+xml"},
		{"data", "GET", "/api/dati", 200, "application/json"},
		{"nothing there", "GET", "/api/altro", 404, "text/plain; charset=utf-8"},
		{"out of the folder", "GET", "/..%2fclinic.go", 404, "text/plain; charset=utf-8"},
		{"no writing", "POST", "/api/dati", 405, "text/plain; charset=utf-8"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			res, _ := get(t, h, tt.method, tt.path)
			if res.StatusCode != tt.status || res.Header.Get("Content-Type") != tt.contentType {
				t.Errorf("%d %s, want %d %s", res.StatusCode, res.Header.Get("Content-Type"), tt.status, tt.contentType)
			}
			if got := res.Header.Get("Content-Security-Policy"); got != policy {
				t.Errorf("policy %q", got)
			}
		})
	}
}

// The policy forbids inline script and style: a file that has some is broken.
func TestFilesObeyThePolicy(t *testing.T) {
	inline := regexp.MustCompile(`(?i)<style|<script>|\sstyle=|\son[a-z]+="|https?://`)
	err := fs.WalkDir(web, "web", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := fs.ReadFile(web, path)
		if found := inline.FindString(strings.ReplaceAll(string(text), "http://www.w3.org/2000/svg", "")); found != "" {
			t.Errorf("%s has %q", path, found)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// What waits in "Da elaborare" must pass the checks that the connector makes.
func TestReadyPrescriptionsAreValid(t *testing.T) {
	s := readSeed(t, handler(t, Options{}))
	var kinds []string
	names := map[string]bool{}
	for _, p := range s.Ready {
		if notices := ricetta.Validate(p, time.Now()); len(notices) > 0 {
			t.Errorf("%s: %+v", p.Dettagli[0].DescrProdPrest, notices)
		}
		kinds = append(kinds, p.TipoPrescrizione)
		names[p.ClientID] = true
	}
	if diff := cmp.Diff([]string{"F", "F", "P"}, kinds); diff != "" {
		t.Error(diff)
	}
	if len(names) != 3 {
		t.Errorf("client ids: %v", names)
	}
	for _, tpl := range s.Templates {
		p := tpl.Prescription
		p.ClientID, p.CodiceAssistito, p.CognomeNome = "1", s.Patients[0].CF, "BIANCHI LUCIA"
		if notices := ricetta.Validate(p, time.Now()); len(notices) > 0 {
			t.Errorf("%s: %+v", tpl.Title, notices)
		}
	}
}

func TestClientIDs(t *testing.T) {
	h := handler(t, Options{})
	first, again, other := readSeed(t, h).Ready, readSeed(t, h).Ready, readSeed(t, handler(t, Options{})).Ready
	if diff := cmp.Diff(first, again); diff != "" {
		t.Errorf("two tabs of one run differ: %s", diff)
	}
	if first[0].ClientID == other[0].ClientID {
		t.Error("two runs share a client id")
	}
	if !regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`).MatchString(first[0].ClientID) {
		t.Errorf("not a UUID: %s", first[0].ClientID)
	}
}

func TestRecordsDifferFromTheRegistry(t *testing.T) {
	s := readSeed(t, handler(t, Options{}))
	if len(s.Patients) != len(anagrafe.Patients()) {
		t.Fatalf("%d patients", len(s.Patients))
	}
	lucia, _ := anagrafe.FindPatient(s.Patients[0].CF)
	if s.Patients[0].Fields.Indirizzo == lucia.Street || s.Patients[0].Fields.Comune != lucia.Town {
		t.Errorf("record %+v beside registry %s, %s", s.Patients[0].Fields, lucia.Street, lucia.Town)
	}
}

func TestOptions(t *testing.T) {
	neri := anagrafe.Doctors()[1]
	tests := []struct {
		name, surname string
		opt           Options
		guide         *guide
	}{
		{"plain", "Verdi", Options{}, nil},
		{"guide", "Verdi", Options{Guide: true, CardURL: "http://127.0.0.1:9/"}, &guide{CardURL: "http://127.0.0.1:9/", PIN: anagrafe.Doctors()[0].PIN}},
		{"other doctor", "Neri", Options{Doctor: neri}, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := readSeed(t, handler(t, tt.opt))
			if diff := cmp.Diff(tt.guide, s.Guide); diff != "" {
				t.Error(diff)
			}
			if s.Titolare.CF == s.Doctor.CF || !ricetta.ValidCodiceFiscale(s.Titolare.CF) {
				t.Errorf("titolare %+v", s.Titolare)
			}
			if s.Doctor.Surname != tt.surname || !ricetta.ValidCodiceFiscale(s.Doctor.CF) {
				t.Errorf("doctor %+v", s.Doctor)
			}
		})
	}
	if _, body := get(t, handler(t, Options{}), "GET", "/api/dati"); strings.Contains(body, anagrafe.Doctors()[0].PIN+`"`) {
		t.Error("the PIN is told without a guide")
	}
}

func TestTitled(t *testing.T) {
	for in, want := range map[string]string{"GIULIA": "Giulia", "DE SANTIS": "De Santis", "": "", "ÈLIA": "Èlia"} {
		if got := titled(in); got != want {
			t.Errorf("titled(%q) = %q, want %q", in, got, want)
		}
	}
}
