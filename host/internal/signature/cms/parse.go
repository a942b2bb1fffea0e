package cms

import (
	"crypto/x509"
	"encoding/asn1"
	"errors"
	"fmt"
	"io"

	"golang.org/x/crypto/cryptobyte"

	"raccordo/host/internal/signature"
	"raccordo/host/internal/signature/cms/armor"
	"raccordo/host/internal/signature/cms/ber"
	"raccordo/host/internal/wire"
)

const (
	maxAround  = 16 << 20 // octets of a SignedData besides its content
	maxSigners = 1000
)

// SignedData is one as it was read. What is in it is held in memory, up to
// a limit, but for the content.
type SignedData struct {
	ContentType  asn1.ObjectIdentifier
	Content      signature.Source // in place; nil: detached
	Certificates []*x509.Certificate
	CRLs         [][]byte // DER
	OCSPs        [][]byte // DER, OCSPResponse
	Signers      []SignerInfo
	Size         int64            // octets of the ContentInfo; Source may be longer
	Source       signature.Source // what was parsed, without its armour

	version                              int64
	digests, certificates, crls, signers [][]byte // as they are encoded
	unread                               [][]byte // certificates that are not understood
}

// Parse reads a SignedData: DER, BER, PEM or base64. What is no SignedData, or
// has no signature, is document.not_signed.
func Parse(src signature.Source) (*SignedData, error) {
	inside, err := armor.Open(src)
	if errors.Is(err, armor.ErrMalformed) {
		return nil, &signature.Error{Code: wire.ErrNotSigned, Err: err}
	}
	if err != nil {
		return nil, err
	}
	w := ber.NewWalker(inside, inside.Size())
	if err := enterSignedData(w); err != nil {
		return nil, &signature.Error{Code: wire.ErrNotSigned, Err: err}
	}
	d := &SignedData{Source: inside}
	if err := d.read(w); err != nil {
		return nil, broken(err)
	}
	if len(d.Signers) == 0 {
		return nil, &signature.Error{Code: wire.ErrNotSigned, Detail: "signerInfos"}
	}
	return d, nil
}

// broken is document.signature_broken, unless an error has a code already.
func broken(err error) error {
	var coded *signature.Error
	if err == nil || errors.As(err, &coded) {
		return err
	}
	return &signature.Error{Code: wire.ErrSigBroken, Err: err}
}

// enterSignedData goes into ContentInfo and SignedData.
func enterSignedData(w *ber.Walker) error {
	if _, err := w.Enter(0x30); err != nil {
		return err
	}
	if oid, err := readOID(w); err != nil || !oid.Equal(OIDSignedData) {
		return errors.Join(fmt.Errorf("%w: no SignedData", ErrMalformed), err)
	}
	if _, err := w.Enter(0xa0); err != nil {
		return err
	}
	_, err := w.Enter(0x30)
	return err
}

func readOID(w *ber.Walker) (asn1.ObjectIdentifier, error) {
	if _, err := w.Expect(0x06); err != nil {
		return nil, err
	}
	raw, err := w.Raw(64)
	if err != nil {
		return nil, err
	}
	var oid asn1.ObjectIdentifier
	s := cryptobyte.String(raw)
	if !s.ReadASN1ObjectIdentifier(&oid) {
		return nil, fmt.Errorf("%w: object identifier", ErrMalformed)
	}
	return oid, nil
}

// read reads the fields of SignedData (RFC 5652, section 5.1).
func (d *SignedData) read(w *ber.Walker) error {
	version, err := w.Raw(16)
	if err != nil {
		return err
	}
	s := cryptobyte.String(version)
	if !s.ReadASN1Integer(&d.version) {
		return fmt.Errorf("%w: version", ErrMalformed)
	}
	budget := int64(maxAround)
	if d.digests, err = list(w, 0x31, &budget); err != nil {
		return err
	}
	if err := d.readContent(w); err != nil {
		return err
	}
	if d.certificates, err = optional(w, 0xa0, &budget); err != nil {
		return err
	}
	if d.crls, err = optional(w, 0xa1, &budget); err != nil {
		return err
	}
	if d.signers, err = list(w, 0x31, &budget); err != nil {
		return err
	}
	for range 3 { // SignedData, [0], ContentInfo
		if err := w.Leave(); err != nil {
			return err
		}
	}
	d.Size = w.At()
	return d.understand()
}

// readContent reads encapContentInfo, and leaves the content where it is.
func (d *SignedData) readContent(w *ber.Walker) error {
	if _, err := w.Enter(0x30); err != nil {
		return err
	}
	var err error
	if d.ContentType, err = readOID(w); err != nil {
		return err
	}
	if _, err := w.Peek(); errors.Is(err, io.EOF) {
		return w.Leave()
	}
	if _, err := w.Enter(0xa0); err != nil {
		return err
	}
	octets, err := w.ReadOctets()
	if err != nil {
		return err
	}
	d.Content = octets
	if err := w.Leave(); err != nil {
		return err
	}
	return w.Leave()
}

func optional(w *ber.Walker, tag byte, budget *int64) ([][]byte, error) {
	if e, err := w.Peek(); err != nil || e.Tag != tag {
		if errors.Is(err, io.EOF) {
			err = nil
		}
		return nil, err
	}
	return list(w, tag, budget)
}

// list returns the elements of a set, as they are encoded.
func list(w *ber.Walker, tag byte, budget *int64) ([][]byte, error) {
	if _, err := w.Enter(tag); err != nil {
		return nil, err
	}
	var all [][]byte
	for {
		if _, err := w.Peek(); errors.Is(err, io.EOF) {
			return all, w.Leave()
		}
		one, err := w.Raw(*budget)
		if err != nil {
			return nil, err
		}
		*budget -= int64(len(one)) + 64 // and what it costs to hold it
		all = append(all, one)
	}
}

// understand parses what was read.
func (d *SignedData) understand() error {
	for _, raw := range d.certificates {
		c, err := x509.ParseCertificate(raw) // attribute certificates are none
		if err != nil {
			d.unread = append(d.unread, raw)
			continue
		}
		d.Certificates = append(d.Certificates, c)
	}
	for _, raw := range d.crls {
		d.addRevocation(raw)
	}
	if len(d.signers) > maxSigners {
		return fmt.Errorf("%w: %d signatures", ErrMalformed, len(d.signers))
	}
	for i, raw := range d.signers {
		s, err := parseSigner(raw)
		if err != nil {
			return fmt.Errorf("signature %d: %w", i+1, err)
		}
		d.Signers = append(d.Signers, *s)
	}
	return nil
}
