package verify

import (
	"context"
	"crypto/x509"
	"slices"
	"time"

	"raccordo/host/internal/signature"
	"raccordo/host/internal/signature/revocation"
	"raccordo/host/internal/signature/trust"
	"raccordo/host/internal/wire"
)

// keyCompromise makes everything doubtful that the key ever signed (RFC 5280, section 5.3.1).
const keyCompromise = 1

// maxStamps are looked at; a signature has one or two.
const maxStamps = 16

// proof finds the earliest time-stamp that can be believed; without one, the
// signature is known to exist only now.
func (v *Verifier) proof(ctx context.Context, j *judged, f signature.Found) proof {
	p := proof{at: v.now()}
	for _, s := range f.Stamps[:min(len(f.Stamps), maxStamps)] {
		trusted := s.Broken == nil && v.believes(ctx, s, f)
		if !p.stamped && (trusted || j.Timestamp == nil) || trusted && s.At.Before(p.at) {
			j.Timestamp = &wire.Timestamp{At: rfc3339(s.At), Authority: nameOf(s.Authority), Trusted: trusted}
		}
		switch {
		case trusted && (!p.stamped || s.At.Before(p.at)):
			p = proof{s.At, true}
		case s.Broken != nil:
			j.say(stampBroken())
		case !trusted:
			j.say(stampUntrusted(nameOf(s.Authority)))
		}
	}
	return p
}

// believes tells whether a time-stamp, whose arithmetic holds, is of an
// authority that was trusted when it was made.
func (v *Verifier) believes(ctx context.Context, s signature.Stamp, f signature.Found) bool {
	a := s.Authority
	if a == nil || s.At.After(v.now().Add(skew)) || s.At.Before(a.NotBefore) || s.At.After(a.NotAfter) {
		return false
	}
	path, err := v.trust.Path(a, slices.Concat(s.Certificates, f.Certificates), s.At, trust.Stamp)
	if err != nil {
		return false
	}
	for i, c := range path.Chain[:len(path.Chain)-1] {
		status := v.checker.Check(ctx, revocation.Query{
			Certificate: c, Issuer: path.Chain[i+1], At: s.At, CRLs: f.CRLs, OCSPs: f.OCSPs, Fetch: true,
		})
		if status.State == revocation.Revoked || !status.RevokedAt.IsZero() && status.Reason == keyCompromise {
			return false
		}
	}
	return true
}

func nameOf(authority *x509.Certificate) string {
	if authority == nil {
		return ""
	}
	return signature.Signatory(authority).Name
}

func rfc3339(t time.Time) string { return t.UTC().Format(time.RFC3339) }
