package revocation

import (
	"bytes"
	"crypto/x509"
	"crypto/x509/pkix"
	"math/big"
	"testing"
	"time"

	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/ocsp"
)

// Whatever a signature brings or an address sends: no panic, and nothing
// believed that was not signed.
func FuzzOCSP(f *testing.F) {
	p := newPKI(f)
	leaf := p.leaf(f, numRevoked)
	q := p.query(leaf, now)
	question, err := request(q, []byte("nonce"))
	if err != nil {
		f.Fatal(err)
	}
	good := p.answer(f, question)
	f.Add(good)
	f.Add(answer(f, p.ca, p.ca, ocsp.Response{SerialNumber: leaf.SerialNumber, Status: ocsp.Revoked, RevokedAt: revokedAt}))
	f.Add([]byte{0x30, 3, 0x0a, 1, 3})
	f.Fuzz(func(t *testing.T, der []byte) {
		// Every certificate here is revoked: an answer that says good is a forged one.
		if e, err := readOCSP(der, q, nil); err == nil && e.known && !e.revoked {
			t.Errorf("believed %x", der)
		}
		// Behind the signature.
		_ = about(&ocsp.Response{TBSResponseData: der, IssuerHash: 3}, q, []byte("nonce"))
	})
}

// Our walk through a list finds what the standard library finds by unfolding it.
func FuzzCRL(f *testing.F) {
	p := newPKI(f)
	leaf := p.leaf(f, numRevoked)
	for _, extra := range []string{"", "issuingDistributionPoint=critical,@p\n[p]\nonlyuser=TRUE\n"} {
		p.extra = extra
		f.Add(unpem(f, p.crl(f)))
	}
	f.Add(list(f, p.ca, nil))
	f.Add(list(f, p.ca, func(l *x509.RevocationList) {
		l.RevokedCertificateEntries = []x509.RevocationListEntry{{SerialNumber: big.NewInt(numRevoked), RevocationTime: revokedAt, ReasonCode: OnHold}}
	}))
	f.Fuzz(func(t *testing.T, der []byte) {
		tbs, rows, head, err := split(der)
		if err != nil {
			return
		}
		if !bytes.Contains(der, tbs) {
			t.Error("what is signed is not part of the list")
		}
		var e evidence
		err = find(rows, leaf, &e)
		whole, wholeErr := x509.ParseRevocationList(der)
		if wholeErr != nil || err != nil {
			return
		}
		if short, err := x509.ParseRevocationList(head); err != nil || !short.ThisUpdate.Equal(whole.ThisUpdate) || !bytes.Equal(short.Signature, whole.Signature) || len(short.RevokedCertificateEntries) != 0 {
			t.Errorf("the rest of the list is another one: %v", err)
		}
		found := false
		for _, row := range whole.RevokedCertificateEntries {
			found = found || row.SerialNumber.Cmp(leaf.SerialNumber) == 0
		}
		if found != e.revoked {
			t.Errorf("found %v, the standard library %v", e.revoked, found)
		}
		var scope evidence
		_ = extensions(whole, leaf, &scope)
	})
}

// The scope of a list is read from bytes that come from afar.
func FuzzScope(f *testing.F) {
	f.Add([]byte{0x30, 0x03, 0x81, 0x01, 0xff}, []byte{0x30, 0x00})
	f.Add([]byte{0x30, 0x0b, 0xa0, 0x09, 0xa0, 0x07, 0x86, 0x05, 'h', 't', 't', 'p', ':'}, []byte("\x86\x05http:"))
	f.Fuzz(func(t *testing.T, scope, points []byte) {
		c := &x509.Certificate{Extensions: []pkix.Extension{{Id: oidPoints, Value: points}}, SerialNumber: big.NewInt(1)}
		_ = covers(scope, c)
		var e evidence
		if e.read(cryptobyte.String(scope)) == nil && e.revokedAt.Equal(time.Time{}) && !e.revoked {
			t.Error("a row that revokes nothing")
		}
	})
}
