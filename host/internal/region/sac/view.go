package sac

import (
	"strconv"

	"raccordo/host/internal/ricetta"
	"raccordo/host/internal/wire"
)

// ViewAnswer is a VisualizzaPrescrittoRicevuta.
type ViewAnswer struct {
	Result  wire.ViewResult
	Outcome string
	Errors  []wire.Notice
}

// DecodeView reads a VisualizzaPrescrittoRicevuta. codiceAss comes back empty,
// so the patient is known by name only; a quantity that is no number is 0.
func DecodeView(body []byte) (ViewAnswer, error) {
	n, err := payload(body, "VisualizzaPrescrittoRicevuta", nsViewAnswer)
	if err != nil {
		return ViewAnswer{}, err
	}
	r, err := readRemarks(n, "codEsitoVisualizzazione", nsViewAnswer)
	if err != nil {
		return ViewAnswer{}, err
	}
	get := func(name string) string { return n.value(name, nsViewAnswer, nsTypes) }
	v := wire.ViewResult{
		NRE: get("nre"), State: get("statoProcesso"), CodAutenticazione: get("codAutenticazione"),
		InsertedAt: get("dataInserimento"), CompiledAt: get("dataCompilazione"),
		TipoPrescrizione: get("tipoPrescrizione"), CognomeNome: get("cognNome"), CodEsenzione: get("codEsenzione"),
		Diagnosi: get("descrizioneDiagnosi"), Dettagli: []wire.PrescriptionItem{}, Warnings: r.warnings,
	}
	if v.Diagnosi == "" {
		v.Diagnosi = get("codDiagnosi")
	}
	if v.State != "" {
		v.StateText = ricetta.StateText(v.State)
	}
	for _, d := range n.child("ElencoDettagliPrescrizioni", nsViewAnswer, nsTypes).all("DettaglioPrescrizione", nsViewAnswer, nsTypes) {
		v.Dettagli = append(v.Dettagli, readItem(d))
	}
	return ViewAnswer{v, r.outcome, r.errors}, nil
}

func readItem(d *node) wire.PrescriptionItem {
	get := func(name string) string { return d.value(name, nsTypes, nsViewAnswer) }
	quantity, _ := strconv.Atoi(get("quantita"))
	item := wire.PrescriptionItem{
		CodProdPrest: get("codProdPrest"), DescrProdPrest: get("descrProdPrest"),
		CodGruppoEquival: get("codGruppoEquival"), DescrGruppoEquival: get("descrGruppoEquival"),
		Note: get("descrTestoLiberoNote"), NonSostituibile: get("nonSost") == "1",
		CodMotivazione: get("codMotivazione"), NotaAIFA: get("notaProd"), Quantita: quantity, TipoAccesso: get("tipoAccesso"),
	}
	if item.Note == "" {
		item.Note = get("motivazNote")
	}
	return item
}
