package verify

import (
	"context"
	"errors"
	"slices"

	"raccordo/host/internal/signature"
	"raccordo/host/internal/signature/asic"
	"raccordo/host/internal/signature/cades"
	"raccordo/host/internal/signature/cms"
	"raccordo/host/internal/signature/jws"
	"raccordo/host/internal/signature/pades"
	"raccordo/host/internal/signature/xades"
	"raccordo/host/internal/wire"
)

// format checks the arithmetic of a kind of document. inside is the document
// that the signed one holds; nil: there is none that could be signed itself.
type format func(ctx context.Context, src, original signature.Source) (list []signature.Found, inside signature.Source, err error)

func formats() map[kind]format {
	return map[kind]format{
		isCMS: envelope, isPDF: leaf(pades.Verify), isXML: leaf(xades.Verify), isZIP: leaf(asic.Verify), isJWS: leaf(jws.Verify),
	}
}

// leaf is a format that holds no documents, or none that are looked into.
func leaf(verify func(ctx context.Context, src, original signature.Source) ([]signature.Found, error)) format {
	return func(ctx context.Context, src, original signature.Source) ([]signature.Found, signature.Source, error) {
		list, err := verify(ctx, src, original)
		return list, nil, err
	}
}

// envelope is a .p7m or .p7s. A time-stamp token alone looks like one, and is nobody's
// signature.
func envelope(ctx context.Context, src, original signature.Source) ([]signature.Found, signature.Source, error) {
	data, err := cms.Parse(src)
	if errors.Is(err, &signature.Error{Code: wire.ErrNotSigned}) {
		// It began like one.
		err = &signature.Error{Code: wire.ErrSigBroken, Detail: "cut off"}
	}
	if err != nil {
		return nil, nil, err
	}
	if data.ContentType.Equal(cms.OIDTSTInfo) {
		return nil, nil, &signature.Error{Code: wire.ErrNotSigned, Detail: "a time-stamp alone"}
	}
	list, err := cades.Verify(ctx, src, original)
	return list, data.Content, err
}

// found is a signature and where it stands.
type found struct {
	signature.Found
	kind kind // of the document that it stands in
	// added tells that no signature of that document covers all of it.
	added bool
	// unread is what the document that this one signs is, when it could not be looked into.
	unread kind
}

// maxNested is how many documents inside each other are looked into: a .p7m of a
// .p7m is how signatures were once added.
const maxNested = 5

// covering tells a signature after which nothing was added but what proves it.
func covering(f signature.Found) bool {
	return f.Broken != nil || f.Covers == signature.Whole || f.Covers == signature.Revision
}

func (v *Verifier) nested(ctx context.Context, what kind, src, original signature.Source, depth int) ([]found, error) {
	verify, ok := v.formats[what]
	if !ok {
		return nil, &signature.Error{Code: wire.ErrNotSigned}
	}
	list, inner, err := verify(ctx, src, original)
	if err != nil {
		return nil, err
	}
	if len(list) == 0 {
		return nil, &signature.Error{Code: wire.ErrNotSigned}
	}
	all := make([]found, len(list))
	for i, s := range list {
		all[i] = found{Found: s, kind: what, added: !slices.ContainsFunc(list, covering)}
	}
	if inner == nil {
		return all, nil
	}
	within, err := recognise(inner)
	if err != nil {
		return nil, err
	}
	if within == unknown {
		return all, nil
	}
	if depth == 1 {
		all[0].unread = within
		return all, nil
	}
	deeper, err := v.nested(ctx, within, inner, nil, depth-1)
	switch {
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case err != nil && !errors.Is(err, &signature.Error{Code: wire.ErrNotSigned}):
		all[0].unread = within
	}
	return append(all, deeper...), nil
}
