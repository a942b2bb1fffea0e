package timestamp_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/asn1"
	"encoding/hex"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"raccordo/host/internal/signature"
	"raccordo/host/internal/signature/cms"
	"raccordo/host/internal/signature/timestamp"
	"raccordo/host/internal/sim/signtest"
	"raccordo/host/internal/wire"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var data = []byte("il valore di una firma")

func digest() []byte { d := sha256.Sum256(data); return d[:] }

func client(t testing.TB) *http.Client {
	c := &http.Client{Transport: &http.Transport{}}
	t.Cleanup(c.CloseIdleConnections)
	return c
}

func stamp(t testing.TB, url string, opt timestamp.Options) ([]byte, error) {
	return timestamp.New(url, client(t), opt).Stamp(t.Context(), digest())
}

func TestTokensOfOpenSSL(t *testing.T) {
	for _, ess := range []string{"sha1", "sha256", "sha512"} {
		t.Run("certificate named by "+ess, func(t *testing.T) {
			h := signtest.New(t)
			tsa := h.TSAOf(t, h.Stamping(t, true), ess)
			token, err := stamp(t, tsa.URL, timestamp.Options{})
			if err != nil {
				t.Fatal(err)
			}
			signtest.Holds(t, "openssl", "ts", "-verify", "-digest", hex.EncodeToString(digest()), "-token_in", "-in", h.Temp(t, token), "-CAfile", h.CAFile())
			s := timestamp.Check(token, data)
			if s.Broken != nil || !s.Authority.Equal(tsa.Signatory.Identity.Certificate) || time.Since(s.At).Abs() > time.Minute {
				t.Errorf("%+v", s)
			}
			if s := timestamp.Check(token, []byte("altro")); !errors.Is(s.Broken, cms.ErrChanged) {
				t.Errorf("over something else: %v", s.Broken)
			}
		})
	}
}

func TestPolicy(t *testing.T) {
	h := signtest.New(t)
	tsa := h.TSA(t)
	token, err := stamp(t, tsa.URL, timestamp.Options{Policy: asn1.ObjectIdentifier{1, 3, 6, 1, 4, 1, 99999, 2}})
	if err != nil {
		t.Fatal(err)
	}
	if parsed, err := cms.ParseToken(token); err != nil || parsed.Policy.String() != "1.3.6.1.4.1.99999.2" {
		t.Errorf("%+v, %v", parsed, err)
	}
	_, err = stamp(t, tsa.URL, timestamp.Options{Policy: asn1.ObjectIdentifier{1, 2, 3}})
	if !errors.Is(err, &signature.Error{Code: wire.ErrTSARefused}) || !strings.Contains(err.Error(), "rejection (unacceptedPolicy)") {
		t.Errorf("policy that the authority has not: %v", err)
	}
}

// between is a proxy before a real authority, which changes question or answer.
func between(t testing.TB, a *signtest.Authority, question, answer func([]byte) []byte) string {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		query, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		if question != nil {
			query = question(query)
		}
		reply, err := a.Reply(t, query)
		if err != nil {
			t.Error(err)
		}
		if answer != nil {
			reply = answer(reply)
		}
		w.Write(reply)
	}))
	t.Cleanup(s.Close)
	return s.URL
}

// flip changes one octet of what stands for a part of an answer.
func flip(part []byte) func([]byte) []byte {
	return func(answer []byte) []byte {
		i := bytes.Index(answer, part)
		if i < 0 {
			return nil
		}
		answer[i+len(part)-1] ^= 1
		return answer
	}
}

