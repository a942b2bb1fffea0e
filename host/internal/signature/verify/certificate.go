package verify

import (
	"context"
	"crypto/ecdsa"
	"crypto/rsa"
	"crypto/x509"
	"slices"
	"time"

	"raccordo/host/internal/signature"
)

// certificate judges the signer's certificate at the time that is proved.
func (v *Verifier) certificate(ctx context.Context, j *judged, f signature.Found) {
	proof := v.proof(ctx, j, f)
	if f.Broken == nil && weakKey(f.Certificate) {
		j.say(weak())
	}
	if j.stamp {
		j.say(stampOnly())
	} else {
		j.usage(f.Certificate)
	}
	v.validity(j, f, proof)
	v.chain(ctx, j, f, proof)
	for _, l := range v.trust.Lists() {
		if l.Outdated(v.now()) {
			j.say(outdated(l.Name, l.NextUpdate))
		}
	}
}

// weakKey tells keys below what SOG-IS accepts (ETSI TS 119 312, section 6).
func weakKey(c *x509.Certificate) bool {
	switch k := c.PublicKey.(type) {
	case *rsa.PublicKey:
		return k.N.BitLen() < 2000 // 2048, and those that an old card made a few bits shorter
	case *ecdsa.PublicKey:
		return k.Curve.Params().BitSize < 256
	}
	return false
}

// usage asks what the certificate is for (ETSI EN 319 412-2, section 4.3.2).
func (j *judged) usage(c *x509.Certificate) {
	switch {
	case c.KeyUsage == 0 || c.KeyUsage&x509.KeyUsageContentCommitment != 0:
	case c.KeyUsage&x509.KeyUsageDigitalSignature == 0:
		j.say(wrongUsage())
	case slices.Contains(c.ExtKeyUsage, x509.ExtKeyUsageClientAuth):
		j.say(authentication())
	}
}

// proof is a time at which the signature existed for certain.
type proof struct {
	at      time.Time
	stamped bool
}

// skew is by how much clocks differ.
const skew = 5 * time.Minute

// validity asks whether the certificate's own dates fit.
func (v *Verifier) validity(j *judged, f signature.Found, p proof) {
	c := f.Certificate
	switch {
	case p.at.After(c.NotAfter):
		j.Validity = "expired"
		if f.ClaimedAt.After(c.NotAfter) {
			j.say(expiredBefore(c.NotAfter))
		} else {
			j.say(expiredUnproven(c.NotAfter))
		}
	case p.at.Add(skew).Before(c.NotBefore):
		j.Validity = "not_yet_valid"
		j.say(notYetValid(c.NotBefore))
	case v.now().After(c.NotAfter):
		j.say(expiredSince(c.NotAfter))
	}
}
