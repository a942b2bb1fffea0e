// Package authority is what a trust service provider publishes beside its
// signatures: a time-stamping authority (RFC 3161, each token made by the real
// openssl), revocation by OCSP (RFC 6960) and list (RFC 5280), the authority's
// certificate, and a trusted list (ETSI TS 119 612) that names all of it. It
// stands for providers and supervisory bodies that do not exist.
package authority

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/base64"
	"errors"
	"math/big"
	"net/http"
	"sync"
	"time"

	"raccordo/host/internal/sim/signing/vault"
	"raccordo/host/internal/sim/testca"
)

// Options of an authority. Vault is needed: orders and settings are its own.
type Options struct {
	Vault  *vault.Vault
	Base   string // https://HOST:PORT, once it is known
	KeyDir string // keeps keys and certificates between runs; empty: fresh ones
}

// Authority publishes for the vault's certification authority.
type Authority struct {
	vault   *vault.Vault
	ca      *testca.CA
	base    string
	keys    string
	tsaKey  crypto.Signer
	tsaCert *x509.Certificate
	dir     string // of openssl's files; made with the first token
	list    crypto.Signer
	listCrt *x509.Certificate

	mu        sync.Mutex
	revoked   []testca.Revoked
	withdrawn time.Time // zero: the service is granted
	number    int64     // of the revocation list
	stamps    int
}

// New makes an authority with a time-stamping certificate.
func New(o Options) (*Authority, error) {
	if o.Vault == nil {
		return nil, errors.New("authority without its vault")
	}
	a := &Authority{vault: o.Vault, ca: o.Vault.CA(), base: o.Base, keys: o.KeyDir}
	var err error
	if a.tsaKey, a.tsaCert, err = a.issue("marca", "Marcatura temporale di prova", stamping()); err != nil {
		return nil, err
	}
	if a.list, a.listCrt, err = a.issue("elenco", "Gestore dell'elenco di fiducia di prova", listSigning()); err != nil {
		return nil, err
	}
	return a, nil
}

func (a *Authority) issue(file, name string, tmpl *x509.Certificate) (crypto.Signer, *x509.Certificate, error) {
	key, err := testca.Kept(a.keys, file, func() (crypto.Signer, error) { return ecdsa.GenerateKey(elliptic.P256(), rand.Reader) })
	if err != nil {
		return nil, nil, err
	}
	tmpl.Subject, tmpl.BasicConstraintsValid = testca.Subject(name), true
	cert, err := a.ca.KeptCertificate(a.keys, file, tmpl, key.Public())
	return key, cert, err
}

// stamping is the template of a time-stamping certificate: its extended key
// usage is critical and the only one (RFC 3161 section 2.3).
func stamping() *x509.Certificate {
	usage, err := asn1.Marshal([]asn1.ObjectIdentifier{{1, 3, 6, 1, 5, 5, 7, 3, 8}})
	if err != nil {
		panic(err) // a constant
	}
	return &x509.Certificate{
		KeyUsage:        x509.KeyUsageDigitalSignature,
		ExtraExtensions: []pkix.Extension{{Id: asn1.ObjectIdentifier{2, 5, 29, 37}, Critical: true, Value: usage}},
	}
}

// listSigning is the template of the one who signs the trusted list: id-tsl-kp
// tslSigning (ETSI TS 119 612 section 5.7.1).
func listSigning() *x509.Certificate {
	return &x509.Certificate{KeyUsage: x509.KeyUsageDigitalSignature, UnknownExtKeyUsage: []asn1.ObjectIdentifier{{0, 4, 0, 2231, 3, 0}}}
}

// TSACertificate is the time-stamping authority's.
func (a *Authority) TSACertificate() *x509.Certificate { return a.tsaCert }

// ListCertificate is that of whoever signs the trusted list.
func (a *Authority) ListCertificate() *x509.Certificate { return a.listCrt }

// Revoke revokes a certificate as of a moment, for a reason of RFC 5280
// section 5.3.1.
func (a *Authority) Revoke(serial *big.Int, at time.Time, reason int) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.revoked = append(a.revoked, testca.Revoked{Serial: serial, At: at, Reason: reason})
}

// Restore takes every revocation back, and Withdraw.
func (a *Authority) Restore() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.revoked, a.withdrawn = nil, time.Time{}
}

// Revoked counts the revoked certificates.
func (a *Authority) Revoked() int {
	a.mu.Lock()
	defer a.mu.Unlock()
	return len(a.revoked)
}

// Stamps counts the time-stamps given.
func (a *Authority) Stamps() int {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.stamps
}

func digestOf(cert *x509.Certificate) string {
	sum := sha256.Sum256(cert.Raw)
	return base64.StdEncoding.EncodeToString(sum[:])
}

// ServeCertificate serves the authority's own certificate, DER.
func (a *Authority) ServeCertificate(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/pkix-cert")
	_, _ = w.Write(a.ca.Cert().Raw) // a client that went away is no error of ours
}
