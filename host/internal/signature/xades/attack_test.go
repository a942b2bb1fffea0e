package xades

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"raccordo/host/internal/signature"
	"raccordo/host/internal/signature/cms"
	"raccordo/host/internal/sim/signtest"
)

// One changed byte of what is signed breaks the signature, for us and for xmlsec1.
func TestOneByte(t *testing.T) {
	h := signtest.New(t)
	s := h.One(t, "P-256 SHA-256")
	signed := sign(t, s, []byte(document), signature.Options{})
	for name, change := range map[string][2]string{
		"content":          {"sintetico", "sintetica"},
		"attribute":        {"a\nb", "a\nc"},
		"section":          {"<![CDATA[<&>]]>", "<![CDATA[<&&]]>"},
		"instruction":      {"stile.xsl", "stila.xsl"},
		"signing time":     {"<xades:SigningTime>2026", "<xades:SigningTime>2025"},
		"media type":       {"<xades:MimeType>text", "<xades:MimeType>next"},
		"certificate":      {"<xades:CertDigest>", "<xades:CertDigest> "},
		"algorithm":        {"ecdsa-sha256", "ecdsa-sha384"},
		"digest algorithm": {"xmlenc#sha256", "xmlenc#sha512"},
		"value":            {"<ds:DigestValue>", "<ds:DigestValue>A"},
		"other language":   {`xml:lang="it"`, `xml:lang="en"`},
		"signature value":  {value(signed), "A" + value(signed)[1:]},
	} {
		t.Run(name, func(t *testing.T) {
			changed := bytes.Replace(signed, []byte(change[0]), []byte(change[1]), 1)
			if bytes.Equal(changed, signed) {
				t.Fatal("nothing to change")
			}
			if all, err := Verify(t.Context(), bytes.NewReader(changed), nil); err != nil || all[0].Broken == nil {
				t.Errorf("%+v, %v", all, err)
			}
			signtest.Fails(t, "xmlsec1", xmlsec1(h, h.Temp(t, changed), first)...)
		})
	}
}

func value(signed []byte) string {
	_, rest, _ := strings.Cut(string(signed), "<ds:SignatureValue Id=")
	_, rest, _ = strings.Cut(rest, ">")
	content, _, _ := strings.Cut(rest, "<")
	return content
}

// Signature wrapping: what was signed is moved to where nobody looks, and
// something else stands in its place.
func TestWrapping(t *testing.T) {
	h := signtest.New(t)
	s := h.One(t, "RSA SHA-256")
	signed := string(sign(t, s, []byte(`<r><pay Id="pay">1</pay></r>`), signature.Options{}))
	element := signed[strings.Index(signed, "<ds:Signature "):strings.LastIndex(signed, "</r>")]
	certificate, key := h.Files(t, s)
	part := templateSigned(t, h, certificate, key, `<r><pay Id="pay">1</pay>`+template(exc, reference("#pay", exc))+end+`</r>`, ":pay")
	properties := element[strings.Index(element, "<xades:SignedProperties"):strings.Index(element, "</xades:QualifyingProperties>")]

	for name, row := range map[string]struct {
		text    string
		intact  bool // its arithmetic holds, and it covers a part
		refused bool
	}{
		"the original inside of the signature": {
			text: strings.Replace(`<r><pay Id="pay">9999</pay>`+element+`</r>`, "</ds:Signature>", `<ds:Object><r><pay Id="pay">1</pay></r></ds:Object></ds:Signature>`, 1), refused: true},
		"without the id": {
			text: strings.Replace(`<r><pay>9999</pay>`+element+`</r>`, "</ds:Signature>", `<ds:Object><r><pay Id="pay">1</pay></r></ds:Object></ds:Signature>`, 1)},
		"in another root": {text: `<evil><pay>9999</pay>` + signed + `</evil>`},
		"the part moved, another in its place": {
			text: strings.Replace(strings.Replace(part, `<pay Id="pay">1</pay>`, `<pay>9999</pay>`, 1), "</r>", `<old><pay Id="pay">1</pay></old></r>`, 1), intact: true},
		"the part twice": {text: strings.Replace(part, "</r>", `<pay Id="pay">9999</pay></r>`, 1), refused: true},
		"the part's id in small letters": {
			text: strings.Replace(part, "</r>", `<pay id="pay">9999</pay></r>`, 1)},
		"other properties in front": {
			text: strings.Replace(signed, properties, strings.ReplaceAll(strings.ReplaceAll(properties, "p-", "q-"), "2026", "2020")+properties, 1)},
		"properties of elsewhere": {
			text: strings.Replace(strings.Replace(signed, properties, "", 1), "</r>", `<x xmlns:ds="http://www.w3.org/2000/09/xmldsig#" xmlns:xades="`+space+`">`+properties+`</x></r>`, 1)},
	} {
		t.Run(name, func(t *testing.T) {
			all, err := Verify(t.Context(), strings.NewReader(row.text), nil)
			switch {
			case row.refused && !errors.Is(err, &signature.Error{Code: "document.xml_refused"}):
				t.Errorf("%+v, %v", all, err)
			case !row.refused && err != nil:
				t.Error(err)
			case !row.refused && (all[0].Broken == nil) != row.intact, row.intact && all[0].Covers != signature.Part:
				t.Errorf("%+v", all[0])
			}
		})
	}
}