func TestAnswersThatDoNotFit(t *testing.T) {
	h := signtest.New(t)
	tsa := h.TSA(t)
	old, err := stamp(t, tsa.URL, timestamp.Options{})
	if err != nil {
		t.Fatal(err)
	}
	weak := h.TSAOf(t, h.Stamping(t, true), "sha256\nsigner_digest = sha1")
	for name, url := range map[string]string{
		"nonce of another question": between(t, tsa, func(q []byte) []byte { q[len(q)-4] ^= 1; return q }, nil),
		"imprint of something else": between(t, tsa, func(q []byte) []byte { q[40] ^= 1; return q }, nil),
		"without its certificate":   between(t, tsa, func(q []byte) []byte { q[1] -= 3; return q[:len(q)-3] }, nil),
		"token of yesterday": between(t, tsa, nil, func([]byte) []byte {
			return append([]byte{0x30, 0x82, byte((len(old) + 5) >> 8), byte(len(old) + 5), 0x30, 3, 2, 1, 0}, old...)
		}),
		"imprint flipped":         between(t, tsa, nil, flip(digest())),
		"certificate flipped":     between(t, tsa, nil, flip(tsa.Signatory.Identity.Certificate.Raw)),
		"value flipped":           between(t, tsa, nil, func(a []byte) []byte { a[len(a)-1] ^= 1; return a }),
		"granted without a token": between(t, tsa, nil, func([]byte) []byte { return []byte{0x30, 5, 0x30, 3, 2, 1, 0} }),
		"waiting":                 between(t, tsa, nil, func([]byte) []byte { return []byte{0x30, 5, 0x30, 3, 2, 1, 3} }),
		"cut":                     between(t, tsa, nil, func(a []byte) []byte { return a[:len(a)/2] }),
		"empty":                   between(t, tsa, nil, func([]byte) []byte { return nil }),
		"a page":                  between(t, tsa, nil, func([]byte) []byte { return []byte("<html>accesso alla rete</html>") }),
		"endless":                 between(t, tsa, nil, func([]byte) []byte { return make([]byte, 2<<20) }),
		"signed with SHA-1":       weak.URL,
	} {
		t.Run(name, func(t *testing.T) {
			token, err := stamp(t, url, timestamp.Options{})
			if !errors.Is(err, &signature.Error{Code: wire.ErrTSARefused}) || token != nil {
				t.Errorf("%v", err)
			}
			if name == "signed with SHA-1" && !errors.Is(err, cms.ErrWeak) {
				t.Errorf("%v", err)
			}
		})
	}
}

func TestAuthorityThatIsNotThere(t *testing.T) {
	refusing := func(status int) string {
		s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status) }))
		t.Cleanup(s.Close)
		return s.URL
	}
	gone := httptest.NewServer(nil)
	gone.Close()
	for _, row := range []struct {
		name, url string
		code      wire.ErrorCode
	}{
		{"nobody listens", strings.Replace(gone.URL, "http://", "http://mrossi:segreto@", 1), wire.ErrTSADown},
		{"no address", "http://mrossi:segreto@[", wire.ErrTSADown},
		{"out of order", refusing(503), wire.ErrTSADown},
		{"too many", refusing(429), wire.ErrTSADown},
		{"no account", refusing(401), wire.ErrTSARefused},
		{"moved", refusing(302), wire.ErrTSARefused},
	} {
		t.Run(row.name, func(t *testing.T) {
			_, err := stamp(t, row.url, timestamp.Options{})
			if !errors.Is(err, &signature.Error{Code: row.code}) {
				t.Errorf("%v", err)
			}
			if strings.Contains(err.Error(), "mrossi") || strings.Contains(err.Error(), "segreto") {
				t.Errorf("the account is in the error: %v", err)
			}
		})
	}
}

func TestCallerGivesUp(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	asked := make(chan struct{})
	s := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body) // so that the end of the connection is seen
		close(asked)
		<-r.Context().Done()
	}))
	defer s.Close()
	go func() { <-asked; cancel() }()
	if _, err := timestamp.New(s.URL, client(t), timestamp.Options{}).Stamp(ctx, digest()); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
	if _, err := timestamp.New(s.URL, client(t), timestamp.Options{}).Stamp(t.Context(), []byte("breve")); err == nil {
		t.Error("a digest of five octets was stamped")
	}
}

func TestAccount(t *testing.T) {
	tsa := signtest.New(t).TSA(t)
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		query, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		if user, password, ok := r.BasicAuth(); !ok || user != "mrossi" || password != "segreto" || r.Header.Get("Content-Type") != "application/timestamp-query" {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		reply, err := tsa.Reply(t, query)
		if err != nil {
			t.Error(err)
		}
		w.Write(reply)
	}))
	defer s.Close()
	if _, err := stamp(t, strings.Replace(s.URL, "http://", "http://mrossi:segreto@", 1), timestamp.Options{}); err != nil {
		t.Error(err)
	}
}
