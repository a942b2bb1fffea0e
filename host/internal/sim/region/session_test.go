package region

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/rs/zerolog"

	"raccordo/host/internal/sim/anagrafe"
	"raccordo/host/internal/sim/testca"
)

func TestSession(t *testing.T) {
	r := startRegion(t)
	d := anagrafe.Doctors()[0]
	c := login(t, r, d)
	status, body := c.do(http.MethodGet, "/sessione/v1/"+c.session, nil, "")
	var got map[string]string
	if err := json.Unmarshal([]byte(body), &got); err != nil || status != http.StatusOK {
		t.Fatalf("%d %s %v", status, body, err)
	}
	want := map[string]string{
		"id": c.session, "codice_fiscale": d.CF, "cognome": "VERDI", "nome": "GIULIA", "metodo": "CNS", "livello": "LoA4",
		"organizzazione": "090201", "specializzazione": "F", "dal": "2026-11-22T12:20:04+01:00", "scade": "2026-11-22T20:20:04+01:00",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("session (-want +got):\n%s", diff)
	}
	if status, _ := c.do(http.MethodDelete, "/sessione/v1/"+c.session, nil, ""); status != http.StatusNoContent {
		t.Errorf("delete: %d", status)
	}
	if status, _ := c.do(http.MethodGet, "/sessione/v1/"+c.session, nil, ""); status != http.StatusNotFound {
		t.Errorf("after delete: %d", status)
	}
	if status, body := c.do(http.MethodGet, "/anagrafe/v1/assistiti/X", nil, ""); status != http.StatusUnauthorized || !strings.Contains(body, "sessione-scaduta") {
		t.Errorf("service after delete: %d %s", status, body)
	}
	last := r.Stats().LastClient
	if !strings.HasPrefix(last.CommonName, d.CF+"/") || last.Serial == "" || !strings.Contains(last.Issuer, "Regione simulata CA carte") || last.TLSVersion != "TLS 1.3" {
		t.Errorf("last client %+v", last)
	}
}

func TestSessionRefusals(t *testing.T) {
	var clock atomic.Int64
	clock.Store(noon.UnixNano())
	r := startRegion(t, func(o *Options) { o.Now = func() time.Time { return time.Unix(0, clock.Load()) } })
	doctors := anagrafe.Doctors()
	registry := func(c *client) (int, string) {
		own := anagrafe.Patients()[0]
		if c.doctor.CF != own.DoctorCF {
			own = anagrafe.OtherPatients()[0]
		}
		return c.do(http.MethodGet, "/anagrafe/v1/assistiti/"+own.CF, nil, "")
	}
	for name, row := range map[string]struct {
		client func(t *testing.T) *client
		want   string // codice of the 401; "" : 200
	}{
		"alive": {func(t *testing.T) *client { return login(t, r, doctors[0]) }, ""},
		"none":  {func(t *testing.T) *client { return newClient(t, r, doctors[0]) }, "sessione-assente"},
		"made up": {func(t *testing.T) *client {
			c := newClient(t, r, doctors[0])
			c.session = newUUID()
			return c
		}, "sessione-assente"},
		"of another certificate": {func(t *testing.T) *client {
			c := newClient(t, r, doctors[1])
			c.session = login(t, r, doctors[0]).session
			return c
		}, "sessione-assente"},
		"replaced": {func(t *testing.T) *client {
			c := login(t, r, doctors[0])
			login(t, r, doctors[0])
			return c
		}, "sessione-scaduta"},
		"revoked": {func(t *testing.T) *client {
			c := login(t, r, doctors[0])
			if r.RevokeSessions() == 0 {
				t.Error("nothing revoked")
			}
			return c
		}, "sessione-scaduta"},
		"expired": {func(t *testing.T) *client {
			c := login(t, r, doctors[0])
			clock.Add(int64(8 * time.Hour))
			return c
		}, "sessione-scaduta"},
	} {
		t.Run(name, func(t *testing.T) {
			status, body := registry(row.client(t))
			if row.want == "" && status != http.StatusOK || row.want != "" && (status != http.StatusUnauthorized || !strings.Contains(body, row.want)) {
				t.Errorf("%d %s", status, body)
			}
		})
	}
	t.Run("two doctors side by side", func(t *testing.T) {
		one, two := login(t, r, doctors[0]), login(t, r, doctors[1])
		for _, c := range []*client{one, two} {
			if status, body := registry(c); status != http.StatusOK {
				t.Errorf("%d %s", status, body)
			}
		}
		if status, _ := two.do(http.MethodDelete, "/sessione/v1/"+one.session, nil, ""); status != http.StatusNotFound {
			t.Errorf("closing another's session: %d", status)
		}
	})
	t.Run("challenge", func(t *testing.T) {
		answer, err := newClient(t, r, doctors[0]).request(http.MethodGet, "/anagrafe/v1/assistiti/x", nil, "")
		if err != nil {
			t.Fatal(err)
		}
		answer.Body.Close()
		if got := answer.Header.Get("WWW-Authenticate"); got != `Bearer error="invalid_token"` {
			t.Errorf("challenge %q", got)
		}
	})
}

