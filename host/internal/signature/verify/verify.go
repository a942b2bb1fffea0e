// Package verify says what the signatures of a document are worth: it
// recognises the document by its bytes, has the format's package check the
// arithmetic, and judges each signature at the time for which there is a proof. A
// time-stamp of a trusted authority is one; else the time of the check is
// taken, because what a signer says of the time proves nothing.
//
// It never trusts what a signature brings by itself, asks only addresses of
// certificates that lead to the trust store, and never says "valid" of what could
// not be checked: that is "indeterminate".
//
// Standard: ETSI EN 319 102-1 v1.4.1, sections 5.1.3 and 5.3; differences stand
// in docs/verification.md.
package verify

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"net/http"
	"time"

	"github.com/rs/zerolog"

	"raccordo/host/internal/signature"
	"raccordo/host/internal/signature/revocation"
	"raccordo/host/internal/signature/trust"
	"raccordo/host/internal/wire"
)

// Options of a Verifier.
type Options struct {
	Trust  *trust.Store // nil: no chain is checked
	Client *http.Client // nil: offline, only what signatures bring
	Now    func() time.Time
	Log    zerolog.Logger
}

// Verifier verifies documents; it may be used by several goroutines.
type Verifier struct {
	trust   *trust.Store
	checker *revocation.Checker
	now     func() time.Time
	formats map[kind]format
}

// New makes a Verifier. Its memory of revocations lasts as long as it does.
func New(opt Options) *Verifier {
	if opt.Trust == nil {
		opt.Trust = trust.None()
	}
	if opt.Now == nil {
		opt.Now = time.Now
	}
	return &Verifier{
		trust:   opt.Trust,
		checker: revocation.New(revocation.Options{Client: opt.Client, Now: opt.Now, Log: opt.Log}),
		now:     opt.Now,
		formats: formats(),
	}
}

// Verify checks all signatures of a document, those of a document inside a
// signed one too. original is what a detached signature is over, or nil. The
// document's name proves nothing, and is not looked at.
// Errors are *signature.Error of document.*; a signature that does not hold is
// no error but a verdict.
func (v *Verifier) Verify(ctx context.Context, src, original signature.Source, _ string) (wire.Verification, error) {
	out := wire.Verification{Size: src.Size(), Signatures: []wire.VerifiedSignature{}}
	what, err := recognise(src)
	if err != nil {
		return out, err
	}
	found, err := v.nested(ctx, what, src, original, maxNested)
	if err != nil {
		return out, err
	}
	if out.SHA256, err = digest(ctx, src); err != nil {
		return out, err
	}
	out.Format = string(what)
	all := make([]judged, len(found))
	for i, f := range found {
		all[i] = v.judge(ctx, f)
		if err := ctx.Err(); err != nil {
			return out, err
		}
		out.Signatures = append(out.Signatures, all[i].VerifiedSignature)
		out.Added = out.Added || f.added
	}
	out.Verdict = worst(all)
	out.Text = sentence(all)
	return out, nil
}

// digest hashes a document as a stream.
func digest(ctx context.Context, src signature.Source) (string, error) {
	h := sha256.New()
	piece := make([]byte, 1<<20)
	for r := io.NewSectionReader(src, 0, src.Size()); ; {
		n, err := r.Read(piece)
		h.Write(piece[:n])
		if err == io.EOF {
			return hex.EncodeToString(h.Sum(nil)), nil
		}
		if err == nil {
			err = ctx.Err()
		}
		if err != nil {
			return "", err
		}
	}
}
