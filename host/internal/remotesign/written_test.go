package remotesign_test

import (
	"bytes"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"raccordo/host/internal/remotesign"
	"raccordo/host/internal/sim/testca"
)

type object = map[string]any

// desk is a small service written from what documents say of one that departs
// from the standard: "POST credentials/list" and what it answers.
type desk struct {
	*testing.T
	*doctor
	server  *httptest.Server
	answers map[string]func(in object) (int, any)
	log     bytes.Buffer
	wait    time.Duration

	mu    sync.Mutex
	asked []string
	heard []object
	auth  []string
	key   *rsa.PrivateKey
	cert  []byte
}

func newDesk(t *testing.T) *desk {
	t.Helper()
	d := &desk{T: t, doctor: &doctor{t: t, cf: "utente", phone: func() string { return "123456" }}, answers: map[string]func(object) (int, any){}, wait: time.Minute}
	key, err := oneKey()
	if err != nil {
		t.Fatal(err)
	}
	ca, err := testca.New("carte")
	if err != nil {
		t.Fatal(err)
	}
	d.key = key
	d.cert, err = ca.Issue(&x509.Certificate{Subject: testca.Subject("Medico di prova"), KeyUsage: x509.KeyUsageContentCommitment}, key.Public())
	if err != nil {
		t.Fatal(err)
	}
	d.server = httptest.NewTLSServer(http.HandlerFunc(d.serve))
	t.Cleanup(func() {
		d.server.Client().CloseIdleConnections()
		d.server.Close()
	})
	return d
}

func (d *desk) serve(w http.ResponseWriter, q *http.Request) {
	raw, _ := io.ReadAll(q.Body)
	in := object{}
	_ = json.Unmarshal(raw, &in)
	for name := range q.URL.Query() {
		in["?"+name] = q.URL.Query().Get(name)
	}
	if q.Header.Get("Content-Type") == "application/x-www-form-urlencoded" {
		in["form"] = string(raw)
	}
	name := q.Method + " " + strings.TrimPrefix(q.URL.Path, "/api/")
	d.mu.Lock()
	d.asked, d.heard, d.auth = append(d.asked, name), append(d.heard, in), append(d.auth, q.Header.Get("Authorization"))
	answer := d.answers[name]
	d.mu.Unlock()
	if answer == nil {
		d.Errorf("asked for %s", name)
		w.WriteHeader(http.StatusNotFound)
		return
	}
	status, body := answer(in)
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	if text, ok := body.(string); ok {
		_, _ = io.WriteString(w, text)
		return
	}
	if body != nil {
		_ = json.NewEncoder(w).Encode(body)
	}
}

// on says what one method answers; always the same.
func (d *desk) on(name string, status int, body any) {
	d.answers[name] = func(object) (int, any) { return status, body }
}

// times counts the requests of a method.
func (d *desk) times(name string) int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return len(slices.DeleteFunc(slices.Clone(d.asked), func(each string) bool { return each != name }))
}

// last is the latest request of a method, and its Authorization header.
func (d *desk) last(name string) (object, string) {
	d.Helper()
	d.mu.Lock()
	defer d.mu.Unlock()
	for i := len(d.asked) - 1; i >= 0; i-- {
		if d.asked[i] == name {
			return d.heard[i], d.auth[i]
		}
	}
	d.Fatalf("%s was not asked", name)
	return nil, ""
}

// signed answers with the signatures of the hashes under a name.
func (d *desk) signed(in object, name string) object {
	var values []string
	for _, each := range list(in[name]) {
		digest, err := base64.StdEncoding.DecodeString(each)
		if err != nil {
			d.Error(err)
		}
		value, err := rsa.SignPKCS1v15(rand.Reader, d.key, crypto.SHA256, digest)
		if err != nil {
			d.Error(err)
		}
		values = append(values, base64.StdEncoding.EncodeToString(value))
	}
	return object{"signatures": values}
}

func list(v any) (texts []string) {
	all, _ := v.([]any)
	for _, each := range all {
		text, _ := each.(string)
		texts = append(texts, text)
	}
	return texts
}

// described is a credential of v1 with a certificate; more takes the place of
// what is usual.
func (d *desk) described(more object) object {
	o := object{
		"key":       object{"status": "enabled", "algo": []string{"1.2.840.113549.1.1.11"}, "len": 2048},
		"cert":      object{"status": "valid", "certificates": []string{base64.StdEncoding.EncodeToString(d.cert)}},
		"authMode":  "explicit",
		"SCAL":      "2",
		"PIN":       object{"presence": "true", "format": "N"},
		"OTP":       object{"presence": "false"},
		"multisign": 50,
	}
	for name, value := range more {
		o[name] = value
		if value == nil {
			delete(o, name)
		}
	}
	return o
}

func (d *desk) profile() remotesign.Profile {
	return remotesign.Profile{ID: "prova", Name: "Firma di prova", Kind: remotesign.CSC, URL: d.server.URL + "/api", Authorize: remotesign.ByNobody}
}

func (d *desk) service(p remotesign.Profile) *remotesign.Service {
	d.Helper()
	s, err := remotesign.New(p, d.server.Client(), d.doctor, newDrawer(), remotesign.Options{
		Log: zerolog.New(&d.log), Answer: time.Minute, Poll: time.Millisecond, Wait: d.wait,
	})
	if err != nil {
		d.Fatal(err)
	}
	return s
}

// signs opens the first credential and has n documents signed.
func (d *desk) signs(p remotesign.Profile, n int) (int, error) {
	d.Helper()
	k, err := d.service(p).Open(d.Context(), "", 0)
	if err != nil {
		return 0, err
	}
	defer func() { _ = k.Close() }()
	return sign(d.T, k, hashes(k, n))
}
