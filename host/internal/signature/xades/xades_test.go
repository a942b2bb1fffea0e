package xades

import (
	"bytes"
	"encoding/base64"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"raccordo/host/internal/signature"
	"raccordo/host/internal/sim/signtest"
)

var now = time.Date(2026, 11, 23, 8, 30, 0, 0, time.UTC)

// sign prepares and completes.
func sign(t testing.TB, s signtest.Signatory, document []byte, opt signature.Options) []byte {
	t.Helper()
	signed, err := trySign(t, s, document, opt)
	if err != nil {
		t.Fatal(err)
	}
	return signed
}

func trySign(t testing.TB, s signtest.Signatory, document []byte, opt signature.Options) ([]byte, error) {
	t.Helper()
	opt.Identity, opt.Now = s.Identity, now
	p, err := Prepare(t.Context(), bytes.NewReader(document), opt)
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	err = p.Complete(t.Context(), s.Value(t, p.Digest()), &out)
	return out.Bytes(), err
}

// xmlsec1 verifies the signature at an XPath, every reference.
func xmlsec1(h *signtest.House, file, node string) []string {
	return []string{"--verify", "--id-attr:Id", "http://uri.etsi.org/01903/v1.3.2#:SignedProperties",
		"--enabled-reference-uris", "empty,same-doc,local,remote", "--trusted-pem", h.CAFile(), "--node-xpath", node, file}
}

const first = "(//*[local-name()='Signature'])[1]"

// holds lets xmlsec1 say so, and Verify.
func holds(t *testing.T, h *signtest.House, s signtest.Signatory, signed []byte, original signature.Source, want signature.Found) {
	t.Helper()
	if s.Identity.Algorithm.Scheme == signature.PSS {
		byOpenSSL(t, h, s, signed)
	} else if out := signtest.Holds(t, "xmlsec1", xmlsec1(h, h.Temp(t, signed), first)...); !strings.Contains(out, "SignedInfo References (ok/all): 2/2") {
		t.Errorf("xmlsec1: %s", out)
	}
	all, err := Verify(t.Context(), bytes.NewReader(signed), original)
	if err != nil {
		t.Fatal(err)
	}
	got := all[0]
	if got.Broken != nil || got.Format != want.Format || got.Covers != want.Covers || !got.ClaimedAt.Equal(now) ||
		got.Algorithm != s.Identity.Algorithm || !got.Certificate.Equal(s.Identity.Certificate) {
		t.Errorf("found %+v", got)
	}
}

// byOpenSSL checks the value over SignedInfo as xmllint canonicalises it:
// xmlsec1 of Debian 12 knows no PSS.
func byOpenSSL(t *testing.T, h *signtest.House, s signtest.Signatory, signed []byte) {
	t.Helper()
	file := h.Temp(t, signed)
	value := signtest.Holds(t, "xmllint", "--xpath", "string(//*[local-name()='SignatureValue'])", file)
	info := signtest.Holds(t, "xmllint", "--xpath", "//*[local-name()='SignedInfo']", file)
	info = strings.Replace(info, "<ds:SignedInfo", `<ds:SignedInfo xmlns:ds="http://www.w3.org/2000/09/xmldsig#"`, 1)
	canonical := signtest.Holds(t, "xmllint", "--exc-c14n", h.Temp(t, []byte(info)))
	raw := filepath.Join(h.Folder, "value")
	signtest.Holds(t, "openssl", "base64", "-d", "-A", "-in", h.Temp(t, []byte(strings.TrimSpace(value))), "-out", raw)
	certificate, _ := h.Files(t, s)
	key := h.Temp(t, []byte(signtest.Holds(t, "openssl", "x509", "-in", certificate, "-noout", "-pubkey")))
	hash := "-" + strings.ToLower(strings.ReplaceAll(s.Identity.Algorithm.Hash.String(), "-", ""))
	signtest.Holds(t, "openssl", "dgst", hash, "-verify", key, "-sigopt", "rsa_padding_mode:pss", "-signature", raw, h.Temp(t, []byte(canonical)))
}

