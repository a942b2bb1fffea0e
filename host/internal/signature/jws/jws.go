// Package jws signs documents and claims as JSON Web Signatures, compact, and
// verifies those that bring their certificate (x5c). A detached one has its document
// beside it, and nothing between the two dots. The header tells the time of signing
// (iat) and the document's media type (cty).
//
// A document is read once to be prepared and once to be written. Libraries want
// the key while they write, and this program has it only afterwards: the format, three
// encoded strings, is written here.
//
// Standards: RFC 7515 (JWS, detached content as in appendix F), RFC 7518 (algorithms),
// RFC 7519 (JWT), ETSI TS 119 182-1 (header parameters).
package jws

import (
	"bytes"
	"context"
	"crypto"
	"encoding/base64"
	"encoding/json"
	"io"

	"raccordo/host/internal/signature"
	"raccordo/host/internal/signature/cms"
	"raccordo/host/internal/signature/xmldsig"
	"raccordo/host/internal/wire"
)

// MaxSize is the largest document, in bytes.
const MaxSize = 16 << 20

var algorithms = map[string]signature.Algorithm{
	"RS256": {Scheme: signature.PKCS1v15, Hash: crypto.SHA256},
	"RS384": {Scheme: signature.PKCS1v15, Hash: crypto.SHA384},
	"RS512": {Scheme: signature.PKCS1v15, Hash: crypto.SHA512},
	"PS256": {Scheme: signature.PSS, Hash: crypto.SHA256},
	"PS384": {Scheme: signature.PSS, Hash: crypto.SHA384},
	"PS512": {Scheme: signature.PSS, Hash: crypto.SHA512},
	"ES256": {Scheme: signature.ECDSA, Hash: crypto.SHA256},
	"ES384": {Scheme: signature.ECDSA, Hash: crypto.SHA384},
	"ES512": {Scheme: signature.ECDSA, Hash: crypto.SHA512},
}

// curves are the only ones that the names stand for (RFC 7518, section 3.4).
var curves = map[string]string{"ES256": "P-256", "ES384": "P-384", "ES512": "P-521"}

// header is the protected one, as it is written.
type header struct {
	Alg         string   `json:"alg"`
	Typ         string   `json:"typ,omitempty"`
	Cty         string   `json:"cty,omitempty"`
	Iat         int64    `json:"iat,omitempty"`
	Thumbprint  string   `json:"x5t#S256,omitempty"`
	Certificate [][]byte `json:"x5c"` // encoding/json writes base64 with padding, as RFC 7515 wants it here
}

// newHeader names the algorithm and brings the certificates.
func newHeader(i signature.Identity) (header, error) {
	if i.Certificate == nil || !i.Algorithm.Fits(i.Certificate.PublicKey) {
		return header{}, unsupported("key")
	}
	for name, a := range algorithms {
		if a != i.Algorithm || !fitsCurve(name, i.Certificate.PublicKey) {
			continue
		}
		h := header{Alg: name, Certificate: [][]byte{i.Certificate.Raw}}
		for _, c := range i.Chain {
			h.Certificate = append(h.Certificate, c.Raw)
		}
		return h, nil
	}
	return header{}, unsupported("algorithm")
}

func unsupported(what string) error {
	return &signature.Error{Code: wire.ErrSignAlgorithm, Detail: what}
}

// prepared is a document and the header that goes before it.
type prepared struct {
	opt     signature.Options
	src     signature.Source
	protect string
	digest  []byte
}

// Prepare readies a compact JWS, attached (the usual) or detached.
func Prepare(ctx context.Context, src signature.Source, opt signature.Options) (signature.Prepared, error) {
	if opt.Packaging == signature.Enveloped || opt.Stamper != nil {
		return nil, &signature.Error{Code: wire.ErrSignFormat, Detail: "jws has no place for this"}
	}
	if src.Size() > MaxSize {
		return nil, &signature.Error{Code: wire.ErrDocLarge, Detail: "jws"}
	}
	h, err := newHeader(opt.Identity)
	if err != nil {
		return nil, err
	}
	thumbprint := signature.Algorithm{Hash: crypto.SHA256}.Digest(opt.Identity.Certificate.Raw)
	h.Typ, h.Cty, h.Iat, h.Thumbprint = "JOSE", opt.MediaType, opt.Now.Unix(), encode(thumbprint)
	p := &prepared{opt: opt, src: src}
	if p.protect, err = protect(h); err != nil {
		return nil, err
	}
	p.digest, err = p.input(ctx, io.Discard)
	return p, err
}

func encode(raw []byte) string { return base64.RawURLEncoding.EncodeToString(raw) }

// protect is the encoded header.
func protect(h header) (string, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(h); err != nil {
		return "", err
	}
	return encode(bytes.TrimSpace(b.Bytes())), nil
}

// input hashes what is signed, and writes the document's part of it.
func (p *prepared) input(ctx context.Context, w io.Writer) ([]byte, error) {
	sum := p.opt.Identity.Algorithm.Hash.New()
	io.WriteString(sum, p.protect+".") // a hash takes everything
	err := encodeTo(ctx, io.MultiWriter(sum, w), p.src)
	return sum.Sum(nil), err
}

// encodeTo streams a document, encoded.
func encodeTo(ctx context.Context, w io.Writer, src signature.Source) error {
	encoder := base64.NewEncoder(base64.RawURLEncoding, w)
	if err := cms.Copy(ctx, encoder, src); err != nil {
		return err
	}
	return encoder.Close()
}

func (p *prepared) Digest() []byte { return p.digest }

func (p *prepared) Complete(ctx context.Context, value []byte, w io.Writer) error {
	signed, err := flat(p.opt.Identity, p.digest, value)
	if err != nil {
		return err
	}
	if _, err := io.WriteString(w, p.protect+"."); err != nil {
		return err
	}
	payload := w
	if p.opt.Packaging == signature.Detached {
		payload = io.Discard
	}
	digest, err := p.input(ctx, payload)
	if err != nil {
		return err
	}
	if !bytes.Equal(digest, p.digest) {
		return &signature.Error{Code: wire.ErrSignChanged}
	}
	_, err = io.WriteString(w, "."+encode(signed))
	return err
}

// flat is a checked value as JWS has it.
func flat(i signature.Identity, digest, value []byte) ([]byte, error) {
	if err := xmldsig.CheckValue(i, digest, value); err != nil {
		return nil, err
	}
	return xmldsig.Flat(i.Algorithm, i.Certificate.PublicKey, value)
}
