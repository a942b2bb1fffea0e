package signature

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"math/big"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"raccordo/host/internal/wire"
)

func TestSignatory(t *testing.T) {
	statements := func(value ...byte) []pkix.Extension { return []pkix.Extension{{Id: oidStatements, Value: value}} }
	tests := []struct {
		name    string
		subject pkix.Name
		extra   []pkix.Extension
		want    wire.Signatory
	}{
		{"qualified, European form", pkix.Name{CommonName: "Rossi Mario", SerialNumber: "TINIT-RSSMRA70A01L219K", ExtraNames: []pkix.AttributeTypeAndValue{
			{Type: oidGivenName, Value: "Mario"}, {Type: oidSurname, Value: "Rossi"},
		}}, statements(0x30, 0x0a, 0x30, 0x08, 0x06, 0x06, 0x04, 0x00, 0x8e, 0x46, 0x01, 0x01), wire.Signatory{Name: "Mario Rossi", CF: "RSSMRA70A01L219K", Qualified: true}},
		{"older form", pkix.Name{CommonName: "Mario Rossi", SerialNumber: "IT:RSSMRA70A01L219K"}, nil, wire.Signatory{Name: "Mario Rossi", CF: "RSSMRA70A01L219K"}},
		{"older still", pkix.Name{ExtraNames: []pkix.AttributeTypeAndValue{
			{Type: oidGivenName, Value: "MARIO"}, {Type: oidSurname, Value: "D'ANGELO"}, {Type: oidQualifier, Value: "RSSMRA70A01L219K"},
		}}, nil, wire.Signatory{Name: "Mario D'Angelo", CF: "RSSMRA70A01L219K"}},
		{"a seal", pkix.Name{Organization: []string{"Ente simulato"}}, nil, wire.Signatory{Name: "Ente simulato"}},
		{"CNS", pkix.Name{CommonName: "RSSMRA70A01L219K/7030000000000001.abc="}, nil, wire.Signatory{Name: "RSSMRA70A01L219K/7030000000000001.abc=", CF: "RSSMRA70A01L219K"}},
		{"a company's number is none", pkix.Name{CommonName: "Sigillo", SerialNumber: "VATIT-00000000000"}, nil, wire.Signatory{Name: "Sigillo"}},
		{"statements of another kind", pkix.Name{CommonName: "X"}, statements(0x30, 0x0a, 0x30, 0x08, 0x06, 0x06, 0x04, 0x00, 0x8e, 0x46, 0x01, 0x04), wire.Signatory{Name: "X"}},
		{"broken statements", pkix.Name{CommonName: "X"}, statements(0x30, 0x05), wire.Signatory{Name: "X"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := Signatory(certificate(t, tt.subject, tt.extra))
			if diff := cmp.Diff(tt.want, got, cmpopts.IgnoreFields(wire.Signatory{}, "Issuer", "Fingerprint", "NotAfter")); diff != "" {
				t.Error(diff)
			}
			if len(got.Fingerprint) != 64 || got.NotAfter != "2030-01-02T03:04:05Z" {
				t.Errorf("%+v", got)
			}
		})
	}
}

func certificate(t *testing.T, subject pkix.Name, extra []pkix.Extension) *x509.Certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	tmpl := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: subject, NotAfter: time.Date(2030, 1, 2, 3, 4, 5, 0, time.UTC), ExtraExtensions: extra}
	der, err := x509.CreateCertificate(rand.Reader, tmpl, tmpl, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	c, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return c
}
