package signing_test

import (
	"crypto/x509"
	"encoding/pem"
	"errors"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/rs/zerolog"
	"golang.org/x/crypto/ocsp"

	"raccordo/host/internal/sim/anagrafe"
	"raccordo/host/internal/sim/signing"
	"raccordo/host/internal/sim/signing/vault"
	"raccordo/host/internal/sim/testca"
)

// openssl runs in a folder of its own.
func (s *stand) openssl(dir string, args ...string) (string, error) {
	s.Helper()
	cmd := exec.CommandContext(s.Context(), "openssl", args...)
	cmd.Dir = dir
	out, err := cmd.CombinedOutput()
	return string(out), err
}

// TestStamp: a token that openssl asks for, and verifies.
func TestStamp(t *testing.T) {
	s := start(t)
	dir := t.TempDir()
	write := func(name string, data []byte) { s.must(os.WriteFile(filepath.Join(dir, name), data, 0o600)) }
	write("ca.pem", s.Vault.CA().PEM())
	write("documento", []byte("un documento"))
	if out, err := s.openssl(dir, "ts", "-query", "-data", "documento", "-sha256", "-cert", "-out", "query"); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	query, err := os.ReadFile(filepath.Join(dir, "query"))
	s.must(err)
	status, header, reply := s.do(s.request("POST", "/tsa", "application/timestamp-query", query))
	if status != 200 || header.Get("Content-Type") != "application/timestamp-reply" {
		t.Fatalf("%d %v %s", status, header, reply)
	}
	write("reply", reply)
	out, err := s.openssl(dir, "ts", "-verify", "-queryfile", "query", "-in", "reply", "-CAfile", "ca.pem")
	if err != nil || !strings.Contains(out, "Verification: OK") {
		t.Fatalf("%v\n%s", err, out)
	}
}

// TestList: xmlsec1 and the list's own certificate agree that it is signed.
func TestList(t *testing.T) {
	s := start(t)
	status, header, text := s.get("/trust.xml")
	if status != 200 || header.Get("Content-Type") != "application/vnd.etsi.tsl+xml" {
		t.Fatalf("%d %v %s", status, header, text)
	}
	has(t, text, "Svctype/CA/QC", "Svctype/TSA/QTST", "Svcstatus/granted", "Svcstatus/undersupervision")
	dir := t.TempDir()
	verify := func(text string) (string, error) {
		s.must(os.WriteFile(filepath.Join(dir, "list.xml"), []byte(text), 0o600))
		s.must(os.WriteFile(filepath.Join(dir, "ca.pem"), s.Vault.CA().PEM(), 0o600))
		cmd := exec.CommandContext(s.Context(), "xmlsec1", "--verify", "--id-attr:Id", "SignedProperties", "--enabled-key-data", "x509", "--trusted-pem", "ca.pem", "list.xml")
		cmd.Dir = dir
		out, err := cmd.CombinedOutput()
		return string(out), err
	}
	if out, err := verify(text); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
	if out, err := verify(strings.Replace(text, "Svcstatus/granted", "Svcstatus/withdrawn", 1)); err == nil {
		t.Errorf("another status, and still signed\n%s", out)
	}
}

// TestRevocation: what openssl learns of a certificate by OCSP and by list, from
// the addresses that the certificate itself names.
func TestRevocation(t *testing.T) {
	s := start(t)
	dir := t.TempDir()
	cert := s.cert(vault.KindRSA).Cert
	write := func(name string, block string, data []byte) {
		s.must(os.WriteFile(filepath.Join(dir, name), pem.EncodeToMemory(&pem.Block{Type: block, Bytes: data}), 0o600))
	}
	write("ca.pem", "CERTIFICATE", s.Vault.CA().Cert().Raw)
	write("cert.pem", "CERTIFICATE", cert.Raw)
	if cert.OCSPServer[0] != s.URL()+"/ocsp" || cert.CRLDistributionPoints[0] != s.URL()+"/crl" || cert.IssuingCertificateURL[0] != s.URL()+"/ca.cer" {
		t.Fatalf("%v %v %v", cert.OCSPServer, cert.CRLDistributionPoints, cert.IssuingCertificateURL)
	}
	if _, _, raw := s.get("/ca.cer"); raw != string(s.Vault.CA().Cert().Raw) {
		t.Error("another authority's certificate")
	}
	for _, row := range []struct{ name, ocsp, list string }{{"good", "cert.pem: good", "cert.pem: OK"}, {"revoked", "Reason: keyCompromise", "certificate revoked"}} {
		if row.name == "revoked" {
			s.Authority.Revoke(cert.SerialNumber, time.Now().Add(-time.Minute), 1)
		}
		if out, err := s.openssl(dir, "ocsp", "-issuer", "ca.pem", "-cert", "cert.pem", "-reqout", "query.der", "-no_nonce"); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		query, err := os.ReadFile(filepath.Join(dir, "query.der"))
		s.must(err)
		_, header, byPost := s.do(s.request("POST", "/ocsp", "application/ocsp-request", query))
		_, _, byGet := s.get("/ocsp/" + url.PathEscape(b64(query)))
		if header.Get("Content-Type") != "application/ocsp-response" {
			t.Errorf("%v", header)
		}
		for _, answer := range [][]byte{byPost, []byte(byGet)} {
			s.must(os.WriteFile(filepath.Join(dir, "answer.der"), answer, 0o600))
			out, err := s.openssl(dir, "ocsp", "-respin", "answer.der", "-issuer", "ca.pem", "-cert", "cert.pem", "-CAfile", "ca.pem")
			if err != nil || !strings.Contains(out, "Response verify OK") || !strings.Contains(out, row.ocsp) {
				t.Errorf("%s: %v\n%s", row.name, err, out)
			}
		}
		_, _, list := s.get("/crl")
		write("crl.pem", "X509 CRL", []byte(list))
		if out, _ := s.openssl(dir, "verify", "-crl_check", "-CAfile", "ca.pem", "-CRLfile", "crl.pem", "cert.pem"); !strings.Contains(out, row.list) {
			t.Errorf("%s by list:\n%s", row.name, out)
		}
	}
	if s.Clear(); s.Authority.Revoked() != 0 {
		t.Error("still revoked")
	}
}

