package jws

import (
	"bytes"
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"io"
	"strings"
	"time"

	"raccordo/host/internal/signature"
	"raccordo/host/internal/signature/cms"
	"raccordo/host/internal/signature/xmldsig"
	"raccordo/host/internal/wire"
)

// maxHeader is the largest encoded header.
const maxHeader = 256 << 10

// Verify reads a compact JWS; original is what a detached one is over.
func Verify(ctx context.Context, src, original signature.Source) ([]signature.Found, error) {
	if src.Size() > MaxSize/3*4+maxHeader {
		return nil, &signature.Error{Code: wire.ErrDocLarge, Detail: "jws"}
	}
	raw := make([]byte, src.Size())
	if _, err := io.ReadFull(io.NewSectionReader(src, 0, src.Size()), raw); err != nil {
		return nil, err
	}
	text := strings.TrimRight(string(raw), " \t\r\n")
	parts := strings.Split(text, ".")
	if len(parts) != 3 || len(parts[0]) > maxHeader || strings.ContainsAny(text, "\r\n") {
		return nil, &signature.Error{Code: wire.ErrNotSigned, Detail: "jws"}
	}
	h, err := readHeader(parts[0])
	if err != nil {
		return nil, err
	}
	if parts[1] == "" {
		if original == nil {
			return nil, &signature.Error{Code: wire.ErrNoOriginal}
		}
		return check(h, parts, func(w io.Writer) error { return encodeTo(ctx, w, original) })
	}
	if _, err := base64.RawURLEncoding.Strict().DecodeString(parts[1]); err != nil {
		return nil, malformed("payload")
	}
	return check(h, parts, func(w io.Writer) error {
		_, err := io.WriteString(w, parts[1])
		return err
	})
}

// check looks at the one signature.
func check(h fields, parts []string, payload func(io.Writer) error) ([]signature.Found, error) {
	f := signature.Found{Format: "JWS", Covers: signature.Whole, ClaimedAt: h.claimed, Certificates: h.certificates}
	if len(h.certificates) > 0 {
		f.Certificate = h.certificates[0]
	}
	algorithm, known := algorithms[h.alg]
	f.Algorithm = algorithm
	switch {
	case h.unknown != "":
		f.Broken = unsupported(h.unknown)
	case !known:
		f.Broken = unsupported("alg")
	case f.Certificate == nil:
		f.Broken = cms.ErrNoSigner
	case h.thumbprint != "" && h.thumbprint != encode(signature.Algorithm{Hash: crypto.SHA256}.Digest(f.Certificate.Raw)):
		f.Broken = cms.ErrCertificate
	case !fitsCurve(h.alg, f.Certificate.PublicKey):
		f.Broken = signature.ErrValue
	}
	if f.Broken != nil {
		return []signature.Found{f}, nil
	}
	sum := algorithm.Hash.New()
	io.WriteString(sum, parts[0]+".")
	if err := payload(sum); err != nil {
		return nil, err
	}
	flat, err := base64.RawURLEncoding.Strict().DecodeString(parts[2])
	if err != nil {
		f.Broken = cms.ErrMalformed
		return []signature.Found{f}, nil
	}
	value, err := xmldsig.DER(algorithm, f.Certificate.PublicKey, flat)
	if err == nil {
		err = algorithm.Check(f.Certificate.PublicKey, sum.Sum(nil), value)
	}
	f.Broken = err
	return []signature.Found{f}, nil
}

func fitsCurve(alg string, public any) bool {
	key, ok := public.(*ecdsa.PublicKey)
	return !ok || curves[alg] == key.Curve.Params().Name
}

func malformed(what string) error {
	return &signature.Error{Code: wire.ErrSigBroken, Detail: what, Err: cms.ErrMalformed}
}

// fields are what is read from a header.
type fields struct {
	alg, thumbprint string
	unknown         string // what the header demands and nobody here understands
	claimed         time.Time
	certificates    []*x509.Certificate
}

// readHeader takes names as they are written: encoding/json would take "ALG"
// for "alg", and the last of two that are equal.
func readHeader(encoded string) (h fields, err error) {
	raw, err := base64.RawURLEncoding.Strict().DecodeString(encoded)
	if err != nil {
		return h, &signature.Error{Code: wire.ErrNotSigned, Detail: "jws"}
	}
	members, err := object(raw)
	if err != nil {
		return h, err
	}
	text := func(name string) (s string) {
		if value, ok := members[name]; ok && json.Unmarshal(value, &s) != nil {
			err = malformed(name)
		}
		return s
	}
	h.alg, h.thumbprint = text("alg"), text("x5t#S256")
	if when := text("sigT"); when != "" {
		h.claimed, _ = time.Parse(time.RFC3339, when)
	}
	if err != nil {
		return h, err
	}
	if value, ok := members["iat"]; ok {
		var seconds float64
		if json.Unmarshal(value, &seconds) != nil || seconds < 0 || seconds > 1<<40 {
			return h, malformed("iat")
		}
		h.claimed = time.Unix(int64(seconds), 0).UTC()
	}
	if value, ok := members["crit"]; ok {
		var names []string
		if json.Unmarshal(value, &names) != nil || len(names) == 0 {
			return h, malformed("crit")
		}
		for _, name := range names {
			if name != "sigT" { // the one that is understood (ETSI TS 119 182-1, section 5.2.1)
				h.unknown = "crit"
			}
		}
	}
	if _, ok := members["b64"]; ok {
		h.unknown = "b64"
	}
	h.certificates, err = chain(members["x5c"])
	return h, err
}

func chain(value json.RawMessage) ([]*x509.Certificate, error) {
	if value == nil {
		return nil, nil
	}
	var list [][]byte
	if json.Unmarshal(value, &list) != nil || len(list) > 32 {
		return nil, malformed("x5c")
	}
	var all []*x509.Certificate
	for _, der := range list {
		c, err := x509.ParseCertificate(der)
		if err != nil {
			return nil, malformed("x5c")
		}
		all = append(all, c)
	}
	return all, nil
}

// object is a JSON object's members; one that is there twice is refused (RFC 7515, section 4).
func object(raw []byte) (map[string]json.RawMessage, error) {
	d := json.NewDecoder(bytes.NewReader(raw))
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		return nil, &signature.Error{Code: wire.ErrNotSigned, Detail: "jws"}
	}
	members := map[string]json.RawMessage{}
	for d.More() {
		t, err := d.Token()
		name, ok := t.(string)
		if err != nil || !ok {
			return nil, malformed("header")
		}
		var value json.RawMessage
		if err := d.Decode(&value); err != nil {
			return nil, malformed("header")
		}
		if _, twice := members[name]; twice {
			return nil, malformed("header")
		}
		members[name] = value
	}
	if _, err := d.Token(); err != nil {
		return nil, malformed("header")
	}
	if _, err := d.Token(); err != io.EOF {
		return nil, malformed("header")
	}
	return members, nil
}
