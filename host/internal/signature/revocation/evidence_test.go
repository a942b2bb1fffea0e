package revocation

import (
	"crypto"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/pem"
	"errors"
	"math/big"
	"testing"
	"time"

	"golang.org/x/crypto/ocsp"
)

// answer makes one with package ocsp, where openssl would not lie.
func answer(t testing.TB, issuer, responder *party, tmpl ocsp.Response) []byte {
	t.Helper()
	if tmpl.ThisUpdate.IsZero() {
		tmpl.ThisUpdate = now.Add(-time.Minute)
	}
	tmpl.IssuerHash = crypto.SHA256
	if responder != issuer {
		tmpl.Certificate = responder.cert
	}
	der, err := ocsp.CreateResponse(issuer.cert, responder.cert, tmpl, responder.key)
	if err != nil {
		t.Fatal(err)
	}
	return der
}

func generalized(t testing.TB, at time.Time) []byte {
	der, err := asn1.MarshalWithParams(at.UTC(), "generalized")
	if err != nil {
		t.Fatal(err)
	}
	return der
}

// What a signature brings is judged offline, at the time of the proof.
func TestEmbeddedOCSP(t *testing.T) {
	p := newPKI(t)
	leaf := p.leaf(t, numGood)
	old := p.leaf(t, numGood, func(c *x509.Certificate) { c.NotAfter = now.Add(-48 * time.Hour) })
	stamped := now.Add(-72 * time.Hour)
	other := newCA(t, "Un'altra")
	late := issue(t, p.ca, x509.Certificate{SerialNumber: big.NewInt(901), Subject: pkix.Name{CommonName: "R"},
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageOCSPSigning}, NotAfter: now.Add(-time.Hour)})
	serial := big.NewInt(numGood)
	tests := []struct {
		name  string
		cert  *x509.Certificate
		at    time.Time
		der   []byte
		state State
		err   error
	}{
		{"good", leaf, now, answer(t, p.ca, p.responder, ocsp.Response{SerialNumber: serial}), Good, nil},
		{"younger than the proof", leaf, stamped, answer(t, p.ca, p.responder, ocsp.Response{SerialNumber: serial}), Good, nil},
		{"too old", leaf, now, answer(t, p.ca, p.responder, ocsp.Response{SerialNumber: serial, ThisUpdate: now.Add(-48 * time.Hour), NextUpdate: now.Add(-24 * time.Hour)}), NotChecked, nil},
		{"too old, and does not say until when", leaf, now, answer(t, p.ca, p.responder, ocsp.Response{SerialNumber: serial, ThisUpdate: now.Add(-2 * time.Hour)}), NotChecked, nil},
		{"was in force at the proof", leaf, now.Add(-25 * time.Hour), answer(t, p.ca, p.responder, ocsp.Response{SerialNumber: serial, ThisUpdate: now.Add(-48 * time.Hour), NextUpdate: now.Add(-24 * time.Hour)}), Good, nil},
		{"revoked, however old", leaf, now, answer(t, p.ca, p.responder, ocsp.Response{SerialNumber: serial, Status: ocsp.Revoked, RevokedAt: revokedAt, ThisUpdate: now.Add(-20 * time.Hour), NextUpdate: now.Add(-19 * time.Hour)}), Revoked, nil},
		{"of the future", leaf, now, answer(t, p.ca, p.responder, ocsp.Response{SerialNumber: serial, ThisUpdate: now.Add(time.Hour)}), NotChecked, nil},
		{"another number", leaf, now, answer(t, p.ca, p.responder, ocsp.Response{SerialNumber: big.NewInt(5)}), NotChecked, nil},
		{"the same number of another issuer", leaf, now, answer(t, other, p.responder, ocsp.Response{SerialNumber: serial}), NotChecked, ErrForeign},
		{"a responder that had expired", leaf, now, answer(t, p.ca, late, ocsp.Response{SerialNumber: serial}), NotChecked, ErrResponder},
		{"expired since, the answer does not tell of such", old, stamped, answer(t, p.ca, p.responder, ocsp.Response{SerialNumber: serial}), NotChecked, nil},
		{"expired since, the answer tells of such", old, stamped, answer(t, p.ca, p.responder, ocsp.Response{SerialNumber: serial,
			ExtraExtensions: []pkix.Extension{{Id: oidArchiveCutoff, Value: generalized(t, now.AddDate(-5, 0, 0))}}}), Good, nil},
		{"expired since, revoked stays revoked", old, stamped, answer(t, p.ca, p.responder, ocsp.Response{SerialNumber: serial, Status: ocsp.Revoked, RevokedAt: stamped.Add(-time.Hour)}), Revoked, nil},
		{"cut off", leaf, now, answer(t, p.ca, p.responder, ocsp.Response{SerialNumber: serial})[:100], NotChecked, nil},
		{"longer than what is read", leaf, now, make([]byte, maxOCSP+1), NotChecked, ErrTooLarge},
	}
	c := p.checker(func(o *Options) { o.Client = nil })
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			q := p.query(tt.cert, tt.at)
			q.OCSPs = [][]byte{tt.der}
			s := check(t, c, q)
			if s.State != tt.state || s.Embedded != (tt.state == Good || tt.state == Revoked) || tt.err != nil && !errors.Is(s.Err, tt.err) {
				t.Errorf("%+v", s)
			}
		})
	}
}

