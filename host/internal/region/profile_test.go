package region

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"

	"raccordo/host/internal/wire"
)

const base = "https://regione.example"

func TestProfileRefuses(t *testing.T) {
	tests := []struct{ name, from, to string }{
		{"unknown key", `code = "090"`, "code = \"090\"\ncodice = 1"},
		{"unknown key in a table", "[card.endpoints]", "[card.endpoints]\nlogin = \"https://x\""},
		{"not TOML", `name = "Prova"`, "name = Prova"},
		{"no name", `name = "Prova"`, ""},
		{"code", `"090"`, `"90"`},
		{"driver", `driver = "sar"`, `driver = "password"`},
		{"status", `code = "090"`, "code = \"090\"\nstatus = \"ready\""},
		{"no policies", `["1.3.76.16.2.1"]`, "[]"},
		{"policy", `["1.3.76.16.2.1"]`, `["CNS"]`},
		{"envelope", `"sac"`, `"cda"`},
		{"numbers", `code = "090"`, "code = \"090\"\nnre = \"mine\""},
		{"no cipher", `, cipher = "cifra.crt"`, ""},
		{"plain http", base + "/lotti", "http://regione.example/lotti"},
		{"credentials in an address", base + "/lotti", "https://u:p@regione.example/lotti"},
		{"query in an address", base + "/lotti", base + "/lotti?x=1"},
		{"missing address", `lots = "` + base + `/lotti"`, ""},
		{"negative time", `"300ms"`, `"-1s"`},
		{"no time", `"300ms"`, `"soon"`},
		{"no limit", "65536", "0"},
		{"nothing at once", "[card]\n", "limits.parallel = 0\n[card]\n"},
		{"a hundred at once", "[card]\n", "limits.parallel = 100\n[card]\n"},
		{"a layout that is a path", "[card]\n", "printing.rossa = \"../rossa\"\n[card]\n"},
		{"unknown way to a promemoria", "[card]\n", "policies.promemoria = \"none\"\n[card]\n"},
		{"unknown policy", "[card]\n", "policies.unknown = \"again\"\n[card]\n"},
		{"used over plain http", "[card.endpoints]\n", "[card.endpoints]\nused = \"http://regione.example/u\"\n"},
		{"fse with a query", "[card.endpoints]\n", "[card.endpoints]\nfse = \"" + base + "/fse?x=1\"\n"},
	}
	good := profileText(base)
	if _, err := Parse("prova", []byte(good)); err != nil {
		t.Fatal(err)
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			text := strings.Replace(good, tt.from, tt.to, 1)
			if text == good {
				t.Fatal("nothing was changed")
			}
			if p, err := Parse("prova", []byte(text)); err == nil {
				t.Errorf("accepted: %+v", p)
			}
		})
	}
	for _, id := range []string{"", "../x", "Prova", "a b"} {
		if _, err := Parse(id, []byte(good)); err == nil {
			t.Errorf("id %q accepted", id)
		}
	}
}

// TestCompleteNamesWhatIsMissing: a profile that says it is complete and is not
// does not load, and says why; one that waits for its region loads.
func TestCompleteNamesWhatIsMissing(t *testing.T) {
	good := profileText(base)
	for key, change := range map[string][2]string{
		"card.endpoints.session":       {base + "/sessione/v1", ""},
		"card.endpoints.prescriptions": {base + "/dem", ""},
		"card.endpoints.lots":          {base + "/lotti", ""},
		"envelope.cipher":              {"cifra.crt", ""},
		"cloud.driver":                 {"[card]", "[cloud]\n[card]"},
		"cloud.oidc.issuer":            {"[card]", "[cloud]\ndriver = \"oidc\"\nendpoints = {prescriptions = \"" + base + "\", lots = \"" + base + "\"}\n[cloud.oidc]\nclient_id = \"x\"\n[card]"},
		"cloud.id_sessione.endpoint":   {"[card]", "[cloud]\ndriver = \"id-sessione\"\nendpoints = {prescriptions = \"" + base + "\", lots = \"" + base + "\"}\n[card]"},
	} {
		t.Run(key, func(t *testing.T) {
			text := strings.Replace(good, change[0], change[1], 1)
			_, err := Parse("prova", []byte(text))
			var f *Fault
			if !errors.As(err, &f) || f.Key != key || !strings.Contains(err.Error(), key) {
				t.Errorf("%v", err)
			}
			p, err := Parse("prova", []byte("status = \"adhesion\"\n"+text))
			if err != nil || !slices.Contains(p.Missing(), key) {
				t.Error(p.Missing(), err)
			}
		})
	}
	optional := strings.Replace(strings.Replace(good, base+"/anagrafe", "", 1), base+"/lotti", "", 1)
	if _, err := Parse("prova", []byte("nre = \"region\"\n"+optional)); err != nil {
		t.Error("registry and lots are not everywhere:", err)
	}
}

