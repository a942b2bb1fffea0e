package verify

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"raccordo/host/internal/signature"
	"raccordo/host/internal/signature/asic"
	"raccordo/host/internal/signature/cades"
	"raccordo/host/internal/signature/jws"
	"raccordo/host/internal/signature/pades"
	"raccordo/host/internal/signature/xades"
	"raccordo/host/internal/wire"
)

// pdf is a page with a word on it.
func pdf() []byte {
	var b bytes.Buffer
	b.WriteString("%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
	content := "BT /F1 24 Tf 72 700 Td (Referto) Tj ET"
	var offsets []int
	for i, object := range []string{
		"<< /Type /Catalog /Pages 2 0 R >>",
		"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
		"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
		fmt.Sprintf("<< /Length %d >>\nstream\n%s\nendstream", len(content), content),
		"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
	} {
		offsets = append(offsets, b.Len())
		fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", i+1, object)
	}
	at := b.Len()
	fmt.Fprintf(&b, "xref\n0 6\n0000000000 65535 f \n")
	for _, o := range offsets {
		fmt.Fprintf(&b, "%010d 00000 n \n", o)
	}
	fmt.Fprintf(&b, "trailer\n<< /Size 6 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n", at)
	return b.Bytes()
}

const xmlDocument = `<?xml version="1.0" encoding="UTF-8"?><referto><testo>Nulla da segnalare</testo></referto>`

// kinds of documents, each as its own package signs it. word stands in what is signed.
var signedKinds = []struct {
	name, format, found, word string
	packaging                 signature.Packaging
	document                  []byte
	prepare                   func(ctx context.Context, src signature.Source, opt signature.Options) (signature.Prepared, error)
}{
	{"CAdES", "CMS", "CAdES-B-B", "sanitario", "", document, cades.Prepare},
	{"CAdES, detached", "CMS", "CAdES-B-B", "", signature.Detached, document, cades.Prepare},
	{"PAdES", "PDF", "PAdES-B-B", "Referto", "", pdf(), pades.Prepare},
	{"XAdES", "XML", "XAdES-B-B", "Nulla", "", []byte(xmlDocument), xades.Prepare},
	{"JWS", "JWS", "JWS", "", "", document, jws.Prepare},
	{"JWS, detached", "JWS", "JWS", "", signature.Detached, document, jws.Prepare},
	{"ASiC with XAdES", "ASiC", "ASiC-E with XAdES-B-B", "sanitario", "", document, container(asic.XAdES)},
	{"ASiC with CAdES", "ASiC", "ASiC-E with CAdES-B-B", "sanitario", "", document, container(asic.CAdES)},
}

func container(form asic.Form) func(ctx context.Context, src signature.Source, opt signature.Options) (signature.Prepared, error) {
	return func(ctx context.Context, src signature.Source, opt signature.Options) (signature.Prepared, error) {
		return asic.Prepare(ctx, []asic.File{{Name: "referto.txt", MediaType: "text/plain", Source: src}}, opt, form)
	}
}

// Every format is recognised by its bytes, holds, and does not when one byte of what is
// signed is another.
func TestFormats(t *testing.T) {
	w := newWorld(t)
	p := w.signer(t)
	v := w.verifier(t)
	for _, tt := range signedKinds {
		t.Run(tt.name, func(t *testing.T) {
			opt := w.signing(t, p, false)
			opt.Packaging = tt.packaging
			if tt.packaging == signature.Detached || strings.HasPrefix(tt.name, "X") {
				opt.Name, opt.MediaType = "referto", "text/xml"
			}
			prepared, err := tt.prepare(context.Background(), bytes.NewReader(tt.document), opt)
			must(t, err)
			signed := complete(t, prepared, p)
			var original, other signature.Source
			if tt.packaging == signature.Detached {
				original, other = bytes.NewReader(tt.document), bytes.NewReader(bytes.ToUpper(tt.document))
				if _, err := v.Verify(context.Background(), bytes.NewReader(signed), nil, ""); !errors.Is(err, &signature.Error{Code: wire.ErrNoOriginal}) {
					t.Errorf("without what it signs: %v", err)
				}
			}
			out, err := v.Verify(context.Background(), bytes.NewReader(signed), original, "x")
			must(t, err)
			if out.Verdict != valid || out.Format != tt.format || len(out.Signatures) != 1 || out.Signatures[0].Format != tt.found || out.Added || out.Signatures[0].Signer.CF != "RSSMRA70A01L219K" {
				t.Fatalf("%+v", out)
			}
			changed := bytes.Clone(signed)
			switch {
			case tt.format == "ASiC":
				changed = rezipped(t, signed, tt.word)
			case tt.word != "":
				changed[bytes.Index(changed, []byte(tt.word))] ^= 1
			case other == nil:
				changed = bytes.Replace(changed, []byte("."), []byte("."+base64.RawURLEncoding.EncodeToString([]byte("xyz"))), 1)
			}
			if out, err = v.Verify(context.Background(), bytes.NewReader(changed), other, "x"); err != nil || out.Verdict != invalid || out.Signatures[0].Integrity != broken {
				t.Errorf("changed: %v %+v", err, out)
			}
		})
	}
}

// rezipped is a container with one word of a document changed.
func rezipped(t *testing.T, data []byte, word string) []byte {
	t.Helper()
	in, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	must(t, err)
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for _, f := range in.File {
		r, err := f.Open()
		must(t, err)
		content, err := io.ReadAll(r)
		must(t, err)
		e, err := w.CreateHeader(&zip.FileHeader{Name: f.Name, Method: f.Method})
		must(t, err)
		_, err = e.Write(bytes.Replace(content, []byte(word), bytes.ToUpper([]byte(word)), 1))
		must(t, err)
	}
	must(t, w.Close())
	return out.Bytes()
}

// Programs write .p7m in four ways; openssl writes this one.
func TestEnvelopes(t *testing.T) {
	w := newWorld(t)
	p := w.signer(t)
	certificate, key := w.house.Files(t, w.signatory(p))
	chain := w.house.Temp(t, pemOf("CERTIFICATE", w.sub.cert.Raw))
	in, out := w.house.Temp(t, document), filepath.Join(t.TempDir(), "out")
	openssl := exec.Command("openssl", "cms", "-sign", "-cades", "-binary", "-nodetach", "-stream", "-md", "sha256",
		"-in", in, "-signer", certificate, "-inkey", key, "-certfile", chain, "-outform", "DER", "-out", out)
	if said, err := openssl.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, said)
	}
	ber := read(t, out) // indefinite lengths
	text := base64.StdEncoding.EncodeToString(ber)
	var lines strings.Builder
	for i := 0; i < len(text); i += 64 {
		lines.WriteString(text[i:min(i+64, len(text))] + "\r\n")
	}
	for name, data := range map[string][]byte{
		"BER": ber, "DER": w.p7m(t, document, p, w.signing(t, p, false)),
		"PEM": pemOf("PKCS7", ber), "PEM of another label": pemOf("CMS", ber), "base64": []byte(text), "base64 in lines": []byte(lines.String()),
	} {
		t.Run(name, func(t *testing.T) {
			if out, s := verify(t, w.verifier(t), data); out.Verdict != valid || out.Format != "CMS" || s.Format != "CAdES-B-B" {
				t.Errorf("%+v", out)
			}
		})
	}
}

