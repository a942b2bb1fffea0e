// Package signtest is what the tests of the signature formats share: a signatory
// for every algorithm, certified by the simulated authority, and the programs of
// others (openssl, certtool) that say whether a signature holds. Keys live as
// long as the test program; a program that is missing fails the test.
package signtest

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"

	"raccordo/host/internal/signature"
	"raccordo/host/internal/sim/testca"
)

// House is an authority and a folder.
type House struct {
	CA     *testca.CA
	Folder string
}

// Signatory signs in one way.
type Signatory struct {
	Name     string
	Key      crypto.Signer
	Identity signature.Identity
}

// New makes a house, for as long as a test.
func New(t testing.TB) *House {
	t.Helper()
	ca, err := testca.New("CA di prova per firme")
	must(t, err)
	h := &House{CA: ca, Folder: t.TempDir()}
	h.write(t, "ca.pem", ca.PEM())
	return h
}

// CAFile is the authority's certificate, PEM.
func (h *House) CAFile() string { return filepath.Join(h.Folder, "ca.pem") }

// keys are made once: an RSA key takes long under the race detector.
var keys = map[string]func() (crypto.Signer, error){
	"rsa":   sync.OnceValues(func() (crypto.Signer, error) { return rsa.GenerateKey(rand.Reader, 2048) }),
	"p-256": sync.OnceValues(func() (crypto.Signer, error) { return ecdsa.GenerateKey(elliptic.P256(), rand.Reader) }),
	"p-384": sync.OnceValues(func() (crypto.Signer, error) { return ecdsa.GenerateKey(elliptic.P384(), rand.Reader) }),
}

// Algorithms are all that a signature can have.
var algorithms = []struct {
	name, key string
	algorithm signature.Algorithm
}{
	{"RSA SHA-256", "rsa", signature.Algorithm{Scheme: signature.PKCS1v15, Hash: crypto.SHA256}},
	{"RSA SHA-384", "rsa", signature.Algorithm{Scheme: signature.PKCS1v15, Hash: crypto.SHA384}},
	{"RSA SHA-512", "rsa", signature.Algorithm{Scheme: signature.PKCS1v15, Hash: crypto.SHA512}},
	{"PSS SHA-256", "rsa", signature.Algorithm{Scheme: signature.PSS, Hash: crypto.SHA256}},
	{"PSS SHA-384", "rsa", signature.Algorithm{Scheme: signature.PSS, Hash: crypto.SHA384}},
	{"PSS SHA-512", "rsa", signature.Algorithm{Scheme: signature.PSS, Hash: crypto.SHA512}},
	{"P-256 SHA-256", "p-256", signature.Algorithm{Scheme: signature.ECDSA, Hash: crypto.SHA256}},
	{"P-256 SHA-512", "p-256", signature.Algorithm{Scheme: signature.ECDSA, Hash: crypto.SHA512}},
	{"P-384 SHA-384", "p-384", signature.Algorithm{Scheme: signature.ECDSA, Hash: crypto.SHA384}},
}

// All is a signatory for every algorithm, each with a certificate of its own,
// for nonRepudiation only.
func (h *House) All(t testing.TB) []Signatory {
	t.Helper()
	var all []Signatory
	for _, row := range algorithms {
		all = append(all, h.One(t, row.name))
	}
	return all
}

// One is the signatory of one algorithm: "RSA SHA-256", "P-384 SHA-384".
func (h *House) One(t testing.TB, name string) Signatory {
	t.Helper()
	for _, row := range algorithms {
		if row.name == name {
			return h.Issue(t, name, row.key, row.algorithm, &x509.Certificate{KeyUsage: x509.KeyUsageContentCommitment})
		}
	}
	t.Fatalf("no algorithm %q", name)
	return Signatory{}
}

// Issue certifies a key ("rsa", "p-256", "p-384") as a template wants it.
func (h *House) Issue(t testing.TB, name, key string, algorithm signature.Algorithm, tmpl *x509.Certificate) Signatory {
	t.Helper()
	k, err := keys[key]()
	must(t, err)
	if tmpl.Subject.CommonName == "" {
		tmpl.Subject = testca.Subject("Firmatario di prova " + name)
	}
	der, err := h.CA.Issue(tmpl, k.Public())
	must(t, err)
	leaf, err := x509.ParseCertificate(der)
	must(t, err)
	return Signatory{name, k, signature.Identity{Certificate: leaf, Chain: []*x509.Certificate{h.CA.Cert()}, Algorithm: algorithm}}
}

// Value signs a digest.
func (s Signatory) Value(t testing.TB, digest []byte) []byte {
	t.Helper()
	value, err := s.Key.Sign(rand.Reader, digest, s.Identity.Algorithm.Options())
	must(t, err)
	return value
}

// Files writes certificate and key, PEM.
func (h *House) Files(t testing.TB, s Signatory) (certificate, key string) {
	t.Helper()
	der, err := x509.MarshalPKCS8PrivateKey(s.Key)
	must(t, err)
	return h.Temp(t, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: s.Identity.Certificate.Raw})),
		h.Temp(t, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}))
}

// Temp writes a file, and returns its path.
func (h *House) Temp(t testing.TB, data []byte) string {
	t.Helper()
	f, err := os.CreateTemp(h.Folder, "")
	must(t, err)
	_, err = f.Write(data)
	must(t, err)
	must(t, f.Close())
	return f.Name()
}

func (h *House) write(t testing.TB, name string, data []byte) string {
	t.Helper()
	path := filepath.Join(h.Folder, name)
	must(t, os.WriteFile(path, data, 0o600))
	return path
}

// Run runs a program that must be there, and returns all that it says.
func Run(t testing.TB, name string, args ...string) (string, error) {
	t.Helper()
	path, err := exec.LookPath(name)
	must(t, err)
	out, err := exec.CommandContext(t.Context(), path, args...).CombinedOutput()
	return string(out), err
}

// Holds fails the test unless a program ends well.
func Holds(t testing.TB, name string, args ...string) string {
	t.Helper()
	out, err := Run(t, name, args...)
	if err != nil {
		t.Fatalf("%s %v: %v\n%s", name, args, err, out)
	}
	return out
}

// Fails fails the test when a program ends well.
func Fails(t testing.TB, name string, args ...string) string {
	t.Helper()
	out, err := Run(t, name, args...)
	if err == nil {
		t.Fatalf("%s %v takes it:\n%s", name, args, out)
	}
	return out
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
