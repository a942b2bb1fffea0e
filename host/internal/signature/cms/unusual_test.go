package cms

import (
	"bytes"
	"crypto/x509"
	"encoding/asn1"
	"errors"
	"slices"
	"testing"
	"time"

	"golang.org/x/crypto/cryptobyte"
	cbasn1 "golang.org/x/crypto/cryptobyte/asn1"

	"raccordo/host/internal/sim/signtest"
)

// without takes an attribute out.
func without(oid asn1.ObjectIdentifier) func([][]byte) [][]byte {
	return func(l [][]byte) [][]byte {
		return slices.DeleteFunc(l, func(e []byte) bool {
			s := cryptobyte.String(e)
			var body cryptobyte.String
			var found asn1.ObjectIdentifier
			return s.ReadASN1(&body, cbasn1.SEQUENCE) && body.ReadASN1ObjectIdentifier(&found) && found.Equal(oid)
		})
	}
}

// replaced puts an attribute in the place of the one that is there.
func replaced(t testing.TB, oid asn1.ObjectIdentifier, value func(*cryptobyte.Builder)) func([][]byte) [][]byte {
	return func(l [][]byte) [][]byte { return append(without(oid)(l), encode(t, attribute(oid, value))) }
}

// firstESS is a signing-certificate attribute of version 1 in the place of the
// one of version 2.
func firstESS(t testing.TB, c *x509.Certificate) func([][]byte) [][]byte {
	sequence := func(inner func(*cryptobyte.Builder)) func(*cryptobyte.Builder) {
		return func(b *cryptobyte.Builder) { b.AddASN1(cbasn1.SEQUENCE, inner) }
	}
	value := sequence(sequence(sequence(func(b *cryptobyte.Builder) { b.AddASN1OctetString(sum1(c.Raw)) })))
	return func(l [][]byte) [][]byte { return replaced(t, oidSigningCert, value)(without(oidSigningCertV2)(l)) }
}

func TestUnusualSignatures(t *testing.T) {
	h := signtest.New(t)
	s := h.One(t, "RSA SHA-256")
	again := func(l [][]byte) [][]byte { return append(l, l...) }
	old := time.Date(2051, 1, 2, 3, 4, 5, 0, time.UTC)
	for _, row := range []struct {
		name    string
		crafted crafted
		format  string
		broken  error
	}{
		{"attributes out of order", crafted{unsorted: true}, "CAdES-B-B", nil},
		{"an attribute of one's own", crafted{attributes: replaced(t, asn1.ObjectIdentifier{1, 2, 3, 4}, raw([]byte{5, 0}))}, "CAdES-B-B", nil},
		{"signing-certificate of version 1", crafted{attributes: firstESS(t, s.Identity.Certificate)}, "CAdES-B-B", nil},
		{"no signing-time", crafted{attributes: without(oidSigningTime)}, "CAdES-B-B", nil},
		{"GeneralizedTime", crafted{attributes: replaced(t, oidSigningTime, func(b *cryptobyte.Builder) { addTime(b, old) })}, "CAdES-B-B", nil},
		{"somebody else's ESS", crafted{attributes: replaced(t, oidSigningCertV2, func(b *cryptobyte.Builder) { addSigningCertificate(b, h.CA.Cert()) })}, "CAdES-B-B", ErrCertificate},
		{"somebody else's ESS of version 1", crafted{attributes: firstESS(t, h.CA.Cert())}, "CAdES-B-B", ErrCertificate},
		{"no digest", crafted{attributes: without(oidMessageDigest)}, "CAdES-B-B", ErrMalformed},
		{"another digest", crafted{attributes: replaced(t, oidMessageDigest, func(b *cryptobyte.Builder) { b.AddASN1OctetString(make([]byte, 32)) })}, "CAdES-B-B", ErrChanged},
		{"an empty digest", crafted{attributes: replaced(t, oidMessageDigest, func(b *cryptobyte.Builder) { b.AddASN1OctetString(nil) })}, "CAdES-B-B", ErrChanged},
		{"no content type", crafted{attributes: without(oidContentType)}, "CAdES-B-B", ErrMalformed},
		{"another content type", crafted{kind: OIDTSTInfo}, "CAdES-B-B", ErrMalformed},
		{"attributes twice", crafted{attributes: again}, "CMS", ErrMalformed},
		{"a broken time", crafted{attributes: replaced(t, oidSigningTime, raw([]byte{0x17, 1, 'x'}))}, "CAdES-B-B", ErrMalformed},
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
