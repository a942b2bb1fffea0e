package authority

import (
	"bytes"
	"crypto"
	"encoding/base64"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"golang.org/x/crypto/ocsp"

	"raccordo/host/internal/sim/testca"
)

// fresh is how long what was said of revocation may be believed.
const fresh = 12 * time.Hour

// ServeOCSP answers by POST and by GET (RFC 6960 appendix A). Who is not revoked
// is good: certificates of this authority may come from another run.
func (a *Authority) ServeOCSP(w http.ResponseWriter, q *http.Request) {
	raw, err := ocspQuery(w, q)
	if err != nil {
		w.Header().Set("Content-Type", "application/ocsp-response")
		_, _ = w.Write(ocsp.MalformedRequestErrorResponse)
		return
	}
	w.Header().Set("Content-Type", "application/ocsp-response")
	_, _ = w.Write(a.answer(raw)) // a client that went away is no error of ours
}

func ocspQuery(w http.ResponseWriter, q *http.Request) ([]byte, error) {
	if q.Method == http.MethodPost {
		return io.ReadAll(http.MaxBytesReader(w, q.Body, maxQuery))
	}
	text, err := url.PathUnescape(strings.TrimPrefix(q.URL.EscapedPath(), "/ocsp/"))
	if err != nil {
		return nil, err
	}
	return base64.StdEncoding.DecodeString(text)
}

func (a *Authority) answer(raw []byte) []byte {
	query, err := ocsp.ParseRequest(raw)
	if err != nil {
		return ocsp.MalformedRequestErrorResponse
	}
	if !a.own(query) {
		return ocsp.UnauthorizedErrorResponse
	}
	now := a.vault.Now()
	said := ocsp.Response{Status: ocsp.Good, SerialNumber: query.SerialNumber, ThisUpdate: now.Add(-time.Minute), NextUpdate: now.Add(fresh), IssuerHash: query.HashAlgorithm}
	a.mu.Lock()
	for _, r := range a.revoked {
		if r.Serial.Cmp(query.SerialNumber) == 0 {
			said.Status, said.RevokedAt, said.RevocationReason = ocsp.Revoked, r.At, r.Reason
		}
	}
	a.mu.Unlock()
	der, err := a.ca.OCSP(said)
	if err != nil {
		return ocsp.InternalErrorErrorResponse
	}
	return der
}

// own tells whether a query is about this authority's certificates.
func (a *Authority) own(query *ocsp.Request) bool {
	if query.HashAlgorithm == crypto.Hash(0) || !query.HashAlgorithm.Available() {
		return false
	}
	h := query.HashAlgorithm.New()
	h.Write(a.ca.Cert().RawSubject)
	return bytes.Equal(h.Sum(nil), query.IssuerNameHash)
}

// ServeCRL serves the revocation list.
func (a *Authority) ServeCRL(w http.ResponseWriter, _ *http.Request) {
	now := a.vault.Now()
	a.mu.Lock()
	a.number++
	der, err := a.ca.CRL(append([]testca.Revoked(nil), a.revoked...), a.number, now.Add(-time.Minute), now.Add(fresh))
	a.mu.Unlock()
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/pkix-crl")
	_, _ = w.Write(der)
}
