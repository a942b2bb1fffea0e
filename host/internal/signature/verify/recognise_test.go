package verify

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"os"
	"strings"
	"testing"

	"raccordo/host/internal/signature"
	"raccordo/host/internal/wire"
)

func read(t testing.TB, path string) []byte {
	t.Helper()
	data, err := os.ReadFile(path)
	must(t, err)
	return data
}

func TestRecognise(t *testing.T) {
	der := append([]byte{0x30, 0x82, 0x01, 0x00}, signedData...)
	tests := []struct {
		name string
		head string
		want kind
	}{
		{"PDF", "%PDF-1.7\n", isPDF},
		{"PDF behind junk", "junk\n%PDF-1.4\n", isPDF},
		{"PDF too far behind", strings.Repeat(" ", 1024) + "%PDF-1.4\n", unknown},
		{"a .p7m with a PDF", string(der) + "%PDF-1.4", isCMS},
		{"short length", "\x30\x7f" + string(signedData), isCMS},
		{"indefinite length", "\x30\x80" + string(signedData), isCMS},
		{"four octets of length", "\x30\x84\x01\x00\x00\x00" + string(signedData), isCMS},
		{"another sequence", "\x30\x82\x01\x00\x02\x01\x00", unknown},
		{"enveloped data", "\x30\x80\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x03", unknown},
		{"PEM", "-----BEGIN PKCS7-----\nMII", isCMS},
		{"PEM behind a mark and blanks", "\xef\xbb\xbf \r\n-----BEGIN CMS-----\nMII", isCMS},
		{"a certificate", "-----BEGIN CERTIFICATE-----\nMII", unknown},
		{"base64", base64.StdEncoding.EncodeToString(append(der, make([]byte, 100)...)), isCMS},
		{"base64 with breaks everywhere", strings.Join(strings.Split(base64.StdEncoding.EncodeToString(append(der, make([]byte, 100)...)), ""), "\r\n"), isCMS},
		{"XML", "<?xml version=\"1.0\"?><a/>", isXML},
		{"XML behind a mark", "\xef\xbb\xbf<a/>", isXML},
		{"XML in UTF-16", "\xff\xfe<\x00a\x00", isXML},
		{"XML that speaks of PDF", "<a>%PDF-1.4</a>", isXML},
		{"ZIP", "PK\x03\x04", isZIP},
		{"JWS", "eyJhbGciOiJSUzI1NiJ9.e30.AAAA\n", isJWS},
		{"JWS, detached", "eyJhbGciOiJSUzI1NiJ9..AAAA", isJWS},
		{"JWS longer than the head", "eyJhbGciOiJSUzI1NiJ9." + strings.Repeat("A", 2*headSize), isJWS},
		{"a word with dots", "eyes.of.the world", unknown},
		{"one zero", "\x30", unknown},
		{"empty", "", unknown},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got, err := recognise(strings.NewReader(tt.head)); err != nil || got != tt.want {
				t.Errorf("%q %v", got, err)
			}
		})
	}
}

// Whatever a document is: one of our errors or a verdict, and "valid" of
// nothing that was not made here.
func FuzzVerify(f *testing.F) {
	w := newWorld(f)
	p := w.signer(f)
	signed := w.p7m(f, document, p, w.signing(f, p, false))
	v := w.verifier(f, func(o *Options) { o.Client = nil })
	for _, data := range [][]byte{signed, pemOf("PKCS7", signed), []byte(base64.StdEncoding.EncodeToString(signed)), pdf(), []byte(xmlDocument),
		[]byte("eyJhbGciOiJSUzI1NiJ9.e30.AAAA"), []byte("PK\x03\x04"), nil} {
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		out, err := v.Verify(context.Background(), bytes.NewReader(data), nil, "")
		var known *signature.Error
		switch {
		case err != nil && !errors.As(err, &known):
			t.Errorf("an error of no code: %v", err)
		case err == nil && (out.Verdict == wire.VerdictValid || out.Text == "" || len(out.Signatures) == 0):
			t.Errorf("%+v", out)
		}
	})
}
