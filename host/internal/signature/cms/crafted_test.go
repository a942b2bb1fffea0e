package cms

import (
	"bytes"
	"crypto/x509"
	"encoding/asn1"
	"errors"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"golang.org/x/crypto/cryptobyte"
	cbasn1 "golang.org/x/crypto/cryptobyte/asn1"
	"golang.org/x/crypto/ocsp"

	"raccordo/host/internal/signature"
	"raccordo/host/internal/sim/signtest"
)

var text = []byte("Referto di prova\n")

// crafted is a SignedData as other programs make them, and as none should.
type crafted struct {
	attributes func([][]byte) [][]byte // changes them before they are signed
	unsorted   bool                    // and the value is over the sorted ones
	unsigned   []func(*cryptobyte.Builder)
	crls       [][]byte
	kind       asn1.ObjectIdentifier // of the content, when not what is signed
}

func encode(t testing.TB, add func(*cryptobyte.Builder)) []byte {
	t.Helper()
	var b cryptobyte.Builder
	add(&b)
	der, err := b.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	return der
}

func raw(der []byte) func(*cryptobyte.Builder) {
	return func(b *cryptobyte.Builder) { b.AddBytes(der) }
}

func elements(t testing.TB, set []byte) [][]byte {
	t.Helper()
	s := cryptobyte.String(set)
	var body, one cryptobyte.String
	if !s.ReadASN1(&body, cbasn1.SET) {
		t.Fatal("no set")
	}
	var all [][]byte
	for body.ReadASN1Element(&one, cbasn1.SEQUENCE) {
		all = append(all, one)
	}
	return all
}

