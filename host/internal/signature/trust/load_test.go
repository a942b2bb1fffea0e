package trust

import (
	"bytes"
	"context"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestListSaysOfItself(t *testing.T) {
	ca := issue(t, nil, "CA", authority)
	s := mustLoad(t, file(t, listXML("IT", "", granted(ca.cert))))
	want := []List{{
		Name: "Agenzia di prova", Territory: "IT", Sequence: 7, Services: 1,
		Issued: time.Date(2026, 10, 1, 10, 0, 0, 0, time.UTC), NextUpdate: time.Date(2027, 4, 1, 10, 0, 0, 0, time.UTC),
	}}
	if diff := cmp.Diff(want, s.Lists()); diff != "" {
		t.Error(diff)
	}
	l := s.Lists()[0]
	if l.Outdated(now) || !l.Outdated(l.NextUpdate.Add(time.Second)) || !(List{}).Outdated(now) {
		t.Error("a list is outdated after its next update, and when it was closed")
	}
	if s.Empty() || s.Signed() || !None().Empty() {
		t.Error("what the store says of itself")
	}
}

func TestPlainCertificates(t *testing.T) {
	root := issue(t, nil, "Radice", authority)
	leaf := issue(t, root, "Firma").cert
	unit := issue(t, root, "Marca", stamping).cert
	for name, data := range map[string]string{
		"PEM": pemOf(root.cert), "DER": string(root.cert.Raw),
		"PEM with more": "text\n" + pemOf(issue(t, nil, "Altra", authority).cert, root.cert),
	} {
		t.Run(name, func(t *testing.T) {
			s := mustLoad(t, file(t, data))
			path, err := s.Path(leaf, nil, now, Sign)
			if err != nil || path.Qualified || path.Service.Title() != "Radice" {
				t.Errorf("%+v %v", path, err)
			}
			if _, err := s.Path(unit, nil, now, Stamp); err != nil {
				t.Error(err)
			}
		})
	}
}

// What could be read is there, and the error names the rest.
func TestFilesThatAreNone(t *testing.T) {
	ca := issue(t, nil, "CA", authority)
	good := file(t, pemOf(ca.cert))
	lists := listXML("IT", "", granted(ca.cert))
	deep := strings.Repeat("<a>", maxDepth+1)
	tests := []struct{ name, data string }{
		{"nothing", ""},
		{"text", "hello"},
		{"a key", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"},
		{"a broken certificate", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"},
		{"another document", "<html></html>"},
		{"another name space", strings.Replace(lists, "http://uri.etsi.org/02231/v2#", "urn:x", 1)},
		{"cut off", lists[:len(lists)-30]},
		{"no date", strings.Replace(lists, "2026-10-01T10:00:00Z", "gestern", 1)},
		{"an external entity", strings.Replace(lists, "<TrustServiceStatusList", `<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><TrustServiceStatusList`, 1)},
		{"an entity without declaration", strings.Replace(lists, "Agenzia di prova", "&e;", 1)},
		{"a billion laughs", strings.Replace(lists, "<TrustServiceStatusList", `<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]><TrustServiceStatusList`, 1)},
		{"an external document type", strings.Replace(lists, "<TrustServiceStatusList", `<!DOCTYPE x SYSTEM "http://127.0.0.1:1/x.dtd"><TrustServiceStatusList`, 1)},
		{"nested too deeply", strings.Replace(lists, "<TSPServices>", "<TSPServices>"+deep, 1)},
		{"another encoding", strings.Replace(lists, "UTF-8", "UTF-7", 1)},
		{"too large", lists + strings.Repeat(" ", MaxList)},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			path := file(t, tt.data)
			s, err := Load(context.Background(), Options{Files: []string{path, good}})
			if err == nil || !strings.HasPrefix(err.Error(), path+": ") || strings.Contains(err.Error(), "root:") {
				t.Errorf("%v", err)
			}
			if s == nil || s.Empty() || len(s.Lists()) != 0 {
				t.Error("the good file is lost, or the bad one is there")
			}
		})
	}
	if s, err := Load(context.Background(), Options{Files: []string{"/nowhere"}}); err == nil || s == nil || !s.Empty() {
		t.Errorf("%v", err)
	}
}

// A service that can not be read is not trusted; the others are not its fault.
func TestServicesThatAreNone(t *testing.T) {
	ca, other := issue(t, nil, "CA", authority), issue(t, nil, "Altra", authority)
	bad := granted(other.cert)
	bad.states = []state{{caQC, status + "granted", "ieri", ""}}
	s := mustLoad(t, file(t, strings.Replace(listXML("IT", "", bad, granted(), granted(ca.cert)), "<DigitalId>", "<DigitalId><X509Certificate>%%%</X509Certificate></DigitalId><DigitalId>", 1)))
	if s.Lists()[0].Services != 1 {
		t.Errorf("%+v", s.Lists())
	}
	if _, err := s.Path(issue(t, other, "x").cert, nil, now, Sign); !errors.Is(err, ErrUnknown) {
		t.Error(err)
	}
}

// Signatures of lists are made by xmlsec1.
func TestSignedLists(t *testing.T) {
	ca := issue(t, nil, "CA", authority)
	operator, successor, stranger := issue(t, nil, "Agenzia"), issue(t, nil, "Agenzia"), issue(t, nil, "Chiunque")
	list := listXML("IT", "", granted(ca.cert))
	good := signed(t, list, operator)
	evil := issue(t, nil, "CA cattiva", authority)
	inject := func(where string) string {
		service := strings.TrimSuffix(strings.SplitAfter(listXML("IT", "", granted(evil.cert)), "<TrustServiceProviderList>")[1], "<!-- end --></TrustServiceStatusList>")
		return strings.Replace(good, where, "<TrustServiceProviderList>"+service+where, 1)
	}
	tests := []struct {
		name, data string
		signers    []*party
		ok         bool
	}{
		{"by the operator", good, []*party{operator}, true},
		{"by one of several", good, []*party{successor, operator}, true},
		{"nobody is named", list, nil, true},
		{"nobody signed", list, []*party{operator}, false},
		{"by a stranger", signed(t, list, stranger), []*party{operator}, false},
		{"by a stranger of the same name", signed(t, list, successor), []*party{operator}, false},
		{"one word changed", strings.Replace(good, "Agenzia di prova", "Agenzia di provA", 1), []*party{operator}, false},
		{"a status changed", strings.Replace(signed(t, listXML("IT", "", listed{[]*x509.Certificate{ca.cert}, []state{{caQC, status + "withdrawn", "2020-01-01T00:00:00Z", ""}}}), operator),
			"withdrawn", "granted", 1), []*party{operator}, false},
		{"a second body beside the signed one", inject("<ds:Signature"), []*party{operator}, false},
		{"the signed list inside another", wrapped(good, listXML("IT", "", granted(evil.cert))), []*party{operator}, false},
		{"the signature of another list", moved(good, listXML("IT", "", granted(evil.cert))), []*party{operator}, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			opt := Options{Files: []string{file(t, tt.data)}}
			for _, p := range tt.signers {
				opt.Signers = append(opt.Signers, file(t, pemOf(p.cert)))
			}
			s, err := Load(context.Background(), opt)
			if (err == nil) != tt.ok || !tt.ok && !errors.Is(err, ErrSigner) || s.Empty() == tt.ok || s.Signed() != (tt.signers != nil) {
				t.Errorf("%v, %+v", err, s.Lists())
			}
			if _, err := s.Path(issue(t, evil, "x").cert, nil, now, Sign); !errors.Is(err, ErrUnknown) {
				t.Error("somebody else is trusted")
			}
		})
	}
	t.Run("what is added inside the signature is not read", func(t *testing.T) {
		s, err := Load(context.Background(), Options{Files: []string{file(t, inject("<ds:KeyInfo"))}, Signers: []string{file(t, pemOf(operator.cert))}})
		if _, pathErr := s.Path(issue(t, evil, "x").cert, nil, now, Sign); !errors.Is(pathErr, ErrUnknown) {
			t.Errorf("somebody else is trusted: %v", err)
		}
	})
	t.Run("a signer that can not be read does not turn the check off", func(t *testing.T) {
		s, err := Load(context.Background(), Options{Files: []string{file(t, list)}, Signers: []string{"/nowhere"}})
		if !s.Empty() || !errors.Is(err, ErrSigner) {
			t.Errorf("%v", err)
		}
	})
	t.Run("from elsewhere than the disk", func(t *testing.T) {
		read := func(name string) ([]byte, error) {
			return map[string][]byte{"list": []byte(good), "signer": operator.cert.Raw}[name], nil
		}
		if s, err := Load(context.Background(), Options{Files: []string{"list"}, Signers: []string{"signer"}, Read: read}); err != nil || s.Empty() {
			t.Error(err)
		}
	})
}