func TestHandshake(t *testing.T) {
	r := startRegion(t)
	doctor := anagrafe.Doctors()[0]
	name := doctor.CF + "/1.x"
	foreign, err := testca.New("altra CA")
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range []struct {
		name   string
		certs  []tls.Certificate
		status int // 0: no connection
	}{
		{"no certificate", nil, 0},
		{"other CA", []tls.Certificate{cardCertificate(t, foreign, name)}, 0},
		{"signing certificate", []tls.Certificate{cardCertificate(t, r.CardCA(), name, func(c *x509.Certificate) {
			c.KeyUsage, c.ExtKeyUsage = x509.KeyUsageContentCommitment, nil
		})}, 0},
		{"server certificate", []tls.Certificate{cardCertificate(t, r.CardCA(), name, func(c *x509.Certificate) {
			c.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}
		})}, 0},
		{"expired", []tls.Certificate{cardCertificate(t, r.CardCA(), name, func(c *x509.Certificate) {
			c.NotBefore, c.NotAfter = time.Now().AddDate(-2, 0, 0), time.Now().AddDate(-1, 0, 0)
		})}, 0},
		{"unknown doctor", []tls.Certificate{cardCertificate(t, r.CardCA(), "RSSMRA75C03X999X/1.x")}, http.StatusForbidden},
		{"no codice fiscale", []tls.Certificate{cardCertificate(t, r.CardCA(), "pippo")}, http.StatusForbidden},
		{"doctor", []tls.Certificate{cardCertificate(t, r.CardCA(), name)}, http.StatusCreated},
	} {
		t.Run(row.name, func(t *testing.T) {
			before := r.Stats()
			c := &client{t: t, region: r, http: httpClient(t, r, row.certs...)}
			answer, err := c.request(http.MethodPost, "/sessione/v1", nil, "")
			if err == nil {
				answer.Body.Close()
			}
			switch {
			case row.status == 0 && err == nil:
				t.Errorf("let in: %d", answer.StatusCode)
			case row.status == 0 && r.Stats().FullHandshakes != before.FullHandshakes:
				t.Error("counted as a good handshake")
			case row.status != 0 && (err != nil || answer.StatusCode != row.status):
				t.Errorf("%v %v", answer, err)
			}
		})
	}
}

func TestOneHandshakeThenResumption(t *testing.T) {
	for _, version := range []uint16{tls.VersionTLS12, tls.VersionTLS13} {
		t.Run(tls.VersionName(version), func(t *testing.T) {
			r := startRegion(t)
			c := newClient(t, r, anagrafe.Doctors()[0])
			c.http.Transport.(*http.Transport).TLSClientConfig.MaxVersion = version
			c.do(http.MethodPost, "/sessione/v1", nil, "")
			for range 9 {
				c.do(http.MethodGet, "/sessione/v1/x", nil, "")
			}
			if s := r.Stats(); s.FullHandshakes != 1 || s.ResumedHandshakes != 0 {
				t.Errorf("ten requests on one connection: %+v", s)
			}
			c.http.CloseIdleConnections()
			c.do(http.MethodGet, "/sessione/v1/x", nil, "")
			if s := r.Stats(); s.FullHandshakes != 1 || s.ResumedHandshakes != 1 || !s.LastClient.Resumed || s.LastClient.TLSVersion != tls.VersionName(version) {
				t.Errorf("a new connection resumes: %+v", s)
			}
		})
	}
}