func templateSigned(t *testing.T, h *signtest.House, certificate, key, text, id string) string {
	t.Helper()
	file := h.Temp(t, []byte(text))
	return signtest.Holds(t, "xmlsec1", "--sign", "--privkey-pem", key+","+certificate, "--id-attr:Id", strings.TrimPrefix(id, ":"), file)
}

// The certificate is the one that the signed properties name, and no other of its key.
func TestCertificate(t *testing.T) {
	h := signtest.New(t)
	s, twin := h.One(t, "RSA SHA-256"), h.One(t, "RSA SHA-512") // one key, two certificates
	signed := string(sign(t, s, []byte(document), signature.Options{}))
	own, other := base64Of(s), base64Of(twin)
	for name, row := range map[string]struct {
		text string
		want error
	}{
		"another of the key":  {strings.Replace(signed, own, other, 1), cms.ErrCertificate},
		"none":                {strings.Replace(signed, signed[strings.Index(signed, "<ds:KeyInfo>"):strings.Index(signed, "<ds:Object>")], "", 1), cms.ErrNoSigner},
		"another beside":      {strings.Replace(signed, "<ds:X509Data>", "<ds:X509Data><ds:X509Certificate>"+other+"</ds:X509Certificate>", 1), nil},
		"one that is nothing": {strings.Replace(signed, "<ds:X509Data>", "<ds:X509Data><ds:X509Certificate>AAAA</ds:X509Certificate>", 1), nil},
	} {
		t.Run(name, func(t *testing.T) {
			all, err := Verify(t.Context(), strings.NewReader(row.text), nil)
			if err != nil {
				t.Fatal(err)
			}
			if f := all[0]; !errors.Is(f.Broken, row.want) || row.want == nil && !f.Certificate.Equal(s.Identity.Certificate) {
				t.Errorf("%+v", f)
			}
		})
	}
}

