package region

import (
	"encoding/xml"
	"errors"
	"net/http"
	"strings"
	"testing"

	"raccordo/host/internal/sim/anagrafe"
	"raccordo/host/internal/sim/region/xsd"
)

// TestSoapRefusals posts what a careless client might.
func TestSoapRefusals(t *testing.T) {
	r := startRegion(t)
	c := login(t, r, anagrafe.Doctors()[0])
	op := r.operations()[0]
	good := envelope(c.sendRequest(""))
	header := func(contentType, action string) http.Header {
		return http.Header{"Content-Type": {contentType}, "Soapaction": {action}}
	}
	right := soapHeader(op.action)
	for name, row := range map[string]struct {
		method string
		header http.Header
		body   string
		status int
		want   string
	}{
		"good":               {"POST", right, good, 200, "<codEsitoInserimento>0000<"},
		"action not quoted":  {"POST", header("text/xml", op.action), good, 200, "<codEsitoInserimento>0000<"},
		"latin-1 by header":  {"POST", header("text/xml; charset=ISO-8859-1", op.action), strings.Replace(good, "LUCIA", "LUCI\xc0", 1), 200, "<codEsitoInserimento>0000<"},
		"no action":          {"POST", http.Header{"Content-Type": {"text/xml"}}, good, 500, "<faultcode>env:Client</faultcode><faultstring>Rejected by filter; SOAP action"},
		"another's action":   {"POST", soapHeader(r.operations()[1].action), good, 500, "SOAP action"},
		"GET":                {"GET", right, "", 405, "Method Not Allowed"},
		"SOAP 1.2 media":     {"POST", header("application/soap+xml", op.action), good, 415, "text/xml"},
		"SOAP 1.2 envelope":  {"POST", right, strings.ReplaceAll(good, soapNamespace, "http://www.w3.org/2003/05/soap-envelope"), 500, "env:VersionMismatch"},
		"too large":          {"POST", right, good + strings.Repeat(" ", maxRequest), 413, "Too Large"},
		"not XML":            {"POST", right, "{}", 500, "illegal XML"},
		"bomb":               {"POST", right, `<!DOCTYPE a [<!ENTITY a "aaa">]>` + good, 500, "DOCTYPE is disallowed"},
		"no envelope":        {"POST", right, c.sendRequest(""), 500, "soap:Envelope is missing"},
		"empty body":         {"POST", right, envelope(""), 500, "one soap:Body with one element"},
		"two in body":        {"POST", right, envelope("<a/><b/>"), 500, "one soap:Body with one element"},
		"must understand":    {"POST", right, strings.Replace(good, "<soapenv:Header/>", `<soapenv:Header><x xmlns="urn:x" soapenv:mustUnderstand="1"/></soapenv:Header>`, 1), 500, "env:MustUnderstand"},
		"request of another": {"POST", right, envelope(c.byNumber("AnnullaPrescrittoRichiesta", nsCancel, "x")), 500, "cvc-elt.1.a: Cannot find the declaration of element"},
		"two digits":         {"POST", right, strings.Replace(good, "quantita>1<", "quantita>12<", 1), 500, "cvc-simple-type 1: element {http://tipodati.xsd.dem.sanita.finanze.it}quantita is not a valid instance of type {http://tipodati.xsd.dem.sanita.finanze.it}integerType. Value is '12'"},
		"no pinCode":         {"POST", right, strings.Replace(good, "inv:pinCode>", "inv:pin>", 2), 500, `cvc-complex-type.2.4.a: Invalid content was found starting with element '{"http://invioprescrittorichiesta.xsd.dem.sanita.finanze.it":pin}'. One of '{"http://invioprescrittorichiesta.xsd.dem.sanita.finanze.it":pinCode}' is expected.`},
		"other charset":      {"POST", header("text/xml; charset=utf-16", op.action), good, 500, "unsupported charset"},
	} {
		t.Run(name, func(t *testing.T) {
			status, answer := c.do(row.method, op.path, row.header, row.body)
			if status != row.status || !strings.Contains(answer, row.want) {
				t.Errorf("%d %s\nwant %d %s", status, answer, row.status, row.want)
			}
			if row.status == 200 || row.status == 500 {
				if err := xml.Unmarshal([]byte(answer), new(struct{})); err != nil {
					t.Errorf("the answer is not XML: %v", err)
				}
			}
		})
	}
}