func TestLoadProfiles(t *testing.T) {
	f := newFixture(t) // its folder holds prova.toml and the certificates
	builtin := fstest.MapFS{
		"prova.toml":    {Data: []byte(strings.Replace(profileText(base), "Prova", "Di serie", 1))},
		"altra.toml":    {Data: []byte(strings.Replace(profileText(base), "Prova", "Altra", 1))},
		"manifests.txt": {Data: []byte("not a profile")},
		"cifra.crt":     {Data: []byte("replaced by the administrator's")},
	}
	got, err := LoadProfiles(builtin, filepath.Join(f.dir, "absent"), f.dir)
	if err != nil {
		t.Fatal(err)
	}
	names := map[string]string{}
	for id, p := range got {
		names[id] = p.Name
	}
	if d := cmp.Diff(map[string]string{"prova": "Prova", "altra": "Altra"}, names); d != "" {
		t.Error(d)
	}
	if p := got["altra"]; p.Timeouts.Answer != Duration(300*time.Millisecond) || p.NRE != NREFromLot || p.Policies != (Policies{Promemoria: "region", Unknown: UnknownSame}) || p.Printing != (Printing{"rossa", "bianca", "promemoria"}) || p.Limits.Parallel != 4 {
		t.Errorf("%+v", p)
	}
	if c, err := New(got["altra"], Options{}); err != nil { // built in, certificates from the folder
		t.Error(err)
	} else {
		c.Close()
	}
	alone, err := LoadProfiles(builtin)
	if err != nil {
		t.Fatal(err)
	}
	_, err = New(alone["altra"], Options{})
	wantError(t, err, wire.ErrRegionConfig, false)
	f.write(t, "rotta.toml", "name = ")
	if _, err := LoadProfiles(builtin, f.dir); err == nil || !strings.Contains(err.Error(), "rotta.toml") {
		t.Errorf("a broken profile: %v", err)
	}
}

func TestNewRefusesBadCertificates(t *testing.T) {
	f := newFixture(t)
	profiles, err := LoadProfiles(nil, f.dir)
	if err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string]func(*Profile){
		"no such CA":        func(p *Profile) { p.Trust.CA = []string{"altrove.crt"} },
		"CA is no PEM":      func(p *Profile) { p.Trust.CA = []string{"prova.toml"} },
		"outside":           func(p *Profile) { p.Trust.CA = []string{"../ca.crt"} },
		"cipher is no RSA":  func(p *Profile) { p.Envelope.Cipher = "ca.crt" },
		"cipher is nothing": func(p *Profile) { p.Envelope.Cipher = "prova.toml" },
		"made by hand":      func(p *Profile) { *p = Profile{} },
	} {
		t.Run(name, func(t *testing.T) {
			p := profiles["prova"]
			change(&p)
			_, err := New(p, Options{})
			wantError(t, err, wire.ErrRegionConfig, false)
		})
	}
	p := profiles["prova"]
	p.Trust.CA = []string{filepath.Join(f.dir, "ca.crt")} // absolute
	if _, err := New(p, Options{}); err != nil {
		t.Error(err)
	}
}

// TestBuiltinProfiles holds the profiles of the repository to the parser.
func TestBuiltinProfiles(t *testing.T) {
	got, err := LoadProfiles(os.DirFS(filepath.Join("..", "..", "..", "manifests", "regions")))
	if err != nil {
		t.Fatal(err)
	}
	p, ok := got["simulata"]
	if !ok || p.Name == "" || p.Card.Endpoints.Session != "https://127.0.0.1:8444/sessione/v1" {
		t.Errorf("%+v", got)
	}
}
