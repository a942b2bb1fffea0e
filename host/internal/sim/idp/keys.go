package idp

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"encoding/json"
	"fmt"

	"github.com/go-jose/go-jose/v4"
)

// keys sign ID tokens. Both kinds are published, one is used.
type keys struct {
	algorithm jose.SignatureAlgorithm
	signer    jose.Signer
	public    jose.JSONWebKeySet
}

const rsaBits = 2048

func newKeys(algorithm string) (*keys, error) {
	if algorithm == "" {
		algorithm = string(jose.RS256)
	}
	r, err := rsa.GenerateKey(rand.Reader, rsaBits)
	if err != nil {
		return nil, err
	}
	e, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	k := &keys{algorithm: jose.SignatureAlgorithm(algorithm)}
	for _, key := range []jose.JSONWebKey{
		{Key: r, KeyID: secret()[:16], Algorithm: string(jose.RS256), Use: "sig"},
		{Key: e, KeyID: secret()[:16], Algorithm: string(jose.ES256), Use: "sig"},
	} {
		k.public.Keys = append(k.public.Keys, key.Public())
		if key.Algorithm != algorithm {
			continue
		}
		if k.signer, err = jose.NewSigner(jose.SigningKey{Algorithm: k.algorithm, Key: key}, (&jose.SignerOptions{}).WithType("JWT")); err != nil {
			return nil, err
		}
	}
	if k.signer == nil {
		return nil, fmt.Errorf("id tokens are not signed with %q", algorithm)
	}
	return k, nil
}

func (k *keys) sign(claims map[string]any) (string, error) {
	body, err := json.Marshal(claims)
	if err != nil {
		return "", err
	}
	signed, err := k.signer.Sign(body)
	if err != nil {
		return "", err
	}
	return signed.CompactSerialize()
}

// open verifies one of our own ID tokens, whatever its age.
func (k *keys) open(token string) (claims map[string]any, err error) {
	signed, err := jose.ParseSignedCompact(token, []jose.SignatureAlgorithm{k.algorithm})
	if err != nil {
		return nil, err
	}
	body, err := signed.Verify(&k.public)
	if err != nil {
		return nil, err
	}
	return claims, json.Unmarshal(body, &claims)
}
