package prepare_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"raccordo/host/internal/signature"
	"raccordo/host/internal/signature/prepare"
	"raccordo/host/internal/sim/signtest"
	"raccordo/host/internal/wire"
)

const (
	pdf = "%PDF-1.4\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n2 0 obj\n<< /Type /Pages /Kids [3 0 R] /Count 1 >>\nendobj\n3 0 obj\n<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] >>\nendobj\n" +
		"xref\n0 4\n0000000000 65535 f \n0000000009 00000 n \n0000000058 00000 n \n0000000115 00000 n \ntrailer\n<< /Size 4 /Root 1 0 R >>\nstartxref\n186\n%%EOF\n"
	xml  = "<?xml version=\"1.0\"?>\n<referto><testo>è</testo></referto>"
	note = "Nota clinica: però.\n"
)

func source(content string) signature.Source { return bytes.NewReader([]byte(content)) }

func code(err error) wire.ErrorCode {
	var e *signature.Error
	if errors.As(err, &e) {
		return e.Code
	}
	if err != nil {
		return wire.ErrorCode(err.Error())
	}
	return ""
}

// What suits is signed in its format; what does not is refused before anything
// else is done.
func TestPrepare(t *testing.T) {
	h := signtest.New(t)
	who := h.One(t, "P-256 SHA-256")
	held := strings.Repeat("x", 16<<20+1)
	for _, row := range []struct {
		name    string
		d       wire.SignDocument
		content string
		want    wire.ErrorCode
		starts  string // of what is signed
	}{
		{"cades", wire.SignDocument{Format: "cades"}, note, "", "\x30"},
		{"cades of a PDF", wire.SignDocument{Format: "cades"}, pdf, "", "\x30"},
		{"cades, detached", wire.SignDocument{Format: "cades", Packaging: "detached"}, note, "", "\x30"},
		{"cades, enveloped", wire.SignDocument{Format: "cades", Packaging: "enveloped"}, note, wire.ErrSignFormat, ""},
		{"cades with a reason", wire.SignDocument{Format: "cades", Reason: "x"}, note, wire.ErrSignFormat, ""},
		{"pades", wire.SignDocument{Format: "pades", Reason: "x"}, pdf, "", "%PDF-"},
		{"pades, seen", wire.SignDocument{Format: "pades", Field: &wire.SignField{Page: 1, X: 36, Y: 36, Width: 180, Height: 48}}, pdf, "", "%PDF-"},
		{"pades of a text", wire.SignDocument{Format: "pades"}, note, wire.ErrSignFormat, ""},
		{"pades of XML", wire.SignDocument{Format: "pades"}, xml, wire.ErrSignFormat, ""},
		{"pades, detached", wire.SignDocument{Format: "pades", Packaging: "detached"}, pdf, wire.ErrSignFormat, ""},
		{"pades of what only begins as a PDF", wire.SignDocument{Format: "pades"}, "%PDF-1.4\nnothing", wire.ErrPDFBroken, ""},
		{"xades", wire.SignDocument{Format: "xades"}, xml, "", "<?xml"},
		{"xades of a text", wire.SignDocument{Format: "xades"}, note, wire.ErrSignFormat, ""},
		{"xades of a text, detached", wire.SignDocument{Format: "xades", Packaging: "detached"}, note, "", "<"},
		{"xades of too much", wire.SignDocument{Format: "xades"}, "<a>" + held + "</a>", wire.ErrDocLarge, ""},
		{"xades of broken XML", wire.SignDocument{Format: "xades"}, "<a><b></a>", wire.ErrXMLRefused, ""},
		{"jws", wire.SignDocument{Format: "jws"}, note, "", "ey"},
		{"jws, detached", wire.SignDocument{Format: "jws", Packaging: "detached"}, note, "", "ey"},
		{"jws with a time-stamp", wire.SignDocument{Format: "jws", Level: "T"}, note, wire.ErrSignFormat, ""},
		{"jws of too much", wire.SignDocument{Format: "jws"}, held, wire.ErrDocLarge, ""},
		{"asic", wire.SignDocument{Format: "asic"}, note, "", "PK"},
		{"asic, attached", wire.SignDocument{Format: "asic", Packaging: "attached"}, note, wire.ErrSignFormat, ""},
		{"time-stamp without an authority", wire.SignDocument{Format: "cades", Level: "T"}, note, wire.ErrTSANone, ""},
		{"nothing", wire.SignDocument{Format: "cades"}, "", wire.ErrSignFormat, ""},
		{"unknown format", wire.SignDocument{Format: "pgp"}, note, wire.ErrSignFormat, ""},
	} {
		t.Run(row.name, func(t *testing.T) {
			row.d.Name = "documento"
			p, err := prepare.Prepare(t.Context(), row.d, source(row.content), prepare.Signing{Identity: who.Identity, Now: time.Now()})
			if code(err) != row.want {
				t.Fatalf("%v, want %q", err, row.want)
			}
			if err != nil {
				return
			}
			var signed bytes.Buffer
			if err := p.Complete(t.Context(), who.Value(t, p.Digest()), &signed); err != nil {
				t.Fatal(err)
			}
			if !strings.HasPrefix(signed.String(), row.starts) {
				t.Errorf("%.20q", signed.String())
			}
		})
	}
}

