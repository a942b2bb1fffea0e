package jws

import (
	"crypto"
	"crypto/rand"
	"encoding/json"

	"raccordo/host/internal/signature"
)

// Token makes a JWT of claims with the certificate in x5c, as the FSE 2.0 gateway
// wants both of its tokens. Claims is marshalled to a JSON object.
func Token(key crypto.Signer, identity signature.Identity, claims any) (string, error) {
	h, err := newHeader(identity)
	if err != nil {
		return "", err
	}
	h.Typ, h.Certificate = "JWT", h.Certificate[:1]
	protected, err := protect(h)
	if err != nil {
		return "", err
	}
	payload, err := json.Marshal(claims)
	if err != nil {
		return "", err
	}
	input := protected + "." + encode(payload)
	digest := identity.Algorithm.Digest([]byte(input))
	value, err := key.Sign(rand.Reader, digest, identity.Algorithm.Options())
	if err != nil {
		return "", err
	}
	signed, err := flat(identity, digest, value)
	if err != nil {
		return "", err
	}
	return input + "." + encode(signed), nil
}
