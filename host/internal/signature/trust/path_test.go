package trust

import (
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func date(text string) time.Time {
	t, err := time.Parse(time.DateOnly, text)
	if err != nil {
		panic(err)
	}
	return t.Add(12 * time.Hour)
}

// The status is that of the time asked for.
func TestStatusHistory(t *testing.T) {
	ca := issue(t, nil, "CA", authority, func(c *x509.Certificate) { c.NotBefore = date("2010-01-01") })
	leaf := issue(t, ca, "Mario Rossi", func(c *x509.Certificate) { c.NotBefore = date("2014-01-01") }).cert
	history := []state{
		{caQC, status + "withdrawn", "2024-05-01T00:00:00Z", ""},
		{caQC, status + "granted", "2016-06-30T22:00:00Z", ""},
		{caQC, oldStatus + "supervisionrevoked", "2016-01-01T00:00:00Z", ""},
		{caQC, oldStatus + "undersupervision", "2015-01-01T00:00:00Z", ""},
	}
	tests := []struct {
		name      string
		at        string
		status    string // refused because of it
		refused   bool
		qualified bool
	}{
		{"before it was listed", "2014-06-01", "", true, false},
		{"under the directive", "2015-06-01", "", false, true},
		{"a gap", "2016-03-01", "supervisionrevoked", true, false},
		{"granted", "2020-01-01", "", false, true},
		{"on the last day", "2024-04-30", "", false, true},
		{"withdrawn", "2024-05-01", "withdrawn", true, false},
		{"today", "2026-11-23", "withdrawn", true, false},
	}
	for order, states := range map[string][]state{"newest first": history, "any order": {history[0], history[3], history[2], history[1]}} {
		s := mustLoad(t, file(t, listXML("IT", "", listed{[]*x509.Certificate{ca.cert}, states})))
		for _, tt := range tests {
			t.Run(order+"/"+tt.name, func(t *testing.T) {
				path, err := s.Path(leaf, nil, date(tt.at), Sign)
				var why *StatusError
				if tt.refused != errors.As(err, &why) || tt.refused && why.Status != tt.status || !tt.refused && err != nil || path.Qualified != tt.qualified {
					t.Errorf("%+v %v", path, err)
				}
				if path.Service == nil || path.Service.Title() != "Prestatore di prova — Certificati qualificati" || len(path.Chain) != 2 {
					t.Errorf("%+v", path)
				}
			})
		}
	}
}

func TestPath(t *testing.T) {
	root := issue(t, nil, "Radice", authority)
	sub := issue(t, root, "Intermedia", authority)
	deep := issue(t, sub, "Più sotto", authority)
	renewed := &party{key: root.key}
	renewed.cert = issueFor(t, root, root, "Radice", 2)
	twin := issue(t, nil, "Radice", authority)
	plainLeaf := issue(t, root, "Firma").cert
	expired := issue(t, root, "Scaduto", func(c *x509.Certificate) { c.NotAfter = date("2020-01-01") }).cert
	critical := issue(t, root, "Critico", func(c *x509.Certificate) {
		c.ExtraExtensions = []pkix.Extension{{Id: qcStatements, Critical: true, Value: []byte{0x30, 0}}}
	}).cert
	strange := issue(t, root, "Strano", func(c *x509.Certificate) {
		c.ExtraExtensions = []pkix.Extension{{Id: []int{1, 2, 3}, Critical: true, Value: []byte{0x30, 0}}}
	}).cert
	unit := issue(t, root, "Marca", stamping).cert
	one := func(c *x509.Certificate, states ...state) listed { return listed{[]*x509.Certificate{c}, states} }
	since := func(kind, s, info string) state { return state{kind, status + s, "2016-07-01T00:00:00Z", info} }
	names := func(c ...*x509.Certificate) (all []string) {
		for _, one := range c {
			all = append(all, one.Subject.CommonName)
		}
		return all
	}
	tests := []struct {
		name     string
		services []listed
		leaf     *x509.Certificate
		others   []*x509.Certificate
		use      Use
		chain    []string
		err      error // ErrUnknown, or nil
	}{
		{"the authority is listed", []listed{granted(root.cert)}, plainLeaf, nil, Sign, []string{"Firma", "Radice"}, nil},
		{"the authority is listed with an older certificate too", []listed{granted(renewed.cert, root.cert)}, plainLeaf, nil, Sign, []string{"Firma", "Radice"}, nil},
		{"an authority of the same name", []listed{granted(twin.cert)}, plainLeaf, nil, Sign, nil, ErrUnknown},
		{"by what the signature brings", []listed{granted(root.cert)}, issue(t, deep, "Firma").cert, []*x509.Certificate{sub.cert, deep.cert}, Sign, []string{"Firma", "Più sotto", "Intermedia", "Radice"}, nil},
		{"nothing leads there", []listed{granted(root.cert)}, issue(t, deep, "Firma").cert, []*x509.Certificate{deep.cert}, Sign, nil, ErrUnknown},
		{"what the signature brings is not believed", []listed{granted(root.cert)}, issue(t, twin, "Firma").cert, []*x509.Certificate{twin.cert}, Sign, nil, ErrUnknown},
		{"the intermediate is the listed one", []listed{granted(sub.cert)}, issue(t, sub, "Firma").cert, []*x509.Certificate{root.cert}, Sign, []string{"Firma", "Intermedia"}, nil},
		{"the path held while the certificate did", []listed{granted(root.cert)}, expired, nil, Sign, []string{"Scaduto", "Radice"}, nil},
		{"critical statements", []listed{granted(root.cert)}, critical, nil, Sign, []string{"Critico", "Radice"}, nil},
		{"a critical extension of nobody", []listed{granted(root.cert)}, strange, nil, Sign, nil, ErrUnknown},
		{"a signer's authority makes no time", []listed{granted(root.cert)}, unit, nil, Stamp, nil, ErrUnknown},
		{"time", []listed{one(root.cert, since(qtst, "granted", ""))}, unit, nil, Stamp, []string{"Marca", "Radice"}, nil},
		{"time, the unit itself is listed", []listed{one(unit, since(qtst, "granted", ""))}, unit, nil, Stamp, []string{"Marca"}, nil},
		{"time without the right", []listed{one(root.cert, since(qtst, "granted", ""))}, plainLeaf, nil, Stamp, nil, ErrUnknown},
		{"an authority of time makes no signer", []listed{one(root.cert, since(qtst, "granted", ""))}, plainLeaf, nil, Sign, nil, ErrUnknown},
		{"for web sites only", []listed{one(root.cert, since(caQC, "granted", info+"ForWebSiteAuthentication"))}, plainLeaf, nil, Sign, nil, ErrUnknown},
		{"for signatures", []listed{one(root.cert, since(caQC, "granted", info+"ForeSignatures"))}, plainLeaf, nil, Sign, []string{"Firma", "Radice"}, nil},
		{"another service", []listed{one(root.cert, since("http://uri.etsi.org/TrstSvc/Svctype/Certstatus/OCSP/QC", "granted", ""))}, plainLeaf, nil, Sign, nil, ErrUnknown},
		{"listed twice, one is granted", []listed{one(root.cert, since(caQC, "withdrawn", "")), granted(root.cert)}, plainLeaf, nil, Sign, []string{"Firma", "Radice"}, nil},
		{"recognised at national level", []listed{one(root.cert, since("http://uri.etsi.org/TrstSvc/Svctype/CA/PKC", "recognisedatnationallevel", ""))}, plainLeaf, nil, Sign, []string{"Firma", "Radice"}, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := mustLoad(t, file(t, listXML("IT", "", tt.services...)))
			path, err := s.Path(tt.leaf, tt.others, now, tt.use)
			if diff := cmp.Diff(tt.chain, names(path.Chain...)); diff != "" || !errors.Is(err, tt.err) {
				t.Errorf("%v %s", err, diff)
			}
			if err == nil && path.Chain[0] != tt.leaf {
				t.Error("another certificate came back")
			}
		})
	}
}

