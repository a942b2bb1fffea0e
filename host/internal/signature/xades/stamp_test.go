package xades

import (
	"bytes"
	"net/http"
	"path/filepath"
	"strings"
	"testing"

	"raccordo/host/internal/signature"
	"raccordo/host/internal/signature/timestamp"
	"raccordo/host/internal/sim/signtest"
)

// A time-stamp is over the value as xmllint canonicalises it: openssl holds it.
func TestStamp(t *testing.T) {
	h := signtest.New(t)
	tsa := h.TSA(t)
	stamper := timestamp.New(tsa.URL, http.DefaultClient, timestamp.Options{})
	s := h.One(t, "P-384 SHA-384")
	signed := sign(t, s, []byte(document), signature.Options{Stamper: stamper})
	holds(t, h, s, signed, nil, signature.Found{Format: "XAdES-B-T", Covers: signature.Whole})

	file := h.Temp(t, signed)
	value := signtest.Holds(t, "xmllint", "--xpath", "//*[local-name()='SignatureValue']", file)
	value = strings.Replace(strings.TrimSpace(value), "<ds:SignatureValue", `<ds:SignatureValue xmlns:ds="http://www.w3.org/2000/09/xmldsig#"`, 1)
	canonical := h.Temp(t, []byte(signtest.Holds(t, "xmllint", "--exc-c14n", h.Temp(t, []byte(value)))))
	token := filepath.Join(h.Folder, "token")
	signtest.Holds(t, "openssl", "base64", "-d", "-A", "-out", token, "-in",
		h.Temp(t, []byte(strings.TrimSpace(signtest.Holds(t, "xmllint", "--xpath", "string(//*[local-name()='EncapsulatedTimeStamp'])", file)))))
	signtest.Holds(t, "openssl", "ts", "-verify", "-token_in", "-in", token, "-data", canonical, "-CAfile", h.CAFile())

	all, err := Verify(t.Context(), bytes.NewReader(signed), nil)
	if err != nil {
		t.Fatal(err)
	}
	if st := all[0].Stamps; len(st) != 1 || st[0].Broken != nil || st[0].At.IsZero() || !st[0].Authority.Equal(tsa.Signatory.Identity.Certificate) {
		t.Errorf("stamps %+v", st)
	}

	// A token of another signature is told.
	other := sign(t, s, []byte(document), signature.Options{Stamper: stamper})
	swapped := strings.Replace(string(signed), between(signed, "<xades:EncapsulatedTimeStamp>"), between(other, "<xades:EncapsulatedTimeStamp>"), 1)
	if all, err = Verify(t.Context(), strings.NewReader(swapped), nil); err != nil || all[0].Broken != nil || all[0].Stamps[0].Broken == nil {
		t.Errorf("swapped: %+v, %v", all, err)
	}
}

// between is the text of the first element with that start tag.
func between(text []byte, tag string) string {
	_, rest, _ := strings.Cut(string(text), tag)
	content, _, _ := strings.Cut(rest, "<")
	return content
}