// Signatures inside each other are all found, the outermost first.
func TestNested(t *testing.T) {
	w := newWorld(t)
	mario, anna := w.signer(t), w.signer(t, named("Anna", "Bianchi"))
	prepared, err := pades.Prepare(context.Background(), bytes.NewReader(pdf()), w.signing(t, mario, false))
	must(t, err)
	inner := complete(t, prepared, mario)
	envelope := func(document []byte) []byte {
		// A document that is a .p7m would get a parallel signature: this is how older programs did.
		certificate, key := w.house.Files(t, w.signatory(anna))
		out := filepath.Join(t.TempDir(), "out")
		said, err := exec.Command("openssl", "cms", "-sign", "-cades", "-binary", "-nodetach", "-md", "sha256", "-in", w.house.Temp(t, document), "-signer", certificate,
			"-inkey", key, "-certfile", w.house.Temp(t, pemOf("CERTIFICATE", w.sub.cert.Raw)), "-outform", "DER", "-out", out).CombinedOutput()
		if err != nil {
			t.Fatalf("%v: %s", err, said)
		}
		return read(t, out)
	}
	check := func(t *testing.T, data []byte, want ...string) wire.Verification {
		t.Helper()
		out, err := w.verifier(t).Verify(context.Background(), bytes.NewReader(data), nil, "")
		must(t, err)
		var got []string
		for _, s := range out.Signatures {
			got = append(got, fmt.Sprintf("%s %s %s", s.Format, s.Signer.Name, s.Verdict))
		}
		if strings.Join(got, ", ") != strings.Join(want, ", ") {
			t.Errorf("%s\n%s", strings.Join(got, ", "), out.Text)
		}
		return out
	}
	t.Run("a signed PDF in a .p7m", func(t *testing.T) {
		out := check(t, envelope(inner), "CAdES-B-B Anna Bianchi valid", "PAdES-B-B Mario Rossi valid")
		if out.Text != "Le 2 firme, di Anna Bianchi e Mario Rossi, sono valide: il documento non è stato modificato dopo l'ultima firma." {
			t.Error(out.Text)
		}
	})
	t.Run("a PDF in a .p7m in a .p7m", func(t *testing.T) {
		check(t, envelope(envelope(pdf())), "CAdES-B-B Anna Bianchi valid", "CAdES-B-B Anna Bianchi valid")
	})
	t.Run("the inner one was changed before", func(t *testing.T) {
		changed := bytes.Replace(inner, []byte("Referto"), []byte("Refurto"), 1)
		out := check(t, envelope(changed), "CAdES-B-B Anna Bianchi valid", "PAdES-B-B Mario Rossi invalid")
		if out.Verdict != invalid || out.Text != "La firma di Mario Rossi, una delle 2 del documento, non è valida: il documento è stato modificato dopo la firma." {
			t.Error(out.Text)
		}
	})
	t.Run("the inner one can not be read", func(t *testing.T) {
		out := check(t, envelope(envelope(pdf())[:200]), "CAdES-B-B Anna Bianchi indeterminate")
		if codes(out.Signatures[0]) != "inner_unreadable" {
			t.Errorf("%+v", out.Signatures[0].Notices)
		}
	})
	t.Run("what is in it is broken, and was never signed", func(t *testing.T) {
		for _, data := range []string{"%PDF-1.7\nnonsense", "<a", "PK\x03\x04nonsense"} {
			out := check(t, envelope([]byte(data)), "CAdES-B-B Anna Bianchi valid")
			if codes(out.Signatures[0]) != "inner_skipped" {
				t.Errorf("%q: %+v", data, out.Signatures[0].Notices)
			}
		}
	})
	t.Run("without end", func(t *testing.T) {
		data := pdf()
		for range maxNested + 1 {
			data = envelope(data)
		}
		out, err := w.verifier(t).Verify(context.Background(), bytes.NewReader(data), nil, "")
		if err != nil || len(out.Signatures) != maxNested || out.Verdict != unsure || codes(out.Signatures[maxNested-1]) != "inner_unreadable" {
			t.Errorf("%v %+v", err, out)
		}
	})
}

