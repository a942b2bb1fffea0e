// Package xades signs XML documents, and files of any kind beside an XML
// signature, as XAdES baseline B-B or, with a time-stamp, B-T; and checks such
// signatures and plain XML ones.
//
// A document is never written anew: the signature is put into its bytes, before
// the end of its root. Where that would break a signature that is there already,
// the new one goes inside that one's element, which it does not cover itself. A document
// that can not be added to without breaking something is refused.
//
// Standards: ETSI EN 319 132-1, W3C XML Signature 1.1 (package xmldsig).
package xades

import (
	"context"
	"crypto/rand"
	"encoding/hex"

	"raccordo/host/internal/signature"
	"raccordo/host/internal/signature/xmldsig"
	"raccordo/host/internal/wire"
)

// Namespaces and types of XAdES.
const (
	space            = "http://uri.etsi.org/01903/v1.3.2#"
	space141         = "http://uri.etsi.org/01903/v1.4.1#"
	signedProperties = "http://uri.etsi.org/01903#SignedProperties"
)

// Prepare readies a signature: enveloped in an XML document (the usual), or
// detached, over a file of any kind that is referenced by its name.
func Prepare(ctx context.Context, src signature.Source, opt signature.Options) (signature.Prepared, error) {
	if err := xmldsig.CheckIdentity(opt.Identity); err != nil {
		return nil, err
	}
	switch opt.Packaging {
	case "", signature.Enveloped:
		return envelop(src, opt)
	case signature.Detached:
		return PrepareFiles(ctx, []File{{opt.Name, opt.MediaType, src}}, opt, "", "")
	}
	return nil, &signature.Error{Code: wire.ErrSignFormat, Detail: "xades " + string(opt.Packaging)}
}

// newID is an identifier that no document has.
func newID() string {
	var b [8]byte
	rand.Read(b[:]) // never fails
	return hex.EncodeToString(b[:])
}
