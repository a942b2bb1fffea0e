package csc

import (
	"bytes"
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/big"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/rs/zerolog"
	"go.uber.org/goleak"

	"raccordo/host/internal/remotesign/link"
	"raccordo/host/internal/signature"
	"raccordo/host/internal/wire"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// TestPSSParams: the bytes that the standard gives as an example.
func TestPSSParams(t *testing.T) {
	der, err := pssParams(crypto.SHA256)
	if got := base64.StdEncoding.EncodeToString(der); err != nil || got != "MDmgDzANBglghkgBZQMEAgEFAKEcMBoGCSqGSIb3DQEBCDANBglghkgBZQMEAgEFAKIDAgEgowMCAQE=" {
		t.Error(got, err)
	}
}

func TestChoose(t *testing.T) {
	rsaKey := &rsa.PublicKey{N: new(big.Int).Lsh(big.NewInt(1), 2047), E: 65537}
	key, err := ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name       string
		algorithms []string
		public     crypto.PublicKey
		hash       crypto.Hash
		pss        bool
		want       signature.Algorithm // zero: refused
	}{
		{"RSA", []string{"1.2.840.113549.1.1.11"}, rsaKey, 0, false, signature.Algorithm{Scheme: signature.PKCS1v15, Hash: crypto.SHA256}},
		{"RSA with another hash", []string{"1.2.840.113549.1.1.11"}, rsaKey, crypto.SHA512, false, signature.Algorithm{}},
		{"plain RSA with SHA-512", []string{oidRSA}, rsaKey, crypto.SHA512, false, signature.Algorithm{Scheme: signature.PKCS1v15, Hash: crypto.SHA512}},
		{"PSS alone", []string{oidPSS}, rsaKey, 0, false, signature.Algorithm{Scheme: signature.PSS, Hash: crypto.SHA256}},
		{"PSS preferred", []string{oidRSA, oidPSS}, rsaKey, crypto.SHA384, true, signature.Algorithm{Scheme: signature.PSS, Hash: crypto.SHA384}},
		{"PSS not there", []string{oidRSA}, rsaKey, 0, true, signature.Algorithm{}},
		{"nothing said", nil, rsaKey, 0, false, signature.Algorithm{Scheme: signature.PKCS1v15, Hash: crypto.SHA256}},
		{"SHA-1", nil, rsaKey, crypto.SHA1, false, signature.Algorithm{}},
		{"ECDSA", []string{"1.2.840.10045.4.3.3"}, key.Public(), 0, false, signature.Algorithm{Scheme: signature.ECDSA, Hash: crypto.SHA384}},
		{"ECDSA with the curve only", []string{oidEC}, key.Public(), crypto.SHA256, false, signature.Algorithm{Scheme: signature.ECDSA, Hash: crypto.SHA256}},
		{"ECDSA and no such algorithm", []string{oidRSA}, key.Public(), 0, false, signature.Algorithm{}},
	} {
		a, err := Choose(tt.algorithms, tt.public, tt.hash, tt.pss)
		if tt.want.Scheme == 0 {
			if !errors.Is(err, &signature.Error{Code: wire.ErrSignAlgorithm}) {
				t.Errorf("%s: %v %v", tt.name, a, err)
			}
			continue
		}
		if err != nil || a != tt.want {
			t.Errorf("%s: %v %v", tt.name, a, err)
		}
	}
}

func TestExpression(t *testing.T) {
	objects := []object{{ID: "PIN"}, {ID: "OTP"}, {ID: "APP"}}
	for expression, want := range map[string][]string{
		"":                           nil,
		"PIN":                        {"PIN"},
		"PIN AND OTP":                {"PIN", "OTP"},
		"pin and otp":                nil, // ids have their case
		"PIN and OTP":                {"PIN", "OTP"},
		"PIN AND (OTP OR APP)":       {"PIN", "OTP"},
		"(X OR APP) AND PIN":         {"APP", "PIN"},
		"(PIN AND OTP) OR APP":       {"PIN", "OTP"},
		"X OR APP":                   {"APP"},
		"X":                          nil,
		"PIN AND":                    nil,
		"PIN OTP":                    nil,
		"((PIN":                      nil,
		strings.Repeat("(", 100000):  nil,
		strings.Repeat("PIN ", 1000): nil,
	} {
		if d := cmp.Diff(want, chosen(expression, objects)); d != "" {
			t.Errorf("%.40q: %s", expression, d)
		}
	}
}