// wrapped puts a signed list into an evil one.
func wrapped(good, evil string) string {
	_, body, _ := strings.Cut(good, "?>")
	return strings.Replace(evil, "<!-- end -->", body, 1)
}

// moved puts the signature of a list into another.
func moved(good, evil string) string {
	i, j := strings.Index(good, "<ds:Signature>"), strings.Index(good, "</TrustServiceStatusList>")
	return strings.Replace(evil, "<!-- end -->", good[i:j], 1)
}

// The list of the lists names who signs the others.
func TestListOfTheLists(t *testing.T) {
	ca := issue(t, nil, "CA", authority)
	commission, agency, stranger := issue(t, nil, "Commissione"), issue(t, nil, "Agenzia"), issue(t, nil, "Chiunque")
	pointer := func(territory string, c *x509.Certificate) string {
		return fmt.Sprintf(`<PointersToOtherTSL><OtherTSLPointer><ServiceDigitalIdentities><ServiceDigitalIdentity><DigitalId><X509Certificate>%s</X509Certificate></DigitalId></ServiceDigitalIdentity></ServiceDigitalIdentities>
<TSLLocation>https://list.example/it.xml</TSLLocation><AdditionalInformation><OtherInformation><SchemeTerritory>%s</SchemeTerritory></OtherInformation></AdditionalInformation></OtherTSLPointer></PointersToOtherTSL>`,
			base64.StdEncoding.EncodeToString(c.Raw), territory)
	}
	union := signed(t, listXML("EU", pointer("IT", agency.cert)), commission)
	italy := signed(t, listXML("IT", "", granted(ca.cert)), agency)
	tests := []struct {
		name  string
		files []string
		ok    bool
	}{
		{"both", []string{italy, union}, true},
		{"the country's alone", []string{italy}, false},
		{"another country", []string{signed(t, listXML("FR", "", granted(ca.cert)), agency), union}, false},
		{"the union's is forged", []string{italy, signed(t, listXML("EU", pointer("IT", agency.cert)), stranger)}, false},
		{"a country names somebody", []string{italy, signed(t, listXML("FR", pointer("IT", agency.cert)), commission)}, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			opt := Options{Signers: []string{file(t, pemOf(commission.cert))}}
			for _, f := range tt.files {
				opt.Files = append(opt.Files, file(t, f))
			}
			s, err := Load(context.Background(), opt)
			if (err == nil) != tt.ok || s.Empty() == tt.ok {
				t.Errorf("%v %+v", err, s.Lists())
			}
		})
	}
}

