package oidc

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/go-jose/go-jose/v4"
)

// prover proves the possession of the key that a login's tokens are bound to
// (RFC 9449). The key lives in memory, as long as the login.
type prover struct {
	thumbprint string // RFC 7638
	signer     jose.Signer
	now        func() time.Time

	mu     sync.Mutex
	nonces map[string]string // that servers handed out, by origin
}

func newProver(now func() time.Time) (*prover, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	options := (&jose.SignerOptions{EmbedJWK: true}).WithType("dpop+jwt")
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.ES256, Key: key}, options)
	if err != nil {
		return nil, err
	}
	sum, err := (&jose.JSONWebKey{Key: key.Public()}).Thumbprint(crypto.SHA256)
	if err != nil {
		return nil, err
	}
	return &prover{thumbprint: base64.RawURLEncoding.EncodeToString(sum), signer: signer, now: now, nonces: map[string]string{}}, nil
}

// prove adds the proof for one request; with an access token the proof is of
// use with that token only.
func (d *prover) prove(req *http.Request, access string) error {
	claims := map[string]any{
		"jti": rand.Text(), "htm": req.Method, "htu": target(req.URL), "iat": d.now().Unix(),
	}
	if access != "" {
		sum := sha256.Sum256([]byte(access))
		claims["ath"] = base64.RawURLEncoding.EncodeToString(sum[:])
	}
	d.mu.Lock()
	nonce := d.nonces[origin(req.URL)]
	d.mu.Unlock()
	if nonce != "" {
		claims["nonce"] = nonce
	}
	body, err := json.Marshal(claims)
	if err != nil {
		return err
	}
	signed, err := d.signer.Sign(body)
	if err != nil {
		return err
	}
	proof, err := signed.CompactSerialize()
	if err != nil {
		return err
	}
	req.Header.Set("DPoP", proof)
	return nil
}

// heard keeps the nonce that a server wants to see in the next proof (RFC
// 9449, section 8.2).
func (d *prover) heard(address string, header http.Header) {
	nonce := header.Get("DPoP-Nonce")
	u, err := url.Parse(address)
	if err != nil || nonce == "" || len(nonce) > 1024 {
		return
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.nonces[origin(u)] = nonce
}

// target is htu: the address without query and fragment, normalised (RFC 9449,
// section 4.3; RFC 3986, section 6.2).
func target(u *url.URL) string {
	path := u.EscapedPath()
	if path == "" {
		path = "/"
	}
	return origin(u) + path
}

func origin(u *url.URL) string {
	return "https://" + strings.TrimSuffix(strings.ToLower(u.Host), ":443")
}
