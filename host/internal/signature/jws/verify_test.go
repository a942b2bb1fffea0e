package jws

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"testing"

	"raccordo/host/internal/signature"
	"raccordo/host/internal/sim/signtest"
)

// Headers that other readers could read otherwise, or that ask for less than a signature.
func TestHeaders(t *testing.T) {
	h := signtest.New(t)
	s := h.One(t, "RSA SHA-256")
	x5c := base64.StdEncoding.EncodeToString(s.Identity.Certificate.Raw)
	for name, row := range map[string]struct {
		header string
		code   string // of the error; empty: it is found broken
	}{
		"none":                {`{"alg":"none","x5c":["%s"]}`, ""},
		"secret":              {`{"alg":"HS256","x5c":["%s"]}`, ""},
		"other letters":       {`{"ALG":"RS256","x5c":["%s"]}`, ""},
		"ECDSA over RSA":      {`{"alg":"ES256","x5c":["%s"]}`, ""},
		"alg twice":           {`{"alg":"none","alg":"RS256","x5c":["%s"]}`, "document.signature_broken"},
		"something critical":  {`{"alg":"RS256","crit":["exp"],"exp":1,"x5c":["%s"]}`, ""},
		"unencoded":           {`{"alg":"RS256","b64":false,"crit":["b64"],"x5c":["%s"]}`, ""},
		"crit is empty":       {`{"alg":"RS256","crit":[],"x5c":["%s"]}`, "document.signature_broken"},
		"more after":          {`{"alg":"RS256","x5c":["%s"]}{}`, "document.signature_broken"},
		"another certificate": {`{"alg":"RS256","x5t#S256":"AAAA","x5c":["%s"]}`, ""},
		"no object":           {`["%s"]`, "document.not_signed"},
		"no certificate":      {`{"alg":"RS256","kid":"%s"}`, ""},
		"wrong x5c":           {`{"alg":"RS256","x5c":"%s"}`, "document.signature_broken"},
		"wrong iat":           {`{"alg":"RS256","iat":"x","x5c":["%s"]}`, "document.signature_broken"},
	} {
		t.Run(name, func(t *testing.T) {
			input := encode(fmt.Appendf(nil, row.header, x5c)) + "." + encode([]byte(document))
			value := s.Value(t, s.Identity.Algorithm.Digest([]byte(input)))
			all, err := Verify(t.Context(), strings.NewReader(input+"."+encode(value)), nil)
			e := new(signature.Error)
			switch {
			case row.code != "" && (!errors.As(err, &e) || string(e.Code) != row.code):
				t.Errorf("%v", err)
			case row.code == "" && (err != nil || all[0].Broken == nil):
				t.Errorf("%+v, %v", all, err)
			}
		})
	}
}

func TestNotSigned(t *testing.T) {
	for name, text := range map[string]string{"empty": "", "text": "Gentile collega, buongiorno.", "two dots": "..", "a version": "1.2.3", "folded": "e30.\ne30.e30"} {
		t.Run(name, func(t *testing.T) {
			if _, err := Verify(t.Context(), strings.NewReader(text), nil); !errors.Is(err, &signature.Error{Code: "document.not_signed"}) {
				t.Errorf("%v", err)
			}
		})
	}
}

func TestDetachedAlone(t *testing.T) {
	s := signtest.New(t).One(t, "P-256 SHA-256")
	signed := sign(t, s, signature.Options{Packaging: signature.Detached})
	if _, err := Verify(t.Context(), bytes.NewReader(signed), nil); !errors.Is(err, &signature.Error{Code: "document.original_missing"}) {
		t.Errorf("%v", err)
	}
	all, err := Verify(t.Context(), bytes.NewReader(signed), strings.NewReader(document+" "))
	if err != nil || all[0].Broken == nil {
		t.Errorf("%+v, %v", all, err)
	}
}

// A value of another key never becomes a document, and a document that is
// no longer the one that was read is told.
func TestComplete(t *testing.T) {
	h := signtest.New(t)
	s, other := h.One(t, "P-256 SHA-256"), h.One(t, "P-384 SHA-384")
	content := []byte(document)
	p, err := Prepare(t.Context(), bytes.NewReader(content), signature.Options{Identity: s.Identity, Now: now})
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	err = p.Complete(t.Context(), other.Value(t, p.Digest()), &out)
	if !errors.Is(err, &signature.Error{Code: "remote.signature_invalid"}) || !errors.Is(err, signature.ErrValue) || out.Len() > 0 {
		t.Errorf("%v, %d bytes", err, out.Len())
	}
	value := s.Value(t, p.Digest())
	content[0] ^= 1
	if err := p.Complete(t.Context(), value, &out); !errors.Is(err, &signature.Error{Code: "sign.document_changed"}) {
		t.Errorf("%v", err)
	}
}

func FuzzVerify(f *testing.F) {
	f.Add([]byte("eyJhbGciOiJSUzI1NiJ9.e30.AA"))
	f.Add([]byte("eyJhbGciOiJSUzI1NiIsIng1YyI6W119..AA"))
	f.Add([]byte("a.b.c"))
	s := signtest.New(f).One(f, "P-256 SHA-256")
	signed := sign(f, s, signature.Options{})
	f.Add(append(signed[:len(signed)-3:len(signed)-3], "AAA"...))
	f.Fuzz(func(t *testing.T, raw []byte) {
		all, err := Verify(t.Context(), bytes.NewReader(raw), strings.NewReader(document))
		if err == nil && (len(all) != 1 || all[0].Broken == nil) {
			t.Errorf("%q holds", raw)
		}
		if e := new(signature.Error); err != nil && !errors.As(err, &e) {
			t.Errorf("%T %v", err, err)
		}
	})
}
