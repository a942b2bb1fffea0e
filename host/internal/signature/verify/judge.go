package verify

import (
	"context"
	"crypto/x509"
	"errors"
	"slices"

	"raccordo/host/internal/signature"
	"raccordo/host/internal/signature/cms"
	"raccordo/host/internal/wire"
)

// Words of the wire.
const (
	intact     = "intact"
	broken     = "broken"
	notChecked = "not_checked"
)

// judged is a signature and what was found about it.
type judged struct {
	wire.VerifiedSignature
	findings []finding
	stamp    bool // it is a time-stamp of the document, and nobody's signature
}

// say adds a finding, and lets it force its verdict.
func (j *judged) say(f finding) {
	j.findings = append(j.findings, f)
	j.Notices = append(j.Notices, f.notice())
	j.Verdict = worse(j.Verdict, f.verdict)
}

// clause is why the verdict is what it is: the first finding that forced it.
func (j *judged) clause() string {
	for _, f := range j.findings {
		if f.verdict == j.Verdict {
			return f.clause
		}
	}
	return ""
}

// judge says what one signature is worth. The order of the findings is that of
// their weight: what is wrong with the document before what is wrong with the
// certificate, and that before what could not be checked.
func (v *Verifier) judge(ctx context.Context, f found) judged {
	j := judged{VerifiedSignature: wire.VerifiedSignature{
		Verdict: wire.VerdictValid, Format: f.Format, Integrity: intact, Covers: string(f.Covers),
		Chain: "not_checked", Revocation: "not_checked", Validity: "valid", Notices: []wire.Notice{},
	}}
	if j.Covers == "" {
		j.Covers = string(signature.Part)
	}
	if !f.ClaimedAt.IsZero() {
		j.ClaimedAt = rfc3339(f.ClaimedAt)
		if f.ClaimedAt.After(v.now().Add(skew)) {
			j.say(claimedLater())
		}
	}
	if f.Certificate != nil {
		j.Signer = signature.Signatory(f.Certificate)
		j.Algorithm = f.Algorithm.Describe(f.Certificate.PublicKey)
		j.stamp = slices.Contains(f.Certificate.ExtKeyUsage, x509.ExtKeyUsageTimeStamping)
	}
	if f.Broken != nil {
		why := whyBroken(f.Broken)
		if j.Integrity = broken; why.verdict != wire.VerdictInvalid {
			j.Integrity = notChecked
		}
		j.say(why)
	}
	switch f.unread {
	case unknown:
	case isCMS:
		j.say(innerUnread())
	default:
		j.say(innerSkipped())
	}
	j.coverage(f)
	switch {
	case f.Certificate != nil:
		v.certificate(ctx, &j, f.Found)
	case f.Broken == nil:
		j.say(noSigner())
	}
	return j
}

// whyBroken tells what changed from what can not be told.
func whyBroken(err error) finding {
	switch {
	case errors.Is(err, cms.ErrChanged):
		return changed()
	case errors.Is(err, cms.ErrWeak):
		return weak()
	case errors.Is(err, cms.ErrNoSigner):
		return noSigner()
	case errors.Is(err, &signature.Error{Code: wire.ErrSignAlgorithm}), errors.Is(err, &signature.Error{Code: wire.ErrSignFormat}):
		return unsupported()
	case errors.Is(err, cms.ErrMalformed):
		return malformed()
	case errors.Is(err, signature.ErrValue), errors.Is(err, cms.ErrCertificate):
		return wrongValue()
	}
	return changed()
}

func (j *judged) coverage(f found) {
	switch {
	case f.Broken != nil || f.Covers == signature.Whole:
	case f.Covers == signature.Revision:
		j.say(revision())
	case f.kind == isPDF && !j.stamp:
		j.say(addition())
	case f.kind != isPDF:
		j.say(part())
	}
}
