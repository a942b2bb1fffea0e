package asic

import (
	"fmt"
	"strings"

	"crypto"
	"raccordo/host/internal/signature/xades"
	"raccordo/host/internal/signature/xmldsig"
)

const (
	space    = "http://uri.etsi.org/02918/v1.2.1#"
	odfSpace = "urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"

	xadesOpen  = `<asic:XAdESSignatures xmlns:asic="` + space + `">`
	xadesClose = `</asic:XAdESSignatures>`
	xmlHead    = `<?xml version="1.0" encoding="UTF-8"?>` + "\n"
)

// signedManifest is the ASiCManifest that a CAdES signature is over (section 4.4.3.2, A.4).
func (c *container) signedManifest() string {
	var b strings.Builder
	fmt.Fprintf(&b, xmlHead+`<asic:ASiCManifest xmlns:asic="%s" xmlns:ds="%s"><asic:SigReference URI="%s" MimeType="application/pkcs7-signature"/>`,
		space, xmldsig.Space, cadesName)
	for i, f := range c.files {
		fmt.Fprintf(&b, `<asic:DataObjectReference URI="%s" MimeType="%s">%s</asic:DataObjectReference>`,
			xmldsig.Escape(xades.Reference(f.Name)), xmldsig.Escape(f.MediaType), xmldsig.DigestElements(crypto.SHA256, c.sums[i]))
	}
	b.WriteString("</asic:ASiCManifest>\n")
	return b.String()
}

// odfManifest lists the files for readers that follow OpenDocument (section 4.4.3.2).
func (c *container) odfManifest() string {
	var b strings.Builder
	entry := func(path, mediaType string) {
		fmt.Fprintf(&b, `<manifest:file-entry manifest:full-path="%s" manifest:media-type="%s"/>`, xmldsig.Escape(path), xmldsig.Escape(mediaType))
	}
	fmt.Fprintf(&b, xmlHead+`<manifest:manifest xmlns:manifest="%s" manifest:version="1.2">`, odfSpace)
	entry("/", mediaTypeE)
	for _, f := range c.files {
		entry(f.Name, f.MediaType)
	}
	b.WriteString("</manifest:manifest>\n")
	return b.String()
}