func TestPaths(t *testing.T) {
	for path, want := range map[string]bool{
		"credentials": true, "GET credentials/{credentialID}": true, "POST a/b.c-d_e": true, "GET credentials/authorize-check/{handle}": true,
		"": false, "/credentials": false, "../x": false, "a/../b": false, "a//b": false, "https://x/y": false, "PUT x": false, "a?b": false, "GET  x": false, "{a}": false,
	} {
		if ValidPath(path) != want {
			t.Errorf("%q: %v", path, !want)
		}
	}
	c := New(Options{URL: "https://x/csc/v1/", Paths: map[string]string{mCred: "GET c/{credentialID}/d"}})
	q, err := c.request(mCred, map[string]any{"credentialID": "a/b?c", "certInfo": true})
	if err != nil || q.URL != "https://x/csc/v1/c/a%2Fb%3Fc/d?certInfo=true" || q.Method != http.MethodGet || q.Body != nil {
		t.Errorf("%s %s %v", q.Method, q.URL, err)
	}
}

// echo is a server that always answers the same.
type echo struct {
	status int
	body   []byte
}

func (e echo) RoundTrip(q *http.Request) (*http.Response, error) {
	if q.Body != nil {
		_, _ = io.Copy(io.Discard, q.Body)
		_ = q.Body.Close()
	}
	return &http.Response{StatusCode: e.status, Header: http.Header{}, Body: io.NopCloser(bytes.NewReader(e.body)), Request: q}, nil
}

func client(status int, body []byte) *Client {
	line := link.New(&http.Client{Transport: echo{status, body}}, time.Minute, zerolog.Nop())
	return New(Options{Line: line, URL: "https://x/csc/v2", Poll: time.Microsecond, Wait: 20 * time.Microsecond})
}

// judged: an error is one that can be told, and quotes nothing.
func judged(t *testing.T, what string, err error) {
	t.Helper()
	if err == nil {
		return
	}
	var e *signature.Error
	if !errors.As(err, &e) || wire.Lookup(e.Code).Code != e.Code || len(e.Detail) > 120 {
		t.Errorf("%s: %#v", what, err)
	}
}

