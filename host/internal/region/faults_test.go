package region

import (
	"context"
	"crypto"
	"crypto/tls"
	"crypto/x509"
	"io"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"raccordo/host/internal/sim/anagrafe"
	"raccordo/host/internal/wire"
)

type signer = crypto.Signer

// deadCard is a card that cannot sign any more.
type deadCard struct {
	signer
	err error
}

func (d deadCard) Sign(io.Reader, []byte, crypto.SignerOpts) ([]byte, error) { return nil, d.err }

func TestFaultsOfASend(t *testing.T) {
	soapFault := func(code string) string {
		return `<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Body><e:Fault><faultcode>e:` + code + `</faultcode><faultstring>cvc-type 3</faultstring></e:Fault></e:Body></e:Envelope>`
	}
	say := func(status int, body string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status); _, _ = io.WriteString(w, body) }
	}
	tests := []struct {
		name    string
		handler http.HandlerFunc
		code    wire.ErrorCode
		unknown bool
		detail  string
	}{
		{"session ended", say(401, `{"codice":"sessione-scaduta","messaggio":"Sessione scaduta"}`), wire.ErrSessionEnded, false, "HTTP 401 sessione-scaduta"},
		{"forbidden", say(403, "no"), wire.ErrRegionFault, false, "HTTP 403"},
		{"not found", say(404, ""), wire.ErrRegionFault, false, "HTTP 404"},
		{"request timeout", say(408, ""), wire.ErrRegionTime, true, "HTTP 408"},
		{"too many", say(429, ""), wire.ErrRegionLimit, false, "HTTP 429"},
		{"500 page", say(500, "<html>"), wire.ErrMaintenance, true, "HTTP 500"},
		{"500 and nothing", say(500, ""), wire.ErrRegionBusy, true, "HTTP 500"},
		{"503", say(503, ""), wire.ErrRegionBusy, true, "HTTP 503"},
		{"client fault", say(500, soapFault("Client")), wire.ErrRegionFault, false, "fault Client"},
		{"fault with 400", say(400, soapFault("Client")), wire.ErrRegionFault, false, "fault Client"},
		{"fault with 401", say(401, soapFault("Client")), wire.ErrSessionEnded, false, "HTTP 401"},
		{"server fault", say(500, soapFault("Server")), wire.ErrRegionFault, true, "fault Server"},
		{"fault with 200", say(200, soapFault("Client")), wire.ErrRegionFault, false, "fault Client"},
		{"empty", say(200, ""), wire.ErrRegionAnswer, true, ""},
		{"maintenance page", say(200, "<html><body>manutenzione</body></html>"), wire.ErrMaintenance, true, "HTTP 200"},
		{"endless", say(200, strings.Repeat("x", 70000)), wire.ErrRegionAnswer, true, ""},
		{"odd success", say(204, ""), wire.ErrRegionAnswer, true, "HTTP 204"},
		{"hangs up", func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, wire.ErrRegionDown, true, "connection closed"},
		{"hangs up in the middle", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "100")
			_, _ = io.WriteString(w, "<e:Env")
			w.(http.Flusher).Flush()
			panic(http.ErrAbortHandler)
		}, wire.ErrRegionDown, true, "connection closed"},
		{"silent", func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }, wire.ErrRegionTime, true, ""},
		{"stops in the middle", func(w http.ResponseWriter, r *http.Request) {
			_, _ = io.WriteString(w, "<e:Env")
			w.(http.Flusher).Flush()
			<-r.Context().Done()
		}, wire.ErrRegionTime, true, ""},
	}
	f := newFixture(t)
	f.login(t)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f.serve(f.region(func(w http.ResponseWriter, r *http.Request) bool {
				_, _ = io.Copy(io.Discard, r.Body)
				tt.handler(w, r)
				return true
			}))
			_, err := f.client.Send(context.Background(), giulia(), nre, visit(), time.Now())
			if e := wantError(t, err, tt.code, tt.unknown); e.Detail != tt.detail {
				t.Errorf("detail %q", e.Detail)
			}
		})
	}
	if f.full.Load() != 1 {
		t.Errorf("%d full handshakes", f.full.Load())
	}
}