func (c crafted) make(t testing.TB, s signtest.Signatory) []byte {
	t.Helper()
	signing := Signing{Identity: s.Identity, Now: time.Now()}
	a := s.Identity.Algorithm
	usual, err := Attributes(signing, a.Digest(text))
	if err != nil {
		t.Fatal(err)
	}
	list := elements(t, usual)
	if c.attributes != nil {
		list = c.attributes(list)
	}
	sorted, err := setOfRaw(cbasn1.SET, slices.Clone(list))
	if err != nil {
		t.Fatal(err)
	}
	set := sorted
	if c.unsorted {
		slices.Reverse(list)
		set = encode(t, func(b *cryptobyte.Builder) { b.AddASN1(cbasn1.SET, raw(bytes.Join(list, nil))) })
	}
	p, err := newParts(signing, set, s.Value(t, a.Digest(sorted)), nil)
	if err != nil {
		t.Fatal(err)
	}
	if len(c.unsigned) > 0 {
		unsigned, err := setOf(tagged(1), c.unsigned...)
		if err != nil {
			t.Fatal(err)
		}
		one, err := signerInfo(signing, set, s.Value(t, a.Digest(sorted)), unsigned)
		if err != nil {
			t.Fatal(err)
		}
		p.signers = encode(t, func(b *cryptobyte.Builder) { b.AddASN1(cbasn1.SET, raw(one)) })
	}
	if c.crls != nil {
		p.version = 5
		p.crls = encode(t, func(b *cryptobyte.Builder) { b.AddASN1(tagged(1), raw(bytes.Join(c.crls, nil))) })
	}
	if c.kind != nil {
		p.contentType = c.kind
	}
	var out bytes.Buffer
	if err := p.writeChecked(t.Context(), &out, signing, bytes.NewReader(text), usual); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func one(t testing.TB, signed []byte) signature.Found {
	t.Helper()
	d, err := Parse(bytes.NewReader(signed))
	if err != nil {
		t.Fatal(err)
	}
	return d.Verify(t.Context(), nil)[0]
}

func holds(t testing.TB, h *signtest.House, signed []byte) {
	t.Helper()
	signtest.Holds(t, "openssl", "cms", "-verify", "-cades", "-binary", "-purpose", "any", "-CAfile", h.CAFile(), "-inform", "DER",
		"-in", h.Temp(t, signed), "-out", filepath.Join(h.Folder, "content"))
}

func TestRevocationAlong(t *testing.T) {
	h := signtest.New(t)
	s := h.One(t, "P-256 SHA-256")
	now := time.Now()
	crl, err := h.CA.CRL(nil, 1, now, now.Add(time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	answer, err := h.CA.OCSP(ocsp.Response{Status: ocsp.Good, SerialNumber: s.Identity.Certificate.SerialNumber, ThisUpdate: now, NextUpdate: now.Add(time.Hour)})
	if err != nil {
		t.Fatal(err)
	}
	var basic struct {
		Status asn1.Enumerated
		Bytes  struct {
			Type  asn1.ObjectIdentifier
			Basic []byte
		} `asn1:"explicit,tag:0"`
	}
	if _, err := asn1.Unmarshal(answer, &basic); err != nil {
		t.Fatal(err)
	}
	sequence := func(n uint8, one []byte) func(*cryptobyte.Builder) {
		return func(b *cryptobyte.Builder) {
			b.AddASN1(tagged(n), func(b *cryptobyte.Builder) { b.AddASN1(cbasn1.SEQUENCE, raw(one)) })
		}
	}
	both := func(crl, answer []byte) func(*cryptobyte.Builder) {
		return func(b *cryptobyte.Builder) {
			b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) { sequence(0, crl)(b); sequence(1, answer)(b) })
		}
	}
	other := func(oid asn1.ObjectIdentifier, answer []byte) []byte {
		return encode(t, func(b *cryptobyte.Builder) {
			b.AddASN1(tagged(1), func(b *cryptobyte.Builder) { b.AddASN1ObjectIdentifier(oid); b.AddBytes(answer) })
		})
	}
	for name, c := range map[string]crafted{
		"crls of SignedData":       {crls: [][]byte{crl, other(oidOCSPResponse, answer)}},
		"crls with a basic answer": {crls: [][]byte{crl, other(oidOCSPBasic, basic.Bytes.Basic)}},
		"revocation-values":        {unsigned: []func(*cryptobyte.Builder){attribute(oidRevocationVals, both(crl, basic.Bytes.Basic))}},
		"Adobe's signed attribute": {attributes: func(l [][]byte) [][]byte {
			return append(l, encode(t, attribute(oidAdobeRevocation, both(crl, answer))))
		}},
		"something never heard of":  {crls: [][]byte{crl, other(oidOCSPResponse, answer), other(OIDData, answer)}},
		"certificate-values beside": {crls: [][]byte{crl, other(oidOCSPResponse, answer)}, unsigned: []func(*cryptobyte.Builder){attribute(oidCertificateVals, func(b *cryptobyte.Builder) { b.AddASN1(cbasn1.SEQUENCE, raw(h.CA.Cert().Raw)) })}},
	} {
		t.Run(name, func(t *testing.T) {
			signed := c.make(t, s)
			holds(t, h, signed)
			f := one(t, signed)
			if f.Broken != nil || len(f.CRLs) != 1 || len(f.OCSPs) != 1 {
				t.Fatalf("%d CRLs, %d OCSP answers, %v", len(f.CRLs), len(f.OCSPs), f.Broken)
			}
			list, err := x509.ParseRevocationList(f.CRLs[0])
			if err != nil || list.CheckSignatureFrom(h.CA.Cert()) != nil {
				t.Errorf("CRL: %v", err)
			}
			status, err := ocsp.ParseResponseForCert(f.OCSPs[0], s.Identity.Certificate, h.CA.Cert())
			if err != nil || status.Status != ocsp.Good {
				t.Errorf("OCSP: %v", err)
			}
		})
	}
}

func TestUnusualSignatures(t *testing.T) {
	h := signtest.New(t)
	s := h.One(t, "RSA SHA-256")
	oidCounter := asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 9, 6}
	without := func(oid asn1.ObjectIdentifier) func([][]byte) [][]byte {
		start := encode(t, func(b *cryptobyte.Builder) { b.AddASN1ObjectIdentifier(oid) })
		return func(l [][]byte) [][]byte {
			return slices.DeleteFunc(l, func(e []byte) bool {
				return bytes.HasPrefix(e[2:], start) || bytes.HasPrefix(e[3:], start) || bytes.HasPrefix(e[4:], start)
			})
		}
	}
	with := func(oid asn1.ObjectIdentifier, value func(*cryptobyte.Builder)) func([][]byte) [][]byte {
		return func(l [][]byte) [][]byte { return append(without(oid)(l), encode(t, attribute(oid, value))) }
	}
	again := func(l [][]byte) [][]byte { return append(l, l...) }
	ess1 := func(c *x509.Certificate) func(*cryptobyte.Builder) {
		return func(b *cryptobyte.Builder) {
			sequence := func(inner func(*cryptobyte.Builder)) func(*cryptobyte.Builder) {
				return func(b *cryptobyte.Builder) { b.AddASN1(cbasn1.SEQUENCE, inner) }
			}
			sequence(sequence(sequence(func(b *cryptobyte.Builder) { b.AddASN1OctetString(sum1(c.Raw)) })))(b)
		}
	}
	old := time.Date(2051, 1, 2, 3, 4, 5, 0, time.UTC)
	for _, row := range []struct {
		name    string
		crafted crafted
		format  string
		broken  error
	}{
		{"attributes out of order", crafted{unsorted: true}, "CAdES-B-B", nil},
		{"a countersignature", crafted{unsigned: []func(*cryptobyte.Builder){attribute(oidCounter, raw([]byte{0x30, 0}))}}, "CAdES-B-B", nil},
		{"an attribute of one's own", crafted{attributes: with(asn1.ObjectIdentifier{1, 2, 3, 4}, raw([]byte{5, 0}))}, "CAdES-B-B", nil},
		{"signing-certificate of version 1", crafted{attributes: func(l [][]byte) [][]byte {
			return with(oidSigningCert, ess1(s.Identity.Certificate))(without(oidSigningCertV2)(l))
		}}, "CAdES-B-B", nil},
		{"no signing-time", crafted{attributes: without(oidSigningTime)}, "CAdES-B-B", nil},
		{"GeneralizedTime", crafted{attributes: with(oidSigningTime, func(b *cryptobyte.Builder) { addTime(b, old) })}, "CAdES-B-B", nil},
		{"somebody else's ESS", crafted{attributes: with(oidSigningCertV2, func(b *cryptobyte.Builder) { addSigningCertificate(b, h.CA.Cert()) })}, "CAdES-B-B", ErrCertificate},
		{"somebody else's ESS of version 1", crafted{attributes: func(l [][]byte) [][]byte {
			return with(oidSigningCert, ess1(h.CA.Cert()))(without(oidSigningCertV2)(l))
		}}, "CAdES-B-B", ErrCertificate},
		{"no digest", crafted{attributes: without(oidMessageDigest)}, "CAdES-B-B", ErrMalformed},
		{"another digest", crafted{attributes: with(oidMessageDigest, func(b *cryptobyte.Builder) { b.AddASN1OctetString(make([]byte, 32)) })}, "CAdES-B-B", ErrChanged},
		{"an empty digest", crafted{attributes: with(oidMessageDigest, func(b *cryptobyte.Builder) { b.AddASN1OctetString(nil) })}, "CAdES-B-B", ErrChanged},
		{"no content type", crafted{attributes: without(oidContentType)}, "CAdES-B-B", ErrMalformed},
		{"another content type", crafted{kind: OIDTSTInfo}, "CAdES-B-B", ErrMalformed},
		{"attributes twice", crafted{attributes: again}, "CMS", ErrMalformed},
		{"a broken time", crafted{attributes: with(oidSigningTime, raw([]byte{0x17, 1, 'x'}))}, "CAdES-B-B", ErrMalformed},
	} {
		t.Run(row.name, func(t *testing.T) {
			signed := row.crafted.make(t, s)
			f := one(t, signed)
			if f.Format != row.format || !errors.Is(f.Broken, row.broken) || row.broken == nil && f.Broken != nil {
				t.Errorf("%s, %v", f.Format, f.Broken)
			}
			if row.name == "GeneralizedTime" && !f.ClaimedAt.Equal(old) {
				t.Errorf("signed at %s", f.ClaimedAt)
			}
			if row.broken == nil && !row.crafted.unsorted {
				holds(t, h, signed)
			}
		})
	}
}

