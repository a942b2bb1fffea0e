package region

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/rs/zerolog"
	"go.uber.org/goleak"

	"raccordo/host/internal/sim/anagrafe"
	"raccordo/host/internal/sim/testca"
	"raccordo/host/internal/wire"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// fixture is one HTTPS server with mutual TLS, and a client made from a
// profile that points at it.
type fixture struct {
	server    *httptest.Server
	serverCA  *testca.CA
	cardCA    *testca.CA
	handler   atomic.Pointer[http.Handler]
	full      atomic.Int32 // handshakes that were not resumed
	resumed   atomic.Int32
	dir       string
	client    *Client
	cipherKey *rsa.PrivateKey
}

func authority(t *testing.T, name string) *testca.CA {
	t.Helper()
	ca, err := testca.New(name)
	if err != nil {
		t.Fatal(err)
	}
	return ca
}

func newFixture(t *testing.T, change ...func(*tls.Config)) *fixture {
	t.Helper()
	f := &fixture{serverCA: authority(t, "server"), cardCA: authority(t, "carte"), dir: t.TempDir()}
	cert, err := f.serverCA.Server("127.0.0.1")
	if err != nil {
		t.Fatal(err)
	}
	f.server = httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { (*f.handler.Load()).ServeHTTP(w, r) }))
	f.server.Config.ErrorLog = log.New(io.Discard, "", 0)
	f.server.TLS = &tls.Config{
		Certificates: []tls.Certificate{cert}, ClientAuth: tls.RequireAndVerifyClientCert, ClientCAs: f.cardCA.Pool(),
		VerifyConnection: func(s tls.ConnectionState) error {
			if s.DidResume {
				f.resumed.Add(1)
			} else {
				f.full.Add(1)
			}
			return nil
		},
	}
	for _, c := range change {
		c(f.server.TLS)
	}
	f.server.StartTLS()
	t.Cleanup(f.server.Close)
	if f.cipherKey, err = rsa.GenerateKey(rand.Reader, 1024); err != nil {
		t.Fatal(err)
	}
	der, err := f.serverCA.Issue(&x509.Certificate{Subject: testca.Subject("cifra")}, f.cipherKey.Public())
	if err != nil {
		t.Fatal(err)
	}
	f.write(t, "ca.crt", string(f.serverCA.PEM()))
	f.write(t, "cifra.crt", string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})))
	f.write(t, "prova.toml", profileText(f.server.URL))
	f.client = f.load(t, "prova", Options{Log: zerolog.Nop()})
	f.serve(f.region())
	return f
}

func (f *fixture) serve(h http.Handler) { f.handler.Store(&h) }

func profileText(base string) string {
	return fmt.Sprintf(`name = "Prova"
code = "090"
trust = {ca = ["ca.crt"]}
envelope = {kind = "sac", cipher = "cifra.crt"}
timeouts = {connect = "2s", handshake = "5s", answer = "300ms"}
limits.answer_bytes = 65536
session.lingering = ["sessione-non-operativa", "Sospesa", "9876"]
[card]
driver = "sar"
policies = ["1.3.76.16.2.1"]
[card.endpoints]
session = "%[1]s/sessione/v1"
patients = "%[1]s/anagrafe"
prescriptions = "%[1]s/dem"
lots = "%[1]s/lotti"
`, base)
}

func (f *fixture) write(t *testing.T, name, text string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(f.dir, name), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func (f *fixture) load(t *testing.T, id string, opt Options) *Client {
	t.Helper()
	profiles, err := LoadProfiles(nil, f.dir)
	if err != nil {
		t.Fatal(err)
	}
	c, err := New(profiles[id], opt)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

func (f *fixture) card(t *testing.T, ca *testca.CA) Credentials {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	d := anagrafe.Doctors()[0]
	der, err := ca.Issue(&x509.Certificate{Subject: testca.Subject(d.CF + "/" + d.CardSerial + ".hash="), ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}}, key.Public())
	if err != nil {
		t.Fatal(err)
	}
	return Credentials{Certificate: tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}}
}

