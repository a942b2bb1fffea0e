package cms

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"io"
	"os"
	"path/filepath"
	"testing"
	"time"

	"raccordo/host/internal/sim/signtest"
)

// FuzzParse reads what is foreign, verifies it, and adds a signature: what was
// there must be there afterwards.
func FuzzParse(f *testing.F) {
	h := signtest.New(f)
	s := h.One(f, "P-256 SHA-256")
	signed := crafted{}.make(f, s)
	f.Add(signed)
	f.Add([]byte(base64.StdEncoding.EncodeToString(signed)))
	certificate, key := h.Files(f, s)
	out := filepath.Join(h.Folder, "ber")
	signtest.Holds(f, "openssl", "cms", "-sign", "-cades", "-binary", "-nodetach", "-stream", "-outform", "DER", "-signer", certificate, "-inkey", key,
		"-in", h.Temp(f, text), "-out", out)
	segments, err := os.ReadFile(out)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(segments)
	identity := s.Identity
	signing := Signing{Identity: identity, Now: time.Now()}
	f.Fuzz(func(t *testing.T, raw []byte) {
		d, err := Parse(bytes.NewReader(raw))
		if err != nil {
			return
		}
		hash := sha256.New()
		before := d.VerifyBeside(t.Context(), bytes.NewReader(text), hash)
		if len(before) < len(d.Signers) || d.Size > d.Source.Size() {
			t.Fatalf("%d of %d signatures, %d octets", len(before), len(d.Signers), d.Size)
		}
		if d.Content == nil {
			return
		}
		signing.ContentType = d.ContentType
		attributes, err := Attributes(signing, hash.Sum(nil))
		if err != nil {
			t.Fatal(err)
		}
		var both bytes.Buffer
		if err := d.Add(context.Background(), &both, signing, attributes, s.Value(t, identity.Algorithm.Digest(attributes)), nil); err != nil {
			t.Fatal(err)
		}
		after, err := Parse(bytes.NewReader(both.Bytes()))
		if err != nil {
			t.Fatalf("what was written can not be read: %v", err)
		}
		if len(after.Signers) != len(d.Signers)+1 || after.Size != int64(both.Len()) {
			t.Errorf("%d signatures became %d", len(d.Signers), len(after.Signers))
		}
		good := func(d *SignedData) (n int) {
			for _, f := range d.VerifyBeside(t.Context(), nil, io.Discard) {
				if f.Broken == nil {
					n++
				}
			}
			return n
		}
		if a, b := good(after), good(d); a != b+1 {
			t.Errorf("%d signatures hold, before %d", a, b)
		}
	})
}