// An answer from before the use of a certificate does not hide a later revocation.
func TestFresherCounts(t *testing.T) {
	old := func(p *pki, number int64) []byte {
		return answer(t, p.ca, p.responder, ocsp.Response{SerialNumber: big.NewInt(number), ThisUpdate: revokedAt.Add(-time.Hour), NextUpdate: now.AddDate(0, 1, 0)})
	}
	tests := []struct {
		name     string
		number   int64
		at       time.Time
		down     bool
		state    State
		embedded bool
		asked    int32
	}{
		{"revoked since", numRevoked, now, false, Revoked, false, 1},
		{"still good", numGood, now, false, Good, false, 1},
		{"nobody answers", numGood, now, true, Good, true, 1},
		{"used before the answer", numRevoked, revokedAt.Add(-2 * time.Hour), false, Good, true, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := newPKI(t)
			p.noOCSP, p.noCRL = tt.down, tt.down
			q := p.query(p.leaf(t, tt.number), tt.at)
			q.OCSPs = [][]byte{old(p, tt.number)}
			if s := check(t, p.checker(), q); s.State != tt.state || s.Embedded != tt.embedded || p.asked.Load() != tt.asked {
				t.Errorf("%+v after %d questions", s, p.asked.Load())
			}
		})
	}
}

// A byte that is not what the responder signed is not believed.
func TestFlippedBytes(t *testing.T) {
	p := newPKI(t)
	leaf := p.leaf(t, numRevoked)
	q := p.query(leaf, now)
	for _, tt := range []struct {
		name string
		der  []byte
		read func([]byte, Query) (evidence, error)
	}{
		{"OCSP", answer(t, p.ca, p.ca, ocsp.Response{SerialNumber: leaf.SerialNumber, Status: ocsp.Revoked, RevokedAt: revokedAt}), func(b []byte, q Query) (evidence, error) { return readOCSP(b, q, nil) }},
		{"CRL", unpem(t, p.crl(t)), readCRL},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if e, err := tt.read(tt.der, q); err != nil || !e.revoked {
				t.Fatalf("%+v %v", e, err)
			}
			for i := range tt.der {
				flipped := append([]byte(nil), tt.der...)
				flipped[i] ^= 0x10
				// A changed encoding of the signature can hold the same one.
				if e, err := tt.read(flipped, q); err == nil && !e.revoked {
					t.Errorf("byte %d: %+v", i, e)
				}
			}
		})
	}
}

func unpem(t testing.TB, text []byte) []byte {
	t.Helper()
	block, _ := pem.Decode(text)
	if block == nil {
		t.Fatalf("not PEM: %q", text)
	}
	return block.Bytes
}

func TestNonce(t *testing.T) {
	p := newPKI(t)
	q := p.query(p.leaf(t, numGood), now)
	mine := []byte("0123456789abcdef0123456789abcdef")
	question, err := request(q, mine)
	if err != nil {
		t.Fatal(err)
	}
	echoed := p.answer(t, question)
	if _, err := readOCSP(echoed, q, mine); err != nil {
		t.Errorf("the echo: %v", err)
	}
	if _, err := readOCSP(echoed, q, []byte("another")); !errors.Is(err, ErrNonce) {
		t.Errorf("an answer to another question: %v", err)
	}
	bare, err := ocsp.CreateRequest(q.Certificate, q.Issuer, nil)
	if err != nil {
		t.Fatal(err)
	}
	if e, err := readOCSP(p.answer(t, bare), q, mine); err != nil || !e.known || e.revoked {
		t.Errorf("a responder that ignores nonces: %+v %v", e, err)
	}
	again, err := ocsp.ParseRequest(question)
	if err != nil || again.SerialNumber.Cmp(q.Certificate.SerialNumber) != 0 {
		t.Errorf("the question: %+v %v", again, err)
	}
}