// TestOCSPRefuses what it can not answer for.
func TestOCSPRefuses(t *testing.T) {
	s := start(t)
	stranger, err := testca.New("altra")
	s.must(err)
	query, err := ocsp.CreateRequest(s.cert(vault.KindRSA).Cert, stranger.Cert(), nil)
	s.must(err)
	for name, row := range map[string]struct {
		query []byte
		want  ocsp.ResponseStatus
	}{"another authority": {query, ocsp.Unauthorized}, "no query": {[]byte("x"), ocsp.Malformed}} {
		_, _, raw := s.do(s.request("POST", "/ocsp", "application/ocsp-request", row.query))
		_, err := ocsp.ParseResponse(raw, nil)
		var said ocsp.ResponseError
		if !errors.As(err, &said) || said.Status != row.want {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, _, raw := s.get("/ocsp/%2A"); raw != string(ocsp.MalformedRequestErrorResponse) {
		t.Error("no Base64, and answered")
	}
}

// TestStampsGoWrong as it was ordered: refused, with another nonce, over
// something else; an algorithm that openssl refuses, and no query at all.
func TestStampsGoWrong(t *testing.T) {
	s := start(t)
	dir := t.TempDir()
	s.must(os.WriteFile(filepath.Join(dir, "ca.pem"), s.Vault.CA().PEM(), 0o600))
	s.must(os.WriteFile(filepath.Join(dir, "documento"), []byte("un documento"), 0o600))
	for _, row := range []struct{ order, hash, says string }{
		{"", "-sha256", "Verification: OK"},
		{vault.StampRefused, "-sha256", "Marcatura rifiutata dal simulatore"},
		{vault.StampNonce, "-sha256", "nonce mismatch"},
		{vault.StampImprint, "-sha256", "message imprint mismatch"},
		{"", "-sha1", "badAlg"},
		{"", "-sha512", "Verification: OK"},
	} {
		if row.order != "" {
			s.Vault.Next(vault.Order{Kind: row.order})
		}
		if out, err := s.openssl(dir, "ts", "-query", "-data", "documento", row.hash, "-cert", "-out", "query"); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		query, err := os.ReadFile(filepath.Join(dir, "query"))
		s.must(err)
		_, _, reply := s.do(s.request("POST", "/tsa", "application/timestamp-query", query))
		s.must(os.WriteFile(filepath.Join(dir, "reply"), reply, 0o600))
		said, _ := s.openssl(dir, "ts", "-reply", "-in", "reply", "-text")
		out, _ := s.openssl(dir, "ts", "-verify", "-queryfile", "query", "-in", "reply", "-CAfile", "ca.pem")
		if !strings.Contains(said+out, row.says) {
			t.Errorf("%s %s: openssl does not say %q\n%s%s", row.order, row.hash, row.says, said, out)
		}
	}
	if s.Authority.Stamps() == 0 {
		t.Error("no stamp counted")
	}
	if _, _, reply := s.do(s.request("POST", "/tsa", "application/timestamp-query", []byte("x"))); len(reply) == 0 {
		t.Error("no query, no answer")
	}
	if status, _, _ := s.get("/tsa"); status != 415 {
		t.Errorf("GET: %d", status)
	}
}

// TestWithdrawn: the list says since when, and what was before.
func TestWithdrawn(t *testing.T) {
	s := start(t)
	s.Authority.Withdraw(time.Date(2026, 11, 20, 10, 0, 0, 0, time.UTC))
	_, _, text := s.get("/trust.xml")
	if strings.Count(text, "Svcstatus/withdrawn</ServiceStatus>\n<StatusStartingTime>2026-11-20T10:00:00Z<") != 1 || strings.Count(text, "Svcstatus/granted<") != 2 {
		t.Error(text)
	}
}

// TestKept: the same keys and certificates in the next run at the same address,
// so that what was signed and stamped before still holds.
func TestKept(t *testing.T) {
	dir, addr := t.TempDir(), ""
	var before []*x509.Certificate
	for range 2 {
		servers, err := testca.LoadOrNew(dir, "server", "server")
		if err != nil {
			t.Fatal(err)
		}
		cards, err := testca.LoadOrNew(dir, "carte", "carte")
		if err != nil {
			t.Fatal(err)
		}
		p, err := signing.New(signing.Options{Addr: addr, ServerCA: servers, CA: cards, KeyDir: dir, Log: zerolog.Nop()})
		if err == nil {
			err = p.Start(t.Context())
		}
		if err != nil {
			t.Fatal(err)
		}
		addr = strings.TrimPrefix(p.URL(), "https://")
		all := []*x509.Certificate{p.Authority.TSACertificate(), p.Authority.ListCertificate()}
		for _, c := range p.Vault.Credentials(anagrafe.Doctors()[0].CF) {
			if c.Kind != vault.KindExpired { // always made anew
				all = append(all, c.Cert)
			}
		}
		if err := p.Close(); err != nil {
			t.Fatal(err)
		}
		for i, cert := range before {
			if !cert.Equal(all[i]) {
				t.Errorf("certificate %d is another", i)
			}
		}
		before = all
	}
}
