package card

import (
	"crypto/x509"
	"strings"
	"testing"

	"raccordo/host/internal/sim/testca"
	"raccordo/host/internal/wire"
)

// issuedBy is a CNS certificate of an authority with the given name.
func issuedBy(t *testing.T, authority, cardID string) *x509.Certificate {
	t.Helper()
	ca, err := testca.New(authority)
	if err != nil {
		t.Fatal(err)
	}
	key, err := classifyKey()
	if err != nil {
		t.Fatal(err)
	}
	der, err := ca.Issue(&x509.Certificate{
		Subject:  testca.Subject(doctorCF(t) + "/" + cardID + ".hash"),
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth},
		Policies: []x509.OID{oid(t, PolicyCNS)},
	}, key.Public())
	if err != nil {
		t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return cert
}

func TestKindByCertificate(t *testing.T) {
	const id, alike = "6090030000000066", "7420000000000001"
	for _, row := range []struct {
		name, authority, inName, onCard string
		byATR, want                     wire.CardKind
	}{
		{"Umbria", "Regione Umbria - CA Cittadini", id, id, wire.KindCNS, wire.KindTSCNS},
		{"Sardegna", "Regione Autonoma della Sardegna - CA Cittadini", id, id, wire.KindCNS, wire.KindTSCNS},
		{"Lombardia", "Regione Lombardia Certification Authority Cittadini", id, id, wire.KindCNS, wire.KindTSCNS},
		{"number in the certificate only", "Regione Umbria - CA Cittadini", id, "", wire.KindCNS, wire.KindTSCNS},
		{"a CNS that is no health card", "CNS CA Cittadini", id, id, wire.KindCNS, wire.KindCNS},
		{"operator", "Regione simulata - CA Operatori", id, id, wire.KindCNS, wire.KindOperator},
		{"operator on a chip of health cards", "Regione simulata - CA Operatori", id, id, wire.KindTSCNS, wire.KindOperator},
		{"looks alike", "Regione Umbria - CA Cittadini", alike, alike, wire.KindCNS, wire.KindCNS},
		{"private authority", "InfoCert Servizi di Certificazione CNS", id, id, wire.KindCNS, wire.KindCNS},
		{"nothing known but the ATR", "Autorità ignota", id, id, wire.KindTSCNS, wire.KindTSCNS},
		{"not a CNS by its ATR", "Autorità ignota", id, id, wire.KindOther, wire.KindCNS},
		{"word inside another", "Regione simulata - CA Concittadini", id, id, wire.KindCNS, wire.KindCNS},
	} {
		t.Run(row.name, func(t *testing.T) {
			if got := Builtin().refine(row.byATR, issuedBy(t, row.authority, row.inName), row.onCard); got != row.want {
				t.Errorf("kind %q, want %q", got, row.want)
			}
		})
	}
}

func TestKindRulesAreChecked(t *testing.T) {
	for name, text := range map[string]string{
		"no condition":       "[[identity]]\nkind = \"ts_cns\"",
		"not an expression":  "[[identity]]\nkind = \"ts_cns\"\nissuer = \"(\"",
		"not a kind of CNS":  "[[identity]]\nkind = \"cie\"\nissuer = \"x\"",
		"unknown problem":    "[[card]]\natr = \"3B00\"\nkind = \"cns\"\nproblem = \"card.nonsense\"",
		"unknown kind":       "[[card]]\natr = \"3B00\"\nkind = \"bank\"",
		"unknown expression": "[[identity]]\nkind = \"ts_cns\"\nserial = \"x\"",
	} {
		if _, err := parseCatalogue([]byte(text)); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
	own, err := parseCatalogue([]byte("[[identity]]\nkind = \"operator\"\nissuer = \"^Regione Umbria\""))
	if err != nil {
		t.Fatal(err)
	}
	cert := issuedBy(t, "Regione Umbria - CA Cittadini", "6090030000000066")
	if got := own.before(Builtin()).refine(wire.KindCNS, cert, ""); got != wire.KindOperator {
		t.Errorf("the administrator's rule does not come first: %q", got)
	}
}

func TestMakers(t *testing.T) {
	for atr, want := range map[string]string{
		"3BFF1800FF8131FE55006B02090200011101434E531131808E":           "STMicroelectronics / STIncard",
		"3BFF1800008131FE45006B04050100012101434E5310318059":           "NXP / Oberthur",
		"3BFF1800008131FE45006B05052000012101434E5310318079":           "IDEMIA",
		"3BFF1800FF8131FE4D006B0404B85B01F101434E531031809D":           "Actalis",
		"3BFF1800FF8131FE550077070701000111" + "01434E53113180" + "00": "",
	} {
		if rule, _ := Builtin().rule(unhex(t, strings.ToLower(atr))); rule.Maker != want {
			t.Errorf("%s: maker %q, want %q", atr, rule.Maker, want)
		}
	}
}

func TestChain(t *testing.T) {
	cert := issuedBy(t, "Regione Umbria - CA Cittadini", "6090030000000066")
	mine, err := testca.New("Regione Umbria - CA Cittadini") // the same name, another key
	if err != nil {
		t.Fatal(err)
	}
	if got := chain(cert, []*x509.Certificate{mine.Cert()}); len(got) != 0 {
		t.Errorf("an authority that did not sign: %v", got[0].Subject)
	}
	der, err := mine.Issue(&x509.Certificate{Subject: testca.Subject("x")}, cert.PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	if got := chain(leaf, []*x509.Certificate{issuedBy(t, "altra", "6"), mine.Cert()}); len(got) != 1 || !got[0].Equal(mine.Cert()) {
		t.Errorf("chain %v", got)
	}
}

// What is read when no module drives the card.
func TestVerdict(t *testing.T) {
	const cns, radio, bank = "3BFF1800FF8131FE55006B02090200011101434E531131808E", "3B80800101", "3B6800008066A2060201320E"
	for _, row := range []struct {
		name, atr string
		err       wire.ErrorCode
		want      wire.ErrorCode
	}{
		{"CNS that the module does not see", cns, wire.ErrModuleBlind, wire.ErrModuleBlind},
		{"CNS without a module", cns, wire.ErrNoModule, wire.ErrNoModule},
		{"by radio, not seen", radio, wire.ErrModuleBlind, wire.ErrContactless},
		{"by radio, no module", radio, wire.ErrNoModule, wire.ErrContactless},
		{"by radio, the module crashed", radio, wire.ErrModuleLost, wire.ErrModuleLost},
		{"bank card", bank, wire.ErrModuleBlind, wire.ErrCardUnknown},
		{"bank card without a module", bank, wire.ErrNoModule, wire.ErrNoModule},
	} {
		t.Run(row.name, func(t *testing.T) {
			s := New(Options{})
			in := &insertion{atr: unhex(t, row.atr)}
			in.public.Kind = s.opt.Catalogue.Kind(in.atr)
			if got := s.verdict(in, &Error{Code: row.err}); got != row.want {
				t.Errorf("got %s, want %s", got, row.want)
			}
		})
	}
}
