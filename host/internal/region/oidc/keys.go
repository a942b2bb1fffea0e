package oidc

import (
	"context"
	"crypto/rsa"
	"encoding/json"
	"errors"
	"time"

	"github.com/go-jose/go-jose/v4"
)

// algorithms of ID tokens: never none, never with a shared secret, which
// anybody who knows the public key could compute (RFC 8725, section 2.1).
var algorithms = []jose.SignatureAlgorithm{
	jose.RS256, jose.RS384, jose.RS512, jose.PS256, jose.PS384, jose.PS512, jose.ES256, jose.ES384, jose.ES512,
}

const (
	keysLife = time.Hour
	keysRest = 10 * time.Second // between two questions for a key that is not there
	maxKeys  = 64
)

// keySet are the provider's public keys (RFC 7517).
type keySet struct {
	list  []jose.JSONWebKey
	asked time.Time
}

// signers returns the keys that may have made a signature with this kid and
// algorithm, and asks for them when they are not known or old.
func (p *Provider) signers(ctx context.Context, kid string, alg jose.SignatureAlgorithm) ([]jose.JSONWebKey, error) {
	now := p.opt.Now()
	p.mu.Lock()
	known := p.keys
	p.mu.Unlock()
	if known != nil {
		age := now.Sub(known.asked)
		if found := known.find(kid, alg); age >= 0 && age < keysLife && (len(found) > 0 || age < keysRest) {
			return found, nil
		}
	}
	meta, err := p.metadata(ctx)
	if err != nil {
		return nil, err
	}
	var doc struct {
		Keys []json.RawMessage `json:"keys"`
	}
	if err := p.document(ctx, meta.Keys, &doc); err != nil {
		return nil, err
	}
	fresh := &keySet{asked: now}
	for _, raw := range doc.Keys[:min(len(doc.Keys), maxKeys)] {
		var key jose.JSONWebKey
		// A key of a kind that is not understood is of no use, and no harm.
		if key.UnmarshalJSON(raw) == nil && key.Valid() && key.IsPublic() && (key.Use == "" || key.Use == "sig") && long(key) {
			fresh.list = append(fresh.list, key)
		}
	}
	p.mu.Lock()
	p.keys = fresh
	p.mu.Unlock()
	return fresh.find(kid, alg), nil
}

// long refuses RSA keys below 2048 bits (RFC 7518, section 3.3).
func long(k jose.JSONWebKey) bool {
	key, ok := k.Key.(*rsa.PublicKey)
	return !ok || key.N.BitLen() >= 2048
}

func (s *keySet) find(kid string, alg jose.SignatureAlgorithm) (found []jose.JSONWebKey) {
	for _, k := range s.list {
		if (kid == "" || k.KeyID == kid) && (k.Algorithm == "" || k.Algorithm == string(alg)) {
			found = append(found, k)
		}
	}
	return found
}

// trusted is a go-oidc KeySet of keys that were got beforehand: what failed on
// the way to them keeps its name so.
type trusted []jose.JSONWebKey

var errSignature = errors.New("signature")

// VerifySignature implements go-oidc's KeySet.
func (keys trusted) VerifySignature(_ context.Context, token string) ([]byte, error) {
	jws, err := jose.ParseSignedCompact(token, algorithms)
	if err != nil {
		return nil, errSignature
	}
	for _, k := range keys {
		if payload, err := jws.Verify(k.Key); err == nil {
			return payload, nil
		}
	}
	return nil, errSignature
}

func algorithmNames() (names []string) {
	for _, a := range algorithms {
		names = append(names, string(a))
	}
	return names
}