func TestTwoHashes(t *testing.T) {
	h := signtest.New(t)
	signed := crafted{}.make(t, h.One(t, "P-256 SHA-256"))
	sha512 := []byte{0x06, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 4}
	at := bytes.LastIndex(signed, append(sha512[:9:9], 2)) // ecdsa-with-SHA256, behind the certificates
	signed[at+9] = 4
	if f := one(t, signed); !errors.Is(f.Broken, ErrMalformed) {
		t.Errorf("%v", f.Broken)
	}
}

// Some programs write the issuer's name in another string type.
func TestIssuerInAnotherStringType(t *testing.T) {
	h := signtest.New(t)
	s := h.One(t, "P-256 SHA-256")
	signed := crafted{}.make(t, s)
	issuer := s.Identity.Certificate.RawIssuer
	at := bytes.LastIndex(signed[:bytes.LastIndex(signed, issuer)], issuer) // before the attributes
	name := signed[at : at+len(issuer)]
	i := bytes.Index(name, []byte("IT"))
	if name[i-2] != 0x13 {
		t.Fatal("no PrintableString")
	}
	name[i-2] = 0x0c // UTF8String
	if f := one(t, signed); f.Broken != nil {
		t.Error(f.Broken)
	}
	copy(name[i:], "FR")
	if f := one(t, signed); !errors.Is(f.Broken, ErrNoSigner) {
		t.Errorf("another issuer: %v", f.Broken)
	}
}
