// Package cades signs documents of any kind as CAdES baseline signatures B-B
// and B-T, attached (.p7m) or detached (.p7s), adds a signature beside those that a
// .p7m has, and verifies them.
//
// A document is read once to be prepared and once to be written, and never held in
// memory. A signature is not added to a document whose earlier signatures do
// not hold.
//
// Standard: ETSI EN 319 122-1, section 6 (CAdES baseline signatures).
package cades

import (
	"context"
	"errors"
	"io"

	"raccordo/host/internal/signature"
	"raccordo/host/internal/signature/cms"
	"raccordo/host/internal/wire"
)

// prepared is a document whose digest is fixed.
type prepared struct {
	src        signature.Source
	signing    cms.Signing
	stamper    signature.Stamper
	attributes []byte
	digest     []byte
	write      func(p *prepared, ctx context.Context, value []byte, tokens [][]byte, w io.Writer) error
}

var _ signature.Prepared = (*prepared)(nil)

// Prepare reads a document. Attached is the usual packaging; a document that is
// a .p7m with its content gets a further, parallel signature then.
func Prepare(ctx context.Context, src signature.Source, opt signature.Options) (signature.Prepared, error) {
	if err := check(opt); err != nil {
		return nil, err
	}
	p := &prepared{src: src, stamper: opt.Stamper, signing: cms.Signing{Identity: opt.Identity, Now: opt.Now}, write: (*prepared).attached}
	if opt.Packaging == signature.Detached {
		p.write = (*prepared).detached
		return p, p.fix(ctx, src)
	}
	d, err := signedData(src)
	if err != nil {
		return nil, err
	}
	if d == nil {
		return p, p.fix(ctx, src)
	}
	p.write = (*prepared).parallel
	return p, p.fixBeside(ctx, d)
}

// check refuses what CAdES has no place for.
func check(opt signature.Options) error {
	switch {
	case opt.Packaging != "" && opt.Packaging != signature.Attached && opt.Packaging != signature.Detached:
		return &signature.Error{Code: wire.ErrSignFormat, Detail: "packaging"}
	case opt.Field != nil || opt.Reason != "" || opt.Location != "":
		return &signature.Error{Code: wire.ErrSignFormat, Detail: "field, reason, location"}
	case opt.Now.IsZero(): // EN 319 122-1, table 1: signing-time shall be present
		return &signature.Error{Code: wire.ErrSignFormat, Detail: "signing time"}
	}
	return nil
}

// signedData reads a document that is a .p7m; nil: it is a document like any
// other. A time-stamp token is one.
func signedData(src signature.Source) (*cms.SignedData, error) {
	d, err := cms.Parse(src)
	switch {
	case errors.Is(err, &signature.Error{Code: wire.ErrNotSigned}):
		return nil, nil
	case err != nil:
		return nil, err
	case d.ContentType.Equal(cms.OIDTSTInfo):
		return nil, nil
	case d.Content == nil:
		return nil, &signature.Error{Code: wire.ErrNoOriginal}
	}
	return d, nil
}

// fix reads the content and fixes what is signed.
func (p *prepared) fix(ctx context.Context, content signature.Source) error {
	h := p.signing.Identity.Algorithm.Hash.New()
	if err := cms.Copy(ctx, h, content); err != nil {
		return err
	}
	return p.sign(h.Sum(nil))
}

// fixBeside is fix for a document that has signatures, which must hold. One
// that uses an old algorithm or comes without its certificate says nothing of the
// document, and does not stand in the way.
func (p *prepared) fixBeside(ctx context.Context, d *cms.SignedData) error {
	p.signing.ContentType = d.ContentType
	h := p.signing.Identity.Algorithm.Hash.New()
	for _, f := range d.VerifyBeside(ctx, nil, h) {
		switch {
		case errors.Is(f.Broken, cms.ErrChanged), errors.Is(f.Broken, signature.ErrValue), errors.Is(f.Broken, cms.ErrCertificate):
			return f.Broken
		}
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	return p.sign(h.Sum(nil))
}

func (p *prepared) sign(messageDigest []byte) error {
	var err error
	if p.attributes, err = cms.Attributes(p.signing, messageDigest); err != nil {
		return err
	}
	p.digest = p.signing.Identity.Algorithm.Digest(p.attributes)
	return nil
}

func (p *prepared) Digest() []byte { return p.digest }

func (p *prepared) Complete(ctx context.Context, value []byte, w io.Writer) error {
	if p.stamper != nil { // no time-stamp over what is no signature; else it is seen when it is written
		if err := p.signing.Check(p.attributes, value); err != nil {
			return err
		}
	}
	tokens, err := cms.Tokens(ctx, p.stamper, value)
	if err != nil {
		return err
	}
	return p.write(p, ctx, value, tokens, w)
}

func (p *prepared) attached(ctx context.Context, value []byte, tokens [][]byte, w io.Writer) error {
	return cms.Attached(ctx, w, p.signing, p.src, p.attributes, value, tokens)
}

func (p *prepared) detached(_ context.Context, value []byte, tokens [][]byte, w io.Writer) error {
	der, err := cms.Detached(p.signing, p.attributes, value, tokens)
	if err != nil {
		return err
	}
	_, err = w.Write(der)
	return err
}

// parallel reads the .p7m again: a batch of many must not hold them all.
func (p *prepared) parallel(ctx context.Context, value []byte, tokens [][]byte, w io.Writer) error {
	d, err := cms.Parse(p.src)
	if err != nil {
		return err
	}
	return d.Add(ctx, w, p.signing, p.attributes, value, tokens)
}