func TestName(t *testing.T) {
	for _, row := range []struct{ name, format, packaging, want string }{
		{"referto.pdf", "pades", "", "referto.pdf"},
		{"referto.pdf", "cades", "", "referto.pdf.p7m"},
		{"referto.pdf", "cades", "attached", "referto.pdf.p7m"},
		{"referto.pdf", "cades", "detached", "referto.pdf.p7s"},
		{"referto.pdf.p7m", "cades", "", "referto.pdf.p7m"},
		{"REFERTO.P7M", "cades", "", "REFERTO.P7M"},
		{"referto.pdf.p7m", "cades", "detached", "referto.pdf.p7m.p7s"},
		{"dati.xml", "xades", "", "dati.xml"},
		{"dati.xml", "xades", "detached", "dati.xml.xades.xml"},
		{"dati.json", "jws", "", "dati.json.jws"},
		{"referto.pdf", "asic", "", "referto.pdf.asice"},
		{"../../etc/passwd", "cades", "", "passwd.p7m"},
		{`C:\referti\a.pdf`, "pades", "", "a.pdf"},
	} {
		if got := prepare.Name(wire.SignDocument{Name: row.name, Format: row.format, Packaging: row.packaging}); got != row.want {
			t.Errorf("%s, %s %s: %q, want %q", row.name, row.format, row.packaging, got, row.want)
		}
	}
}

func TestClean(t *testing.T) {
	for name, want := range map[string]string{
		"Profilo sanitario – Rossi Mario.pdf": "Profilo sanitario – Rossi Mario.pdf",
		"x\u202Efdp.exe":                      "xfdp.exe",
		"a\nb\tc.pdf":                         "abc.pdf",
		"a\u00A0b\u200Bc.pdf":                 "a bc.pdf",
		" . ":                                 "documento",
		"":                                    "documento",
		"cartella/":                           "documento",
		"..":                                  "documento",
		"<b>:|?*\".txt":                       "b.txt",
		"però.pdf":                            "però.pdf",
		"\xff\xfe.pdf":                        "pdf",
	} {
		if got := prepare.Clean(name); got != want {
			t.Errorf("%q: %q, want %q", name, got, want)
		}
	}
}