func TestCallerGivesUp(t *testing.T) {
	f := newFixture(t)
	f.login(t)
	ctx, cancel := context.WithCancel(context.Background())
	f.serve(f.region(func(_ http.ResponseWriter, r *http.Request) bool {
		_, _ = io.Copy(io.Discard, r.Body)
		cancel()
		<-r.Context().Done()
		return true
	}))
	_, err := f.client.Send(ctx, giulia(), nre, visit(), time.Now())
	wantError(t, err, wire.ErrCancelled, true)
	_, err = f.client.Send(ctx, giulia(), nre, visit(), time.Now())
	wantError(t, err, wire.ErrCancelled, false)
}

func TestRegistryAndSessionFaults(t *testing.T) {
	f := newFixture(t)
	f.login(t)
	ctx, cf := context.Background(), anagrafe.Patients()[0].CF
	say := func(status int, body string) {
		f.serve(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status); _, _ = io.WriteString(w, body) }))
	}
	tests := []struct {
		name   string
		status int
		body   string
		code   wire.ErrorCode
		open   bool
	}{
		{"unknown", 404, `{"codice":"assistito-sconosciuto","messaggio":"?"}`, wire.ErrPatientNone, false},
		{"another patient", 200, `{"codice_fiscale":"X","cognome":"X"}`, wire.ErrRegionAnswer, true},
		{"no JSON", 200, `<assistito/>`, wire.ErrRegionAnswer, true},
		{"maintenance", 200, `<html>`, wire.ErrMaintenance, false},
		{"exemption without a code", 200, `{"codice_fiscale":"` + cf + `","cognome":"X","esenzioni":[{}]}`, wire.ErrRegionAnswer, true},
		{"busy", 503, "", wire.ErrRegionBusy, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			say(tt.status, tt.body)
			_, err := f.client.Patient(ctx, cf, Presence{})
			wantError(t, err, tt.code, tt.open)
		})
	}
	say(404, "")
	wantError(t, f.client.Check(ctx), wire.ErrSessionEnded, false)
	for name, body := range map[string]string{"empty": "", "no id": `{"codice_fiscale":"` + giulia().CF + `","scade":"2026-11-23T02:00:00+01:00"}`, "path in the id": strings.Replace(sessionBody(), sessionID, "../x", 1), "no end": strings.Replace(sessionBody(), "scade", "finisce", 1)} {
		say(201, body)
		_, err := f.client.LoginCard(ctx, f.card(t, f.cardCA))
		t.Log(name)
		wantError(t, err, wire.ErrRegionAnswer, true)
	}
	say(403, `{"codice":"medico-sconosciuto","messaggio":"Medico non censito"}`)
	_, err := f.client.LoginCard(ctx, f.card(t, f.cardCA))
	if e := wantError(t, err, wire.ErrNotDoctor, false); len(e.Notices) != 1 || e.Notices[0].Text != "Medico non censito" {
		t.Errorf("%+v", e)
	}
	say(503, "")
	farewell, err := f.client.Logout(ctx)
	wantError(t, err, wire.ErrRegionBusy, true)
	if farewell == nil || farewell.Kept() != nil {
		t.Errorf("%+v: to be told later, by this process only", farewell)
	}
	wantError(t, f.client.Check(ctx), wire.ErrSessionNone, false) // gone here all the same
}

