package card

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"sync"
	"testing"
	"time"

	"raccordo/host/internal/sim/anagrafe"
	"raccordo/host/internal/sim/testca"
	"raccordo/host/internal/wire"
)

func doctorCF(testing.TB) string { return anagrafe.Doctors()[0].CF }

var classifyKey = sync.OnceValues(func() (*rsa.PrivateKey, error) { return rsa.GenerateKey(rand.Reader, 2048) })

func certificate(t testing.TB, change func(*x509.Certificate)) *x509.Certificate {
	t.Helper()
	ca, err := testca.New("CA di prova")
	if err != nil {
		t.Fatal(err)
	}
	key, err := classifyKey()
	if err != nil {
		t.Fatal(err)
	}
	tmpl := &x509.Certificate{
		Subject: pkix.Name{CommonName: doctorCF(t) + "/6090010000000012.abc", ExtraNames: []pkix.AttributeTypeAndValue{
			{Type: oidGivenName, Value: "GIULIA"}, {Type: oidSurname, Value: "VERDI"}}},
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth},
		Policies: []x509.OID{oid(t, PolicyCNS)},
	}
	change(tmpl)
	der, err := ca.Issue(tmpl, key.Public())
	if err != nil {
		t.Fatal(err)
	}
	c, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func nothing(*x509.Certificate) {}

func oid(t testing.TB, dotted string) x509.OID {
	t.Helper()
	o, err := x509.ParseOID(dotted)
	if err != nil {
		t.Fatal(err)
	}
	return o
}

func TestClassify(t *testing.T) {
	now := time.Now()
	for _, row := range []struct {
		name    string
		change  func(*x509.Certificate)
		purpose string
		reason  wire.ErrorCode
	}{
		{"CNS", func(*x509.Certificate) {}, "auth", ""},
		{"CIE", func(c *x509.Certificate) { c.Policies = []x509.OID{oid(t, PolicyCIE)} }, "auth", ""},
		{"policy among others", func(c *x509.Certificate) { c.Policies = []x509.OID{oid(t, "1.2.3"), oid(t, PolicyCNS)} }, "auth", ""},
		{"other policy", func(c *x509.Certificate) { c.Policies = []x509.OID{oid(t, "1.3.76.16.2.11")} }, "auth", wire.ErrCertPolicy},
		{"no policy", func(c *x509.Certificate) { c.Policies = nil }, "auth", wire.ErrCertPolicy},
		{"no clientAuth", func(c *x509.Certificate) { c.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageEmailProtection} }, "auth", wire.ErrCertPolicy},
		{"signing", func(c *x509.Certificate) {
			c.KeyUsage, c.ExtKeyUsage = x509.KeyUsageContentCommitment, nil
		}, "sign", wire.ErrCertSign},
		{"signing, expired", func(c *x509.Certificate) {
			c.KeyUsage, c.ExtKeyUsage = x509.KeyUsageContentCommitment, nil
			c.NotAfter = now.Add(-time.Hour)
			c.NotBefore = now.Add(-2 * time.Hour)
		}, "sign", wire.ErrCertSign},
		{"old card: both uses", func(c *x509.Certificate) { c.KeyUsage |= x509.KeyUsageContentCommitment }, "auth", ""},
		{"expired", func(c *x509.Certificate) { c.NotBefore, c.NotAfter = now.Add(-2*time.Hour), now.Add(-time.Second) }, "auth", wire.ErrCertExpired},
		{"not yet valid", func(c *x509.Certificate) { c.NotBefore = now.Add(time.Hour) }, "auth", wire.ErrCertEarly},
	} {
		t.Run(row.name, func(t *testing.T) {
			got := Classify(certificate(t, row.change), []string{PolicyCNS, PolicyCIE}, now)
			if got.Purpose != row.purpose || got.Reason != row.reason || got.Usable != (row.reason == "") {
				t.Errorf("%+v", got)
			}
			if got.Subject != "GIULIA VERDI" || len(got.Fingerprint) != 64 || got.Issuer != "CA di prova" {
				t.Errorf("%+v", got)
			}
		})
	}
}

func TestClassifyByTheRegionsPolicies(t *testing.T) {
	c := certificate(t, func(c *x509.Certificate) { c.Policies = []x509.OID{oid(t, "1.3.159.6.1.3.2.10")} })
	if got := Classify(c, []string{"1.3.159.6.1.3.2.10"}, time.Now()); !got.Usable {
		t.Errorf("%+v", got)
	}
}

func TestHolderOfCertificate(t *testing.T) {
	cf := doctorCF(t)
	for _, row := range []struct {
		name   string
		change func(*x509.Certificate)
		want   string
	}{
		{"CNS: in the common name", func(*x509.Certificate) {}, cf},
		{"serial number", func(c *x509.Certificate) { c.Subject.CommonName, c.Subject.SerialNumber = "GIULIA VERDI", "TINIT-"+cf }, cf},
		{"nobody", func(c *x509.Certificate) { c.Subject.CommonName = "server.example" }, ""},
		{"wrong check letter", func(c *x509.Certificate) { c.Subject.CommonName = cf[:15] + "0/1" }, ""},
	} {
		t.Run(row.name, func(t *testing.T) {
			got := holderOf(certificate(t, row.change))
			if (got == nil) != (row.want == "") || (got != nil && (got.CodiceFiscale != row.want || got.Name != "GIULIA VERDI")) {
				t.Errorf("%+v", got)
			}
		})
	}
}

func FuzzClassify(f *testing.F) {
	f.Add(certificate(f, func(*x509.Certificate) {}).Raw)
	f.Fuzz(func(t *testing.T, der []byte) {
		c, err := x509.ParseCertificate(der)
		if err != nil {
			return
		}
		if got := Classify(c, []string{PolicyCNS}, time.Now()); got.Usable && (got.Purpose != "auth" || !hasPolicy(c, PolicyCNS)) {
			t.Fatalf("%+v", got)
		}
		holderOf(c)
	})
}