func TestKindOf(t *testing.T) {
	for _, row := range []struct {
		name, content string
		want          prepare.Kind
		ending        string
	}{
		{"PDF", pdf, prepare.PDF, ".pdf"},
		{"PDF behind a line", "\n\n" + pdf, prepare.PDF, ".pdf"},
		{"XML", xml, prepare.XML, ".txt"},
		{"XML with a byte order mark", "\xef\xbb\xbf" + xml, prepare.XML, ".txt"},
		{"XML in UTF-16", "\xff\xfe<\x00a\x00/\x00>\x00", prepare.XML, ".txt"},
		{"HTML", "<!DOCTYPE html><script>x</script>", prepare.Text, ".txt"},
		{"text", note, prepare.Text, ".txt"},
		{"text in Latin-1", "per\xf2 \xe8 cos\xec, e ancora un po'", prepare.Text, ".txt"},
		{"a script", "#!/bin/sh\nid\n", prepare.Text, ".txt"},
		{"PNG", "\x89PNG\r\n\x1a\n", prepare.PNG, ".png"},
		{"JPEG", "\xff\xd8\xff\xe0", prepare.JPEG, ".jpg"},
		{"ZIP", "PK\x03\x04abc", prepare.ZIP, ""},
		{"program", "MZ\x90\x00\x03\x00", prepare.Other, ""},
		{"p7m", "\x30\x80\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02\xa0\x80", prepare.Envelope, ""},
		{"p7m, PEM", "-----BEGIN PKCS7-----\nMII", prepare.Envelope, ""},
		{"nothing", "", prepare.Other, ""},
	} {
		k := prepare.KindOf(source(row.content))
		if k != row.want || k.Ending() != row.ending {
			t.Errorf("%s: %v %q", row.name, k, k.Ending())
		}
	}
}

// A second signature joins the first in its envelope.
func TestParallel(t *testing.T) {
	h := signtest.New(t)
	who := h.One(t, "P-256 SHA-256")
	sign := func(content []byte) []byte {
		p, err := prepare.Prepare(t.Context(), wire.SignDocument{Name: "a.p7m", Format: "cades"}, bytes.NewReader(content), prepare.Signing{Identity: who.Identity, Now: time.Now()})
		if err != nil {
			t.Fatal(err)
		}
		var out bytes.Buffer
		if err := p.Complete(t.Context(), who.Value(t, p.Digest()), &out); err != nil {
			t.Fatal(err)
		}
		return out.Bytes()
	}
	once := bytes.NewReader(sign([]byte(note)))
	seen := prepare.Seen(wire.SignDocument{Format: "cades"}, once)
	if content := make([]byte, seen.Size()); seen.Size() != int64(len(note)) || prepare.KindOf(seen) != prepare.Text {
		t.Errorf("%d bytes are seen", seen.Size())
	} else if _, err := seen.ReadAt(content, 0); err != nil || string(content) != note {
		t.Errorf("%q is seen: %v", content, err)
	}
	for _, d := range []wire.SignDocument{{Format: "cades", Packaging: "detached"}, {Format: "asic"}} {
		if prepare.Seen(d, once) != signature.Source(once) {
			t.Errorf("%+v signs the envelope itself", d)
		}
	}
	twice := filepath.Join(t.TempDir(), "a.p7m")
	if err := os.WriteFile(twice, sign(sign([]byte(note))), 0o600); err != nil {
		t.Fatal(err)
	}
	out := signtest.Holds(t, "openssl", "cms", "-verify", "-cades", "-inform", "DER", "-in", twice, "-CAfile", h.CAFile(), "-purpose", "any")
	if !strings.Contains(out, note) {
		t.Errorf("%s", out)
	}
}

// A name from anywhere is a file's name in one folder, and stays what it is.
func FuzzClean(f *testing.F) {
	for _, name := range []string{"a.pdf", "../../x", "C:\\a", "x\u202Efdp.exe", " . ", "\xff"} {
		f.Add(name)
	}
	f.Fuzz(func(t *testing.T, name string) {
		got := prepare.Clean(name)
		if got == "" || got == "." || got == ".." || filepath.Base(got) != got || strings.ContainsAny(got, "/\\\x00\n\r") || prepare.Clean(got) != got {
			t.Errorf("%q becomes %q, then %q", name, got, prepare.Clean(got))
		}
	})
}

// Any bytes are of some kind, with a name and a media type.
func FuzzKindOf(f *testing.F) {
	for _, content := range []string{pdf, xml, note, "", "0\x80\x06\x09", "\xff\xfe<\x00", "-----BEGIN PKCS7-----"} {
		f.Add([]byte(content))
	}
	f.Fuzz(func(t *testing.T, content []byte) {
		if k := prepare.KindOf(bytes.NewReader(content)); k.String() == "" || k.MediaType() == "" {
			t.Errorf("%d of %q", k, content)
		}
		_ = prepare.Seen(wire.SignDocument{Format: "cades"}, bytes.NewReader(content))
	})
}
