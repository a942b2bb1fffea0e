package cades_test

import (
	"bytes"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"raccordo/host/internal/signature"
	"raccordo/host/internal/signature/cades"
	"raccordo/host/internal/signature/cms/armor"
	"raccordo/host/internal/signature/cms/ber"
	"raccordo/host/internal/sim/signtest"
	"raccordo/host/internal/wire"
)

// byOpenSSL signs as another program does.
func byOpenSSL(t testing.TB, h *signtest.House, s signtest.Signatory, document []byte, args ...string) []byte {
	t.Helper()
	certificate, key := h.Files(t, s)
	out := filepath.Join(h.Folder, "openssl.p7m")
	args = append([]string{"cms", "-sign", "-binary", "-signer", certificate, "-inkey", key, "-certfile", h.CAFile(),
		"-in", h.Temp(t, document), "-out", out}, args...)
	signtest.Holds(t, "openssl", args...)
	signed, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	return signed
}

// forms are the ways in which a .p7m may come.
func forms(t testing.TB, h *signtest.House, first signtest.Signatory, document []byte) map[string][]byte {
	t.Helper()
	der := byOpenSSL(t, h, first, document, "-cades", "-nodetach", "-outform", "DER", "-md", "sha256")
	ber := byOpenSSL(t, h, first, document, "-cades", "-nodetach", "-outform", "DER", "-stream", "-md", "sha256")
	if ber[1] != 0x80 {
		t.Fatal("openssl writes no indefinite length")
	}
	text := base64.StdEncoding.EncodeToString(ber)
	return map[string][]byte{
		"ours":              sign(t, first, document, signature.Attached, nil),
		"DER":               der,
		"DER, zeros behind": append(bytes.Clone(der), make([]byte, 100)...),
		"BER":               ber,
		"PEM":               byOpenSSL(t, h, first, document, "-cades", "-nodetach", "-outform", "PEM", "-md", "sha256"),
		"PEM of BER":        byOpenSSL(t, h, first, document, "-cades", "-nodetach", "-outform", "PEM", "-stream", "-md", "sha256"),
		"PEM with PKCS7":    pem.EncodeToMemory(&pem.Block{Type: "PKCS7", Bytes: der}),
		"PEM after text":    append([]byte("Documento firmato\r\n\r\n"), pem.EncodeToMemory(&pem.Block{Type: "CMS", Bytes: der})...),
		"base64":            []byte(base64.StdEncoding.EncodeToString(der)),
		"base64 in lines":   []byte("\xef\xbb\xbf\r\n" + strings.Join(split(text, 76), "\r\n") + "\r\n"),
	}
}

func split(s string, n int) []string {
	var lines []string
	for ; len(s) > n; s = s[n:] {
		lines = append(lines, s[:n])
	}
	return append(lines, s)
}

// signers are the SignerInfos as they are encoded: the last set of SignedData.
func signers(t testing.TB, signed []byte) map[string]bool {
	t.Helper()
	inside, err := armor.Open(bytes.NewReader(signed))
	if err != nil {
		t.Fatal(err)
	}
	w := ber.NewWalker(inside, inside.Size())
	w.Enter(0x30)
	w.Skip()
	w.Enter(0xa0)
	w.Enter(0x30)
	var e ber.Element
	for i := 0; e.Tag != 0x31 || i < 3; i++ { // the first set is that of the hashes
		if e, err = w.Peek(); err != nil {
			t.Fatal(err)
		}
		if e.Tag != 0x31 || i < 3 {
			w.Skip()
		}
	}
	w.Enter(0x31)
	all := map[string]bool{}
	for {
		raw, err := w.Raw(1 << 20)
		if errors.Is(err, io.EOF) {
			return all
		}
		if err != nil {
			t.Fatal(err)
		}
		all[string(raw)] = true
	}
}

