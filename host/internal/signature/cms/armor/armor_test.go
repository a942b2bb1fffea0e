package armor_test

import (
	"bytes"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"io"
	"math/rand/v2"
	"strings"
	"testing"
	"testing/iotest"

	"raccordo/host/internal/signature/cms/armor"
)

func sequence(n int) []byte {
	r := rand.New(rand.NewPCG(3, 4))
	data := make([]byte, n)
	for i := range data {
		data[i] = byte(r.Uint32())
	}
	data[0] = 0x30
	return data
}

func TestOpen(t *testing.T) {
	for _, n := range []int{1, 2, 3, 4, 49151, 49152, 49153, 200_001} {
		data := sequence(n)
		text := base64.StdEncoding.EncodeToString(data)
		ragged := ""
		for i := 0; i < len(text); i += 61 {
			ragged += text[i:min(i+61, len(text))] + []string{"\n", "\r\n", " \t\n\n"}[i%3]
		}
		for name, armoured := range map[string]string{
			"as it is":   string(data),
			"base64":     text,
			"ragged":     "\xef\xbb\xbf \r\n" + ragged,
			"PEM":        string(pem.EncodeToMemory(&pem.Block{Type: "PKCS7", Bytes: data})),
			"PEM, words": "Firmato da:\n" + string(pem.EncodeToMemory(&pem.Block{Type: "CMS", Bytes: data})) + "e altro\n",
		} {
			inside, err := armor.Open(strings.NewReader(armoured))
			if err != nil {
				t.Fatalf("%s of %d octets: %v", name, n, err)
			}
			if inside.Size() != int64(n) {
				t.Fatalf("%s of %d octets: %d inside", name, n, inside.Size())
			}
			got := make([]byte, n)
			if _, err := inside.ReadAt(got, 0); err != nil || !bytes.Equal(got, data) {
				t.Errorf("%s of %d octets: %v", name, n, err)
			}
			if n != 49153 { // reading in all ways takes long
				continue
			}
			if err := iotest.TestReader(io.NewSectionReader(inside, 0, inside.Size()), data); err != nil {
				t.Errorf("%s of %d octets: %v", name, n, err)
			}
		}
	}
}

func TestNotBase64(t *testing.T) {
	for name, text := range map[string]string{
		"words":            "Modulo: consenso",
		"cut":              "MIIAB",
		"padding inside":   "MI==AAAA",
		"too much padding": "M===",
		"one symbol":       "M",
	} {
		if _, err := armor.Open(strings.NewReader(text)); !errors.Is(err, armor.ErrMalformed) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// FuzzOpen compares with the library's own decoder.
func FuzzOpen(f *testing.F) {
	f.Add([]byte("MIIB\r\nAAA="))
	f.Add([]byte("-----BEGIN CMS-----\nMIIB\n-----END CMS-----\n"))
	f.Add([]byte("M M M M"))
	f.Fuzz(func(t *testing.T, text []byte) {
		inside, err := armor.Open(bytes.NewReader(text))
		if err != nil {
			return
		}
		got := make([]byte, inside.Size())
		if _, err := inside.ReadAt(got, 0); err != nil && len(got) > 0 {
			t.Fatalf("what was opened can not be read: %v", err)
		}
		trimmed := bytes.TrimSpace(text)
		if len(trimmed) == 0 || trimmed[0] != 'M' || bytes.ContainsAny(text, "-\v\f\x85\xa0") || bytes.HasPrefix(text, []byte("\xef\xbb\xbf")) {
			return
		}
		want, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(string(text)), ""))
		if err != nil || !bytes.Equal(got, want) {
			t.Errorf("%x, the library says %x, %v", got, want, err)
		}
	})
}
