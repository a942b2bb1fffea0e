package xmldsig

import (
	"bytes"
	"crypto"
	"crypto/x509"
	"encoding/base64"
	"encoding/xml"
	"fmt"
	"strings"

	"raccordo/host/internal/signature"
	"raccordo/host/internal/signature/xmlc14n"
)

// Reference says what is signed.
type Reference struct {
	ID, URI, Type string
	Transforms    []string // identifiers; the last one a canonicalisation when what is referenced is XML
	Hash          crypto.Hash
	Digest        []byte
}

// SignedInfo writes one; it is canonical under exclusive canonicalisation
// wherever it stands, because it declares what it uses.
func SignedInfo(a signature.Algorithm, references []Reference) (string, error) {
	method, err := methodURI(a)
	if err != nil {
		return "", err
	}
	var b strings.Builder
	fmt.Fprintf(&b, `<ds:SignedInfo><ds:CanonicalizationMethod Algorithm="%s"/><ds:SignatureMethod Algorithm="%s"/>`, ExcC14N, method)
	for _, r := range references {
		b.WriteString("<ds:Reference")
		for _, a := range [][2]string{{"Id", r.ID}, {"Type", r.Type}} {
			if a[1] != "" {
				fmt.Fprintf(&b, ` %s="%s"`, a[0], Escape(a[1]))
			}
		}
		fmt.Fprintf(&b, ` URI="%s">`, Escape(r.URI))
		if len(r.Transforms) > 0 {
			b.WriteString("<ds:Transforms>")
			for _, t := range r.Transforms {
				fmt.Fprintf(&b, `<ds:Transform Algorithm="%s"/>`, t)
			}
			b.WriteString("</ds:Transforms>")
		}
		b.WriteString(DigestElements(r.Hash, r.Digest) + "</ds:Reference>")
	}
	b.WriteString("</ds:SignedInfo>")
	return b.String(), nil
}

// DigestElements are DigestMethod and DigestValue.
func DigestElements(h crypto.Hash, digest []byte) string {
	return fmt.Sprintf(`<ds:DigestMethod Algorithm="%s"/><ds:DigestValue>%s</ds:DigestValue>`, DigestURI(h), base64.StdEncoding.EncodeToString(digest))
}

// KeyInfo brings the certificates, the signer's first.
func KeyInfo(i signature.Identity) string {
	var b strings.Builder
	b.WriteString("<ds:KeyInfo><ds:X509Data>")
	for _, c := range append([]*x509.Certificate{i.Certificate}, i.Chain...) {
		b.WriteString("<ds:X509Certificate>" + base64.StdEncoding.EncodeToString(c.Raw) + "</ds:X509Certificate>")
	}
	b.WriteString("</ds:X509Data></ds:KeyInfo>")
	return b.String()
}

// Escape is text as it stands in an attribute or element.
func Escape(text string) string {
	var b strings.Builder
	xml.EscapeText(&b, []byte(text)) // a Builder takes everything
	return b.String()
}

// DigestOfFragment is the digest of the exclusive canonical form of an element
// that we wrote ourselves: the first one of that name in text, a whole element with its namespaces.
func DigestOfFragment(h crypto.Hash, text, space, local string) ([]byte, error) {
	d, err := xmlc14n.Parse([]byte(text))
	if err != nil {
		return nil, err
	}
	for e := range d.Root.All() {
		if e.Is(space, local) {
			var b bytes.Buffer
			if err := d.Canonical(&b, xmlc14n.Exclusive, xmlc14n.Selection{Apex: e}); err != nil {
				return nil, err
			}
			sum := h.New()
			sum.Write(b.Bytes())
			return sum.Sum(nil), nil
		}
	}
	return nil, malformed(local)
}
