package xades

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"raccordo/host/internal/signature"
	"raccordo/host/internal/sim/signtest"
)

// reference is a template for xmlsec1.
func reference(uri string, transforms ...string) string {
	var b strings.Builder
	fmt.Fprintf(&b, `<Reference URI="%s"><Transforms>`, uri)
	for _, t := range transforms {
		if !strings.HasPrefix(t, "<") {
			t = `<Transform Algorithm="` + t + `"/>`
		}
		b.WriteString(t)
	}
	b.WriteString(`</Transforms><DigestMethod Algorithm="http://www.w3.org/2001/04/xmlenc#sha256"/><DigestValue/></Reference>`)
	return b.String()
}

func template(c14n string, references ...string) string {
	return `<Signature xmlns="http://www.w3.org/2000/09/xmldsig#"><SignedInfo><CanonicalizationMethod Algorithm="` + c14n + `"/>` +
		`<SignatureMethod Algorithm="http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"/>` + strings.Join(references, "") +
		`</SignedInfo><SignatureValue/><KeyInfo><X509Data/></KeyInfo>`
}

const (
	c14n10   = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"
	c14n11   = "http://www.w3.org/2006/12/xml-c14n11"
	exc      = "http://www.w3.org/2001/10/xml-exc-c14n#"
	leaveOut = "http://www.w3.org/2000/09/xmldsig#enveloped-signature"
	end      = "</Signature>"

	prefixes = `<Transform Algorithm="` + exc + `"><i:InclusiveNamespaces xmlns:i="` + exc + `" PrefixList="#default q unused"/></Transform>`
	filter   = `<Transform Algorithm="http://www.w3.org/2002/06/xmldsig-filter2"><f:XPath xmlns:f="http://www.w3.org/2002/06/xmldsig-filter2" xmlns:d="http://www.w3.org/2000/09/xmldsig#" Filter="subtract">/descendant::d:Signature</f:XPath></Transform>`
	xpath    = `<Transform Algorithm="http://www.w3.org/TR/1999/REC-xpath-19991116"><XPath xmlns:d="http://www.w3.org/2000/09/xmldsig#">not(ancestor-or-self::d:Signature)</XPath></Transform>`

	// Much that canonicalisation has to get right: ancestors with namespaces
	// and xml: attributes, prefixes bound anew, comments, instructions.
	around = `<?xml version="1.0"?>
<?pi before?><!-- before -->
<r xmlns="urn:d" xmlns:p="urn:p" xmlns:q="urn:q" xml:lang="it" xml:space="preserve">
 <p:mid xmlns:p="urn:p2" xmlns="urn:e" q:a="1" p:b="2" c="3">
  <part Id="part" xmlns:n="urn:n" z="&#9;&#10; "><!-- c --><?pi?><inner xmlns=""><n:x q:y="1" xmlns:q="urn:q3"/></inner><![CDATA[<&>]]>&#13;</part>
 </p:mid>
 %s
</r>
<?pi after?>`
)

// Signatures that xmlsec1 makes are found to hold, over what they are over.
func TestOfXmlsec1(t *testing.T) {
	h := signtest.New(t)
	s := h.One(t, "RSA SHA-256")
	certificate, key := h.Files(t, s)
	for name, row := range map[string]struct {
		text   string
		covers signature.Covers
	}{
		"whole, inclusive":        {fmt.Sprintf(around, template(c14n10, reference("", leaveOut))+end), signature.Whole},
		"whole, with comments":    {fmt.Sprintf(around, template(c14n10+"#WithComments", reference("", leaveOut, c14n10+"#WithComments"))+end), signature.Whole},
		"whole, exclusive":        {fmt.Sprintf(around, template(exc, reference("", leaveOut, exc))+end), signature.Whole},
		"whole, 1.1":              {fmt.Sprintf(around, template(c14n11, reference("", leaveOut, c14n11))+end), signature.Whole},
		"part, inclusive":         {fmt.Sprintf(around, template(c14n10, reference("#part"))+end), signature.Part},
		"part, inclusive, named":  {fmt.Sprintf(around, template(c14n10+"#WithComments", reference("#part", c14n10))+end), signature.Part},
		"part, with comments":     {fmt.Sprintf(around, template(c14n10, reference("#part", c14n10+"#WithComments"))+end), signature.Part},
		"part, 1.1":               {fmt.Sprintf(around, template(c14n11+"#WithComments", reference("#part", c14n11))+end), signature.Part},
		"part, exclusive":         {fmt.Sprintf(around, template(exc+"WithComments", reference("#part", exc))+end), signature.Part},
		"part, prefixes":          {fmt.Sprintf(around, template(exc, reference("#part", prefixes))+end), signature.Part},
		"part by pointer":         {fmt.Sprintf(around, template(exc, reference("#xpointer(id('part'))", exc))+end), signature.Part},
		"whole and part":          {fmt.Sprintf(around, template(exc, reference("#part", exc), reference("", leaveOut, exc))+end), signature.Whole},
		"filter":                  {fmt.Sprintf(around, template(c14n10, reference("", filter))+end), signature.Whole},
		"expression":              {fmt.Sprintf(around, template(c14n10, reference("", xpath, exc))+end), signature.Whole},
		"enveloping":              {template(c14n10, reference("#o")) + `<Object Id="o" xmlns:p="urn:p"><p:x/></Object>` + end, signature.Whole},
		"enveloping, base64":      {template(exc, reference("#o", "http://www.w3.org/2000/09/xmldsig#base64")) + "<Object Id=\"o\">YWJj\n ZGVm</Object>" + end, signature.Whole},
		"detached":                {template(exc, reference("beside.bin")) + end, signature.Whole},
		"detached, canonicalised": {template(exc, reference("beside.xml", c14n10)) + end, signature.Whole},
	} {
		t.Run(name, func(t *testing.T) {
			t.Chdir(t.TempDir())
			beside := map[bool]string{true: "<a b='1'  c=\"2\"/>", false: "anything\x00\xff"}[strings.Contains(row.text, "beside.xml")]
			for _, name := range []string{"beside.bin", "beside.xml"} {
				if err := os.WriteFile(name, []byte(beside), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			out := filepath.Join(h.Folder, "signed.xml")
			signtest.Holds(t, "xmlsec1", "--sign", "--privkey-pem", key+","+certificate, "--id-attr:Id", "urn:e:part", "--output", out, h.Temp(t, []byte(row.text)))
			signed, err := os.ReadFile(out)
			if err != nil {
				t.Fatal(err)
			}
			all, err := Verify(t.Context(), bytes.NewReader(signed), strings.NewReader(beside))
			if err != nil {
				t.Fatal(err)
			}
			if f := all[0]; f.Broken != nil || f.Covers != row.covers || f.Format != "XML-DSig" || !f.Certificate.Equal(s.Identity.Certificate) {
				t.Errorf("found %+v", f)
			}
		})
	}
}
