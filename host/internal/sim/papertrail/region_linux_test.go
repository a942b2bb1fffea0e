//go:build cgo

package papertrail

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"sync"
	"testing"

	"raccordo/host/internal/sim/lab"
	"raccordo/host/internal/sim/testca"
)

// midway stands between the agent and the region, for two ends: it keeps each promemoria
// as it came over the wire, and takes it out of the answer for regions that give none.
type midway struct {
	mu    sync.Mutex
	given [][]byte
	keeps bool // the region gives no promemoria
}

var slipInAnswer = regexp.MustCompile(`<flagPromemoria>0</flagPromemoria><pdfPromemoria>([^<]*)</pdfPromemoria>`)

// between puts a midway into the lab's profile, in which drawing is allowed. It must be
// called before the agent starts.
func between(t *testing.T, l *lab.Lab) *midway {
	m := &midway{}
	target := must(url.Parse(l.Region.SARURL()))(t)
	key := must(ecdsa.GenerateKey(elliptic.P256(), rand.Reader))(t)
	der := must(l.Region.CardCA().Issue(&x509.Certificate{
		Subject:  testca.Subject(l.Doctor.CF + "/0000000000000000.midway"),
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth},
	}, key.Public()))(t)
	transport := &http.Transport{TLSClientConfig: &tls.Config{
		RootCAs: l.Region.ServerCA().Pool(), Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}},
	}}
	s := httptest.NewUnstartedServer(&httputil.ReverseProxy{
		Transport: transport, ModifyResponse: m.answer,
		Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(target); r.Out.Header.Del("Accept-Encoding") },
	})
	s.TLS = &tls.Config{Certificates: []tls.Certificate{must(l.Region.ServerCA().Server("127.0.0.1"))(t)}, ClientAuth: tls.RequestClientCert}
	s.StartTLS()
	t.Cleanup(func() { s.Close(); transport.CloseIdleConnections() })
	path := filepath.Join(l.Dir, "config", "raccordo", "regions", "simulata.toml")
	profile := must(os.ReadFile(path))(t)
	profile = bytes.ReplaceAll(profile, []byte(l.Region.SARURL()), []byte(s.URL))
	profile = bytes.ReplaceAll(profile, []byte(`promemoria = "region"`), []byte(`promemoria = "drawn"`))
	check(t, os.WriteFile(path, profile, 0o600))
	return m
}

func (m *midway) answer(r *http.Response) error {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, found := range slipInAnswer.FindAllSubmatch(body, -1) {
		pdf, err := base64.StdEncoding.DecodeString(string(found[1]))
		if err != nil {
			return err
		}
		m.given = append(m.given, pdf)
	}
	if m.keeps {
		body = slipInAnswer.ReplaceAll(body, nil)
	}
	r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
	r.Header.Set("Content-Length", strconv.Itoa(len(body)))
	return nil
}

// last is the newest promemoria that the region gave, and whether the agent got it.
func (m *midway) last() []byte {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.given[len(m.given)-1]
}

func (m *midway) keep(yes bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.keeps = yes
}
