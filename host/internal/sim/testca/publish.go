package testca

import (
	"crypto/rand"
	"crypto/x509"
	"math/big"
	"strings"
	"time"

	"golang.org/x/crypto/ocsp"
)

// PublishAt names the address below which this CA's own certificate (ca.cer),
// its revocation list (crl) and its OCSP responder (ocsp) are served: whatever
// it issues from now on points there (RFC 5280 sections 4.2.1.13 and 4.2.2.1).
// To be called before anything is issued.
func (ca *CA) PublishAt(base string) { ca.base = strings.TrimSuffix(base, "/") }

// point adds the addresses of PublishAt, unless the template has its own.
func (ca *CA) point(tmpl *x509.Certificate) {
	if ca.base == "" || len(tmpl.OCSPServer)+len(tmpl.CRLDistributionPoints)+len(tmpl.IssuingCertificateURL) > 0 {
		return
	}
	tmpl.OCSPServer = []string{ca.base + "/ocsp"}
	tmpl.IssuingCertificateURL = []string{ca.base + "/ca.cer"}
	tmpl.CRLDistributionPoints = []string{ca.base + "/crl"}
}

// Revoked is a certificate that no longer holds.
type Revoked struct {
	Serial *big.Int
	At     time.Time
	Reason int // RFC 5280 section 5.3.1
}

// CRL is the CA's revocation list, DER.
func (ca *CA) CRL(revoked []Revoked, number int64, now, next time.Time) ([]byte, error) {
	list := &x509.RevocationList{Number: big.NewInt(number), ThisUpdate: now, NextUpdate: next}
	for _, r := range revoked {
		list.RevokedCertificateEntries = append(list.RevokedCertificateEntries, x509.RevocationListEntry{SerialNumber: r.Serial, RevocationTime: r.At, ReasonCode: r.Reason})
	}
	return x509.CreateRevocationList(rand.Reader, list, ca.cert, ca.key)
}

// OCSP signs an answer with the CA's own key (RFC 6960 section 4.2.2.2), DER.
func (ca *CA) OCSP(answer ocsp.Response) ([]byte, error) {
	return ocsp.CreateResponse(ca.cert, ca.cert, answer, ca.key)
}
