package verify

import (
	"context"
	"errors"

	"raccordo/host/internal/signature"
	"raccordo/host/internal/signature/revocation"
	"raccordo/host/internal/signature/trust"
)

// chain asks whether the certificate leads to the trust store, and whether
// anything on the way was revoked.
func (v *Verifier) chain(ctx context.Context, j *judged, f signature.Found, p proof) {
	if v.trust.Empty() {
		j.say(noTrust())
		return
	}
	use := trust.Sign
	if j.stamp {
		use = trust.Stamp
	}
	path, err := v.trust.Path(f.Certificate, f.Certificates, p.at, use)
	var status *trust.StatusError
	switch {
	case err == nil:
		j.Chain, j.Trust = "trusted", path.Service.Title()
		v.revocation(ctx, j, f, path, p)
		switch {
		case j.stamp:
		case !j.Signer.Qualified:
			j.say(notQualified())
		case !path.Qualified:
			j.say(qualifiedUnconfirmed())
		}
	case errors.As(err, &status):
		j.Chain, j.Trust = "untrusted", path.Service.Title()
		if status.Status == "" {
			j.say(notYetListed(status.Since))
		} else {
			j.say(withdrawn(status.Since))
		}
	default:
		j.Chain = "untrusted"
		j.say(untrusted(j.Signer.Issuer))
	}
}

// revocation asks for each certificate of a path but the trusted one, above whom
// there is nobody to ask.
func (v *Verifier) revocation(ctx context.Context, j *judged, f signature.Found, path trust.Path, p proof) {
	for i, c := range path.Chain[:max(len(path.Chain)-1, 0)] {
		s := v.checker.Check(ctx, revocation.Query{
			Certificate: c, Issuer: path.Chain[i+1], At: p.at, CRLs: f.CRLs, OCSPs: f.OCSPs, Fetch: true,
		})
		if i == 0 {
			j.revoked(s, f, p)
		} else if s.State == revocation.Revoked {
			j.say(authorityRevoked())
		} else if s.State != revocation.Good && j.Revocation == "good" {
			j.say(authorityUnknown())
		}
	}
}

// revoked says what the state of the signer's certificate means.
func (j *judged) revoked(s revocation.Status, f signature.Found, p proof) {
	switch s.State {
	case revocation.Good:
		j.Revocation = "good"
		if !s.RevokedAt.IsZero() {
			j.say(revokedSince(s.RevokedAt))
		}
	case revocation.Unknown:
		j.Revocation = "unknown"
		j.say(revocationUnknown())
	case revocation.NotChecked:
		j.say(revocationNotChecked())
	case revocation.Revoked:
		j.Revocation = "revoked"
		switch {
		case s.Reason == revocation.OnHold:
			j.say(suspended(s.RevokedAt))
		case !f.ClaimedAt.Before(s.RevokedAt):
			j.say(revokedBefore(s.RevokedAt))
		case p.stamped:
			j.say(revokedStamped(s.RevokedAt))
		default:
			j.say(revokedUnproven(s.RevokedAt))
		}
	}
}