func TestCRLScope(t *testing.T) {
	tests := []struct {
		name, extra string
		number      int64
		err         error
		revoked     bool
	}{
		{"whole", "", numRevoked, nil, true},
		{"users", "issuingDistributionPoint=critical,@p\n[p]\nonlyuser=TRUE\n", numRevoked, nil, true},
		{"authorities", "issuingDistributionPoint=critical,@p\n[p]\nonlyCA=TRUE\n", numRevoked, ErrScope, false},
		{"attribute certificates", "issuingDistributionPoint=critical,@p\n[p]\nonlyAA=TRUE\n", numGood, ErrScope, false},
		{"other issuers too", "issuingDistributionPoint=critical,@p\n[p]\nindirectCRL=TRUE\n", numGood, ErrScope, false},
		{"some reasons", "issuingDistributionPoint=critical,@p\n[p]\nonlysomereasons=keyCompromise\n", numGood, ErrScope, false},
		{"its own part", "issuingDistributionPoint=critical,@p\n[p]\nfullname=URI:http://crl.example/2.crl\n", numRevoked, nil, true},
		{"another part", "issuingDistributionPoint=critical,@p\n[p]\nfullname=URI:http://crl.example/1.crl\n", numGood, ErrScope, false},
		{"changes only", "deltaCRL=critical,DER:02:01:01\n", numGood, ErrScope, false},
		{"a critical extension of nobody", "1.2.3.4=critical,DER:05:00\n", numGood, ErrScope, false},
		{"an extension of nobody", "1.2.3.4=DER:05:00\n", numRevoked, nil, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := newPKI(t)
			p.extra = tt.extra
			leaf := p.leaf(t, tt.number, func(c *x509.Certificate) { c.CRLDistributionPoints = []string{"http://crl.example/2.crl"} })
			e, err := readCRL(unpem(t, p.crl(t)), p.query(leaf, now))
			if !errors.Is(err, tt.err) || e.revoked != tt.revoked {
				t.Errorf("%+v %v", e, err)
			}
		})
	}
}

// list makes a CRL with the standard library.
func list(t testing.TB, ca *party, change func(*x509.RevocationList)) []byte {
	t.Helper()
	tmpl := &x509.RevocationList{Number: big.NewInt(1), ThisUpdate: now.Add(-time.Hour), NextUpdate: now.Add(time.Hour)}
	if change != nil {
		change(tmpl)
	}
	der, err := x509.CreateRevocationList(rand.Reader, tmpl, ca.cert, ca.key)
	if err != nil {
		t.Fatal(err)
	}
	return der
}

func TestEmbeddedCRL(t *testing.T) {
	p := newPKI(t)
	leaf := p.leaf(t, numGood)
	old := p.leaf(t, numGood, func(c *x509.Certificate) { c.NotAfter = now.Add(-48 * time.Hour) })
	stamped := now.Add(-72 * time.Hour)
	twin := newCA(t, "Autorità di prova")
	row := func(number int64) func(*x509.RevocationList) {
		return func(l *x509.RevocationList) {
			l.RevokedCertificateEntries = []x509.RevocationListEntry{{SerialNumber: big.NewInt(number), RevocationTime: revokedAt}}
		}
	}
	tests := []struct {
		name  string
		cert  *x509.Certificate
		at    time.Time
		der   []byte
		state State
		err   error
	}{
		{"good", leaf, now, list(t, p.ca, nil), Good, nil},
		{"others are revoked", leaf, now, list(t, p.ca, row(numGood+256)), Good, nil},
		{"revoked", leaf, now, list(t, p.ca, row(numGood)), Revoked, nil},
		{"ended", leaf, now.Add(2 * time.Hour), list(t, p.ca, nil), NotChecked, nil},
		{"of an authority of the same name", leaf, now, list(t, twin, nil), NotChecked, ErrResponder},
		{"of another authority", leaf, now, list(t, newCA(t, "Un'altra"), nil), NotChecked, ErrForeign},
		{"expired since, such are dropped", old, stamped, list(t, p.ca, nil), NotChecked, nil},
		{"expired since, such are kept", old, stamped, list(t, p.ca, func(l *x509.RevocationList) {
			l.ExtraExtensions = []pkix.Extension{{Id: oidExpired, Value: generalized(t, now.AddDate(-5, 0, 0))}}
		}), Good, nil},
		{"cut off", leaf, now, list(t, p.ca, nil)[:80], NotChecked, errCRL},
		{"something behind", leaf, now, append(list(t, p.ca, nil), 0), NotChecked, errCRL},
		{"empty", leaf, now, nil, NotChecked, errCRL},
	}
	c := p.checker(func(o *Options) { o.Client = nil })
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			q := p.query(tt.cert, tt.at)
			q.CRLs = [][]byte{tt.der}
			if s := check(t, c, q); s.State != tt.state || tt.err != nil && !errors.Is(s.Err, tt.err) {
				t.Errorf("%+v", s)
			}
		})
	}
}

// A list of a hundred thousand rows is walked through, not unfolded.
func TestLongCRL(t *testing.T) {
	p := newPKI(t)
	der := list(t, p.ca, func(l *x509.RevocationList) {
		for i := range int64(100_000) {
			l.RevokedCertificateEntries = append(l.RevokedCertificateEntries, x509.RevocationListEntry{SerialNumber: big.NewInt(1_000_000 + i), RevocationTime: revokedAt})
		}
	})
	last := p.query(p.leaf(t, 1_099_999), now)
	var e evidence
	var err error
	allocations := testing.AllocsPerRun(1, func() { e, err = readCRL(der, last) })
	if err != nil || !e.revoked {
		t.Fatalf("%+v %v", e, err)
	}
	if allocations > 1000 {
		t.Errorf("%.0f allocations for %d bytes", allocations, len(der))
	}
}
