package matrix

import (
	"bytes"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"raccordo/host/internal/signature"
	"raccordo/host/internal/sim/signtest"
)

var now = time.Now().Truncate(time.Second)

// house has an authority that everybody trusts.
type house struct {
	*signtest.House
	nss  string    // that of pdfsig
	jose [2]string // a program that verifies, and the library
	tsa  *signtest.Authority
}

func newHouse(t *testing.T) *house {
	h := &house{House: signtest.New(t)}
	h.nss = filepath.Join(h.Folder, "nss")
	if err := os.Mkdir(h.nss, 0o700); err != nil {
		t.Fatal(err)
	}
	signtest.Holds(t, "certutil", "-N", "-d", "sql:"+h.nss, "--empty-password")
	signtest.Holds(t, "certutil", "-A", "-d", "sql:"+h.nss, "-n", "ca", "-t", "C,C,C", "-i", h.CAFile())
	for i, file := range []string{"../../signature/jws/testdata/verify.mjs", "../../../../build/op/node_modules/jose/dist/webapi/index.js"} {
		var err error
		if h.jose[i], err = filepath.Abs(file); err != nil {
			t.Fatal(err)
		}
	}
	h.tsa = h.TSA(t)
	return h
}

func (h *house) said(s signed, name string, args ...string) (string, error) {
	out, err := signtest.Run(s.t, name, args...)
	if err != nil {
		return out, fmt.Errorf("%s: %w\n%s", name, err, out)
	}
	return out, nil
}

func (h *house) run(s signed, name string, args ...string) error {
	_, err := h.said(s, name, args...)
	return err
}

// ranged is what a PDF's only signature covers, and its CMS.
func ranged(doc []byte) (content, der []byte, err error) {
	found := regexp.MustCompile(`/ByteRange\s*\[\s*(\d+)\s+(\d+)\s+(\d+)\s+(\d+)\s*\]`).FindSubmatch(doc)
	if found == nil {
		return nil, nil, errors.New("no ByteRange")
	}
	var n [4]int
	for i := range n {
		if n[i], err = strconv.Atoi(string(found[i+1])); err != nil {
			return nil, nil, err
		}
	}
	if n[0]+n[1] > n[2] || n[2]+n[3] > len(doc) {
		return nil, nil, errors.New("ByteRange beyond the end")
	}
	value := bytes.Trim(doc[n[1]:n[2]], "<>")
	der = make([]byte, len(value)/2)
	if _, err := hex.Decode(der, value); err != nil {
		return nil, nil, err
	}
	// Zeros fill the place up behind the value, whose length DER tells.
	if len(der) > 4 && der[0] == 0x30 && der[1] == 0x82 {
		der = der[:min(len(der), 4+int(der[2])<<8+int(der[3]))]
	}
	return append(bytes.Clone(doc[n[0]:n[0]+n[1]]), doc[n[2]:n[2]+n[3]]...), der, nil
}

// xmldsig lets xmlsec1 verify all references and the value. Debian 12's knows
// no RSA-PSS: then it does the references' part, xmllint canonicalises
// SignedInfo and openssl verifies the value.
func (h *house) xmldsig(s signed, file, references string, args ...string) error {
	all := append([]string{"--verify", "--id-attr:Id", "http://uri.etsi.org/01903/v1.3.2#:SignedProperties", "--trusted-pem", h.CAFile()}, args...)
	out, err := signtest.Run(s.t, "xmlsec1", append(all, file)...)
	if s.identity.Algorithm.Scheme != signature.PSS {
		if err == nil && !strings.Contains(out, "SignedInfo References (ok/all): "+references) {
			err = errors.New("not all references")
		}
		if err != nil {
			err = fmt.Errorf("xmlsec1: %w: %s", err, out)
		}
		return err
	}
	return errors.Join(h.digests(s, file), h.pss(s, file))
}

// digests lets openssl compute what a reference to the whole document says.
func (h *house) digests(s signed, file string) error {
	if strings.HasPrefix(file, "META-INF") {
		return h.run(s, "sh", "-c", `grep -q "$(openssl dgst -sha256 -binary profilo.txt | base64)" "$0"`, file)
	}
	// The enveloped signature is taken out, and the rest is as it was.
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	from, to := bytes.Index(text, []byte("<ds:Signature ")), bytes.LastIndex(text, []byte("</ds:Signature>"))
	if from < 0 || to < from {
		return errors.New("no signature")
	}
	rest := append(bytes.Clone(text[:from]), text[to+len("</ds:Signature>"):]...)
	canonical, err := h.said(s, "xmllint", "--exc-c14n", h.Temp(s.t, rest))
	if err != nil {
		return err
	}
	return h.run(s, "sh", "-c", `grep -q "$(openssl dgst -sha256 -binary "$0" | base64)" "$1"`, h.Temp(s.t, []byte(canonical)), file)
}

func (h *house) pss(s signed, file string) error {
	info, err := h.said(s, "xmllint", "--xpath", "//*[local-name()='SignedInfo']", file)
	if err != nil {
		return err
	}
	canonical, err := h.said(s, "xmllint", "--exc-c14n", h.Temp(s.t, []byte(inherit(info))))
	if err != nil {
		return err
	}
	value, err := h.base64(s, file, "SignatureValue")
	if err != nil {
		return err
	}
	certificate := h.certificate(s.t, s.identity)
	key, err := h.said(s, "openssl", "x509", "-in", certificate, "-noout", "-pubkey")
	return errors.Join(err, h.run(s, "openssl", "dgst", "-sha256", "-verify", h.Temp(s.t, []byte(key)), "-sigopt", "rsa_padding_mode:pss",
		"-signature", value, h.Temp(s.t, []byte(canonical))))
}

// inherit gives an element that was cut out the namespace of its ancestors.
func inherit(text string) string {
	if strings.Contains(text, "xmlns:ds=") {
		return text
	}
	at := strings.IndexAny(text, " >")
	return text[:at] + ` xmlns:ds="http://www.w3.org/2000/09/xmldsig#"` + text[at:]
}

// base64 decodes an element into a file.
func (h *house) base64(s signed, file, name string) (string, error) {
	value, err := h.said(s, "xmllint", "--xpath", "string(//*[local-name()='"+name+"'])", file)
	if err != nil {
		return "", err
	}
	out := h.Temp(s.t, nil)
	return out, h.run(s, "openssl", "base64", "-d", "-A", "-in", h.Temp(s.t, []byte(strings.TrimSpace(value))), "-out", out)
}

// unpacked is a container that unzip has tested and unpacked.
func (h *house) unpacked(s signed) (string, error) {
	file, folder := h.Temp(s.t, s.data), s.t.TempDir()
	return folder, errors.Join(h.run(s, "unzip", "-tq", file), h.run(s, "unzip", "-q", "-d", folder, file))
}

func (h *house) certificate(t *testing.T, id signature.Identity) string {
	return h.Temp(t, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: id.Certificate.Raw}))
}