func TestParallelSignature(t *testing.T) {
	h := signtest.New(t)
	document := bytes.Repeat(referto, 30) // several segments of openssl's
	for _, names := range [][2]string{{"RSA SHA-256", "P-384 SHA-384"}, {"P-256 SHA-256", "PSS SHA-512"}} {
		first, second := h.One(t, names[0]), h.One(t, names[1])
		for form, p7m := range forms(t, h, first, document) {
			t.Run(strings.Join(names[:], " and ")+" "+form, func(t *testing.T) {
				if f := found(t, p7m, document, 1)[0]; f.Broken != nil || f.Format != "CAdES-B-B" || f.Covers != signature.Whole {
					t.Fatalf("the first signature: %+v", f)
				}
				both := sign(t, second, p7m, signature.Attached, nil)
				signtest.Holds(t, "openssl", openssl(t, h, both, nil)...)
				if content, err := os.ReadFile(filepath.Join(h.Folder, "content")); err != nil || !bytes.Equal(content, document) {
					t.Errorf("another content: %v", err)
				}
				after := signers(t, both)
				for raw := range signers(t, p7m) {
					if !after[raw] || len(after) != 2 {
						t.Error("the first signature was written anew")
					}
				}
				for _, f := range found(t, both, document, 2) {
					if f.Broken != nil || f.Format != "CAdES-B-B" {
						t.Errorf("%+v", f)
					}
				}
				three := sign(t, h.One(t, "RSA SHA-512"), both, "", nil)
				signtest.Holds(t, "openssl", openssl(t, h, three, nil)...)
				found(t, three, nil, 3)
			})
		}
	}
}

// Others add to what we made, too.
func TestOthersAddASignature(t *testing.T) {
	h := signtest.New(t)
	signed := sign(t, h.One(t, "PSS SHA-256"), referto, "", nil)
	certificate, key := h.Files(t, h.One(t, "P-256 SHA-256"))
	out := filepath.Join(h.Folder, "both")
	signtest.Holds(t, "openssl", "cms", "-resign", "-cades", "-binary", "-nodetach", "-inform", "DER", "-outform", "DER", "-in", h.Temp(t, signed),
		"-signer", certificate, "-inkey", key, "-out", out)
	both, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range found(t, both, nil, 2) {
		if f.Broken != nil {
			t.Error(f.Broken)
		}
	}
}

// A flipped octet of either content or first signature: all say that it is
// broken, and nothing is added to it.
func TestNothingIsAddedToWhatIsBroken(t *testing.T) {
	h := signtest.New(t)
	first, second := h.One(t, "RSA SHA-256"), h.One(t, "P-256 SHA-256")
	for form, p7m := range map[string][]byte{
		"DER": byOpenSSL(t, h, first, referto, "-cades", "-nodetach", "-outform", "DER"),
		"BER": byOpenSSL(t, h, first, referto, "-cades", "-nodetach", "-outform", "DER", "-stream"),
	} {
		both := sign(t, second, p7m, "", nil)
		for part, place := range map[string][]byte{
			"content":     referto[100:],
			"attribute":   first.Identity.Algorithm.Digest(referto),
			"certificate": first.Identity.Certificate.Raw[len(first.Identity.Certificate.Raw)-20:],
		} {
			t.Run(form+" "+part, func(t *testing.T) {
				for _, signed := range [][]byte{p7m, both} {
					bad := bytes.Clone(signed)
					bad[bytes.Index(bad, place)] ^= 0x20
					signtest.Fails(t, "openssl", openssl(t, h, bad, nil)...)
					f, err := cades.Verify(t.Context(), bytes.NewReader(bad), nil)
					if err != nil {
						t.Fatal(err)
					}
					broken := 0
					for _, one := range f {
						if one.Broken != nil {
							broken++
						}
					}
					if want := map[bool]int{true: len(f), false: 1}[part == "content"]; broken != want {
						t.Errorf("%d of %d are broken, want %d", broken, len(f), want)
					}
					_, err = cades.Prepare(t.Context(), bytes.NewReader(bad), signature.Options{Identity: second.Identity, Now: time.Now()})
					if !errors.Is(err, &signature.Error{Code: wire.ErrSigBroken}) {
						t.Errorf("a signature is added: %v", err)
					}
				}
			})
		}
	}
}

// onAnotherCurve is a signature that Go has no arithmetic for.
func onAnotherCurve(t testing.TB, h *signtest.House) []byte {
	t.Helper()
	key, certificate, out := h.Folder+"/bp.key", h.Folder+"/bp.crt", h.Folder+"/bp.p7m"
	signtest.Holds(t, "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:brainpoolP256r1", "-nodes", "-keyout", key, "-out", certificate, "-subj", "/CN=Prova")
	signtest.Holds(t, "openssl", "cms", "-sign", "-binary", "-signer", certificate, "-inkey", key, "-in", h.Temp(t, referto), "-nodetach", "-outform", "DER", "-out", out)
	signed, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	return signed
}