func TestRegistry(t *testing.T) {
	r := startRegion(t)
	c := login(t, r, anagrafe.Doctors()[0])
	p := anagrafe.Patients()[0]
	status, body := c.do(http.MethodGet, "/anagrafe/v1/assistiti/"+p.CF, nil, "")
	want := `{"codice_fiscale":"` + p.CF + `","cognome":"BIANCHI","nome":"LUCIA","data_nascita":"1950-01-01","luogo_nascita":"PROVA DI SOPRA","sesso":"F",` +
		`"indirizzo":"VIA GARIBALDI 12","comune":"FIRENZE","provincia":"FI","cap":"50123","asl":"090201","medico":"` + p.DoctorCF + `","scadenza_tessera":"2031-05-30",` +
		`"esenzioni":[{"codice":"E01","descrizione":"Età maggiore di 65 anni e reddito familiare inferiore a 36.151,98 euro","dal":"2024-03-01","al":"2027-03-31"},` +
		`{"codice":"031","descrizione":"Ipertensione arteriosa (senza danno d'organo)","dal":"2016-09-12","al":""}]}`
	if diff := cmp.Diff(want, body); diff != "" || status != http.StatusOK {
		t.Errorf("%d (-want +got):\n%s", status, diff)
	}
	status, body = c.do(http.MethodGet, "/anagrafe/v1/assistiti/SCONOSCIUTO", nil, "")
	if status != http.StatusNotFound || !strings.Contains(body, `"codice":"assistito-sconosciuto"`) {
		t.Errorf("unknown patient: %d %s", status, body)
	}
}

func TestAnotherDoctorsPatient(t *testing.T) {
	r := startRegion(t)
	p := anagrafe.OtherPatients()[0]
	own := login(t, r, anagrafe.Doctors()[1])
	if status, body := own.do(http.MethodGet, "/anagrafe/v1/assistiti/"+p.CF, nil, ""); status != http.StatusOK {
		t.Errorf("to the own doctor: %d %s", status, body)
	}
	c := login(t, r, anagrafe.Doctors()[0])
	five := p.CardNumber[len(p.CardNumber)-5:]
	for name, row := range map[string]struct {
		query string
		want  int
	}{
		"nothing": {"", http.StatusForbidden}, "last five digits": {"?ts5=" + five, http.StatusOK}, "card in the reader": {"?tessera=" + p.CardSerial, http.StatusOK},
		"both": {"?ts5=" + five + "&tessera=" + p.CardSerial, http.StatusOK}, "wrong digits": {"?ts5=99999", http.StatusForbidden},
		"four digits": {"?ts5=" + five[1:], http.StatusForbidden}, "the whole number": {"?ts5=" + p.CardNumber, http.StatusForbidden},
		"another's card": {"?tessera=6090010000000012", http.StatusForbidden}, "right digits, another's card": {"?ts5=" + five + "&tessera=6090010000000012", http.StatusForbidden},
	} {
		status, body := c.do(http.MethodGet, "/anagrafe/v1/assistiti/"+p.CF+row.query, nil, "")
		if status != row.want || (status == http.StatusForbidden && !strings.Contains(body, `"codice":"assistito-altro-medico"`)) {
			t.Errorf("%s: %d %s", name, status, body)
		}
	}
	if status, _ := c.do(http.MethodGet, "/anagrafe/v1/assistiti/"+anagrafe.Patients()[1].CF+"?tessera=", nil, ""); status != http.StatusOK {
		t.Errorf("own patient with an empty number: %d", status)
	}
}

// TestHandshakeLog: one line for each handshake, with what openssl x509 would
// print of the client.
func TestHandshakeLog(t *testing.T) {
	var mutex sync.Mutex
	var lines strings.Builder
	r := startRegion(t, func(o *Options) {
		o.Log = zerolog.New(zerolog.SyncWriter(writerFunc(func(p []byte) (int, error) {
			mutex.Lock()
			defer mutex.Unlock()
			return lines.Write(p)
		})))
	})
	c := login(t, r, anagrafe.Doctors()[0])
	c.newLot()
	leaf, err := x509.ParseCertificate(c.http.Transport.(*http.Transport).TLSClientConfig.Certificates[0].Certificate[0])
	if err != nil {
		t.Fatal(err)
	}
	mutex.Lock()
	defer mutex.Unlock()
	var found []string
	for line := range strings.Lines(lines.String()) {
		if strings.Contains(line, "client certificate verified") {
			found = append(found, line)
		}
	}
	if len(found) != 1 {
		t.Fatalf("%d lines: %v", len(found), found)
	}
	for _, part := range []string{leaf.SerialNumber.Text(16), leaf.Subject.CommonName, "Regione simulata CA carte", `"resumed":false`, `"listener":"sar"`} {
		if !strings.Contains(found[0], part) {
			t.Errorf("%q is missing in %s", part, found[0])
		}
	}
}

type writerFunc func([]byte) (int, error)

func (f writerFunc) Write(p []byte) (int, error) { return f(p) }
