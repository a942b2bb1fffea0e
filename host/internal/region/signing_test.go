package region

import (
	"encoding/pem"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"raccordo/host/internal/wire"
)

const signing = `
[signature]
timestamp = "http://marche.example/tsa"
trust = ["elenco.xml"]
ca = ["ca.crt"]

[[signature.remote]]
id = "uno"
name = "Uno"
kind = "csc"
url = "https://firma.example/csc/v1"

[signature.remote.paths]
"credentials/list" = "GET credentials"

[[signature.remote]]
id = "due"
name = "Due"
kind = "arss"
url = "https://firma.example/arss"
otp_domain = "prova"
`

func TestSigningFaults(t *testing.T) {
	good := profileText(base) + signing
	p, err := Parse("prova", []byte(good))
	if err != nil || len(p.RemoteSigners()) != 2 || p.Signature.Remote[0].Paths["credentials/list"] != "GET credentials" {
		t.Fatalf("%+v %v", p.Signature, err)
	}
	for _, tt := range []struct{ name, from, to, key string }{
		{"unknown key", `kind = "csc"`, "kind = \"csc\"\npin = \"1\"", ""},
		{"id", `"due"`, `"Due!"`, "signature.remote[2].id"},
		{"the same id twice", `"due"`, `"uno"`, "signature.remote[2].id"},
		{"no id", `id = "uno"`, "", "signature.remote[1].id"},
		{"no name", `name = "Due"`, "", "signature.remote[2].name"},
		{"no address", `url = "https://firma.example/csc/v1"`, "", "signature.remote[1].url"},
		{"kind", `"csc"`, `"altro"`, "signature.remote[1].kind"},
		{"no kind", `kind = "csc"`, "", "signature.remote[1].kind"},
		{"http", "https://firma.example/arss", "http://firma.example/arss", "signature.remote[2].url"},
		{"password in an address", "https://firma.example/arss", "https://a:b@firma.example/arss", "signature.remote[2].url"},
		{"authorization server over http", `kind = "csc"`, "kind = \"csc\"\noauth2 = \"http://x\"", "signature.remote[1].oauth2"},
		{"way in", `kind = "csc"`, "kind = \"csc\"\nauthorize = \"carta\"", "signature.remote[1].authorize"},
		{"scheme", `kind = "csc"`, "kind = \"csc\"\nscheme = \"sha1\"", "signature.remote[1].scheme"},
		{"transport", `kind = "arss"`, "kind = \"arss\"\ntransport = \"corba\"", "signature.remote[2].transport"},
		{"how a code is sent", `kind = "arss"`, "kind = \"arss\"\notp_send = \"FAX\"", "signature.remote[2].otp_send"},
		{"no domain of codes", `otp_domain = "prova"`, "", "signature.remote[2].otp_domain"},
		{"method", `"credentials/list"`, `"credentials/elenco"`, "signature.remote[1].paths"},
		{"path", "GET credentials", "GET ../credentials", "signature.remote[1].paths.credentials/list"},
		{"pages", `kind = "csc"`, "kind = \"csc\"\npages = 21", "signature.remote[1].pages"},
		{"limit", `kind = "csc"`, "kind = \"csc\"\nlimit = -1", "signature.remote[1].limit"},
		{"time-stamps", "http://marche.example/tsa", "ftp://marche.example/tsa", "signature.timestamp"},
		{"time-stamps with a query", "http://marche.example/tsa", "http://marche.example/tsa?x", "signature.timestamp"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			text := strings.Replace(good, tt.from, tt.to, 1)
			if text == good {
				t.Fatal("nothing was changed")
			}
			_, err := Parse("prova", []byte(text))
			var f *Fault
			if tt.key == "" && err != nil && !errors.As(err, &f) {
				return
			}
			if !errors.As(err, &f) || f.Key != tt.key || !strings.HasPrefix(err.Error(), tt.key+" ") {
				t.Errorf("%v", err)
			}
		})
	}
	// A service that waits for its region is not offered, and harms nothing.
	waiting := "status = \"adhesion\"\n" + strings.Replace(good, `otp_domain = "prova"`, "", 1)
	p, err = Parse("prova", []byte(waiting))
	if err != nil || len(p.RemoteSigners()) != 1 || p.RemoteSigners()[0].ID != "uno" {
		t.Errorf("%+v %v", p.RemoteSigners(), err)
	}
}

func TestSigningClient(t *testing.T) {
	f := newFixture(t)
	profiles, err := LoadProfiles(nil, f.dir)
	if err != nil {
		t.Fatal(err)
	}
	p := profiles["prova"]
	redirected := false
	server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		if q.URL.Path == "/altrove" {
			redirected = true
		}
		http.Redirect(w, q, "/altrove", http.StatusFound)
	}))
	defer server.Close()
	f.write(t, "firma.crt", string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})))
	get := func(opt Options) (int, error) {
		c, err := SigningClient(p, opt)
		if err != nil {
			t.Fatal(err)
		}
		defer c.CloseIdleConnections()
		a, err := c.Get(server.URL)
		if err != nil {
			return 0, err
		}
		_ = a.Body.Close()
		return a.StatusCode, nil
	}
	if _, err := get(Options{}); err == nil {
		t.Error("a server that nobody vouches for was taken")
	}
	p.Signature.CA = []string{"firma.crt"}
	if status, err := get(Options{}); err != nil || status != http.StatusFound || redirected {
		t.Error(status, err, redirected)
	}
	gone := errors.New("no proxy")
	if _, err := get(Options{Proxy: func(*http.Request) (*url.URL, error) { return nil, gone }}); !errors.Is(err, gone) {
		t.Error(err)
	}
	for name, files := range map[string][]string{"no such file": {"altrove.crt"}, "no certificate": {"prova.toml"}, "outside": {filepath.Join("..", "ca.crt")}} {
		p.Signature.CA = files
		_, err := SigningClient(p, Options{})
		wantError(t, err, wire.ErrRegionConfig, false)
		if p.Status = StatusAdhesion; name == "no such file" {
			if _, err := SigningClient(p, Options{}); err != nil {
				t.Error("a profile that waits for its region:", err)
			}
		}
		p.Status = StatusComplete
	}
}

// TestSimulatedSigning: what the simulated region has for signing.
func TestSimulatedSigning(t *testing.T) {
	got, err := LoadProfiles(os.DirFS(filepath.Join("..", "..", "..", "manifests", "regions")))
	if err != nil {
		t.Fatal(err)
	}
	var kinds []string
	for _, r := range got["simulata"].RemoteSigners() {
		kinds = append(kinds, r.ID+" "+r.Kind)
	}
	if d := cmp.Diff([]string{"csc1 csc", "csc2 csc", "arss arss"}, kinds); d != "" {
		t.Error(d)
	}
}
