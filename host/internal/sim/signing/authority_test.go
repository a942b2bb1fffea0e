package signing_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
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
