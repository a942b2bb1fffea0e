package cades_test

import (
	"bytes"
	"context"
	"crypto/x509"
	"errors"
	"io"
	"os"
	"strings"
	"testing"
	"time"

	"raccordo/host/internal/signature"
	"raccordo/host/internal/signature/cades"
	"raccordo/host/internal/signature/cms"
	"raccordo/host/internal/signature/timestamp"
	"raccordo/host/internal/sim/signtest"
	"raccordo/host/internal/wire"
)

func TestOptionsWithoutAPlace(t *testing.T) {
	h := signtest.New(t)
	s := h.One(t, "P-256 SHA-256")
	good := signature.Options{Identity: s.Identity, Now: time.Now()}
	for name, row := range map[string]struct {
		change func(*signature.Options)
		code   wire.ErrorCode
	}{
		"enveloped":      {func(o *signature.Options) { o.Packaging = signature.Enveloped }, wire.ErrSignFormat},
		"a field":        {func(o *signature.Options) { o.Field = &signature.Field{Page: 1} }, wire.ErrSignFormat},
		"a reason":       {func(o *signature.Options) { o.Reason = "Approvazione" }, wire.ErrSignFormat},
		"a location":     {func(o *signature.Options) { o.Location = "Bolzano" }, wire.ErrSignFormat},
		"no time":        {func(o *signature.Options) { o.Now = time.Time{} }, wire.ErrSignFormat},
		"another key":    {func(o *signature.Options) { o.Identity.Algorithm.Scheme = signature.PSS }, wire.ErrSignAlgorithm},
		"an old hash":    {func(o *signature.Options) { o.Identity.Algorithm.Hash = 3 }, wire.ErrSignAlgorithm},
		"no certificate": {func(o *signature.Options) { o.Identity.Certificate = nil }, wire.ErrNoSignCert},
	} {
		t.Run(name, func(t *testing.T) {
			opt := good
			row.change(&opt)
			if _, err := cades.Prepare(t.Context(), bytes.NewReader(referto), opt); !errors.Is(err, &signature.Error{Code: row.code}) {
				t.Errorf("%v", err)
			}
		})
	}
}

func TestWhatIsNotSigned(t *testing.T) {
	h := signtest.New(t)
	s := h.One(t, "P-256 SHA-256")
	certificates, _ := h.Files(t, s)
	out := h.Folder + "/certificates.p7b"
	signtest.Holds(t, "openssl", "crl2pkcs7", "-nocrl", "-certfile", certificates, "-outform", "DER", "-out", out)
	bag, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	for name, document := range map[string][]byte{
		"empty":              {},
		"text":               referto,
		"text like base64":   []byte("Modulo di consenso"),
		"base64 of text":     []byte("TW9kdWxvIGRpIGNvbnNlbnNv"),
		"a certificate":      s.Identity.Certificate.Raw,
		"a certificate, PEM": h.CA.PEM(),
		"only certificates":  bag,
		"a PDF":              []byte("%PDF-1.7\n-----BEGIN CMS-----"),
		"one octet":          {0x30},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := cades.Verify(t.Context(), bytes.NewReader(document), nil); !errors.Is(err, &signature.Error{Code: wire.ErrNotSigned}) {
				t.Errorf("%v", err)
			}
			signed := sign(t, s, document, "", nil)
			if f := found(t, signed, document, 1)[0]; f.Broken != nil {
				t.Errorf("signed as what it is: %v", f.Broken)
			}
		})
	}
}

func TestWithoutTheOriginal(t *testing.T) {
	h := signtest.New(t)
	s := h.One(t, "P-256 SHA-256")
	detached := sign(t, s, referto, signature.Detached, nil)
	none := &signature.Error{Code: wire.ErrNoOriginal}
	if _, err := cades.Verify(t.Context(), bytes.NewReader(detached), nil); !errors.Is(err, none) {
		t.Errorf("%v", err)
	}
	opt := signature.Options{Identity: s.Identity, Now: time.Now()}
	if _, err := cades.Prepare(t.Context(), bytes.NewReader(detached), opt); !errors.Is(err, none) {
		t.Errorf("a parallel signature without a document: %v", err)
	}
	other := append(bytes.Clone(referto[:len(referto)-1]), '!')
	if f := found(t, detached, other, 1)[0]; !errors.Is(f.Broken, cms.ErrChanged) {
		t.Errorf("%v", f.Broken)
	}
	attached := sign(t, s, referto, signature.Attached, nil)
	for _, original := range [][]byte{other, referto[1:]} {
		if f := found(t, attached, original, 1)[0]; !errors.Is(f.Broken, cms.ErrChanged) {
			t.Errorf("another document is inside: %v", f.Broken)
		}
	}
	if f := found(t, append(attached, "coda"...), referto, 1)[0]; f.Broken != nil || f.Covers != signature.Part {
		t.Errorf("octets behind the signature: %+v", f)
	}
}

