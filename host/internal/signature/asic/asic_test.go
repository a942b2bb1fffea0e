package asic

import (
	"archive/zip"
	"bytes"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"raccordo/host/internal/signature"
	"raccordo/host/internal/signature/timestamp"
	"raccordo/host/internal/signature/xades"
	"raccordo/host/internal/sim/signtest"
)

var now = time.Date(2026, 11, 23, 8, 30, 0, 0, time.UTC)

var files = []File{
	{Name: "referto è già così.txt", MediaType: "text/plain", Source: strings.NewReader(strings.Repeat("Profilo sanitario sintetico. ", 10000))},
	{Name: "vuoto.bin", Source: strings.NewReader("")},
}

func sign(t testing.TB, s signtest.Signatory, opt signature.Options, form Form, files ...File) []byte {
	t.Helper()
	opt.Identity, opt.Now = s.Identity, now
	p, err := Prepare(t.Context(), files, opt, form)
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := p.Complete(t.Context(), s.Value(t, p.Digest()), &out); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func one(t *testing.T, container []byte) signature.Found {
	t.Helper()
	all, err := Verify(t.Context(), bytes.NewReader(container), nil)
	if err != nil {
		t.Fatal(err)
	}
	if len(all) != 1 {
		t.Fatalf("%d signatures", len(all))
	}
	return all[0]
}

// unpack lets unzip do it, after it has tested every entry.
func unpack(t *testing.T, h *signtest.House, container []byte) string {
	t.Helper()
	file := h.Temp(t, container)
	signtest.Holds(t, "unzip", "-tq", file)
	folder := t.TempDir()
	signtest.Holds(t, "unzip", "-q", "-d", folder, file)
	return folder
}

func TestXAdES(t *testing.T) {
	h := signtest.New(t)
	for _, s := range h.All(t) {
		t.Run(s.Name, func(t *testing.T) {
			container := sign(t, s, signature.Options{}, XAdES, files...)
			if f := one(t, container); f.Broken != nil || f.Format != "ASiC-E with XAdES-B-B" || f.Covers != signature.Whole || !f.Certificate.Equal(s.Identity.Certificate) || !f.ClaimedAt.Equal(now) {
				t.Errorf("found %+v", f)
			}
			if s.Identity.Algorithm.Scheme == signature.PSS { // xmlsec1 of Debian 12 knows none; package xades has its tests
				return
			}
			t.Chdir(unpack(t, h, container))
			out := signtest.Holds(t, "xmlsec1", "--verify", "--id-attr:Id", "http://uri.etsi.org/01903/v1.3.2#:SignedProperties",
				"--trusted-pem", h.CAFile(), "META-INF/signatures001.xml")
			if !strings.Contains(out, "SignedInfo References (ok/all): 3/3") {
				t.Error(out)
			}
		})
	}
}

func TestCAdES(t *testing.T) {
	h := signtest.New(t)
	for _, s := range h.All(t) {
		t.Run(s.Name, func(t *testing.T) {
			container := sign(t, s, signature.Options{}, CAdES, files...)
			if f := one(t, container); f.Broken != nil || f.Format != "ASiC-E with CAdES-B-B" || f.Covers != signature.Whole || !f.Certificate.Equal(s.Identity.Certificate) {
				t.Errorf("found %+v", f)
			}
			t.Chdir(unpack(t, h, container))
			signtest.Holds(t, "openssl", "cms", "-verify", "-cades", "-purpose", "any", "-binary", "-inform", "DER", "-CAfile", h.CAFile(),
				"-in", "META-INF/signature001.p7s", "-content", "META-INF/ASiCManifest001.xml", "-out", os.DevNull)
			for _, f := range files { // the manifest tells what openssl computes
				sum := strings.Fields(signtest.Holds(t, "sh", "-c", `openssl dgst -sha256 -binary "$0" | base64`, f.Name))[0]
				want := signtest.Holds(t, "xmllint", "--xpath", "count(//*[local-name()='DigestValue'][.='"+sum+"'])", "META-INF/ASiCManifest001.xml")
				if strings.TrimSpace(want) != "1" {
					t.Errorf("the manifest has not %s", sum)
				}
			}
		})
	}
}

func TestStamped(t *testing.T) {
	h := signtest.New(t)
	s, tsa := h.One(t, "P-256 SHA-256"), h.TSA(t)
	stamper := timestamp.New(tsa.URL, http.DefaultClient, timestamp.Options{})
	for form, want := range map[Form]string{XAdES: "ASiC-E with XAdES-B-T", CAdES: "ASiC-E with CAdES-B-T"} {
		t.Run(want, func(t *testing.T) {
			f := one(t, sign(t, s, signature.Options{Stamper: stamper}, form, files...))
			if f.Broken != nil || f.Format != want || len(f.Stamps) != 1 || f.Stamps[0].Broken != nil {
				t.Errorf("found %+v", f)
			}
		})
	}
}

// Simple containers of others, with openssl's and with our signature, are read.
func TestSimple(t *testing.T) {
	h := signtest.New(t)
	s := h.One(t, "RSA SHA-256")
	certificate, key := h.Files(t, s)
	content := []byte(strings.Repeat("documento ", 5000))
	signed := filepath.Join(h.Folder, "signed")
	signtest.Holds(t, "openssl", "cms", "-sign", "-cades", "-binary", "-outform", "DER", "-md", "sha256", "-signer", certificate, "-inkey", key,
		"-in", h.Temp(t, content), "-out", signed)
	p7s, err := os.ReadFile(signed)
	if err != nil {
		t.Fatal(err)
	}
	p, err := xades.PrepareFiles(t.Context(), []xades.File{{Name: "a b.txt", Source: bytes.NewReader(content)}}, signature.Options{Identity: s.Identity, Now: now}, xadesOpen, xadesClose)
	if err != nil {
		t.Fatal(err)
	}
	var xml bytes.Buffer
	if err := p.Complete(t.Context(), s.Value(t, p.Digest()), &xml); err != nil {
		t.Fatal(err)
	}
	for name, row := range map[string]struct {
		content []byte
		format  string
	}{"META-INF/signature.p7s": {p7s, "ASiC-S with CAdES-B-B"}, "META-INF/signatures.xml": {xml.Bytes(), "ASiC-S with XAdES-B-B"}} {
		for _, changed := range []bool{false, true} {
			document := bytes.Clone(content)
			if changed {
				document[100] ^= 1
			}
			var out bytes.Buffer
			w := zip.NewWriter(&out)
			put(t, w, "mimetype", zip.Store, []byte(mediaTypeS))
			put(t, w, "a b.txt", zip.Deflate, document)
			put(t, w, name, zip.Deflate, row.content)
			if err := w.Close(); err != nil {
				t.Fatal(err)
			}
			if f := one(t, out.Bytes()); (f.Broken != nil) != changed || f.Format != row.format || f.Covers != signature.Whole {
				t.Errorf("%s, changed %v: %+v", name, changed, f)
			}
		}
	}
}

// The layout is that of annex A: readers look at fixed places.
func TestLayout(t *testing.T) {
	h := signtest.New(t)
	s := h.One(t, "P-256 SHA-256")
	for form, want := range map[Form][]string{
		XAdES: {"mimetype", files[0].Name, files[1].Name, "META-INF/manifest.xml", "META-INF/signatures001.xml"},
		CAdES: {"mimetype", files[0].Name, files[1].Name, "META-INF/ASiCManifest001.xml", "META-INF/signature001.p7s"},
	} {
		container := sign(t, s, signature.Options{}, form, files...)
		if string(container[30:38+len(mediaTypeE)]) != "mimetype"+mediaTypeE {
			t.Errorf("begins with %q", container[:80])
		}
		z, err := zip.NewReader(bytes.NewReader(container), int64(len(container)))
		if err != nil {
			t.Fatal(err)
		}
		var names []string
		for _, f := range z.File {
			names = append(names, f.Name)
		}
		if diff := cmp.Diff(want, names); diff != "" {
			t.Error(diff)
		}
	}
}

func TestRefused(t *testing.T) {
	s := signtest.New(t).One(t, "P-256 SHA-256")
	x := strings.NewReader("x")
	for name, row := range map[string]struct {
		files []File
		opt   signature.Options
	}{
		"nothing":           {nil, signature.Options{}},
		"folder":            {[]File{{Name: "a/b", Source: x}}, signature.Options{}},
		"upwards":           {[]File{{Name: "..", Source: x}}, signature.Options{}},
		"mimetype":          {[]File{{Name: "MimeType", Source: x}}, signature.Options{}},
		"meta":              {[]File{{Name: "meta-inf", Source: x}}, signature.Options{}},
		"twice":             {[]File{{Name: "a", Source: x}, {Name: "A", Source: x}}, signature.Options{}},
		"drive":             {[]File{{Name: "c:x", Source: x}}, signature.Options{}},
		"control character": {[]File{{Name: "a\nb", Source: x}}, signature.Options{}},
		"detached":          {[]File{{Name: "a", Source: x}}, signature.Options{Packaging: signature.Detached}},
	} {
		t.Run(name, func(t *testing.T) {
			row.opt.Identity = s.Identity
			if _, err := Prepare(t.Context(), row.files, row.opt, XAdES); !errors.Is(err, &signature.Error{Code: "sign.format_unsuitable"}) {
				t.Errorf("%v", err)
			}
		})
	}
}

// A value of another key never becomes a container, and a document that is no
// longer the one that was read is told.
func TestComplete(t *testing.T) {
	h := signtest.New(t)
	s, other := h.One(t, "P-256 SHA-256"), h.One(t, "P-384 SHA-384")
	for _, form := range []Form{XAdES, CAdES} {
		content := []byte("contenuto")
		p, err := Prepare(t.Context(), []File{{Name: "a.txt", Source: bytes.NewReader(content)}}, signature.Options{Identity: s.Identity, Now: now}, form)
		if err != nil {
			t.Fatal(err)
		}
		var out bytes.Buffer
		err = p.Complete(t.Context(), other.Value(t, p.Digest()), &out)
		if !errors.Is(err, &signature.Error{Code: "remote.signature_invalid"}) || out.Len() > 0 {
			t.Errorf("%v, %d bytes", err, out.Len())
		}
		content[0] ^= 1
		if err := p.Complete(t.Context(), s.Value(t, p.Digest()), &out); !errors.Is(err, &signature.Error{Code: "sign.document_changed"}) {
			t.Errorf("%v", err)
		}
	}
}
