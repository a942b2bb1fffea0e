// Package pades signs PDF documents and reads the signatures that they have. A
// signature is a new revision at the end of the file; what was there before
// stays as it was, byte by byte, with earlier signatures and forms. Documents
// are read in place and written as a stream.
//
// It refuses what it could only sign by guessing, or in vain: encrypted and
// damaged files, and documents whose author certified them against further
// signatures. It never says what a signature is worth: that is for package
// verify. What it does say is strict: a signature leaves out its own value and
// nothing else, and what was added later is looked through for changes of what
// was signed.
//
// Standards: ETSI EN 319 142-1 (PAdES, levels B-B and B-T), ISO 32000-1,
// section 12.8, ISO 32000-2 for what is locked.
package pades

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"

	"raccordo/host/internal/pdf"
	"raccordo/host/internal/signature"
	"raccordo/host/internal/signature/cms"
	"raccordo/host/internal/wire"
)

// tokenRoom is kept for a time-stamp token, in bytes: the largest seen bring
// their whole chain and need 8 KiB.
const tokenRoom = 16 << 10

// Prepare lays out the revision that has the signature, and computes what is to be signed.
func Prepare(ctx context.Context, src signature.Source, opt signature.Options) (signature.Prepared, error) {
	if opt.Packaging != "" && opt.Packaging != signature.Enveloped {
		return nil, &signature.Error{Code: wire.ErrSignFormat, Detail: "packaging"}
	}
	if src.Size() > wire.MaxDocument {
		return nil, &signature.Error{Code: wire.ErrDocLarge}
	}
	file, err := pdf.Open(src, src.Size())
	if err != nil {
		return nil, fault(err)
	}
	signing := cms.Signing{Identity: opt.Identity}
	room := cms.DetachedSize(signing, 0)
	if opt.Stamper != nil {
		room = cms.DetachedSize(signing, tokenRoom)
	}
	revision, at, err := layOut(file, opt, room)
	if err != nil {
		return nil, fault(err)
	}
	p := &prepared{src: src, signing: signing, stamper: opt.Stamper, room: room}
	p.place(revision.Bytes, at)
	hash := opt.Identity.Algorithm.Hash.New()
	if err := pump(ctx, hash, src); err != nil {
		return nil, err
	}
	hash.Write(p.before)
	hash.Write(p.after)
	if p.attributes, err = cms.Attributes(signing, hash.Sum(nil)); err != nil {
		return nil, err
	}
	return p, nil
}

// layOut writes the revision. The signature's dictionary starts at the place that is returned.
func layOut(file *pdf.File, opt signature.Options, room int) (pdf.Written, int, error) {
	form, err := readForm(file)
	if err != nil {
		return pdf.Written{}, 0, err
	}
	if form.locked {
		return pdf.Written{}, 0, &signature.Error{Code: wire.ErrPDFLocked}
	}
	r := &revision{file: file, form: form, opt: opt, update: file.Update()}
	value, err := r.build(room)
	if err != nil {
		return pdf.Written{}, 0, err
	}
	id := sha256.Sum256(fmt.Appendf(nil, "%v %d %d", file.Trailer()["ID"], opt.Now.UnixNano(), file.Highest()))
	w, err := r.update.Write(id[:16])
	return w, w.Objects[value], err
}

// fault gives faults of the file their codes.
func fault(err error) error {
	var known *signature.Error
	switch {
	case errors.As(err, &known):
		return err
	case errors.Is(err, pdf.ErrEncrypted):
		return &signature.Error{Code: wire.ErrPDFSealed}
	case errors.Is(err, pdf.ErrBroken):
		return &signature.Error{Code: wire.ErrPDFBroken, Err: err}
	}
	return err
}

// prepared is a document with its revision laid out.
type prepared struct {
	src           signature.Source
	signing       cms.Signing
	stamper       signature.Stamper
	room          int // bytes for the CMS
	before, after []byte
	attributes    []byte
}

var _ signature.Prepared = (*prepared)(nil)

func (p *prepared) Digest() []byte { return p.signing.Identity.Algorithm.Digest(p.attributes) }

func (p *prepared) Complete(ctx context.Context, value []byte, w io.Writer) error {
	if err := p.signing.Check(p.attributes, value); err != nil {
		return err
	}
	tokens, err := cms.Tokens(ctx, p.stamper, value)
	if err != nil {
		return err
	}
	der, err := cms.Detached(p.signing, p.attributes, value, tokens)
	if err != nil {
		return err
	}
	if len(der) > p.room {
		return &signature.Error{Code: wire.ErrTSARefused, Detail: "token too large"}
	}
	if err := pump(ctx, w, p.src); err != nil {
		return err
	}
	for _, part := range [][]byte{p.before, p.contents(der), p.after} {
		if _, err := w.Write(part); err != nil {
			return err
		}
	}
	return nil
}