func TestCut(t *testing.T) {
	h := signtest.New(t)
	signed := sign(t, h.One(t, "P-256 SHA-256"), referto, "", nil)
	for _, n := range []int{1, 100, 1000, len(signed) - 100} {
		if _, err := cades.Verify(t.Context(), bytes.NewReader(signed[:len(signed)-n]), nil); err == nil {
			t.Errorf("%d octets less were not missed", n)
		}
	}
}

// What other programs make, and what it is called.
func TestSignaturesOfOthers(t *testing.T) {
	h := signtest.New(t)
	ec, rsa := h.One(t, "P-256 SHA-256"), h.One(t, "RSA SHA-256")
	named := h.Issue(t, "SKI", "p-256", ec.Identity.Algorithm, &x509.Certificate{KeyUsage: x509.KeyUsageContentCommitment, SubjectKeyId: []byte{1, 2, 3, 4}})
	brainpool := onAnotherCurve(t, h)
	for _, row := range []struct {
		name   string
		signed []byte
		format string
		broken error
		text   string // of the error
	}{
		{"without the ESS attribute", byOpenSSL(t, h, rsa, referto, "-nodetach", "-outform", "DER"), "CMS", nil, ""},
		{"without attributes", byOpenSSL(t, h, rsa, referto, "-nodetach", "-noattr", "-outform", "DER"), "CMS", nil, ""},
		{"PSS", byOpenSSL(t, h, rsa, referto, "-nodetach", "-cades", "-keyopt", "rsa_padding_mode:pss", "-md", "sha384", "-outform", "DER"), "CAdES-B-B", nil, ""},
		{"named by key", byOpenSSL(t, h, named, referto, "-nodetach", "-cades", "-keyid", "-outform", "DER"), "CAdES-B-B", nil, ""},
		{"SHA-1, RSA", byOpenSSL(t, h, rsa, referto, "-nodetach", "-md", "sha1", "-outform", "DER"), "CMS", cms.ErrWeak, "SHA-1"},
		{"SHA-1, ECDSA", byOpenSSL(t, h, ec, referto, "-nodetach", "-md", "sha1", "-outform", "DER"), "CMS", cms.ErrWeak, "SHA-1"},
		{"MD5", byOpenSSL(t, h, rsa, referto, "-nodetach", "-md", "md5", "-outform", "DER"), "CMS", cms.ErrWeak, "MD5"},
		{"SHA-224", byOpenSSL(t, h, rsa, referto, "-nodetach", "-md", "sha224", "-outform", "DER"), "CMS", cms.ErrWeak, "SHA-224"},
		{"without its certificate", byOpenSSL(t, h, rsa, referto, "-nodetach", "-cades", "-nocerts", "-outform", "DER"), "CAdES-B-B", cms.ErrNoSigner, ""},
		{"SHA3", byOpenSSL(t, h, rsa, referto, "-nodetach", "-md", "sha3-256", "-outform", "DER"), "CMS", &signature.Error{Code: wire.ErrSignAlgorithm}, ""},
		{"another curve", brainpool, "CMS", &signature.Error{Code: wire.ErrSignAlgorithm}, ""},
	} {
		t.Run(row.name, func(t *testing.T) {
			f := found(t, row.signed, nil, 1)[0]
			if f.Format != row.format || !errors.Is(f.Broken, row.broken) || row.broken == nil && f.Broken != nil {
				t.Fatalf("%+v", f)
			}
			if row.broken != nil && !strings.Contains(f.Broken.Error(), row.text) {
				t.Errorf("%v does not say %s", f.Broken, row.text)
			}
			// None of them says that the document was changed: one may sign it again.
			if both := sign(t, ec, row.signed, "", nil); len(found(t, both, nil, 2)) != 2 {
				t.Error("no further signature")
			}
		})
	}
}

