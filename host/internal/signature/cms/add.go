package cms

import (
	"context"
	"io"

	"raccordo/host/internal/signature"
	"raccordo/host/internal/wire"
)

// Add writes the SignedData, attached, with one more signature beside those
// that it has. Content, certificates and signatures are copied as they are; what is
// around them is written anew, with definite lengths. It fails, after having
// written, when the content is not the one whose digest is in the attributes.
func (d *SignedData) Add(ctx context.Context, w io.Writer, s Signing, attributes, value []byte, tokens [][]byte) error {
	if d.Content == nil {
		return &signature.Error{Code: wire.ErrNoOriginal}
	}
	if err := s.Check(attributes, value); err != nil {
		return err
	}
	p, err := newParts(s, d, attributes, value, tokens)
	if err != nil {
		return err
	}
	return p.writeChecked(ctx, w, s, d.Content, attributes)
}
