package vault

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"encoding/asn1"
	"math/big"
	"time"

	"raccordo/host/internal/sim/anagrafe"
	"raccordo/host/internal/sim/testca"
)

const rsaBits = 2048

func newRSA() (crypto.Signer, error) { return rsa.GenerateKey(rand.Reader, rsaBits) }
func newEC() (crypto.Signer, error)  { return ecdsa.GenerateKey(elliptic.P256(), rand.Reader) }

func (v *Vault) rsaKey(d anagrafe.Doctor) (crypto.Signer, error) {
	if v.opt.RSA != nil {
		return v.opt.RSA, nil
	}
	return testca.Kept(v.opt.KeyDir, id("remota-rsa", d.CF), newRSA)
}

func (v *Vault) ecKey(d anagrafe.Doctor) (crypto.Signer, error) {
	return testca.Kept(v.opt.KeyDir, id("remota-p256", d.CF), newEC)
}

// Sign signs a digest with a credential's key, rightly unless it was ordered
// otherwise.
func (v *Vault) Sign(c Credential, digest []byte, opts crypto.SignerOpts) ([]byte, error) {
	key, digest, spoil, err := v.disturb(c, digest)
	if err != nil {
		return nil, err
	}
	value, err := key.Sign(rand.Reader, digest, opts)
	if err != nil {
		return nil, err
	}
	if spoil {
		value[len(value)-1] ^= 1
	}
	settings := v.Settings()
	time.Sleep(time.Duration(settings.Slowly) * time.Millisecond)
	if _, ec := key.(*ecdsa.PrivateKey); ec && settings.RawECDSA {
		value, err = raw(value)
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	v.signed++
	return value, err
}

// disturb carries out what was ordered for the next signature.
func (v *Vault) disturb(c Credential, digest []byte) (crypto.Signer, []byte, bool, error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	_, spoil := v.take(Spoiled, "")
	if _, ok := v.take(OtherHash, ""); ok {
		digest = random(len(digest))
	}
	if _, ok := v.take(WrongOwner, ""); !ok {
		return c.key, digest, spoil, nil
	}
	name, generate := KindRSA, newRSA
	if _, ec := c.key.(*ecdsa.PrivateKey); ec {
		name, generate = KindEC, newEC
	}
	if v.stranger[name] == nil {
		key, err := generate()
		if err != nil {
			return nil, nil, false, err
		}
		v.stranger[name] = key
	}
	return v.stranger[name], digest, spoil, nil
}

// raw is an ECDSA value as r||s, both as long as the curve's order (P-256).
func raw(der []byte) ([]byte, error) {
	var value struct{ R, S *big.Int }
	if _, err := asn1.Unmarshal(der, &value); err != nil {
		return nil, err
	}
	out := make([]byte, 64)
	value.R.FillBytes(out[:32])
	value.S.FillBytes(out[32:])
	return out, nil
}
