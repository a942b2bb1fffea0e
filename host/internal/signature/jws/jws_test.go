package jws

import (
	"bytes"
	"crypto"
	"crypto/x509"
	"encoding/json"
	"errors"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"raccordo/host/internal/signature"
	"raccordo/host/internal/signature/timestamp"
	"raccordo/host/internal/sim/signtest"
)

var now = time.Date(2026, 11, 23, 8, 30, 0, 0, time.UTC)

const document = "Profilo sanitario sintetico: è già così\n"

// verified is what npm's jose says of a signature that holds.
type verified struct {
	Header  map[string]any
	Payload string
}

func joseArgs(t *testing.T, files ...string) []string {
	t.Helper()
	jose, err := filepath.Abs("../../../../build/op/node_modules/jose/dist/webapi/index.js")
	if err != nil {
		t.Fatal(err)
	}
	return append([]string{"testdata/verify.mjs", jose}, files...)
}

// jose verifies files, each with its payload's after a colon when it is detached.
func jose(t *testing.T, files []string) (all []verified) {
	t.Helper()
	for line := range strings.Lines(signtest.Holds(t, "node", joseArgs(t, files...)...)) {
		var v verified
		if err := json.Unmarshal([]byte(line), &v); err != nil {
			t.Fatal(err)
		}
		all = append(all, v)
	}
	if len(all) != len(files) {
		t.Fatalf("jose verified %d of %d", len(all), len(files))
	}
	return all
}

func sign(t testing.TB, s signtest.Signatory, opt signature.Options) []byte {
	t.Helper()
	opt.Identity, opt.Now = s.Identity, now
	p, err := Prepare(t.Context(), strings.NewReader(document), opt)
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := p.Complete(t.Context(), s.Value(t, p.Digest()), &out); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// suited are the signatories whose algorithm has a name.
func suited(t *testing.T, h *signtest.House) []signtest.Signatory {
	t.Helper()
	var all []signtest.Signatory
	for _, s := range h.All(t) {
		if s.Name != "P-256 SHA-512" {
			all = append(all, s)
		}
	}
	return all
}

func TestJose(t *testing.T) {
	h := signtest.New(t)
	beside := h.Temp(t, []byte(document))
	var files []string
	for _, s := range suited(t, h) {
		for _, packaging := range []signature.Packaging{"", signature.Detached} {
			signed := sign(t, s, signature.Options{Packaging: packaging, MediaType: "text/plain"})
			var original signature.Source
			file := h.Temp(t, signed)
			if packaging == signature.Detached {
				file, original = file+":"+beside, strings.NewReader(document)
			}
			files = append(files, file)
			all, err := Verify(t.Context(), bytes.NewReader(signed), original)
			if err != nil {
				t.Fatal(err)
			}
			want := signature.Found{Format: "JWS", Certificate: s.Identity.Certificate, Algorithm: s.Identity.Algorithm, ClaimedAt: now, Covers: signature.Whole,
				Certificates: []*x509.Certificate{s.Identity.Certificate, s.Identity.Chain[0]}}
			if diff := cmp.Diff([]signature.Found{want}, all); diff != "" {
				t.Errorf("%s %s: %s", s.Name, packaging, diff)
			}
		}
	}
	for i, v := range jose(t, files) {
		if v.Payload != document || v.Header["cty"] != "text/plain" || v.Header["iat"] != float64(now.Unix()) {
			t.Errorf("%d: jose reads %+v", i, v)
		}
	}
}

// Every character of a signature counts, for us and for jose.
func TestOneCharacter(t *testing.T) {
	h := signtest.New(t)
	s := h.One(t, "P-256 SHA-256")
	signed := sign(t, s, signature.Options{})
	for at := range signed {
		changed := bytes.Clone(signed)
		if changed[at] == 'A' {
			changed[at] = 'B'
		} else {
			changed[at] = 'A'
		}
		if all, err := Verify(t.Context(), bytes.NewReader(changed), nil); err == nil && all[0].Broken == nil {
			t.Errorf("character %d does not count", at)
		}
	}
	payload := bytes.IndexByte(signed, '.') + 3
	signed[payload] ^= 1
	signtest.Fails(t, "node", joseArgs(t, h.Temp(t, signed))...)
}

func TestToken(t *testing.T) {
	h := signtest.New(t)
	// What the gateway of the FSE wants of its two tokens; the names are made up.
	claims := map[string]any{
		"iss": "integrity:S1#120APPLICATIVO", "sub": "RSSMRA70A01L219K^^^&2.16.840.1.113883.2.9.4.3.2&ISO",
		"aud": "https://fse.example/govway/rest/in/FSE/gateway/v1", "iat": now.Unix(), "exp": now.Add(time.Hour).Unix(), "jti": "1",
		"person_id": "VRDLGU80A01L219M^^^&2.16.840.1.113883.2.9.4.3.2&ISO", "subject_role": "APR", "purpose_of_use": "TREATMENT",
		"action_id": "CREATE", "patient_consent": true, "attachment_hash": strings.Repeat("0", 64),
	}
	want, err := json.Marshal(claims)
	if err != nil {
		t.Fatal(err)
	}
	var files []string
	for _, s := range suited(t, h) {
		token, err := Token(s.Key, s.Identity, claims)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, h.Temp(t, []byte(token)))
	}
	for i, v := range jose(t, files) {
		if v.Payload != string(want) || v.Header["typ"] != "JWT" || len(v.Header["x5c"].([]any)) != 1 {
			t.Errorf("%d: jose reads %+v", i, v)
		}
	}
}

func TestRefused(t *testing.T) {
	h := signtest.New(t)
	s := h.One(t, "RSA SHA-256")
	large := strings.NewReader(strings.Repeat(" ", MaxSize+1))
	for name, row := range map[string]struct {
		src  signature.Source
		opt  signature.Options
		code string
	}{
		"enveloped":           {strings.NewReader("x"), signature.Options{Identity: s.Identity, Packaging: signature.Enveloped}, "sign.format_unsuitable"},
		"stamp":               {strings.NewReader("x"), signature.Options{Identity: s.Identity, Stamper: timestamp.New("", nil, timestamp.Options{})}, "sign.format_unsuitable"},
		"large":               {large, signature.Options{Identity: s.Identity}, "document.too_large"},
		"P-256 with SHA-512":  {strings.NewReader("x"), signature.Options{Identity: h.One(t, "P-256 SHA-512").Identity}, "sign.algorithm"},
		"no certificate":      {strings.NewReader("x"), signature.Options{}, "sign.algorithm"},
		"algorithm of others": {strings.NewReader("x"), signature.Options{Identity: signature.Identity{Certificate: s.Identity.Certificate, Algorithm: signature.Algorithm{Scheme: signature.ECDSA, Hash: crypto.SHA256}}}, "sign.algorithm"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Prepare(t.Context(), row.src, row.opt)
			if e := new(signature.Error); !errors.As(err, &e) || string(e.Code) != row.code {
				t.Errorf("%v", err)
			}
		})
	}
}
