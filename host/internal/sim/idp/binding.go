package idp

import (
	"bytes"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"raccordo/host/internal/sim/idp/dpop"
)

// What access tokens are bound to (Options.Tokens).
const (
	TokensBearer = "bearer" // nothing
	TokensDPoP   = "dpop"   // a key of the client's (RFC 9449)
	TokensMTLS   = "mtls"   // a certificate of the client's (RFC 8705, section 3)
)

// Why a bound token does not count as it was presented.
var (
	ErrScheme      = errors.New("token was presented under another scheme than its own")
	ErrCertificate = errors.New("token is bound to another client certificate")
)

// binding is the member cnf of an access token, and of a refresh token since
// the client has no secret. At most one is set.
type binding struct {
	JKT string // thumbprint of a key (RFC 9449, section 6.1)
	X5T string // SHA-256 of a certificate, base64url (RFC 8705, section 3.1)
}

// bind is what the tokens of a request will be bound to.
func (p *Provider) bind(q *http.Request) (b binding, code string, err error) {
	switch p.opt.Tokens {
	case TokensDPoP:
		b.JKT, err = p.proofs.Verify(q.Header, dpop.Want{Method: q.Method, URL: p.issuer + pathToken})
		return b, "invalid_dpop_proof", err
	case TokensMTLS:
		if b.X5T = certificateOf(q); b.X5T == "" {
			return b, "invalid_request", errors.New("a client certificate is needed, at the endpoint of mtls_endpoint_aliases")
		}
	}
	return b, "", nil
}

// certificateOf is the thumbprint of the request's client certificate, or "".
func certificateOf(q *http.Request) string {
	if q.TLS == nil || len(q.TLS.PeerCertificates) == 0 {
		return ""
	}
	sum := sha256.Sum256(q.TLS.PeerCertificates[0].Raw)
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

// Authorization is scheme and access token of a request.
func Authorization(q *http.Request) (scheme, token string) {
	scheme, token, _ = strings.Cut(q.Header.Get("Authorization"), " ")
	return scheme, strings.TrimSpace(token)
}

// Presented tells whether a request for the address presents the token as its
// binding asks: a bound one with a proof under the scheme DPoP, or on a
// connection with its certificate. It fails with ErrScheme, ErrCertificate or a
// dpop.Error.
func (a Access) Presented(q *http.Request, address string, proofs *dpop.Verifier) error {
	scheme, token := Authorization(q)
	wanted := "Bearer"
	if a.JKT != "" {
		wanted = "DPoP"
	}
	if !strings.EqualFold(scheme, wanted) {
		return ErrScheme
	}
	if a.X5T != "" && a.X5T != certificateOf(q) {
		return ErrCertificate
	}
	if a.JKT == "" {
		return nil
	}
	_, err := proofs.Verify(q.Header, dpop.Want{Method: q.Method, URL: address, Token: token, Thumbprint: a.JKT})
	return err
}

// cardOrOwn lets in, besides cards, certificates that clients made for
// themselves: their tokens will be bound to them, they prove nothing else.
func (p *Provider) cardOrOwn(raw [][]byte, chains [][]*x509.Certificate) error {
	if len(raw) == 0 {
		return nil
	}
	leaf, err := x509.ParseCertificate(raw[0])
	if err != nil {
		return err
	}
	if selfSigned(leaf) {
		return nil
	}
	if err := p.ofCard(leaf); err != nil {
		return err
	}
	return refuseSigningCertificates(raw, chains)
}

func (p *Provider) ofCard(leaf *x509.Certificate) error {
	_, err := leaf.Verify(x509.VerifyOptions{Roots: p.opt.CardCA.Pool(), KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}})
	if err != nil {
		return fmt.Errorf("client certificate %s: %w", leaf.SerialNumber.Text(16), err)
	}
	return nil
}

func selfSigned(c *x509.Certificate) bool {
	return bytes.Equal(c.RawIssuer, c.RawSubject) && c.CheckSignature(c.SignatureAlgorithm, c.RawTBSCertificate, c.Signature) == nil
}