// issueFor makes one more certificate of a key.
func issueFor(t *testing.T, subject, issuer *party, name string, years int) *x509.Certificate {
	t.Helper()
	tmpl := *subject.cert
	tmpl.NotBefore = now.AddDate(-years, 0, 0)
	der, err := x509.CreateCertificate(nil, &tmpl, issuer.cert, subject.key.Public(), issuer.key)
	if err != nil {
		t.Fatal(err)
	}
	c, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// Whoever was withdrawn is not saved by the authority above him.
func TestNearestDecides(t *testing.T) {
	root := issue(t, nil, "Radice", authority)
	sub := issue(t, root, "Intermedia", authority)
	leaf := issue(t, sub, "Firma").cert
	list := file(t, listXML("IT", "", listed{[]*x509.Certificate{sub.cert}, []state{{caQC, status + "withdrawn", "2020-01-01T00:00:00Z", ""}}}))
	s := mustLoad(t, list, file(t, pemOf(root.cert)))
	var why *StatusError
	if path, err := s.Path(leaf, nil, now, Sign); !errors.As(err, &why) || why.Status != "withdrawn" {
		t.Errorf("%+v %v", path, err)
	}
	if _, err := s.Path(issue(t, root, "Altro").cert, nil, now, Sign); err != nil {
		t.Errorf("the root is trusted by itself: %v", err)
	}
}
