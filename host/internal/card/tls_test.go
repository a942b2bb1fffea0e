//go:build linux

package card

import (
	"crypto/tls"
	"crypto/x509"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"

	"raccordo/host/internal/card/worker"
	"raccordo/host/internal/wire"
)

// server is a TLS server that wants a certificate of the test CA and answers
// with its common name.
func server(t *testing.T, version uint16) *httptest.Server {
	t.Helper()
	ca, err := testCA()
	if err != nil {
		t.Fatal(err)
	}
	own, err := ca.Server("127.0.0.1")
	if err != nil {
		t.Fatal(err)
	}
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		io.WriteString(w, req.TLS.PeerCertificates[0].Subject.CommonName)
	}))
	s.TLS = &tls.Config{
		Certificates: []tls.Certificate{own}, ClientAuth: tls.RequireAndVerifyClientCert,
		ClientCAs: ca.Pool(), MinVersion: version, MaxVersion: version,
	}
	s.Config.ErrorLog = nil
	s.StartTLS()
	t.Cleanup(s.Close)
	return s
}

func get(t *testing.T, s *httptest.Server, k *Key) (string, error) {
	t.Helper()
	pool := x509.NewCertPool()
	ca, _ := testCA()
	pool.AddCert(ca.Cert())
	transport := &http.Transport{TLSClientConfig: &tls.Config{
		RootCAs: pool, MaxVersion: k.MaxTLSVersion(), Certificates: []tls.Certificate{k.TLSCertificate()},
	}}
	defer transport.CloseIdleConnections()
	answer, err := (&http.Client{Transport: transport}).Get(s.URL)
	if err != nil {
		return "", err
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	return string(body), err
}

func TestTLSClientAuthentication(t *testing.T) {
	c := newCard(t)
	r := start(t)
	asked := 0
	k := open(t, r, r.insert(c), pin(rightPIN, &asked))
	defer k.Close()
	want := c.AuthCertificate().Subject.CommonName
	for _, row := range []struct {
		name    string
		version uint16
		mechs   []worker.Mechanism
		limit   uint16
	}{
		{"TLS 1.3, token pads PSS", tls.VersionTLS13, []worker.Mechanism{worker.PKCS1, worker.PSS}, 0},
		{"TLS 1.3, host pads PSS", tls.VersionTLS13, []worker.Mechanism{worker.PKCS1, worker.Raw}, 0},
		{"TLS 1.2, token pads PSS", tls.VersionTLS12, []worker.Mechanism{worker.PKCS1, worker.PSS}, 0},
		{"TLS 1.2, PKCS1 only", tls.VersionTLS12, []worker.Mechanism{worker.PKCS1}, tls.VersionTLS12},
		{"TLS 1.2, raw only", tls.VersionTLS12, []worker.Mechanism{worker.Raw}, 0},
	} {
		t.Run(row.name, func(t *testing.T) {
			limited := &Key{s: k.s, in: k.in, held: k.held, ask: k.ask, mechs: row.mechs}
			if limited.MaxTLSVersion() != row.limit {
				t.Errorf("max version %x", limited.MaxTLSVersion())
			}
			s, before := server(t, row.version), c.Signatures()
			for range 3 { // three handshakes, one login
				if got, err := get(t, s, limited); err != nil || got != want {
					t.Fatalf("%q, %v; want %q", got, err, want)
				}
			}
			if made := c.Signatures() - before; made != 3 {
				t.Errorf("%d signatures on the card for 3 handshakes", made)
			}
		})
	}
	if asked != 1 {
		t.Errorf("asked %d times", asked)
	}
}

func TestTLSTokenWithoutPSSRefusesTLS13(t *testing.T) {
	r := start(t)
	k := open(t, r, r.insert(newCard(t)), pin(rightPIN, nil))
	defer k.Close()
	limited := &Key{s: k.s, in: k.in, held: k.held, ask: k.ask, mechs: []worker.Mechanism{worker.PKCS1}}
	if _, err := get(t, server(t, tls.VersionTLS13), limited); err == nil {
		t.Error("a TLS 1.3 handshake without RSA-PSS")
	}
	if slices.Contains(limited.TLSCertificate().SupportedSignatureAlgorithms, tls.PSSWithSHA256) {
		t.Error("PSS offered")
	}
}

func TestTLSKeepsTheReason(t *testing.T) {
	c := newCard(t)
	r := start(t)
	k := open(t, r, r.insert(c), pin(rightPIN, nil))
	defer k.Close()
	c.Remove()
	r.await("removal", empty)
	_, err := get(t, server(t, tls.VersionTLS12), k)
	if codeOf(err) != wire.ErrCardRemoved {
		t.Errorf("%v", err)
	}
}