func FuzzAnswers(f *testing.F) {
	for _, seed := range []string{
		`{"specs":"2.0.0.0","methods":["credentials/list"],"oauth2":"https://x","asynchronousOperationMode":true}`,
		`{"credentialIDs":["a"],"credentialInfos":[{"credentialID":"a","key":{"algo":["1"]},"cert":{"certificates":["AAAA"]},"auth":{"mode":"explicit","expression":"A OR B","objects":[{"id":"A","type":"Password"}]},"multisign":true}],"nextPageToken":"x"}`,
		`{"SAD":"s","expiresIn":"9e99"}`, `{"handle":"h"}`, `{"signatures":["AA=="]}`, `{"responseID":"r"}`,
		`{"access_token":"a","token_type":"Bearer","expires_in":-1}`, `{"error":"invalid_otp","error_description":"x"}`, `null`, `[]`, `"`, ``,
		`{"PIN":{"presence":1},"OTP":null,"multisign":1e400}`,
	} {
		f.Add(200, []byte(seed))
		f.Add(202, []byte(seed))
		f.Add(400, []byte(seed))
	}
	f.Fuzz(func(t *testing.T, status int, body []byte) {
		if status < 100 || status > 999 {
			return
		}
		ctx := t.Context()
		c := client(status, body)
		info, err := c.Info(ctx)
		judged(t, "info", err)
		for _, v2 := range []bool{false, true} {
			info.V2 = v2
			all, err := c.Credentials(ctx, info, "", "")
			judged(t, "list", err)
			if len(all) > maxCredentials {
				t.Error(len(all), "credentials")
			}
			one, err := c.Credential(ctx, "", "a")
			judged(t, "credential", err)
			if one.Max < 0 || len(one.Chain) > 10 {
				t.Errorf("%+v", one)
			}
			d := Demand{Info: info, Credential: one, Algorithm: signature.Algorithm{Scheme: signature.PKCS1v15, Hash: crypto.SHA256}, Hashes: [][]byte{make([]byte, 32), make([]byte, 32)}}
			grant, err := c.Authorize(ctx, d, []Secret{{Factor{Kind: PIN}, []byte("segreto")}})
			judged(t, "authorize", err)
			if err == nil && (grant.SAD == "" || grant.Life <= 0 || grant.Life > maxLife) {
				t.Errorf("%q %v", grant.SAD, grant.Life)
			}
			values, err := c.Sign(ctx, d, grant, true)
			judged(t, "sign", err)
			if err == nil && len(values) != 2 {
				t.Error(len(values), "values")
			}
		}
		token, err := c.Login(ctx, "u", []byte("p"))
		judged(t, "login", err)
		if err == nil && (token.Access == "" || strings.ContainsAny(token.Access, " \r\n")) {
			t.Errorf("%q", token.Access)
		}
		_, err = c.Redeem(ctx, Server{Token: "https://x/token"}, "c", nil, url.Values{})
		judged(t, "redeem", err)
		server, err := c.Server(ctx, info, "")
		judged(t, "server", err)
		if err == nil && (!strings.HasPrefix(server.Authorize, "https://") || !strings.HasPrefix(server.Token, "https://")) {
			t.Errorf("%+v", server)
		}
	})
}

// TestSecretsAreNotPrinted: what is printed by mistake says nothing.
func TestSecretsAreNotPrinted(t *testing.T) {
	for _, v := range []any{Grant{SAD: "segreto"}, Token{Access: "segreto", Refresh: "segreto"}} {
		for _, text := range []string{fmt.Sprintf("%v", v), fmt.Sprintf("%+v", v), fmt.Sprintf("%#v", v)} {
			if strings.Contains(text, "segreto") {
				t.Error(text)
			}
		}
	}
}

// TestCancelledWhilePending: the caller does not wait for what others do.
func TestCancelledWhilePending(t *testing.T) {
	c := client(202, []byte(`{"handle":"h"}`))
	c.opt.Wait = time.Minute
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(10*time.Millisecond, cancel)
	_, err := c.Authorize(ctx, Demand{}, nil)
	if !errors.Is(err, &signature.Error{Code: wire.ErrCancelled}) {
		t.Error(err)
	}
}

func TestLenient(t *testing.T) {
	var v struct {
		T text   `json:"t"`
		L list   `json:"l"`
		N number `json:"n"`
		C count  `json:"c"`
	}
	for body, want := range map[string]string{
		`{"t":true,"l":"a","n":"12","c":true}`:                "true a 12 0",
		`{"t":1.5,"l":["a",2,null],"n":7.9,"c":"false"}`:      "1.5 a,2, 7 1",
		`{"t":null,"l":null,"n":"x","c":"3"}`:                 "  0 3",
		`{"t":{},"l":[],"n":-4,"c":-1}`:                       "  0 0",
		`{"t":"x","l":["a","b"],"n":99999999999999,"c":1e99}`: "x a,b 2147483647 2147483647",
	} {
		v.T, v.L, v.N, v.C = "", nil, 0, 0
		if err := json.Unmarshal([]byte(body), &v); err != nil {
			t.Error(body, err)
		}
		if got := strings.Join([]string{string(v.T), strings.Join(v.L, ","), fmt.Sprint(int(v.N)), fmt.Sprint(int(v.C))}, " "); got != want {
			t.Errorf("%s: %q, not %q", body, got, want)
		}
	}
	if found := chain([]string{"%", "AAAA"}); found != nil {
		t.Error(found)
	}
}