func TestDocumentsWithoutSignature(t *testing.T) {
	w := newWorld(t)
	p := w.signer(t)
	token, err := w.signing(t, p, true).Stamper.Stamp(context.Background(), make([]byte, 32))
	must(t, err)
	none := &signature.Error{Code: wire.ErrNotSigned}
	for name, tt := range map[string]struct {
		data []byte
		want error
	}{
		"nothing": {nil, none}, "text": {[]byte("Buongiorno"), none}, "a PDF": {pdf(), none}, "XML": {[]byte(xmlDocument), none},
		"an image": {[]byte("\x89PNG\r\n\x1a\n"), none}, "base64 of a text": {[]byte("QnVvbmdpb3JubyBhIHR1dHRpIQ=="), none},
		"a time-stamp alone": {token, none},
		"half a .p7m":        {w.p7m(t, document, p, w.signing(t, p, false))[:100], &signature.Error{Code: wire.ErrSigBroken}},
	} {
		t.Run(name, func(t *testing.T) {
			if out, err := w.verifier(t).Verify(context.Background(), bytes.NewReader(tt.data), nil, ""); !errors.Is(err, tt.want) {
				t.Errorf("%v %+v", err, out)
			}
		})
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := w.verifier(t).Verify(ctx, bytes.NewReader(w.p7m(t, document, p, w.signing(t, p, false))), nil, ""); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}