// Whatever a file holds: no panic, no endless work, and of a list only what it says.
func FuzzList(f *testing.F) {
	ca := issue(f, nil, "CA", authority)
	f.Add([]byte(listXML("IT", "", granted(ca.cert))))
	f.Add([]byte(listXML("EU", "", listed{[]*x509.Certificate{ca.cert}, []state{{qtst, status + "withdrawn", "2024-05-01T00:00:00Z", info + "ForeSeals"}, {qtst, status + "granted", "2016-05-01T00:00:00", ""}}})))
	f.Add([]byte("<!DOCTYPE x><x/>"))
	f.Add([]byte(pemOf(ca.cert)))
	f.Fuzz(func(t *testing.T, data []byte) {
		read := func(string) ([]byte, error) { return data, nil }
		s, err := Load(context.Background(), Options{Files: []string{"x"}, Read: read})
		if err != nil && !s.Empty() {
			t.Errorf("a file that could not be read is believed: %v", err)
		}
		for _, l := range s.Lists() {
			if bytes.Contains(data, []byte("<!DOCTYPE")) && !bytes.Contains(data, []byte("<!--")) && !bytes.Contains(data, []byte("<![CDATA")) && !bytes.Contains(data, []byte("<?")) {
				t.Errorf("a document type was let through: %+v", l)
			}
		}
		for _, services := range s.services {
			for _, service := range services {
				if len(service.periods) == 0 || service.Title() == "" && service.Provider != "" {
					t.Errorf("%+v", service)
				}
				service.at(now)
			}
		}
	})
}