func TestTokenIsADocument(t *testing.T) {
	h := signtest.New(t)
	token, err := timestamp.New(h.TSA(t).URL, client(t), timestamp.Options{}).Stamp(t.Context(), make([]byte, 32))
	if err != nil {
		t.Fatal(err)
	}
	// One more signature beside the authority's would make it a token no more.
	found(t, sign(t, h.One(t, "P-256 SHA-256"), token, "", nil), token, 1)
}

// unreadable is a document on a disk that fails.
type unreadable struct{ *bytes.Reader }

var errDisk = errors.New("read error")

func (unreadable) ReadAt([]byte, int64) (int, error) { return 0, errDisk }

func TestDiskFails(t *testing.T) {
	h := signtest.New(t)
	s := h.One(t, "P-256 SHA-256")
	bad := unreadable{bytes.NewReader(referto)}
	detached := bytes.NewReader(sign(t, s, referto, signature.Detached, nil))
	if _, err := cades.Verify(t.Context(), detached, bad); !errors.Is(err, errDisk) {
		t.Errorf("the original: %v", err)
	}
	if _, err := cades.Verify(t.Context(), bad, nil); !errors.Is(err, errDisk) {
		t.Errorf("the document: %v", err)
	}
	if _, err := cades.Prepare(t.Context(), bad, signature.Options{Identity: s.Identity, Now: time.Now()}); !errors.Is(err, errDisk) {
		t.Errorf("to be signed: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := cades.Verify(ctx, detached, bytes.NewReader(referto)); !errors.Is(err, context.Canceled) {
		t.Errorf("given up: %v", err)
	}
}

// changing is a document whose octets change after they were read once.
type changing struct {
	*bytes.Reader
	changed bool
}

func (c *changing) ReadAt(p []byte, off int64) (int, error) {
	n, err := c.Reader.ReadAt(p, off)
	if c.changed && n > 0 {
		p[0] ^= 1
	}
	return n, err
}

type failingStamper struct{}

func (failingStamper) Stamp(context.Context, []byte) ([]byte, error) {
	return nil, &signature.Error{Code: wire.ErrTSADown}
}

func TestCompleteRefuses(t *testing.T) {
	h := signtest.New(t)
	s := h.One(t, "P-256 SHA-256")
	opt := signature.Options{Identity: s.Identity, Now: time.Now()}
	document := &changing{Reader: bytes.NewReader(referto)}
	p, err := cades.Prepare(t.Context(), document, opt)
	if err != nil {
		t.Fatal(err)
	}
	document.changed = true
	if err := p.Complete(t.Context(), s.Value(t, p.Digest()), io.Discard); !errors.Is(err, &signature.Error{Code: wire.ErrSignChanged}) {
		t.Errorf("the document was changed: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := p.Complete(ctx, s.Value(t, p.Digest()), io.Discard); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
	if _, err := cades.Prepare(ctx, bytes.NewReader(referto), opt); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
	opt.Stamper = failingStamper{}
	if p, err = cades.Prepare(t.Context(), bytes.NewReader(referto), opt); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := p.Complete(t.Context(), s.Value(t, p.Digest()), &out); !errors.Is(err, &signature.Error{Code: wire.ErrTSADown}) || out.Len() > 0 {
		t.Errorf("without a time-stamp: %v, %d octets", err, out.Len())
	}
}

func TestDetachedSignaturesOfOthers(t *testing.T) {
	h := signtest.New(t)
	s := h.One(t, "RSA SHA-256")
	for name, signed := range map[string][]byte{
		"DER": byOpenSSL(t, h, s, referto, "-cades", "-outform", "DER"),
		"PEM": byOpenSSL(t, h, s, referto, "-cades", "-outform", "PEM"),
	} {
		if f := found(t, signed, referto, 1)[0]; f.Broken != nil || f.Format != "CAdES-B-B" {
			t.Errorf("%s: %+v", name, f)
		}
		if f := found(t, signed, referto[1:], 1)[0]; !errors.Is(f.Broken, cms.ErrChanged) {
			t.Errorf("%s: %v", name, f.Broken)
		}
	}
}
