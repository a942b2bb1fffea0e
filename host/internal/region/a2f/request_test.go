package a2f

import (
	"flag"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	sim "raccordo/host/internal/sim/a2f"
	"raccordo/host/internal/sim/anagrafe"
	"raccordo/host/internal/wire"
)

// update rewrites the golden requests: go test -run Golden -update.
var update = flag.Bool("update", false, "rewrite the golden requests")

// sealed stands for 128 encrypted bytes: real ones differ every time.
var sealed = strings.Repeat("QUJD", 42) + "QUI="

const someToken = "1f6a0702-2cfc-4903-8cfc-609a7e232920"

func requests(t testing.TB) map[string][]byte {
	t.Helper()
	s := New(Options{Context: "RICETTA-DEM", Application: "PRESCRITTORE", Seal: func(string) (string, error) { return sealed, nil }})
	bare := New(Options{Context: "RICETTA-DEM", Seal: s.opt.Seal})
	who := Who{User: "VRDGLI75C41X000S", Password: "never written", PinCode: "never written", CF: "VRDGLI75C41X000S", Region: "090", ASL: "201"}
	full := who
	full.User, full.UserID, full.SSA, full.Structure = "giulia@<studio>&co", "UV<&>0000", "78909", "12345"
	out := map[string][]byte{}
	for name, q := range map[string]struct {
		s     *Service
		who   Who
		op    operation
		token string
	}{
		"create.xml":                    {s, who, create, ""},
		"create-nickname.xml":           {s, full, create, ""},
		"create-senza-applicazione.xml": {bare, who, create, ""},
		"check.xml":                     {s, who, checkToken, someToken},
		"revoke.xml":                    {s, who, revoke, someToken},
		"revoke-senza-applicazione.xml": {bare, full, revoke, someToken},
	} {
		body, err := q.s.encode(q.who, q.op, q.token)
		if err != nil {
			t.Fatal(name, err)
		}
		out[name] = body
	}
	return out
}

func TestGoldenRequests(t *testing.T) {
	for name, got := range requests(t) {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join("testdata", name)
			if *update {
				if err := os.WriteFile(path, got, 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(string(want), string(got)); d != "" {
				t.Error(d)
			}
			if strings.Contains(string(got), "never written") {
				t.Error("a secret is in the request")
			}
			if err := sim.Validate(got); err != nil {
				t.Error(err)
			}
		})
	}
}

// TestWhatIsSent looks at the HTTP request itself.
func TestWhatIsSent(t *testing.T) {
	var seen []string
	s, _ := serve(t, http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		user, password, basic := q.BasicAuth()
		seen = append(seen, fmt.Sprint(q.Method, " ", q.URL.Path, " ", q.Header.Get("SOAPAction"), " ", q.Header.Get("Content-Type"), " ", basic, " ", user, " ", password, " ", q.Header.Get("Authorization2F")))
		w.WriteHeader(http.StatusUnauthorized)
	}), func(string) (string, error) { return sealed, nil })
	who := whoIs(anagrafe.Doctors()[0])
	_, _ = s.Create(t.Context(), who)
	_, _ = s.Check(t.Context(), who, someToken)
	_ = s.Revoke(t.Context(), who, someToken)
	line := func(name string) string {
		return `POST /a2f-auth-ws/soap/v1/authentication-service "http://wsdl.auth.a2f.sts.sanita.finanze.it/` + name + `" text/xml; charset=utf-8 true ` + who.User + " " + who.Password + " "
	}
	if d := cmp.Diff([]string{line("create"), line("checkToken"), line("revoke")}, seen); d != "" {
		t.Error(d) // one request each: the credentials go with the first
	}
}

// TestNothingLeaves: what is wrong on our side is not sent.
func TestNothingLeaves(t *testing.T) {
	sent := 0
	s, _ := serve(t, http.HandlerFunc(func(http.ResponseWriter, *http.Request) { sent++ }), nil)
	who := whoIs(anagrafe.Doctors()[0])
	large, _ := keys(t, 2048)
	small, _ := keys(t, 1024)
	for _, row := range []struct {
		name   string
		change func(*Options)
		code   wire.ErrorCode
	}{
		{"not TLS", func(o *Options) { o.Endpoint = strings.Replace(o.Endpoint, "https", "http", 1) }, wire.ErrRegionConfig},
		{"certificate expired", func(o *Options) {
			o.Seal = func(text string) (string, error) { return small.Seal(text, small.NotAfter().Add(time.Second)) }
		}, wire.ErrRegionCipher},
		{"key too large for the schema", func(o *Options) { o.Seal = func(text string) (string, error) { return large.Seal(text, time.Now()) } }, wire.ErrRegionConfig},
		{"no context", func(o *Options) { o.Context = "" }, wire.ErrRegionConfig},
	} {
		opt := s.opt
		opt.Seal = func(string) (string, error) { return sealed, nil }
		row.change(&opt)
		if _, err := New(opt).Create(t.Context(), who); err == nil {
			t.Errorf("%s: sent", row.name)
		} else if c, _ := code(err); c != row.code {
			t.Errorf("%s: %v", row.name, err)
		}
	}
	for _, token := range []string{"", "abc", someToken + "0", "<" + someToken[1:], "VRDGLI75C41X000S-2026-11-RICETTA-DEM-PRESCRITTORE"} {
		_, err := s.Check(t.Context(), who, token)
		if c, _ := code(err); c != wire.ErrTokenForm {
			t.Errorf("check %q: %v", token, err)
		}
		if c, _ := code(s.Revoke(t.Context(), who, token)); c != wire.ErrTokenForm {
			t.Errorf("revoke %q", token)
		}
	}
	if sent != 0 {
		t.Errorf("%d requests left", sent)
	}
}
