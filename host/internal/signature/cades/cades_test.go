package cades_test

import (
	"bytes"
	"crypto"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/smallstep/pkcs7"

	"raccordo/host/internal/signature"
	"raccordo/host/internal/signature/cades"
	"raccordo/host/internal/signature/cms"
	"raccordo/host/internal/signature/timestamp"
	"raccordo/host/internal/sim/signtest"
	"raccordo/host/internal/wire"
)

var referto = []byte(strings.Repeat("Referto di prova, riga con à è ì ò ù.\r\n", 40))

// sign signs a document from beginning to end.
func sign(t testing.TB, s signtest.Signatory, document []byte, packaging signature.Packaging, stamper signature.Stamper) []byte {
	t.Helper()
	p, err := cades.Prepare(t.Context(), bytes.NewReader(document), signature.Options{Identity: s.Identity, Now: time.Now(), Stamper: stamper, Packaging: packaging})
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := p.Complete(t.Context(), s.Value(t, p.Digest()), &out); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// found verifies with our own code, and wants a number of signatures.
func found(t testing.TB, signed, original []byte, want int) []signature.Found {
	t.Helper()
	var o signature.Source
	if original != nil {
		o = bytes.NewReader(original)
	}
	f, err := cades.Verify(t.Context(), bytes.NewReader(signed), o)
	if err != nil {
		t.Fatal(err)
	}
	if len(f) != want {
		t.Fatalf("%d signatures, want %d", len(f), want)
	}
	return f
}

// openssl is how openssl is asked about a signed document; original is nil for
// an attached one.
func openssl(t testing.TB, h *signtest.House, signed, original []byte) []string {
	t.Helper()
	args := []string{"cms", "-verify", "-cades", "-binary", "-purpose", "any", "-CAfile", h.CAFile(), "-inform", "DER",
		"-in", h.Temp(t, signed), "-out", filepath.Join(h.Folder, "content")}
	if original != nil {
		args = append(args, "-content", h.Temp(t, original))
	}
	return args
}

// certtool is how GnuTLS is asked.
func certtool(t testing.TB, h *signtest.House, signed, original []byte) []string {
	t.Helper()
	args := []string{"--p7-verify", "--inder", "--load-ca-certificate", h.CAFile(), "--infile", h.Temp(t, signed)}
	if original != nil {
		args = append(args, "--load-data", h.Temp(t, original))
	}
	return args
}

// gnutls tells that GnuTLS 3.7 can say something: it takes every PSS for one with
// SHA-256 in PKCS #7.
func gnutls(a signature.Algorithm) bool {
	return a.Scheme != signature.PSS || a.Hash == crypto.SHA256
}

// another verifies with the PKCS #7 library of others; it knows no PSS.
func another(h *signtest.House, signed, original []byte) error {
	p, err := pkcs7.Parse(signed)
	if err != nil {
		return err
	}
	if original != nil {
		p.Content = original
	}
	return p.VerifyWithChain(h.CA.Pool())
}

func TestSignaturesHoldForOthers(t *testing.T) {
	h := signtest.New(t)
	tsa := h.TSA(t)
	for _, s := range h.All(t) {
		for _, packaging := range []signature.Packaging{signature.Attached, signature.Detached} {
			t.Run(s.Name+" "+string(packaging), func(t *testing.T) {
				signed := sign(t, s, referto, packaging, nil)
				var original []byte
				if packaging == signature.Detached {
					original = referto
				}
				signtest.Holds(t, "openssl", openssl(t, h, signed, original)...)
				content, err := os.ReadFile(filepath.Join(h.Folder, "content"))
				if err != nil || !bytes.Equal(content, referto) {
					t.Errorf("openssl takes another content out: %v", err)
				}
				if gnutls(s.Identity.Algorithm) {
					signtest.Holds(t, "certtool", certtool(t, h, signed, original)...)
				}
				if s.Identity.Algorithm.Scheme != signature.PSS {
					if err := another(h, signed, original); err != nil {
						t.Errorf("smallstep: %v", err)
					}
				}
				f := found(t, signed, original, 1)[0]
				if f.Broken != nil || f.Format != "CAdES-B-B" || f.Covers != signature.Whole || f.Algorithm != s.Identity.Algorithm ||
					!f.Certificate.Equal(s.Identity.Certificate) || time.Since(f.ClaimedAt).Abs() > time.Minute || len(f.Certificates) != 2 {
					t.Errorf("%+v", f)
				}
			})
		}
	}
	t.Run("with a time-stamp", func(t *testing.T) {
		s := h.One(t, "RSA SHA-256")
		signed := sign(t, s, referto, "", timestamp.New(tsa.URL, client(t), timestamp.Options{}))
		signtest.Holds(t, "openssl", openssl(t, h, signed, nil)...)
		signtest.Holds(t, "certtool", certtool(t, h, signed, nil)...)
		f := found(t, signed, nil, 1)[0]
		if f.Broken != nil || f.Format != "CAdES-B-T" || len(f.Stamps) != 1 || f.Stamps[0].Broken != nil ||
			!f.Stamps[0].Authority.Equal(tsa.Signatory.Identity.Certificate) || time.Since(f.Stamps[0].At).Abs() > time.Minute {
			t.Errorf("%+v", f)
		}
		d, err := cms.Parse(bytes.NewReader(signed))
		if err != nil {
			t.Fatal(err)
		}
		signtest.Holds(t, "openssl", "ts", "-verify", "-token_in", "-in", h.Temp(t, d.Signers[0].Tokens[0]),
			"-data", h.Temp(t, d.Signers[0].Value), "-CAfile", h.CAFile())
	})
}

// Lengths around those where the form of a DER length changes.
func TestContentsOfAllLengths(t *testing.T) {
	h := signtest.New(t)
	s := h.One(t, "P-256 SHA-256")
	for _, n := range []int{0, 1, 125, 126, 127, 128, 129, 240, 255, 256, 65533, 65535, 65536, 262143, 262144, 262145, 1 << 20} {
		content := bytes.Repeat([]byte{0xa5}, n)
		signed := sign(t, s, content, signature.Attached, nil)
		signtest.Holds(t, "openssl", openssl(t, h, signed, nil)...)
		if out, err := os.ReadFile(filepath.Join(h.Folder, "content")); err != nil || !bytes.Equal(out, content) {
			t.Errorf("%d octets: another content, %v", n, err)
		}
		if f := found(t, signed, content, 1)[0]; f.Broken != nil {
			t.Errorf("%d octets: %v", n, f.Broken)
		}
	}
}

func TestOneFlippedOctet(t *testing.T) {
	h := signtest.New(t)
	for _, s := range h.All(t) {
		for _, packaging := range []signature.Packaging{signature.Attached, signature.Detached} {
			signed := sign(t, s, referto, packaging, nil)
			original := []byte(nil)
			if packaging == signature.Detached {
				original = bytes.Clone(referto)
			}
			d, err := cms.Parse(bytes.NewReader(signed))
			if err != nil {
				t.Fatal(err)
			}
			digest := s.Identity.Algorithm.Digest(referto)
			for part, place := range map[string][]byte{
				"content":     referto[len(referto)/2:],
				"attribute":   digest,
				"value":       d.Signers[0].Value[8:],
				"certificate": s.Identity.Certificate.Raw[len(s.Identity.Certificate.Raw)-20:],
			} {
				t.Run(s.Name+" "+string(packaging)+" "+part, func(t *testing.T) {
					bad, badOriginal := bytes.Clone(signed), bytes.Clone(original)
					in := bad
					if part == "content" && original != nil {
						in = badOriginal
					}
					at := bytes.Index(in, place)
					if at < 0 {
						t.Fatal("no such part")
					}
					in[at] ^= 0x01
					signtest.Fails(t, "openssl", openssl(t, h, bad, badOriginal)...)
					if gnutls(s.Identity.Algorithm) {
						signtest.Fails(t, "certtool", certtool(t, h, bad, badOriginal)...)
					}
					if s.Identity.Algorithm.Scheme != signature.PSS && another(h, bad, badOriginal) == nil {
						t.Error("smallstep takes it")
					}
					if f := found(t, bad, badOriginal, 1)[0]; f.Broken == nil {
						t.Error("taken by ourselves")
					}
				})
			}
		}
	}
}

func TestWrongValue(t *testing.T) {
	h := signtest.New(t)
	for _, s := range h.All(t) {
		p, err := cades.Prepare(t.Context(), bytes.NewReader(referto), signature.Options{Identity: s.Identity, Now: time.Now()})
		if err != nil {
			t.Fatal(err)
		}
		value := s.Value(t, s.Identity.Algorithm.Digest([]byte("altro")))
		var out bytes.Buffer
		err = p.Complete(t.Context(), value, &out)
		if !errors.Is(err, &signature.Error{Code: wire.ErrRemoteSig}) || !errors.Is(err, signature.ErrValue) || out.Len() > 0 {
			t.Errorf("%s: %v, %d octets", s.Name, err, out.Len())
		}
	}
}
