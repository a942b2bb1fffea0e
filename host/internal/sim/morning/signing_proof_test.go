package morning

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"raccordo/host/internal/sim/testca"
)

// notary verifies signatures with software that nobody here wrote, which trusts
// the simulated CA and nothing else.
type notary struct {
	t   *testing.T
	nss string // certificate store of pdfsig
	ca  string // PEM
	dir string
}

func newNotary(t *testing.T, ca *testca.CA) *notary {
	t.Helper()
	n := &notary{t: t, nss: "/tmp/w/pg6/nss", dir: t.TempDir()}; os.MkdirAll(n.nss, 0o700)
	n.ca = filepath.Join(n.nss, "ca.pem")
	if err := os.WriteFile(n.ca, ca.PEM(), 0o600); err != nil {
		t.Fatal(err)
	}
	n.run("certutil", "-N", "-d", "sql:"+n.nss, "--empty-password")
	n.run("certutil", "-A", "-d", "sql:"+n.nss, "-n", "prova", "-t", "CT,C,C", "-i", n.ca)
	return n
}

func (n *notary) run(name string, args ...string) string {
	n.t.Helper()
	out, err := exec.Command(name, args...).CombinedOutput()
	if err != nil {
		n.t.Fatalf("%s %q: %v\n%s", name, args, err, out)
	}
	return string(out)
}

// pdf checks a signed PDF: sound, wholly covered, by a certificate of the CA.
func (n *notary) pdf(path, holder string) {
	n.t.Helper()
	n.run("qpdf", "--check", path)
	said := n.run("pdfsig", "-no-ocsp", "-nssdir", n.nss, path)
	for _, want := range []string{"Signature is Valid.", "Certificate is Trusted.", "Total document signed", "ETSI.CAdES.detached", holder} {
		if !strings.Contains(said, want) {
			n.t.Errorf("%s: pdfsig does not say %q:\n%s", filepath.Base(path), want, said)
		}
	}
}

// envelope checks a .p7m and that it holds content.
func (n *notary) envelope(path, content string) {
	n.t.Helper()
	held := filepath.Join(n.dir, "contenuto")
	n.run("openssl", "cms", "-verify", "-cades", "-binary", "-inform", "DER", "-in", path, "-CAfile", n.ca, "-purpose", "any", "-out", held)
	got, err := os.ReadFile(held)
	if err != nil || string(got) != content {
		n.t.Errorf("%s holds %q (%v), want %q", filepath.Base(path), got, err, content)
	}
}
