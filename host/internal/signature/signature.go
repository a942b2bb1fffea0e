// Package signature has what all signature formats share: whose signature it is
// (Identity), a document that lacks only its signature value (Prepared), a key
// that signs many documents after one consent (Signer), and what is found
// when a signed document is read (Found). The formats live in the packages
// below: cades, pades, xades, asic, jws, wssec.
//
// A format never asks a key for anything: it says what is to be signed
// (Prepared.Digest) and takes the value (Prepared.Complete), because a remote key
// wants all digests of a batch before it makes the first signature. No value is
// used before it has been verified with the certificate that it claims.
//
// Documents are read in place and written as a stream: no format holds one in
// memory, but for XML, whose size is limited.
//
// Standards: ETSI EN 319 122 (CAdES), 319 142 (PAdES), 319 132 (XAdES),
// 319 162 (ASiC), RFC 7515 (JWS), OASIS WS-Security X.509 token profile 1.1.1.
package signature

import (
	"context"
	"crypto/x509"
	"io"
	"time"

	"raccordo/host/internal/wire"
)

// Source is a document: read at any place, and more than once.
type Source interface {
	io.ReaderAt
	Size() int64 // bytes
}

// Identity is who signs and how.
type Identity struct {
	Certificate *x509.Certificate
	Chain       []*x509.Certificate // authorities above it, nearest first; may be empty
	Algorithm   Algorithm
}

// Options says how a document is signed. A format refuses what it has no place for.
type Options struct {
	Identity  Identity
	Now       time.Time // claimed signing time
	Stamper   Stamper   // nil: level B; else level T
	Packaging Packaging
	Name      string // of the document
	MediaType string // of the document; empty: not told

	Reason, Location string // PAdES
	Field            *Field // PAdES: a signature that is seen
}

// Packaging is how signature and document go together.
type Packaging string

// The packagings; empty is the format's usual one.
const (
	Attached  Packaging = "attached"
	Detached  Packaging = "detached"
	Enveloped Packaging = "enveloped"
)

// Field is where a PDF shows its signature: points from the lower left corner of
// the page as it is looked at. Page counts from 1, -1 is the last.
type Field struct {
	Page                int
	X, Y, Width, Height float64
}

// Stamper gets a time-stamp token (RFC 3161) over a digest, checked, DER.
type Stamper interface {
	Stamp(ctx context.Context, digest []byte) (token []byte, err error) // SHA-256
}

// Prepared is a document that lacks only its signature value.
type Prepared interface {
	// Digest is what the key signs, with the hash of the identity's algorithm.
	Digest() []byte
	// Complete verifies the value with the identity's certificate, and writes
	// the signed document. An ECDSA value is DER, as crypto.Signer gives it.
	Complete(ctx context.Context, value []byte, w io.Writer) error
}

// Signer is a key, on a card or elsewhere, and the user's consent to use it.
type Signer interface {
	Identity() Identity
	// SignAll signs digests, and no others, after one PIN or OTP. It calls each for
	// every digest in order, from its own goroutine; the first
	// refusal of a PIN or OTP ends it. What was signed before stays signed: the
	// error is why the rest is not.
	SignAll(ctx context.Context, digests [][]byte, each func(i int, value []byte)) error
	Close() error
}

// Found is one signature read from a document. What it is worth beyond its
// arithmetic (trust, revocation, time) is for package verify to say.
type Found struct {
	Format       string              // "CAdES-B-B", "PAdES-B-T", "XAdES-B-B", "JWS", "ASiC-E with CAdES-B-B"
	Certificate  *x509.Certificate   // the signer's; nil when the signature does not bring or name it
	Certificates []*x509.Certificate // all that the signature brings
	Algorithm    Algorithm
	ClaimedAt    time.Time // as the signer says; zero: not said
	Stamps       []Stamp
	CRLs, OCSPs  [][]byte // DER, as the signature brings them
	Covers       Covers
	Broken       error // nil: the document is as it was signed
}

// Covers is how much of a document a signature covers.
type Covers string

// What a signature can cover.
const (
	Whole    Covers = "whole"
	Revision Covers = "revision" // a PDF as it was; something was added since
	Part     Covers = "part"     // not even that: something in the document is outside
)

// Stamp is a time-stamp token over a signature.
type Stamp struct {
	At           time.Time
	Authority    *x509.Certificate
	Certificates []*x509.Certificate
	Broken       error // nil: it is over this signature, and its own signature holds
}

// Error is a fault of a document or of a signature.
type Error struct {
	Code   wire.ErrorCode
	Detail string // of the place that is wrong; never the document's contents
	Err    error
}

func (e *Error) Error() string {
	text := string(e.Code)
	if e.Detail != "" {
		text += ": " + e.Detail
	}
	if e.Err != nil {
		text += ": " + e.Err.Error()
	}
	return text
}

func (e *Error) Unwrap() error { return e.Err }

// Is lets errors.Is compare by code.
func (e *Error) Is(target error) bool {
	t, ok := target.(*Error)
	return ok && t.Code == e.Code
}
