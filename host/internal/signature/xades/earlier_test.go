package xades

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"

	"raccordo/host/internal/signature"
	"raccordo/host/internal/sim/signtest"
)

// Signing what is signed already leaves every earlier signature valid, for us and for
// xmlsec1, whatever it covers.
func TestEarlier(t *testing.T) {
	h := signtest.New(t)
	s, other := h.One(t, "RSA SHA-256"), h.One(t, "P-256 SHA-256")
	certificate, key := h.Files(t, s)
	for name, text := range map[string]string{
		"ours":                   string(sign(t, s, []byte(document), signature.Options{})),
		"all signatures left":    templateSigned(t, h, certificate, key, fmt.Sprintf(around, template(exc, reference("", filter, exc))+end), "part"),
		"by expression":          templateSigned(t, h, certificate, key, fmt.Sprintf(around, template(c14n10, reference("", xpath))+end), "part"),
		"a part":                 templateSigned(t, h, certificate, key, fmt.Sprintf(around, template(c14n10, reference("#part"))+end), "urn:e:part"),
		"whole, inclusive":       templateSigned(t, h, certificate, key, fmt.Sprintf(around, template(c14n10, reference("", leaveOut))+end), "part"),
		"enveloping":             templateSigned(t, h, certificate, key, template(c14n10, reference("#o"))+`<Object Id="o"><x/></Object>`+end, "part"),
		"deep inside":            templateSigned(t, h, certificate, key, "<r><a>"+template(exc, reference("", leaveOut, exc))+end+"</a></r>", "part"),
		"of an empty-tag root":   string(sign(t, s, []byte("<r/>"), signature.Options{})),
		"in a document in latin": string(sign(t, s, []byte("<?xml version='1.0' encoding='ISO-8859-1'?><\xe8/>"), signature.Options{})),
	} {
		t.Run(name, func(t *testing.T) {
			signed := []byte(text)
			for n := range 3 { // three more, each beside the ones before
				signed = sign(t, other, signed, signature.Options{})
				all, err := Verify(t.Context(), bytes.NewReader(signed), nil)
				if err != nil {
					t.Fatal(err)
				}
				if len(all) != n+2 {
					t.Fatalf("%d signatures", len(all))
				}
				for i, f := range all {
					if f.Broken != nil {
						t.Errorf("after %d more, signature %d: %v", n+1, i, f.Broken)
					}
					if n < 2 {
						continue
					}
					node := fmt.Sprintf("(//*[local-name()='Signature'])[%d]", i+1)
					args := append([]string{"--id-attr:Id", "urn:e:part"}, xmlsec1(h, h.Temp(t, signed), node)[1:]...)
					signtest.Holds(t, "xmlsec1", append([]string{"--verify"}, args...)...)
				}
			}
			changed := bytes.Replace(signed, []byte("MimeType>text/xml"), []byte("MimeType>text/xmk"), 1)
			if all, err := Verify(t.Context(), bytes.NewReader(changed), nil); err != nil || !someBroken(all) {
				t.Errorf("changed: %+v, %v", all, err)
			}
		})
	}
}

func someBroken(all []signature.Found) bool {
	for _, f := range all {
		if f.Broken != nil {
			return true
		}
	}
	return false
}

// Where nothing can be added without breaking something, nothing is.
func TestNoPlace(t *testing.T) {
	h := signtest.New(t)
	s := h.One(t, "RSA SHA-256")
	both := strings.ReplaceAll(`<r Id="r"><a/>`+template(exc, reference("#r", leaveOut, exc), reference("", exc))+end+`</r>`, "<DigestValue/>", "<DigestValue>AAAA</DigestValue>")
	archived := strings.Replace(string(sign(t, s, []byte("<r/>"), signature.Options{})), "</xades:QualifyingProperties>",
		`<xades:UnsignedProperties><xades:UnsignedSignatureProperties><ArchiveTimeStamp xmlns="`+space141+`"/></xades:UnsignedSignatureProperties></xades:UnsignedProperties></xades:QualifyingProperties>`, 1)
	for name, text := range map[string]string{
		"unknown transform": strings.Replace(string(sign(t, s, []byte("<r/>"), signature.Options{})), leaveOut, "urn:x", 1),
		"archive stamp":     archived,
		"not a signature":   `<r><Signature xmlns="http://www.w3.org/2000/09/xmldsig#"/></r>`,
		"two that disagree": both,
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := trySign(t, s, []byte(text), signature.Options{}); !errors.Is(err, &signature.Error{Code: "sign.format_unsuitable"}) {
				t.Errorf("%v", err)
			}
		})
	}
}

func TestRefused(t *testing.T) {
	h := signtest.New(t)
	s := h.One(t, "P-256 SHA-256")
	for name, row := range map[string]struct {
		text string
		opt  signature.Options
		code string
	}{
		"not XML":             {"%PDF-1.7", signature.Options{}, "document.xml_refused"},
		"dtd":                 {"<!DOCTYPE a><a/>", signature.Options{}, "document.xml_refused"},
		"attached":            {"<a/>", signature.Options{Packaging: signature.Attached}, "sign.format_unsuitable"},
		"detached, no name":   {"<a/>", signature.Options{Packaging: signature.Detached}, "sign.format_unsuitable"},
		"more than 16 MiB":    {"<a>" + strings.Repeat(" ", 16<<20) + "</a>", signature.Options{}, "document.too_large"},
		"another's algorithm": {"<a/>", signature.Options{}, "sign.algorithm"},
	} {
		t.Run(name, func(t *testing.T) {
			who := s
			if row.code == "sign.algorithm" {
				who.Identity.Algorithm = h.One(t, "RSA SHA-256").Identity.Algorithm
			}
			_, err := trySign(t, who, []byte(row.text), row.opt)
			if e := new(signature.Error); !errors.As(err, &e) || string(e.Code) != row.code {
				t.Errorf("%v", err)
			}
		})
	}
	for name, text := range map[string]string{"nothing": "<a/>", "a name like it": `<Signature xmlns="urn:x"/>`} {
		if _, err := Verify(t.Context(), strings.NewReader(text), nil); !errors.Is(err, &signature.Error{Code: "document.not_signed"}) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A value of another key never becomes a document, and a document that is no
// longer the one that was read is told.
func TestComplete(t *testing.T) {
	h := signtest.New(t)
	s, other := h.One(t, "P-256 SHA-256"), h.One(t, "P-384 SHA-384")
	content := []byte("<a>b</a>")
	p, err := Prepare(t.Context(), bytes.NewReader(content), signature.Options{Identity: s.Identity, Now: now})
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	err = p.Complete(t.Context(), other.Value(t, p.Digest()), &out)
	if !errors.Is(err, &signature.Error{Code: "remote.signature_invalid"}) || !errors.Is(err, signature.ErrValue) || out.Len() > 0 {
		t.Errorf("%v, %d bytes", err, out.Len())
	}
	content[3] = 'c'
	if err := p.Complete(t.Context(), s.Value(t, p.Digest()), &out); !errors.Is(err, &signature.Error{Code: "sign.document_changed"}) {
		t.Errorf("%v", err)
	}
}
