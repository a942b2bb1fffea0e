package clinic

import (
	"context"
	"crypto/tls"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"raccordo/host/internal/sim/browser"
	"raccordo/host/internal/sim/testca"
)

func TestReal(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	ca, _ := testca.New("x")
	cert, err := ca.Server("clinica-demo.localhost")
	if err != nil { t.Fatal(err) }
	server := httptest.NewUnstartedServer(handler(t, Options{Guide: true, CardURL: "http://127.0.0.1:9/", FSEURL: "http://127.0.0.1:8"}))
	server.TLS = &tls.Config{Certificates: []tls.Certificate{cert}}
	server.StartTLS()
	defer server.Close()
	b, err := browser.Start(ctx, browser.Options{Headless: true, UserDataDir: filepath.Join(t.TempDir(), "p"), Extension: "/work/main/build/extension/chromium", TrustSPKI: []string{browser.SPKI(cert.Leaf)}})
	if err != nil { t.Fatal(err) }
	defer b.Close()
	p, err := b.Open(ctx, strings.Replace(server.URL, "127.0.0.1", "clinica-demo.localhost", 1))
	if err != nil { t.Fatal(err) }
	s := &sheet{t, ctx, p}
	s.must(p.Resize(ctx, browser.Size{Width: 1280, Height: 800}))
	time.Sleep(2500 * time.Millisecond)
	s.shot("reale-pazienti")
	s.click("button", "^Giulia Verdi$")
	s.sees("menuitem", "Login Cloud")
	s.shot("reale-menu")
	s.press("Escape", "Enter", "ArrowDown", "ArrowDown", "ArrowDown", "ArrowDown", "ArrowDown")
	s.shot("reale-tasti")
	s.press("Escape")
	s.click("link", "^BIANCHI LUCIA$")
	time.Sleep(500 * time.Millisecond)
	s.shot("reale-scheda")
	s.must(p.Resize(ctx, browser.Size{Width: 390, Height: 780}))
	time.Sleep(300 * time.Millisecond)
	s.shot("reale-stretto")
	text, _ := p.AXText(ctx)
	t.Log(text, p.Console())
	s.click("link", "^Ricette")
	s.click("button", "^Elabora tutte$")
	time.Sleep(1500 * time.Millisecond)
	s.shot("reale-ricette")
	t.Log(p.Console())
}