// Nothing weak is taken, and what nobody here understands is not called broken.
func TestWeak(t *testing.T) {
	h := signtest.New(t)
	certificate, key := h.Files(t, h.One(t, "RSA SHA-256"))
	whole := template(exc, reference("", leaveOut, exc)) + end
	xslt := `<Transform Algorithm="http://www.w3.org/TR/1999/REC-xslt-19991116"><x:stylesheet xmlns:x="http://www.w3.org/1999/XSL/Transform" version="1.0"><x:template match="/">1</x:template></x:stylesheet></Transform>`
	for name, row := range map[string]struct {
		text string
		want error
	}{
		"SHA-1 value":      {strings.Replace(whole, "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256", "http://www.w3.org/2000/09/xmldsig#rsa-sha1", 1), cms.ErrWeak},
		"SHA-1 digest":     {strings.Replace(whole, "http://www.w3.org/2001/04/xmlenc#sha256", "http://www.w3.org/2000/09/xmldsig#sha1", 1), cms.ErrWeak},
		"SHA-224":          {strings.Replace(whole, "rsa-sha256", "rsa-sha224", 1), &signature.Error{Code: "sign.algorithm"}},
		"style sheet":      {template(exc, reference("", leaveOut, xslt)) + end, &signature.Error{Code: "sign.algorithm"}},
		"other expression": {template(exc, reference("", strings.Replace(xpath, "not(ancestor-or-self::d:Signature)", "not(ancestor-or-self::x)", 1))) + end, &signature.Error{Code: "sign.algorithm"}},
		"filter that adds": {template(exc, reference("", strings.Replace(filter, "subtract", "intersect", 1))) + end, &signature.Error{Code: "sign.algorithm"}},
	} {
		t.Run(name, func(t *testing.T) {
			signed := templateSigned(t, h, certificate, key, "<r><x/>"+row.text+"</r>", "r")
			all, err := Verify(t.Context(), strings.NewReader(signed), nil)
			if err != nil {
				t.Fatal(err)
			}
			if !errors.Is(all[0].Broken, row.want) {
				t.Errorf("%+v", all[0])
			}
		})
	}
}

// A document can not make its reader compute for ever.
func TestTooMuch(t *testing.T) {
	one := strings.ReplaceAll(template(exc, reference("", exc))+end, "<DigestValue/>", "<DigestValue>AAAA</DigestValue>")
	many := template(exc, strings.Repeat(reference("", exc), 250)) + end
	for name, text := range map[string]string{
		"too many signatures": "<r>" + strings.Repeat(one, 101) + "</r>",
		"too many references": "<r>" + strings.Repeat(strings.ReplaceAll(many, "<DigestValue/>", "<DigestValue>AAAA</DigestValue>"), 90) + "</r>",
	} {
		_, err := Verify(t.Context(), strings.NewReader(text), nil)
		if e := new(signature.Error); !errors.As(err, &e) || e.Code != "document.xml_refused" || e.Detail != name {
			t.Errorf("%v", err)
		}
	}
	files := strings.ReplaceAll(template(exc, reference("a"), reference("b"))+end, "<DigestValue/>", "<DigestValue>AAAA</DigestValue>")
	if all, err := Verify(t.Context(), strings.NewReader(files), strings.NewReader("a")); err == nil && all[0].Broken == nil {
		t.Errorf("two files of one original: %+v", all)
	}
}

func FuzzVerify(f *testing.F) {
	f.Add([]byte(`<r>` + template(exc, reference("", leaveOut, exc)) + end + `</r>`))
	f.Add([]byte(`<r Id="a">` + template(c14n11, reference("#a", xpath, prefixes), reference("x", c14n10)) + end + `</r>`))
	f.Add([]byte(`<ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#" Id="s"><ds:SignedInfo><ds:Reference URI="#p"/></ds:SignedInfo><ds:SignatureValue>AA==</ds:SignatureValue><ds:Object><x:QualifyingProperties xmlns:x="` + space + `" Target="#s"><x:SignedProperties Id="p"/></x:QualifyingProperties></ds:Object></ds:Signature>`))
	s := signtest.New(f).One(f, "P-256 SHA-256")
	f.Add(bytes.Replace(sign(f, s, []byte(document), signature.Options{}), []byte("sintetico"), []byte("sintetica"), 1))
	f.Fuzz(func(t *testing.T, raw []byte) {
		all, err := Verify(t.Context(), bytes.NewReader(raw), strings.NewReader("beside"))
		if e := new(signature.Error); err != nil && !errors.As(err, &e) {
			t.Errorf("%T %v", err, err)
		}
		for _, found := range all {
			if found.Broken == nil {
				t.Errorf("%q holds", raw)
			}
		}
	})
}
