package timestamp

import (
	"bytes"
	"crypto"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"errors"
	"math/big"
	"testing"
	"time"

	"golang.org/x/crypto/cryptobyte"
	cbasn1 "golang.org/x/crypto/cryptobyte/asn1"

	"raccordo/host/internal/signature"
	"raccordo/host/internal/signature/cms"
	"raccordo/host/internal/sim/signtest"
	"raccordo/host/internal/sim/testca"
)

// forged is an answer that openssl would not give.
type forged struct {
	signatory signtest.Signatory
	at        string
	version   int64
	twice     bool // signed
}

func (f forged) token(t testing.TB, q question) []byte {
	t.Helper()
	var b cryptobyte.Builder
	b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddASN1Int64(f.version)
		b.AddASN1ObjectIdentifier(asn1.ObjectIdentifier{1, 2, 3})
		b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) {
			b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) { b.AddASN1ObjectIdentifier(oidSHA256) })
			b.AddASN1OctetString(q.digest)
		})
		b.AddASN1Int64(1)
		b.AddASN1(cbasn1.GeneralizedTime, func(b *cryptobyte.Builder) { b.AddBytes([]byte(f.at)) })
		b.AddASN1BigInt(q.nonce)
	})
	info := b.BytesOrPanic()
	signing := cms.Signing{Identity: f.signatory.Identity, Now: time.Now(), ContentType: cms.OIDTSTInfo}
	a := f.signatory.Identity.Algorithm
	attributes, err := cms.Attributes(signing, a.Digest(info))
	if err != nil {
		t.Fatal(err)
	}
	value := f.signatory.Value(t, a.Digest(attributes))
	var out bytes.Buffer
	if err := cms.Attached(t.Context(), &out, signing, bytes.NewReader(info), attributes, value, nil); err != nil {
		t.Fatal(err)
	}
	if f.twice {
		d, err := cms.Parse(bytes.NewReader(out.Bytes()))
		if err != nil {
			t.Fatal(err)
		}
		out.Reset()
		if err := d.Add(t.Context(), &out, signing, attributes, value, nil); err != nil {
			t.Fatal(err)
		}
	}
	return out.Bytes()
}

func aQuestion() question {
	d := sha256.Sum256([]byte("il valore di una firma"))
	return question{digest: d[:], nonce: big.NewInt(4711)}
}

// usage is an extended key usage extension.
func usage(t testing.TB, critical bool, usages ...int) []pkix.Extension {
	t.Helper()
	var all []asn1.ObjectIdentifier
	for _, u := range usages {
		all = append(all, asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 3, u})
	}
	value, err := asn1.Marshal(all)
	if err != nil {
		t.Fatal(err)
	}
	return []pkix.Extension{{Id: asn1.ObjectIdentifier{2, 5, 29, 37}, Critical: critical, Value: value}}
}

func authority(t testing.TB, h *signtest.House, usage []pkix.Extension) signtest.Signatory {
	t.Helper()
	return h.Issue(t, "TSA", "p-256", signature.Algorithm{Scheme: signature.ECDSA, Hash: crypto.SHA256},
		&x509.Certificate{Subject: testca.Subject("Marche di prova"), ExtraExtensions: usage})
}

func TestForgedTokens(t *testing.T) {
	h := signtest.New(t)
	good := authority(t, h, usage(t, true, 8))
	const now = "20060102150405Z"
	at := time.Now().UTC().Format(now)
	for _, row := range []struct {
		name   string
		forged forged
		want   error // nil: it is taken
	}{
		{"as it should be", forged{good, at, 1, false}, nil},
		{"fractions of a second", forged{good, at[:14] + ".25Z", 1, false}, nil},
		{"usage that is not critical", forged{authority(t, h, usage(t, false, 8)), at, 1, false}, cms.ErrCertificate},
		{"another usage too", forged{authority(t, h, usage(t, true, 8, 4)), at, 1, false}, cms.ErrCertificate},
		{"a signer's certificate", forged{authority(t, h, nil), at, 1, false}, cms.ErrCertificate},
		{"signed by two", forged{good, at, 1, true}, cms.ErrMalformed},
		{"another version", forged{good, at, 2, false}, cms.ErrMalformed},
		{"local time", forged{good, at[:14] + "+0100", 1, false}, cms.ErrMalformed},
		{"before the certificate", forged{good, "20200101000000Z", 1, false}, errAnswer},
		{"after the certificate", forged{good, "20990101000000Z", 1, false}, errAnswer},
	} {
		t.Run(row.name, func(t *testing.T) {
			q := aQuestion()
			if err := q.check(row.forged.token(t, q)); !errors.Is(err, row.want) || row.want == nil && err != nil {
				t.Errorf("%v, want %v", err, row.want)
			}
		})
	}
}

// No octet of what is signed, of the value, or of the certificate can be another
// one; the rest can at most lose the token.
func TestEveryOctetOfAToken(t *testing.T) {
	h := signtest.New(t)
	s := authority(t, h, usage(t, true, 8))
	q := aQuestion()
	token := forged{s, time.Now().UTC().Format("20060102150405Z"), 1, false}.token(t, q)
	chain := bytes.Index(token, s.Identity.Chain[0].Raw)
	taken := 0
	for i := range token {
		if i >= chain && i < chain+len(s.Identity.Chain[0].Raw) {
			continue
		}
		token[i] ^= 0x01
		if q.check(token) == nil {
			taken++
		}
		token[i] ^= 0x01
	}
	// Two version numbers, and the SET of hashes: nothing depends on them.
	if taken > 14 {
		t.Errorf("%d octets may be any", taken)
	}
}

// FuzzAnswer gives the answers of an authority that wishes us ill.
func FuzzAnswer(f *testing.F) {
	h := signtest.New(f)
	q := aQuestion()
	token := forged{authority(f, h, usage(f, true, 8)), time.Now().UTC().Format("20060102150405Z"), 1, false}.token(f, q)
	var b cryptobyte.Builder
	b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddASN1(cbasn1.SEQUENCE, func(b *cryptobyte.Builder) { b.AddASN1Int64(0) })
		b.AddBytes(token)
	})
	f.Add(b.BytesOrPanic())
	f.Add([]byte{0x30, 0x0b, 0x30, 9, 2, 1, 2, 3, 4, 4, 0x80, 0, 0}) // rejection (badAlg)
	f.Add([]byte{0x30, 0x80, 0x30, 0x80, 2, 1, 0, 0, 0, 0, 0})
	f.Fuzz(func(t *testing.T, answer []byte) {
		token, err := open(answer)
		if err != nil {
			return
		}
		if err := q.check(token); err == nil {
			parsed, err := cms.ParseToken(token)
			if err != nil || !bytes.Equal(parsed.Imprint, q.digest) {
				t.Errorf("a token that does not fit was taken: %v", err)
			}
		}
	})
}
