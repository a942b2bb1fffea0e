package morning

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"raccordo/host/internal/sim/testca"
)

// notary verifies signatures with software that nobody here wrote, which trusts
// the simulated CA and nothing else.
type notary struct {
	t   *testing.T
	ca  string // PEM
	dir string
}

func newNotary(t *testing.T, ca *testca.CA) *notary {
	t.Helper()
	n := &notary{t: t, dir: t.TempDir()}
	n.ca = n.write("ca.pem", ca.PEM())
	return n
}

func (n *notary) write(name string, body []byte) string {
	n.t.Helper()
	path := filepath.Join(n.dir, name)
	if err := os.WriteFile(path, body, 0o600); err != nil {
		n.t.Fatal(err)
	}
	return path
}

func (n *notary) run(name string, args ...string) string {
	n.t.Helper()
	cmd := exec.Command(name, args...)
	cmd.Dir = n.dir
	out, err := cmd.CombinedOutput()
	if err != nil {
		n.t.Fatalf("%s %q: %v\n%s", name, args, err, out)
	}
	return string(out)
}

var ranges = regexp.MustCompile(`Signed Ranges: \[(\d+) - (\d+)\], \[(\d+) - (\d+)\]`)

// pdf checks a signed PDF: sound for qpdf, signed as a whole for poppler, by a
// certificate of the CA for openssl. (poppler 22.12 also judges certificates,
// by an error that NSS may have left behind.)
func (n *notary) pdf(path, holder string) {
	n.t.Helper()
	n.run("qpdf", "--check", path)
	said := n.run("pdfsig", "-nocert", path)
	for _, want := range []string{"Signature is Valid.", "Total document signed", "ETSI.CAdES.detached", holder} {
		if !strings.Contains(said, want) {
			n.t.Errorf("%s: pdfsig does not say %q:\n%s", filepath.Base(path), want, said)
		}
	}
	at := ranges.FindStringSubmatch(said)
	if at == nil {
		n.t.Fatalf("%s: no signed ranges:\n%s", filepath.Base(path), said)
	}
	n.run("pdfsig", "-dump", path)
	content := n.write("coperto", cut(n.t, path, at[1:]))
	n.run("openssl", "cms", "-verify", "-cades", "-binary", "-inform", "DER", "-in", filepath.Base(path)+".sig0", "-content", content, "-CAfile", n.ca, "-purpose", "any", "-out", os.DevNull)
}

// cut is what a signature covers: from, to, from, to.
func cut(t *testing.T, path string, at []string) []byte {
	t.Helper()
	body, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var all bytes.Buffer
	for i := 0; i < len(at); i += 2 {
		from, _ := strconv.Atoi(at[i])
		to, err := strconv.Atoi(at[i+1])
		if err != nil || from > to || to > len(body) {
			t.Fatalf("range %s - %s of %d bytes: %v", at[i], at[i+1], len(body), err)
		}
		all.Write(body[from:to])
	}
	return all.Bytes()
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