// TestSendSchema goes through every mandatory element and every length of
// the send request: without the one or one character too long, it is refused.
func TestSendSchema(t *testing.T) {
	c := &client{t: t, region: startRegion(t), doctor: anagrafe.Doctors()[0]}
	full := fill(sendSchema)
	if err := sendSchema.Validate(full); err != nil {
		t.Fatalf("every element once, as long as allowed: %v", err)
	}
	for i, e := range sendSchema.Complex.Sequence {
		without := *full
		without.Children = append(append([]*xsd.Node{}, full.Children[:i]...), full.Children[i+1:]...)
		if err := sendSchema.Validate(&without); (err == nil) != (e.Min == 0) {
			t.Errorf("without %s: %v", e.Local, err)
		}
		if e.Simple == nil || e.Simple.Max < 0 {
			continue
		}
		long := *full
		long.Children = append([]*xsd.Node{}, full.Children...)
		long.Children[i] = &xsd.Node{Name: full.Children[i].Name, Text: full.Children[i].Text + "x"}
		if err := sendSchema.Validate(&long); err == nil || !strings.HasPrefix(err.Error(), "cvc-simple-type 1: element {"+nsSend+"}"+e.Local+" ") {
			t.Errorf("%s too long: %v", e.Local, err)
		}
	}
	root, err := openEnvelope([]byte(envelope(c.sendRequest(""))), "")
	if err != nil || sendSchema.Validate(root) != nil {
		t.Errorf("the tests' own request: %v", err)
	}
}

// fill builds a valid element with everything optional present.
func fill(e *xsd.Element) *xsd.Node {
	n := &xsd.Node{Name: xml.Name{Space: e.Space, Local: e.Local}}
	switch {
	case e.Complex != nil:
		for _, child := range e.Complex.Sequence {
			n.Children = append(n.Children, fill(&child))
		}
	case e.Simple.Pattern != nil:
		n.Text = "1"
	case e.Simple.Max >= 0:
		n.Text = strings.Repeat("x", e.Simple.Max)
	}
	return n
}

func FuzzRequest(f *testing.F) {
	f.Add([]byte(envelope(`<r:VisualizzaPrescrittoRichiesta xmlns:r="`+nsView+`"><r:pinCode>x</r:pinCode><r:nre>0900A0000000100</r:nre><r:cfMedico>VRDGLI75C41X000Q</r:cfMedico></r:VisualizzaPrescrittoRichiesta>`)), "")
	f.Add([]byte(envelope(`<LottoRichiestaNRE xmlns="`+nsLot+`"><CodRegione>090</CodRegione><IdentificativoLotto>0</IdentificativoLotto></LottoRichiestaNRE>`)), "iso-8859-1")
	r, err := New(Options{})
	if err != nil {
		f.Fatal(err)
	}
	doctor := anagrafe.Doctors()[0]
	f.Fuzz(func(t *testing.T, body []byte, charset string) {
		for _, op := range r.operations() {
			answer, err := r.dispatch(op, session{Doctor: doctor}, []string{op.action}, charset, body)
			var expected *fault
			if err != nil && !errors.As(err, &expected) {
				t.Fatalf("%s: %v", op.service, err)
			}
			if err == nil {
				if err := xml.Unmarshal([]byte(answer), new(struct{})); err != nil {
					t.Fatalf("%s answers %q: %v", op.service, answer, err)
				}
			}
		}
	})
}
