package cms

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/rsa"
	"encoding/asn1"
	"errors"
	"fmt"
	"io"

	"golang.org/x/crypto/cryptobyte"

	"raccordo/host/internal/signature"
	"raccordo/host/internal/signature/cms/ber"
	"raccordo/host/internal/wire"
)

// Detached is a SignedData without its content.
func Detached(s Signing, attributes, value []byte, tokens [][]byte) ([]byte, error) {
	if err := s.Check(attributes, value); err != nil {
		return nil, err
	}
	return detached(s, attributes, value, tokens)
}

func detached(s Signing, attributes, value []byte, tokens [][]byte) ([]byte, error) {
	p, err := newParts(s, nil, attributes, value, tokens)
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	if err := p.write(&out, -1, nil); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

// DetachedSize is how many bytes Detached can need at most, for a token of
// up to tokenRoom bytes (0: none).
func DetachedSize(s Signing, tokenRoom int) int {
	attributes, err := Attributes(s, make([]byte, s.Identity.Algorithm.Hash.Size()))
	if err != nil {
		return 0 // and Detached says why
	}
	var tokens [][]byte
	if tokenRoom > 0 {
		tokens = [][]byte{make([]byte, tokenRoom)}
	}
	out, err := detached(s, attributes, make([]byte, valueSize(s.Identity)), tokens)
	if err != nil {
		return 0
	}
	return len(out)
}

// valueSize is how long a signature value can be.
func valueSize(id signature.Identity) int {
	switch k := id.Certificate.PublicKey.(type) {
	case *rsa.PublicKey:
		return k.Size()
	case *ecdsa.PublicKey:
		return 2*((k.Curve.Params().BitSize+7)/8+1+3) + 4 // SEQUENCE of two INTEGERs
	}
	return 0
}

// Attached writes a SignedData around its content. It fails, after having
// written, when the content is not the one whose digest is in the attributes.
func Attached(ctx context.Context, w io.Writer, s Signing, content signature.Source, attributes, value []byte, tokens [][]byte) error {
	if err := s.Check(attributes, value); err != nil {
		return err
	}
	p, err := newParts(s, nil, attributes, value, tokens)
	if err != nil {
		return err
	}
	return p.writeChecked(ctx, w, s, content, attributes)
}

// writeChecked writes the parts around a content, and looks whether it still is
// what the attributes say.
func (p *parts) writeChecked(ctx context.Context, w io.Writer, s Signing, content signature.Source, attributes []byte) error {
	hash := s.Identity.Algorithm.Hash.New()
	err := p.write(w, content.Size(), func(w io.Writer) error {
		return Copy(ctx, io.MultiWriter(w, hash), content)
	})
	if err != nil {
		return err
	}
	list, err := parseAttributes(attributes)
	if err != nil {
		return err
	}
	want, err := list.octets(oidMessageDigest)
	if err != nil {
		return err
	}
	if !bytes.Equal(want, hash.Sum(nil)) {
		return &signature.Error{Code: wire.ErrSignChanged, Err: ErrChanged}
	}
	return nil
}

// write writes ContentInfo and SignedData in definite lengths. A size below
// zero leaves the content out.
func (p *parts) write(w io.Writer, size int64, content func(io.Writer) error) error {
	oid := func(o asn1.ObjectIdentifier) []byte {
		var b cryptobyte.Builder
		b.AddASN1ObjectIdentifier(o)
		return b.BytesOrPanic() // of our own tables, or parsed
	}
	var number cryptobyte.Builder
	number.AddASN1Int64(p.version)
	version, err := number.Bytes()
	if err != nil {
		return err
	}
	kind := oid(p.contentType)
	var before []byte // of the content: headers within encapContentInfo
	encapsulated := int64(len(kind))
	if size >= 0 {
		octets := ber.Header(0x04, size)
		before = append(ber.Header(0xa0, int64(len(octets))+size), octets...)
		encapsulated += int64(len(before)) + size
	}
	inner := ber.Header(0x30, encapsulated)
	body := int64(len(version)+len(p.digests)+len(inner)) + encapsulated + int64(len(p.certificates)+len(p.crls)+len(p.signers))
	signed := ber.Header(0x30, body)
	explicit := ber.Header(0xa0, int64(len(signed))+body)
	name := oid(OIDSignedData)
	outer := ber.Header(0x30, int64(len(name)+len(explicit)+len(signed))+body)

	head := bytes.Join([][]byte{outer, name, explicit, signed, version, p.digests, inner, kind, before}, nil)
	if _, err := w.Write(head); err != nil {
		return err
	}
	if size >= 0 {
		if err := content(w); err != nil {
			return err
		}
	}
	_, err = w.Write(bytes.Join([][]byte{p.certificates, p.crls, p.signers}, nil))
	return err
}

// Copy streams a document, all of it, and stops when the context ends.
func Copy(ctx context.Context, w io.Writer, src signature.Source) error {
	buffer := make([]byte, min(256<<10, src.Size()))
	for at := int64(0); at < src.Size(); {
		if err := ctx.Err(); err != nil {
			return err
		}
		n, err := src.ReadAt(buffer[:min(int64(len(buffer)), src.Size()-at)], at)
		if n == 0 {
			if err == nil || errors.Is(err, io.EOF) {
				err = io.ErrUnexpectedEOF
			}
			return fmt.Errorf("read the document at %d: %w", at, err)
		}
		if _, err := w.Write(buffer[:n]); err != nil {
			return err
		}
		at += int64(n)
	}
	return nil
}
