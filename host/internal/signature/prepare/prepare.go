// Package prepare takes a document of the wire to the format that it is to be
// signed in, and says what the signed one is called. It refuses what does not
// suit before anybody is asked for anything: a format that has no place for
// what is wanted, a PDF signature for what is no PDF.
//
// It knows no key and asks nobody.
package prepare

import (
	"context"
	"time"

	"raccordo/host/internal/signature"
	"raccordo/host/internal/signature/asic"
	"raccordo/host/internal/signature/cades"
	"raccordo/host/internal/signature/jws"
	"raccordo/host/internal/signature/pades"
	"raccordo/host/internal/signature/xades"
	"raccordo/host/internal/wire"
)

// maxHeld is the largest document of a format that holds it in memory.
const maxHeld = 16 << 20

// Signing is what the documents of a batch have in common.
type Signing struct {
	Identity signature.Identity
	Now      time.Time
	Stamper  signature.Stamper // nil: no authority is configured
}

// format is one of the wire's.
type format struct {
	packagings []signature.Packaging // that it has; the first is the usual one
	kind       Kind                  // that the document must be, with the usual packaging; Other: any
	held       bool                  // in memory
	stamped    bool                  // has a level T
	prepare    func(ctx context.Context, src signature.Source, opt signature.Options) (signature.Prepared, error)
}

var formats = map[string]format{
	"cades": {[]signature.Packaging{signature.Attached, signature.Detached}, Other, false, true, cades.Prepare},
	"pades": {nil, PDF, false, true, pades.Prepare},
	"xades": {[]signature.Packaging{signature.Enveloped, signature.Detached}, XML, true, true, xades.Prepare},
	"jws":   {[]signature.Packaging{signature.Attached, signature.Detached}, Other, true, false, jws.Prepare},
	"asic":  {nil, Other, false, true, container},
}

// container is an ASiC-E of one document. Its signature is XAdES: the form that
// everybody reads.
func container(ctx context.Context, src signature.Source, opt signature.Options) (signature.Prepared, error) {
	return asic.Prepare(ctx, []asic.File{{Name: opt.Name, MediaType: opt.MediaType, Source: src}}, opt, asic.XAdES)
}

// Check says what is wrong with a wish, as far as its first bytes and its size
// tell. Prepare checks it as well.
func Check(d wire.SignDocument, src signature.Source, stamped bool) error {
	f, known := formats[d.Format]
	packaging, suits := f.packaging(d.Packaging)
	visible := d.Field != nil || d.Reason != "" || d.Location != ""
	switch {
	case !known, !suits, src.Size() == 0, visible && d.Format != "pades", d.Level == "T" && !f.stamped:
		return &signature.Error{Code: wire.ErrSignFormat, Detail: d.Format}
	case d.Level == "T" && !stamped:
		return &signature.Error{Code: wire.ErrTSANone}
	case f.held && (packaging != signature.Detached || d.Format == "jws") && src.Size() > maxHeld:
		return &signature.Error{Code: wire.ErrDocLarge, Detail: d.Format}
	case f.kind != Other && packaging == f.usual() && KindOf(src) != f.kind:
		return &signature.Error{Code: wire.ErrSignFormat, Detail: d.Format}
	}
	return nil
}

// Prepare readies one document.
func Prepare(ctx context.Context, d wire.SignDocument, src signature.Source, s Signing) (signature.Prepared, error) {
	if err := Check(d, src, s.Stamper != nil); err != nil {
		return nil, err
	}
	f := formats[d.Format]
	opt := signature.Options{
		Identity: s.Identity, Now: s.Now, Name: Clean(d.Name), MediaType: KindOf(src).MediaType(),
		Reason: d.Reason, Location: d.Location,
	}
	opt.Packaging, _ = f.packaging(d.Packaging)
	if d.Level == "T" {
		opt.Stamper = s.Stamper
	}
	if d.Field != nil {
		opt.Field = &signature.Field{Page: d.Field.Page, X: d.Field.X, Y: d.Field.Y, Width: d.Field.Width, Height: d.Field.Height}
	}
	return f.prepare(ctx, src, opt)
}

// packaging is the one that is wanted, or the usual one.
func (f format) packaging(wanted string) (signature.Packaging, bool) {
	if wanted == "" {
		return f.usual(), true
	}
	for _, p := range f.packagings {
		if string(p) == wanted {
			return p, true
		}
	}
	return "", false
}

func (f format) usual() signature.Packaging {
	if len(f.packagings) == 0 {
		return ""
	}
	return f.packagings[0]
}