func TestLoginFaultsOfTheLine(t *testing.T) {
	ctx := context.Background()
	for _, version := range []uint16{tls.VersionTLS12, tls.VersionTLS13} {
		name := tls.VersionName(version)
		capped := func(c *tls.Config) { c.MaxVersion = version }
		t.Run(name+" card of another authority", func(t *testing.T) {
			f := newFixture(t, capped)
			_, err := f.client.LoginCard(ctx, f.card(t, authority(t, "altra")))
			wantError(t, err, wire.ErrTLSRefused, false)
		})
		t.Run(name+" no certificate accepted", func(t *testing.T) {
			f := newFixture(t, capped, func(c *tls.Config) {
				c.VerifyPeerCertificate = func([][]byte, [][]*x509.Certificate) error { return io.EOF }
			})
			_, err := f.client.LoginCard(ctx, f.card(t, f.cardCA))
			wantError(t, err, wire.ErrTLSRefused, false)
		})
	}
	t.Run("server of another authority", func(t *testing.T) {
		f := newFixture(t)
		f.write(t, "ca.crt", string(authority(t, "altra").PEM()))
		_, err := f.load(t, "prova", Options{}).LoginCard(ctx, f.card(t, f.cardCA))
		if e := wantError(t, err, wire.ErrTLSServer, false); e.Detail != "unknown authority" {
			t.Error(e.Detail)
		}
	})
	t.Run("server with another name", func(t *testing.T) {
		f := newFixture(t)
		f.write(t, "prova.toml", profileText(strings.Replace(f.server.URL, "127.0.0.1", "localhost", 1)))
		_, err := f.load(t, "prova", Options{}).LoginCard(ctx, f.card(t, f.cardCA))
		if e := wantError(t, err, wire.ErrTLSServer, false); e.Detail != "wrong host name" {
			t.Error(e.Detail)
		}
	})
	t.Run("nobody there", func(t *testing.T) {
		f := newFixture(t)
		f.server.Close()
		_, err := f.client.LoginCard(ctx, f.card(t, f.cardCA))
		if e := wantError(t, err, wire.ErrRegionDown, false); e.Detail != "connection refused" {
			t.Error(e.Detail)
		}
	})
	t.Run("not TLS", func(t *testing.T) {
		f, l := newFixture(t), listen(t, func(c net.Conn) { _, _ = io.WriteString(c, "HTTP/1.0 400 no\r\n\r\n") })
		f.write(t, "prova.toml", profileText("https://"+l))
		_, err := f.load(t, "prova", Options{}).LoginCard(ctx, f.card(t, f.cardCA))
		wantError(t, err, wire.ErrTLS, false)
	})
	t.Run("no such name", func(t *testing.T) {
		f := newFixture(t)
		f.write(t, "prova.toml", profileText("https://regione.invalid"))
		_, err := f.load(t, "prova", Options{}).LoginCard(ctx, f.card(t, f.cardCA))
		wantError(t, err, wire.ErrRegionDown, false)
	})
	t.Run("handshake never ends", func(t *testing.T) {
		f, l := newFixture(t), listen(t, func(c net.Conn) { _, _ = io.Copy(io.Discard, c) })
		f.write(t, "prova.toml", strings.Replace(profileText("https://"+l), `handshake = "5s"`, `handshake = "200ms"`, 1))
		_, err := f.load(t, "prova", Options{}).LoginCard(ctx, f.card(t, f.cardCA))
		wantError(t, err, wire.ErrRegionTime, false)
	})
}

// listen serves one raw connection after the other.
func listen(t *testing.T, serve func(net.Conn)) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			serve(c)
			_ = c.Close()
		}
	}()
	t.Cleanup(func() { _ = l.Close(); <-done })
	return l.Addr().String()
}

// A kept connection that breaks under a request: what has an effect is sent
// once, a question once more.
func TestOnlyQuestionsAreRepeated(t *testing.T) {
	f := newFixture(t)
	ctx := context.Background()
	for _, tt := range []struct {
		name    string
		request func() error
		times   int32
		unknown bool
	}{
		{"send", func() error { _, err := f.client.Send(ctx, giulia(), nre, visit(), time.Now()); return err }, 1, true},
		{"cancel", func() error { _, err := f.client.Cancel(ctx, giulia(), nre); return err }, 1, true},
		{"lot", func() error { _, err := f.client.Lot(ctx, giulia()); return err }, 1, true},
		{"logout", func() error { _, err := f.client.Logout(ctx); return err }, 1, true},
		{"patient", func() error { _, err := f.client.Patient(ctx, anagrafe.Patients()[0].CF, Presence{}); return err }, 2, false},
		{"check", func() error { return f.client.Check(ctx) }, 2, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f.serve(f.region())
			f.login(t)
			var times atomic.Int32
			f.serve(f.region(func(_ http.ResponseWriter, r *http.Request) bool {
				_, _ = io.Copy(io.Discard, r.Body)
				if times.Add(1) == 1 {
					panic(http.ErrAbortHandler)
				}
				return false
			}))
			err := tt.request()
			if times.Load() != tt.times {
				t.Errorf("sent %d times, not %d", times.Load(), tt.times)
			}
			if tt.unknown {
				wantError(t, err, wire.ErrRegionDown, true)
			} else if err != nil {
				t.Error(err)
			}
		})
	}
}