const document = `<?xml version="1.0" encoding="UTF-8"?>
<?xml-stylesheet type="text/xsl" href="stile.xsl"?>
<!-- prova -->
<ClinicalDocument xmlns="urn:hl7-org:v3" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xml:lang="it">
  <title>Profilo sanitario "sintetico" &amp; è già più</title>
  <observation xsi:type="a
b"><![CDATA[<&>]]></observation>
</ClinicalDocument>
`

func TestEnveloped(t *testing.T) {
	h := signtest.New(t)
	for _, s := range h.All(t) {
		t.Run(s.Name, func(t *testing.T) {
			signed := sign(t, s, []byte(document), signature.Options{})
			holds(t, h, s, signed, nil, signature.Found{Format: "XAdES-B-B", Covers: signature.Whole})
			before, after, _ := strings.Cut(document, "</ClinicalDocument>")
			if !strings.HasPrefix(string(signed), before+"<ds:Signature ") || !strings.HasSuffix(string(signed), "</ds:Signature></ClinicalDocument>"+after) {
				t.Error("the document's own bytes have changed")
			}
		})
	}
}

// Documents of many kinds; xmlsec1 holds each of them.
func TestEnvelopedShapes(t *testing.T) {
	h := signtest.New(t)
	s := h.One(t, "P-256 SHA-256")
	for name, text := range map[string]string{
		"empty root":       `<a/>`,
		"empty with space": "<p:a xmlns:p='urn:p' b='1' />\n<!-- end </p:a> -->",
		"byte order mark":  "\xef\xbb\xbf<a>è</a>",
		"latin":            "<?xml version='1.0' encoding='ISO-8859-1'?>\n<perch\xe9 b='\xe8'>\xe0</perch\xe9>\n",
		"latin, empty":     "<?xml version='1.0' encoding='iso-8859-15'?><perch\xe9/>",
		"ds taken":         `<a xmlns:ds="urn:other" xmlns="urn:x"><ds:b/></a>`,
		"ds the default":   `<a xmlns="http://www.w3.org/2000/09/xmldsig#"><b/></a>`,
		"line ends":        "<a>\r\n <b c='x&#10;\r\ny'/>\r</a>\r\n",
	} {
		t.Run(name, func(t *testing.T) {
			holds(t, h, s, sign(t, s, []byte(text), signature.Options{}), nil, signature.Found{Format: "XAdES-B-B", Covers: signature.Whole})
		})
	}
}

func TestDetached(t *testing.T) {
	h := signtest.New(t)
	t.Chdir(h.Folder) // xmlsec1 looks for the file there
	for _, name := range []string{"referto.pdf", "perché & 100%.txt", "a:b#c?.xml"} {
		content := []byte("contenuto di " + name)
		if err := os.WriteFile(name, content, 0o600); err != nil {
			t.Fatal(err)
		}
		all := h.All(t)
		if name != "referto.pdf" {
			all = all[len(all)-1:]
		}
		for _, s := range all {
			t.Run(name+" "+s.Name, func(t *testing.T) {
				signed := sign(t, s, content, signature.Options{Packaging: signature.Detached, Name: name})
				holds(t, h, s, signed, bytes.NewReader(content), signature.Found{Format: "XAdES-B-B", Covers: signature.Whole})
				all, err := Verify(t.Context(), bytes.NewReader(signed), bytes.NewReader(append(content, '.')))
				if err != nil || all[0].Broken == nil {
					t.Errorf("another file: %v, %v", all, err)
				}
				if _, err := Verify(t.Context(), bytes.NewReader(signed), nil); !errors.Is(err, &signature.Error{Code: "document.original_missing"}) {
					t.Errorf("without the file: %v", err)
				}
			})
		}
	}
}

// base64Of is a signatory's certificate as XML has it.
func base64Of(s signtest.Signatory) string {
	return base64.StdEncoding.EncodeToString(s.Identity.Certificate.Raw)
}
