//go:build unix

package browser

import (
	"crypto/tls"
	"errors"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"raccordo/host/internal/sim/testca"
)

func TestTrustedServer(t *testing.T) {
	ca, err := testca.New("Prova")
	must(t, err)
	cert, err := ca.Server("clinica-demo.localhost")
	must(t, err)
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write([]byte("sicuro"))
	}))
	server.TLS = &tls.Config{Certificates: []tls.Certificate{cert}, MinVersion: tls.VersionTLS12}
	server.StartTLS()
	t.Cleanup(server.Close)
	f := start(t, Options{TrustSPKI: []string{SPKI(cert.Leaf)}})
	url := strings.Replace(server.URL, "127.0.0.1", "clinica-demo.localhost", 1)
	p, err := f.browser.Open(limit(t, 20*time.Second), url)
	must(t, err)
	must(t, p.WaitFor(limit(t, 5*time.Second), `isSecureContext && document.body.textContent === "sicuro"`))
}

func TestEnd(t *testing.T) {
	tests := []struct {
		name string
		end  func(*Browser)
	}{
		{"close", func(b *Browser) { _ = b.Close() }},
		{"kill", func(b *Browser) { b.Kill() }},
		{"crash", func(b *Browser) { _ = syscall.Kill(b.PID(), syscall.SIGKILL) }},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f := start(t, Options{})
			pid := f.browser.PID()
			tt.end(f.browser)
			select {
			case <-f.browser.Done():
			case <-time.After(10 * time.Second):
				t.Fatal("still there")
			}
			if err := f.page.WaitFor(limit(t, 5*time.Second), "true"); !errors.Is(err, ErrGone) {
				t.Errorf("a page of a dead browser says %v", err)
			}
			_ = f.browser.Close() // again: no harm
			must(t, poll(limit(t, 5*time.Second), func() (bool, error) {
				return errors.Is(syscall.Kill(-pid, 0), syscall.ESRCH), nil
			}))
		})
	}
}

func TestStartFails(t *testing.T) {
	dir := t.TempDir()
	tests := []struct {
		name, want string
		opt        Options
	}{
		{"no program", "no-such-chromium", Options{Exe: "no-such-chromium", UserDataDir: dir}},
		{"no profile", "no user data dir", Options{}},
		{"no extension there", "Extensions.loadUnpacked", Options{Headless: true, UserDataDir: dir, Extension: filepath.Join(dir, "assente")}},
		{"ends at once", "the browser is gone", Options{Exe: "/bin/true", UserDataDir: dir}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := Start(limit(t, 30*time.Second), tt.opt)
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("err = %v, want …%s…", err, tt.want)
			}
		})
	}
}
