package engine

import (
	"context"

	"raccordo/host/internal/signature"
	"raccordo/host/internal/signature/prepare"
	"raccordo/host/internal/wire"
)

// verifyDocument says who signed a document, and whether that holds.
func (e *Engine) verifyDocument(ctx context.Context, c Call, p wire.VerifyDocumentParams) (wire.Verification, error) {
	src, err := e.documents.source(c, p.Document, p.Content, "/content")
	if err != nil {
		return wire.Verification{}, err
	}
	defer src.Release()
	var original signature.Source // nil means that there is none
	if p.Original != "" || p.OriginalContent != "" {
		o, err := e.documents.source(c, p.Original, p.OriginalContent, "/original_content")
		if err != nil {
			return wire.Verification{}, err
		}
		defer o.Release()
		original = o
	}
	v, err := e.verifying(ctx)
	if err != nil {
		return wire.Verification{}, err
	}
	return v.Verify(ctx, src, original, prepare.Clean(p.Name))
}
