// Package dpop verifies proofs of possession as the simulated identity provider
// and the simulated region's cloud services receive them (RFC 9449, section
// 4.3, without nonces). It remembers each proof for as long as it could be
// shown again, and never makes one.
package dpop

import (
	"crypto"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/go-jose/go-jose/v4"
)

// Algorithms are the signatures that a proof may have: asymmetric ones.
func Algorithms() []jose.SignatureAlgorithm {
	return []jose.SignatureAlgorithm{jose.ES256, jose.ES384, jose.EdDSA, jose.PS256, jose.RS256}
}

// window is how old a proof may be, and how far ahead the client's clock.
const window = time.Minute

// Error is why a proof is not taken.
type Error string

func (e Error) Error() string { return "DPoP proof: " + string(e) }

// Verifier checks proofs and remembers them.
type Verifier struct {
	now   func() time.Time
	mutex sync.Mutex
	seen  map[string]time.Time // jti with its key → when it may be forgotten
}

// New returns a verifier that has seen nothing.
func New(now func() time.Time) *Verifier { return &Verifier{now: now, seen: map[string]time.Time{}} }

// Want is what a proof must be made for.
type Want struct {
	Method, URL string // of the request; query and fragment do not count
	Token       string // access token that goes with it; "": none does
	Thumbprint  string // of the key it must be made with; "": any
}

type claims struct {
	ID       string  `json:"jti"`
	Method   string  `json:"htm"`
	URL      string  `json:"htu"`
	IssuedAt float64 `json:"iat"`
	Token    string  `json:"ath"`
}

// Verify checks the proof in a request's header and returns the thumbprint of
// its key (RFC 7638, SHA-256, base64url). It fails with an Error.
func (v *Verifier) Verify(header http.Header, want Want) (thumbprint string, err error) {
	proofs := header.Values("DPoP")
	if len(proofs) != 1 {
		return "", Error("exactly one header is needed")
	}
	signed, err := jose.ParseSignedCompact(proofs[0], Algorithms())
	if err != nil {
		return "", Error("not a JWT with an asymmetric signature")
	}
	head := signed.Signatures[0].Protected
	key := head.JSONWebKey
	switch {
	case head.ExtraHeaders[jose.HeaderType] != "dpop+jwt":
		return "", Error("typ is not dpop+jwt")
	case key == nil || !key.Valid() || !key.IsPublic():
		return "", Error("jwk is not a public key")
	}
	body, err := signed.Verify(key)
	if err != nil {
		return "", Error("signature is wrong")
	}
	var c claims
	if json.Unmarshal(body, &c) != nil {
		return "", Error("claims are unreadable")
	}
	print, err := key.Thumbprint(crypto.SHA256)
	if err != nil {
		return "", Error("jwk has no thumbprint")
	}
	thumbprint = base64.RawURLEncoding.EncodeToString(print)
	if err := c.check(want, v.now()); err != nil {
		return "", err
	}
	if want.Thumbprint != "" && want.Thumbprint != thumbprint {
		return "", Error("made with another key than the token's")
	}
	return thumbprint, v.once(thumbprint+" "+c.ID, v.now())
}

func (c claims) check(want Want, now time.Time) error {
	issued := time.Unix(int64(c.IssuedAt), 0)
	switch {
	case c.ID == "":
		return Error("jti is missing")
	case c.Method != want.Method:
		return Error("htm is another method")
	case !sameURL(c.URL, want.URL):
		return Error("htu is another address")
	case now.Sub(issued).Abs() > window:
		return Error("iat is not now")
	case want.Token != "" && subtle.ConstantTimeCompare([]byte(c.Token), []byte(Hash(want.Token))) != 1:
		return Error("ath is of another token")
	}
	return nil
}

// once refuses a proof that was shown before.
func (v *Verifier) once(id string, now time.Time) error {
	v.mutex.Lock()
	defer v.mutex.Unlock()
	for old, until := range v.seen {
		if now.After(until) {
			delete(v.seen, old)
		}
	}
	if _, again := v.seen[id]; again {
		return Error("shown before")
	}
	v.seen[id] = now.Add(2 * window)
	return nil
}

// Hash is the claim ath of an access token.
func Hash(token string) string {
	sum := sha256.Sum256([]byte(token))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

// sameURL compares without query and fragment, after the normalisation that
// scheme and host need (RFC 3986, section 6.2.2.1).
func sameURL(a, b string) bool {
	x, errX := bare(a)
	y, errY := bare(b)
	return errX == nil && errY == nil && x == y
}

func bare(s string) (string, error) {
	u, err := url.Parse(s)
	if err != nil {
		return "", err
	}
	if u.Scheme == "" || u.Host == "" {
		return "", errors.New("address is not absolute")
	}
	return strings.ToLower(u.Scheme+"://"+u.Host) + u.EscapedPath(), nil
}