func (f *fixture) login(t *testing.T) {
	t.Helper()
	if _, err := f.client.LoginCard(context.Background(), f.card(t, f.cardCA)); err != nil {
		t.Fatal(err)
	}
}

func giulia() Doctor {
	d := anagrafe.Doctors()[0]
	return Doctor{CF: d.CF, PinCode: d.PinCode, Region: d.Region, ASL: d.ASL, Specializzazione: d.Specializzazione}
}

const sessionID = "7d4a4f1e-0000-4000-8000-000000000001"

func sessionBody() string {
	return `{"id":"` + sessionID + `","codice_fiscale":"` + giulia().CF + `","cognome":"VERDI","nome":"GIULIA","metodo":"CNS","livello":"LoA4","organizzazione":"090201",` +
		`"specializzazione":"F","dal":"2026-11-22T18:00:00+01:00","scade":"2026-11-23T02:00:00+01:00","novità":{"x":1}}`
}

// region answers every service well; tests replace single answers.
func (f *fixture) region(over ...func(w http.ResponseWriter, r *http.Request) bool) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for _, o := range over {
			if o(w, r) {
				return
			}
		}
		open := r.Header.Get("Authorization") == "Bearer "+sessionID
		switch {
		case r.Method == http.MethodPost && r.URL.Path == "/sessione/v1":
			w.WriteHeader(http.StatusCreated)
			_, _ = io.WriteString(w, sessionBody())
		case !open:
			w.WriteHeader(http.StatusUnauthorized)
			_, _ = io.WriteString(w, `{"codice":"sessione-scaduta","messaggio":"Sessione scaduta"}`)
		case r.Method == http.MethodDelete:
			w.WriteHeader(http.StatusNoContent)
		case strings.HasPrefix(r.URL.Path, "/sessione/v1/"):
			_, _ = io.WriteString(w, sessionBody())
		case strings.HasPrefix(r.URL.Path, "/anagrafe/"):
			_, _ = io.WriteString(w, `{"codice_fiscale":"`+filepath.Base(r.URL.Path)+`","cognome":"BIANCHI","nome":"LUCIA","esenzioni":[{"codice":"031","descrizione":"Ipertensione","dal":"2016-09-12","altro":1}],"futuro":[]}`)
		default:
			f.serveSample(w, r)
		}
	})
}

func (f *fixture) serveSample(w http.ResponseWriter, r *http.Request) {
	name := map[string]string{"/dem/demInvioPrescritto": "invio-accettato", "/dem/demVisualizzaPrescritto": "visualizza", "/dem/demAnnullaPrescritto": "annulla", "/lotti": "lotto"}[r.URL.Path]
	data, err := os.ReadFile(filepath.Join("sac", "testdata", "risposte", name+".xml"))
	if err != nil {
		http.NotFound(w, r)
		return
	}
	_, _ = w.Write([]byte(strings.ReplaceAll(string(data), "VRDGLI75C41X000S", giulia().CF)))
}

// wantError checks the code and whether the fate of the request is open.
func wantError(t *testing.T, err error, code wire.ErrorCode, unknown bool) *Error {
	t.Helper()
	var e *Error
	if !errors.As(err, &e) {
		t.Fatalf("error %v, want %s", err, code)
	}
	if e.Code != code || e.Unknown != unknown || e.MayHaveArrived() != unknown || e.Wire().Data.Code != code {
		t.Errorf("code %s unknown %t (%v), want %s %t", e.Code, e.Unknown, err, code, unknown)
	}
	if strings.Contains(err.Error(), anagrafe.Patients()[0].CF) || strings.Contains(err.Error(), "/anagrafe/") {
		t.Errorf("personal data or an address in %q", err)
	}
	return e
}
