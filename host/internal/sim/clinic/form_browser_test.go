package clinic

import (
	"fmt"
	"time"

	"raccordo/host/internal/ricetta"
	"raccordo/host/internal/wire"
)

// Each special case of the form gives a prescription that the connector takes.
func specialCases(s *sheet) {
	s.click("link", "^GALLI PIETRO$")
	s.sees("heading", "^Nuova ricetta$")
	choose := func(n int) {
		s.must(s.page.Eval(s.ctx, fmt.Sprintf(`(m => { m.value = %d; m.dispatchEvent(new Event("change")); })(document.querySelector("#modello")), 1`, n), nil))
	}
	for n := range templates("") {
		choose(n)
		s.click("button", "^Aggiungi$")
	}
	choose(0)
	s.must(s.page.Eval(s.ctx, `(() => { document.querySelector(".casi").open = true; })(), 1`, nil))
	s.holds(`document.querySelector("[data-se=estero]").hidden`)
	s.must(s.page.ClickSelector(s.ctx, "#estero"))
	for id, text := range map[string]string{
		"stato_estero": "DE", "istituzione_competente": "AOK PROVA", "numero_identificazione_personale": "X1",
	} {
		s.must(s.page.ClickSelector(s.ctx, "#"+id))
		s.must(s.page.Type(s.ctx, text))
	}
	s.must(s.page.Eval(s.ctx, `(() => { document.querySelector("#data_nascita_estero").value = "1980-01-31"; })(), 1`, nil))
	s.shot("casi-particolari")
	s.click("button", "^Aggiungi$")
	choose(5)
	s.sees("textbox", "^Posologia e modo di somministrazione$")
	s.shot("stupefacente")
	var data []wire.Prescription
	s.must(s.page.Eval(s.ctx, `JSON.parse(sessionStorage.getItem("clinica-demo")).prescriptions.map(p => p.data)`, &data))
	if want := 3 + len(templates("")) + 1; len(data) != want {
		s.t.Fatalf("%d prescriptions, want %d", len(data), want)
	}
	for _, p := range data {
		if notices := ricetta.Validate(p, time.Now()); len(notices) > 0 {
			s.t.Errorf("%s: %+v", p.Dettagli[0].DescrProdPrest, notices)
		}
	}
	abroad := data[len(data)-1]
	if abroad.TipoRicetta != "UE" || abroad.CodiceAssistito != "" || abroad.StatoEstero != "DE" {
		s.t.Errorf("%+v", abroad)
	}
	s.click("link", "^Vai alle ricette$")
	s.shot("casi-in-elenco")
}

func newOne(s *sheet) {
	s.click("link", "^GALLI PIETRO$")
	s.sees("heading", "^Nuova ricetta$")
	s.must(s.page.Eval(s.ctx, `(m => { m.value = "2"; m.dispatchEvent(new Event("change")); })(document.querySelector("#modello")), 1`, nil))
	s.sees("textbox", "^Quesito diagnostico$")
	s.must(s.page.ClickSelector(s.ctx, "#esenzione"))
	s.must(s.page.Type(s.ctx, "e01"))
	s.click("button", "^Aggiungi$")
	s.click("link", "^Vai alle ricette$")
	s.counts("4 0 0 0")
	s.sees("link", "^GALLI PIETRO$")
	s.sees("StaticText", "Esenzione E01")
}
