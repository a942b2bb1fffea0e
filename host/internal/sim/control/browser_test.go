package control_test

import (
	"context"
	"flag"
	"net/http"
	"path/filepath"
	"testing"
	"time"

	"raccordo/host/internal/sim/browser"
)

// -shots keeps pictures of the page, to be looked at.
var shots = flag.String("shots", "", "folder for screenshots")

// TestPage uses the panel as a person does.
func TestPage(t *testing.T) {
	s := start(t)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	must := func(err error) {
		if err != nil {
			t.Helper()
			t.Fatal(err)
		}
	}
	b, err := browser.Start(ctx, browser.Options{Headless: true, UserDataDir: filepath.Join(t.TempDir(), "profilo")})
	must(err)
	defer func() { _ = b.Close() }()
	page, err := b.Open(ctx, s.url)
	must(err)
	shoot := func(name string) {
		if *shots != "" {
			must(page.Screenshot(ctx, filepath.Join(*shots, name+".png")))
		}
	}
	listed := func(condition string) {
		t.Helper()
		must(page.WaitFor(ctx, `document.getElementById("attivi").textContent `+condition))
	}
	must(page.Resize(ctx, browser.Size{Width: 1280, Height: 900}))
	must(page.ClickAX(ctx, "button", "^Attiva: Errore 503$"))
	listed(`=== "Errore 503 · Tutti i servizi · ancora 1 volta"`)
	shoot("pannello")
	if status := s.session(); status != http.StatusServiceUnavailable {
		t.Errorf("with the fault: %d", status)
	}
	listed(`=== ""`) // by itself
	must(page.WaitFor(ctx, `document.querySelector('[data-servizio="sessione"]').textContent === "1"`))
	s.session()
	must(page.WaitFor(ctx, `document.getElementById("sessioni").textContent === "1"`))
	must(page.ClickAX(ctx, "button", "^Comanda$"))
	must(page.WaitFor(ctx, `document.getElementById("rifiuti").textContent === "Invio ricette · chiunque · rifiuto 1176 · ancora 1"`))
	must(page.ClickAX(ctx, "button", "^Avvia il caos$"))
	must(page.WaitFor(ctx, `document.getElementById("caos").textContent.startsWith("Caos in corso con seme 1")`))
	shoot("pannello-caos")
	must(page.ClickAX(ctx, "button", "^Ferma il caos$"))
	must(page.WaitFor(ctx, `document.getElementById("caos").textContent.startsWith("Caos fermo")`))
	must(page.ClickAX(ctx, "button", "^Termina le sessioni$"))
	must(page.WaitFor(ctx, `document.getElementById("sessioni").textContent === "0"`))
	must(page.ClickAX(ctx, "button", "^Regione spenta$"))
	must(page.WaitFor(ctx, `document.getElementById("spenta").textContent === "spenta"`))
	must(page.ClickAX(ctx, "button", "^Attiva: Certificato scaduto$"))
	listed(`.startsWith("Certificato scaduto")`)
	must(page.ClickAX(ctx, "button", "^Azzera tutto$"))
	listed(`=== ""`)
	must(page.WaitFor(ctx, `document.getElementById("spenta").textContent === "accesa"`))
	must(page.Resize(ctx, browser.Size{Width: 400, Height: 900}))
	shoot("pannello-stretto")
	var wide bool
	must(page.Eval(ctx, "document.documentElement.scrollWidth > innerWidth", &wide))
	if wide {
		t.Error("the narrow page scrolls sideways")
	}
	if problems := page.Problems(); len(problems) > 0 {
		t.Errorf("the page complains: %q", problems)
	}
}
