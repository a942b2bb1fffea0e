package control_test

import (
	"context"
	"path/filepath"
	"testing"
	"time"

	"raccordo/host/internal/sim/browser"
	"raccordo/host/internal/sim/region"
	"raccordo/host/internal/sim/region/faults"
)

// TestLogAndPrescriptionPages reads what the region got, and plays the
// pharmacy, as a person does.
func TestLogAndPrescriptionPages(t *testing.T) {
	s := start(t)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	must := func(err error) {
		if err != nil {
			t.Helper()
			t.Fatal(err)
		}
	}
	session := s.open()
	s.send(session)
	s.send(session)
	s.region.RefuseNext(region.Refusal{Code: "1176"})
	s.send(session)
	s.region.Inject(faults.Fault{Kind: faults.BrokenAfter, Service: region.ServiceSend, Times: 1})
	s.send(session)
	b, err := browser.Start(ctx, browser.Options{Headless: true, UserDataDir: filepath.Join(t.TempDir(), "profilo")})
	must(err)
	defer func() { _ = b.Close() }()
	page, err := b.Open(ctx, s.url+"registro")
	must(err)
	must(page.Resize(ctx, browser.Size{Width: 1400, Height: 1000}))
	shoot := func(name string) {
		if *shots != "" {
			must(page.Screenshot(ctx, filepath.Join(*shots, name+".png")))
		}
	}
	must(page.WaitFor(ctx, `document.querySelectorAll("tbody tr:not(.dettaglio)").length === 5`))
	must(page.ClickSelector(ctx, "tbody tr:nth-of-type(4) summary"))
	must(page.WaitFor(ctx, `document.querySelectorAll("details[open] pre")[1].textContent.includes("\n          <ns2:codEsito>1176</ns2:codEsito>")`))
	shoot("registro")
	var chosen string
	must(page.Eval(ctx, `document.querySelector("[name=guasto]").value = "errore-500-dopo"`, &chosen))
	must(page.ClickAX(ctx, "button", "^Filtra$"))
	must(page.WaitFor(ctx, `document.querySelectorAll("tbody tr:not(.dettaglio)").length === 1 && document.querySelector(".guasto").textContent === "Errore 500 dopo l'esecuzione"`))
	must(page.ClickAX(ctx, "link", "^Ricette$"))
	must(page.WaitFor(ctx, `document.querySelectorAll("tbody tr").length === 3`))
	must(page.ClickAX(ctx, "button", "^prendi in carico: 0900A4000000001$"))
	must(page.WaitFor(ctx, `document.body.textContent.includes("5 – In carico all'erogatore")`))
	shoot("ricette")
	must(page.Resize(ctx, browser.Size{Width: 400, Height: 900}))
	var wide bool
	must(page.Eval(ctx, "document.documentElement.scrollWidth > innerWidth", &wide))
	if wide {
		t.Error("the narrow page scrolls sideways")
	}
	if problems := page.Problems(); len(problems) > 0 {
		t.Errorf("the pages complain: %q", problems)
	}
}
