package wssec

import (
	"bytes"
	"crypto"
	"crypto/x509"
	"errors"
	"strings"
	"testing"
	"time"

	"raccordo/host/internal/signature"
	"raccordo/host/internal/sim/signtest"
)

var now = time.Date(2026, 11, 23, 8, 30, 0, 0, time.UTC)

const message = `<?xml version="1.0" encoding="UTF-8"?>
<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" xmlns:inv="http://example.org/invio">
  <soapenv:Body>
    <inv:Ricetta tipo="a
b"><inv:nome>È già così &amp; basta</inv:nome></inv:Ricetta>
  </soapenv:Body>
</soapenv:Envelope>`

var messages = map[string]string{
	"no header":            message,
	"empty header":         strings.Replace(message, "<soapenv:Body>", "<soapenv:Header />\n<soapenv:Body>", 1),
	"header":               strings.Replace(message, "<soapenv:Body>", `<soapenv:Header><a:x xmlns:a="urn:a"/></soapenv:Header><soapenv:Body>`, 1),
	"SOAP 1.2, no prefix":  `<Envelope xmlns="http://www.w3.org/2003/05/soap-envelope"><Header></Header><Body a="1"><x xmlns="urn:x"/></Body></Envelope>`,
	"empty body":           `<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Body/></e:Envelope>`,
	"body with an id":      strings.Replace(message, "<soapenv:Body>", `<soapenv:Body xmlns:wsu="`+utility+`" wsu:Id="corpo">`, 1),
	"wsu means other":      strings.Replace(message, "<soapenv:Body>", `<soapenv:Body xmlns:wsu="urn:other" wsu:Id="corpo">`, 1),
	"inherited namespaces": `<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/" xmlns="urn:d" xmlns:p="urn:p"><e:Body><a p:b="1"><p:c xmlns=""><d/></p:c></a></e:Body></e:Envelope>`,
}

func xmlsec1(t *testing.T, h *signtest.House, s signtest.Signatory, signed []byte) []string {
	t.Helper()
	certificate, _ := h.Files(t, s)
	args := []string{"--verify", "--pubkey-cert-pem", certificate, "--enabled-reference-uris", "same-doc"}
	for _, name := range []string{soap11 + ":Body", soap12 + ":Body", utility + ":Timestamp", extension + ":BinarySecurityToken"} {
		args = append(args, "--id-attr:Id", name)
	}
	return append(args, h.Temp(t, signed))
}

func TestXmlsec1(t *testing.T) {
	h := signtest.New(t)
	for _, s := range h.All(t) {
		if s.Identity.Algorithm.Scheme == signature.PSS { // xmlsec1 of Debian 12 knows none; package xades has its tests
			continue
		}
		t.Run(s.Name, func(t *testing.T) { holds(t, h, s, message, Options{}) })
	}
	for name, text := range messages {
		t.Run(name, func(t *testing.T) { holds(t, h, h.One(t, "RSA SHA-256"), text, Options{}) })
	}
	t.Run("RSA-SHA1", func(t *testing.T) { holds(t, h, h.One(t, "RSA SHA-256"), message, Options{SHA1: true}) })
}

func holds(t *testing.T, h *signtest.House, s signtest.Signatory, text string, opt Options) {
	t.Helper()
	signed, err := Sign([]byte(text), s.Key, s.Identity, now, 5*time.Minute, opt)
	if err != nil {
		t.Fatal(err)
	}
	if out := signtest.Holds(t, "xmlsec1", xmlsec1(t, h, s, signed)...); !strings.Contains(out, "SignedInfo References (ok/all): 3/3") {
		t.Error(out)
	}
	if opt.SHA1 != bytes.Contains(signed, []byte("#rsa-sha1")) || opt.SHA1 != bytes.Contains(signed, []byte("#sha1")) {
		t.Error("SHA-1 where it is not wanted, or not where it is")
	}
}

// Whatever is changed in what is signed is noticed.
func TestChanged(t *testing.T) {
	h := signtest.New(t)
	s := h.One(t, "P-256 SHA-256")
	signed, err := Sign([]byte(message), s.Key, s.Identity, now, 5*time.Minute, Options{})
	if err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string][2]string{
		"body": {"basta", "Basta"}, "created": {"08:30:00", "08:30:01"}, "expires": {"08:35:00", "08:35:01"},
		"token": {"<wsse:BinarySecurityToken", `<wsse:BinarySecurityToken a="1"`}, "algorithm": {"ecdsa-sha256", "ecdsa-sha384"},
	} {
		t.Run(name, func(t *testing.T) {
			changed := bytes.Replace(signed, []byte(change[0]), []byte(change[1]), 1)
			if bytes.Equal(changed, signed) {
				t.Fatal("nothing to change")
			}
			signtest.Fails(t, "xmlsec1", xmlsec1(t, h, s, changed)...)
		})
	}
}

func TestRefused(t *testing.T) {
	h := signtest.New(t)
	s, ec := h.One(t, "RSA SHA-256"), h.One(t, "P-256 SHA-256")
	other := h.Issue(t, "other", "rsa", s.Identity.Algorithm, &x509.Certificate{})
	weak := s
	weak.Identity.Algorithm.Hash = crypto.SHA1
	signed, err := Sign([]byte(message), s.Key, s.Identity, now, time.Minute, Options{})
	if err != nil {
		t.Fatal(err)
	}
	for name, row := range map[string]struct {
		text string
		s    signtest.Signatory
		opt  Options
		code string
	}{
		"signed already":   {string(signed), s, Options{}, "document.xml_refused"},
		"not SOAP":         {"<Envelope><Body/></Envelope>", s, Options{}, "document.xml_refused"},
		"no body":          {`<Envelope xmlns="` + soap11 + `"><Header/></Envelope>`, s, Options{}, "document.xml_refused"},
		"two bodies":       {`<Envelope xmlns="` + soap11 + `"><Body/><Body/></Envelope>`, s, Options{}, "document.xml_refused"},
		"something else":   {`<Envelope xmlns="` + soap11 + `"><x xmlns=""/><Body/></Envelope>`, s, Options{}, "document.xml_refused"},
		"dtd":              {`<!DOCTYPE a>` + message[strings.Index(message, "<soap"):], s, Options{}, "document.xml_refused"},
		"latin":            {"<?xml version='1.0' encoding='ISO-8859-1'?><Envelope xmlns='" + soap11 + "'><Body>\xe8</Body></Envelope>", s, Options{}, "document.xml_refused"},
		"SHA-1, ECDSA":     {message, ec, Options{SHA1: true}, "sign.algorithm"},
		"SHA-1, not asked": {message, weak, Options{}, "sign.algorithm"},
		"another's key":    {message, signtest.Signatory{Key: ec.Key, Identity: other.Identity}, Options{}, "remote.signature_invalid"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Sign([]byte(row.text), row.s.Key, row.s.Identity, now, time.Minute, row.opt)
			if e := new(signature.Error); !errors.As(err, &e) || string(e.Code) != row.code {
				t.Errorf("%v", err)
			}
		})
	}
}
