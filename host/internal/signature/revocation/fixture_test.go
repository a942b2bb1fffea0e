package revocation

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"io"
	"math/big"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/rs/zerolog"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// now is the tests' clock. OpenSSL has its own, which is the real one.
var now = time.Now().Truncate(time.Second)

func newKey(t testing.TB) *ecdsa.PrivateKey {
	t.Helper()
	k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// party has a certificate and its key.
type party struct {
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
}

// issue makes a certificate; a nil issuer signs itself.
func issue(t testing.TB, issuer *party, tmpl x509.Certificate) *party {
	t.Helper()
	p := &party{key: newKey(t)}
	if tmpl.NotBefore.IsZero() {
		tmpl.NotBefore = now.AddDate(-1, 0, 0)
	}
	if tmpl.NotAfter.IsZero() {
		tmpl.NotAfter = now.AddDate(1, 0, 0)
	}
	if issuer == nil {
		issuer = &party{&tmpl, p.key}
	}
	der, err := x509.CreateCertificate(rand.Reader, &tmpl, issuer.cert, p.key.Public(), issuer.key)
	if err != nil {
		t.Fatal(err)
	}
	if p.cert, err = x509.ParseCertificate(der); err != nil {
		t.Fatal(err)
	}
	return p
}

func newCA(t testing.TB, name string) *party {
	return issue(t, nil, x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name},
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageCRLSign,
	})
}

func newResponder(t testing.TB, ca *party, usage ...x509.ExtKeyUsage) *party {
	return issue(t, ca, x509.Certificate{
		SerialNumber: big.NewInt(900), Subject: pkix.Name{CommonName: "Responder"},
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: usage,
	})
}

// pki is an authority with its database, in the form that openssl ca keeps, and
// a server that answers by `openssl ocsp` and with CRLs of `openssl ca`.
type pki struct {
	dir       string
	ca        *party
	responder *party
	server    *httptest.Server
	extra     string // more of the CRL's extensions, in the words of openssl.cnf

	asked, listed atomic.Int32
	noOCSP, noCRL bool
}

const (
	numGood = 0x1000 + iota
	numRevoked
	numHeld
	numForgotten // the authority does not know it
)

var revokedAt = now.Add(-24 * time.Hour)

func newPKI(t testing.TB) *pki {
	t.Helper()
	p := &pki{dir: t.TempDir(), ca: newCA(t, "Autorità di prova")}
	p.responder = newResponder(t, p.ca, x509.ExtKeyUsageOCSPSigning)
	mux := http.NewServeMux()
	mux.HandleFunc("POST /ocsp", func(w http.ResponseWriter, r *http.Request) {
		p.asked.Add(1)
		question, err := io.ReadAll(r.Body)
		if err != nil || p.noOCSP {
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		w.Write(p.answer(t, question))
	})
	mux.HandleFunc("GET /crl", func(w http.ResponseWriter, r *http.Request) {
		p.listed.Add(1)
		if p.noCRL {
			w.WriteHeader(http.StatusNotFound)
			return
		}
		w.Write(p.crl(t))
	})
	p.server = httptest.NewServer(mux)
	t.Cleanup(p.server.Close)
	day := func(at time.Time) string { return at.UTC().Format("060102150405Z") }
	end := day(now.AddDate(1, 0, 0))
	p.write(t, "index.txt", fmt.Sprintf("V\t%s\t\t%X\tunknown\t/CN=a\nR\t%s\t%s,keyCompromise\t%X\tunknown\t/CN=b\nR\t%s\t%s,certificateHold\t%X\tunknown\t/CN=c\n",
		end, numGood, end, day(revokedAt), numRevoked, end, day(revokedAt), numHeld))
	p.write(t, "number", "1000\n")
	p.keep(t, "ca", p.ca)
	return p
}

func (p *pki) write(t testing.TB, name, text string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(p.dir, name), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func (p *pki) keep(t testing.TB, name string, who *party) {
	der, err := x509.MarshalPKCS8PrivateKey(who.key)
	if err != nil {
		t.Fatal(err)
	}
	p.write(t, name+".pem", string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: who.cert.Raw})))
	p.write(t, name+".key", string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})))
}

func (p *pki) openssl(t testing.TB, stdin []byte, args ...string) []byte {
	cmd := exec.Command("openssl", args...)
	cmd.Dir, cmd.Stdin = p.dir, bytes.NewReader(stdin)
	var faults bytes.Buffer
	cmd.Stderr = &faults
	out, err := cmd.Output()
	if err != nil {
		t.Errorf("openssl %s: %v\n%s", strings.Join(args, " "), err, &faults)
	}
	return out
}

// answer is that of a real responder.
func (p *pki) answer(t testing.TB, question []byte) []byte {
	p.keep(t, "responder", p.responder)
	return p.openssl(t, question, "ocsp", "-index", "index.txt", "-CA", "ca.pem", "-rsigner", "responder.pem", "-rkey", "responder.key",
		"-reqin", "/dev/stdin", "-respout", "/dev/stdout", "-ndays", "1")
}

// crl is one of a real authority.
func (p *pki) crl(t testing.TB) []byte {
	p.write(t, "ca.cnf", "[ca]\ndefault_ca=d\n[d]\ndatabase=index.txt\ncrlnumber=number\ndefault_md=sha256\ndefault_crl_days=7\ncrl_extensions=x\n[x]\nauthorityKeyIdentifier=keyid\n"+p.extra)
	return p.openssl(t, nil, "ca", "-gencrl", "-config", "ca.cnf", "-cert", "ca.pem", "-keyfile", "ca.key")
}

// leaf is a certificate that names the server.
func (p *pki) leaf(t testing.TB, number int64, change ...func(*x509.Certificate)) *x509.Certificate {
	tmpl := x509.Certificate{
		SerialNumber: big.NewInt(number), Subject: pkix.Name{CommonName: "Mario Rossi"},
		OCSPServer: []string{p.server.URL + "/ocsp"}, CRLDistributionPoints: []string{p.server.URL + "/crl"},
	}
	for _, f := range change {
		f(&tmpl)
	}
	return issue(t, p.ca, tmpl).cert
}

func (p *pki) checker(change ...func(*Options)) *Checker {
	opt := Options{Client: p.server.Client(), Now: func() time.Time { return now }, Log: zerolog.Nop()}
	for _, f := range change {
		f(&opt)
	}
	return New(opt)
}

func (p *pki) query(c *x509.Certificate, at time.Time) Query {
	return Query{Certificate: c, Issuer: p.ca.cert, At: at, Fetch: true}
}

func check(t testing.TB, c *Checker, q Query) Status {
	t.Helper()
	return c.Check(context.Background(), q)
}
