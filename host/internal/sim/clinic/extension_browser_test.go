package clinic

import (
	"context"
	"flag"
	"fmt"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"raccordo/host/internal/register"
	"raccordo/host/internal/sim/browser"
)

// -extension is what "make build" made; the tests fail without it.
var extension = flag.String("extension", "../../../../build/extension/chromium", "folder of the built extension")

// realDesk is the application with the real extension and a scripted host.
func realDesk(t *testing.T) desk {
	t.Helper()
	if _, err := os.Stat(filepath.Join(*extension, "manifest.json")); err != nil {
		t.Fatalf("run make build: %v", err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Minute)
	t.Cleanup(cancel)
	server := httptest.NewTLSServer(handler(t, Options{}))
	t.Cleanup(server.Close)
	profile := filepath.Join(t.TempDir(), "profilo")
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := register.Write(filepath.Join(profile, "NativeMessagingHosts"), register.Chromium, self); err != nil {
		t.Fatal(err)
	}
	b, err := browser.Start(ctx, browser.Options{
		Headless: true, UserDataDir: profile, Extension: *extension, TrustSPKI: []string{browser.SPKI(server.Certificate())},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = b.Close() })
	port := server.URL[strings.LastIndex(server.URL, ":"):]
	return desk{t, ctx, b, "https://clinica-demo.localhost" + port}
}

// own opens a page of the extension.
func (d desk) own(t *testing.T, path string) *sheet {
	t.Helper()
	d.url = "chrome-extension://" + d.browser.ExtensionID()
	return d.open(t, path)
}

func (d desk) popup(t *testing.T) *sheet {
	t.Helper()
	s := d.own(t, "/popup.html")
	s.must(s.page.Resize(s.ctx, popupSize))
	return s
}

var popupSize = browser.Size{Width: 400, Height: 1500}

func TestExtension(t *testing.T) {
	d := realDesk(t)
	t.Run("differences", func(t *testing.T) { differences(d.open(t, "/#/pazienti")) })
	t.Run("batch", func(t *testing.T) { extensionBatch(d.open(t, "/#/ricette")) })
	t.Run("signing", func(t *testing.T) { extensionSigns(d, d.open(t, "/#/documenti")) })
	t.Run("large document", func(t *testing.T) { largeDocument(d.open(t, "/#/documenti")) })
	t.Run("printers", func(t *testing.T) { printers(d.own(t, "/options.html")) })
	t.Run("prints", func(t *testing.T) { extensionPrints(d, d.open(t, "/#/ricette")) })
	t.Run("popup", func(t *testing.T) { popup(d.popup(t)) })
}

// differences are shown, and written one by one when the doctor says so; the
// reason of a failure outlives a reload.
func differences(s *sheet) {
	field := func(name, want string) {
		s.t.Helper()
		s.holds(fmt.Sprintf(`document.querySelector("[name=%s]").value === %q`, name, want))
	}
	s.click("link", "^BIANCHI LUCIA$")
	s.sees("heading", "^BIANCHI LUCIA$")
	s.sees("button", "^Collegato – GIULIA VERDI")
	s.click("button", "^Sincronizza con la regione$")
	s.sees("heading", "^Differenze con la scheda$")
	s.sees("StaticText", "^annullata dal prescrittore$")
	field("indirizzo", "VIA DEI BARDI 8, SCALA B")
	field("cap", "50125")
	s.shot("sincronizzazione")
	if all, err := s.page.FindAllAX(s.ctx, "button", "^(Usa|Mantieni): "); err != nil || len(all) != 4 {
		s.t.Errorf("%d buttons: %v", len(all), err)
	}
	s.click("button", "^Mantieni: Indirizzo$")
	field("indirizzo", "VIA DEI BARDI 8, SCALA B")
	s.press("Enter") // the focus has gone on: "Usa" of the next difference
	field("cap", "50123")
	s.sees("StaticText", "^Inserito nella scheda$")
	s.shot("sincronizzazione-decisa")
	s.must(s.page.Reload(s.ctx))
	field("cap", "50123") // the application has taken it as typed
	field("indirizzo", "VIA DEI BARDI 8, SCALA B")
	s.sees("StaticText", `^Data ultima sincronizzazione: 22/11/2026 18:20$`)
	s.click("button", "^Sincronizza con la regione$")
	s.holds(`document.querySelector("raccordo-sincronizza").dataset.state === "failed"`)
	s.must(s.page.Reload(s.ctx))
	s.sees("StaticText", "^Ultima sincronizzazione non riuscita, 22/11/2026 18:24$")
	s.sees("StaticText", `^Data ultima sincronizzazione: 22/11/2026 18:20$`)
	s.shot("sincronizzazione-fallita")
}

func extensionBatch(s *sheet) {
	s.click("button", "^Prepara 100 ricette di prova$")
	s.click("button", "^Elabora tutte$")
	s.sees("StaticText", "^Elaborazione delle ricette$")
	s.holds(`document.querySelector("progress")?.value >= 1`)
	s.shot("barra-elaborazione")
	// that of the application goes; what is left is the extension's
	s.must(s.page.Eval(s.ctx, `document.querySelector(".avanzamento").remove(), 1`, nil))
	s.click("button", "^Interrompi$")
	s.sees("StaticText", "^Elaborazione interrotta$")
	s.sees("StaticText", "ricett[ae] elaborat[ae], [0-9]+ non inviate")
	s.sees("button", "^Riprendi$")
	s.sees("StaticText", "^Elaborazione interrotta: [0-9]+ ricett[ae] trasmess[ae], [0-9]+ ricette non trasmesse.$") // the application's own words
	s.shot("barra-interrotta")
}

func popup(s *sheet) {
	s.sees("heading", "^Ricette in carico$")
	s.sees("StaticText", "^1 da elaborare più tardi$|2 da controllare, 2 in attesa di invio, 1 da elaborare più tardi")
	s.sees("StaticText", "Prossimo tentativo: 22/11/2026 18:35")
	s.picture("popup", popupSize)
	rows := func(n int) {
		s.t.Helper()
		s.holds(fmt.Sprintf(`document.querySelectorAll("#outbox > ul > li[data-state]").length === %d`, n))
	}
	rows(5)
	s.click("button", "^Invia adesso: ROSSI MARCO$")
	rows(4)
	s.sees("StaticText", "^Ricetta trasmessa.$")
	s.click("button", "^Scarta: CONTI ANNA$")
	s.sees("StaticText", "la regione l'ha ricevuta, viene annullata")
	s.picture("popup-scarta", popupSize)
	s.click("button", "^Indietro$")
	s.holds(`document.activeElement.textContent === "Scarta"`)
	s.click("button", "^Sì, c'è$")
	s.must(s.page.Type(s.ctx, "0900A4"))
	s.press("Enter")
	s.sees("alert", "")
	s.sees("StaticText", "^L'NRE ha 15 caratteri")
	s.picture("popup-nre", popupSize)
	s.must(s.page.Type(s.ctx, "123456789"))
	s.press("Enter")
	rows(3)
	s.click("button", "^Scarta: GALLI PIETRO$")
	s.click("button", "^Sì, scarta$")
	rows(2)
	s.must(s.page.Reload(s.ctx))
	rows(2)
	s.must(s.page.Resize(s.ctx, browser.Size{Width: 320, Height: 600})) // a narrow window of a phone, or a large zoom
	s.holds(`document.documentElement.scrollWidth <= 320`)
	s.picture("popup-stretto", browser.Size{Width: 320, Height: 1000})
}
