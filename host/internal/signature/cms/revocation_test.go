package cms

import (
	"crypto/x509"
	"encoding/asn1"
	"testing"
	"time"

	"golang.org/x/crypto/cryptobyte"
	cbasn1 "golang.org/x/crypto/cryptobyte/asn1"
	"golang.org/x/crypto/ocsp"

	"raccordo/host/internal/sim/signtest"
)

// basic is the BasicOCSPResponse within a responder's answer.
func basic(t testing.TB, answer []byte) []byte {
	t.Helper()
	var response struct {
		Status asn1.Enumerated
		Bytes  struct {
			Type  asn1.ObjectIdentifier
			Basic []byte
		} `asn1:"explicit,tag:0"`
	}
	if _, err := asn1.Unmarshal(answer, &response); err != nil {
		t.Fatal(err)
	}
	return response.Bytes.Basic
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
		"crls with a basic answer": {crls: [][]byte{crl, other(oidOCSPBasic, basic(t, answer))}},
		"revocation-values":        {unsigned: []func(*cryptobyte.Builder){attribute(oidRevocationVals, both(crl, basic(t, answer)))}},
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

func TestLevels(t *testing.T) {
	h := signtest.New(t)
	s := h.One(t, "P-256 SHA-256")
	now := time.Now()
	crl, err := h.CA.CRL(nil, 1, now, now.Add(time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	nothing := raw([]byte{0x30, 0})
	stamp, archive := attribute(oidSignatureStamp, nothing), attribute(oidArchiveStampV3, nothing)
	for _, row := range []struct {
		format  string
		crafted crafted
	}{
		{"CAdES-B-B", crafted{}},
		{"CAdES-B-B", crafted{crls: [][]byte{crl}}},
		{"CAdES-B-T", crafted{unsigned: []func(*cryptobyte.Builder){stamp}}},
		{"CAdES-B-T", crafted{unsigned: []func(*cryptobyte.Builder){stamp, archive}}},
		{"CAdES-B-LT", crafted{unsigned: []func(*cryptobyte.Builder){stamp}, crls: [][]byte{crl}}},
		{"CAdES-B-LTA", crafted{unsigned: []func(*cryptobyte.Builder){stamp, archive}, crls: [][]byte{crl}}},
	} {
		f := one(t, row.crafted.make(t, s))
		if f.Format != row.format || f.Broken != nil {
			t.Errorf("%s instead of %s, %v", f.Format, row.format, f.Broken)
		}
		for _, stamp := range f.Stamps {
			if stamp.Broken == nil {
				t.Error("a time-stamp of nothing is taken")
			}
		}
	}
}
