package sac

import (
	"cmp"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"raccordo/host/internal/ricetta"
	"raccordo/host/internal/wire"
)

// ViewAnswer is a VisualizzaPrescrittoRicevuta.
type ViewAnswer struct {
	Result  wire.ViewResult
	Outcome string
	Errors  []wire.Notice
}

// DecodeView reads a VisualizzaPrescrittoRicevuta: all that was sent, as far as
// the region gives it back. The real one keeps the patient's code to itself,
// and sends an address as "|||". A quantity that is no number is 0.
func DecodeView(body []byte) (ViewAnswer, error) {
	n, err := payload(body, "VisualizzaPrescrittoRicevuta", nsViewAnswer)
	if err != nil {
		return ViewAnswer{}, err
	}
	r, err := readRemarks(n, prescriptionRemarks("codEsitoVisualizzazione", nsViewAnswer))
	if err != nil {
		return ViewAnswer{}, err
	}
	get := func(name string) string { return n.value(name, nsViewAnswer, nsTypes) }
	p := readPrescription(get)
	for _, d := range n.child("ElencoDettagliPrescrizioni", nsViewAnswer, nsTypes).all("DettaglioPrescrizione", nsViewAnswer, nsTypes) {
		p.Dettagli = append(p.Dettagli, readItem(d))
	}
	v := wire.ViewResult{
		NRE: get("nre"), State: get("statoProcesso"), CodAutenticazione: get("codAutenticazione"),
		InsertedAt: get("dataInserimento"), CompiledAt: get("dataCompilazione"),
		TipoPrescrizione: p.TipoPrescrizione, CognomeNome: p.CognomeNome, CodEsenzione: p.CodEsenzione,
		Diagnosi: cmp.Or(p.DescrizioneDiagnosi, p.CodDiagnosi), Dettagli: p.Dettagli, Warnings: r.warnings,
		Prescription: &p, Titolare: get("cfMedico1"), Sostituto: get("cfMedico2"), NonSSN: notSSN(r.warnings) || notSSN(r.errors),
	}
	if r.outcome == ricetta.CodeNotSSN && !v.NonSSN {
		// The specification gives 5221 as "codEsito", which may be the outcome, too.
		said := []wire.Notice{{Code: ricetta.CodeNotSSN}}
		ricetta.FillRemedies(said)
		v.NonSSN, v.Warnings = true, append(v.Warnings, said...)
	}
	if v.State != "" {
		v.StateText = ricetta.StateOf(v.State, append(v.Warnings, r.errors...)).Text
	}
	return ViewAnswer{v, r.outcome, r.errors}, nil
}

func notSSN(said []wire.Notice) bool {
	return slices.ContainsFunc(said, func(n wire.Notice) bool { return n.Code == ricetta.CodeNotSSN })
}

// plan is a therapeutic plan in testata1, where the real service also writes
// the doctor's name.
var plan = regexp.MustCompile(`^PT=([^;]+);$`)

// readPrescription reads all but the items.
func readPrescription(get func(string) string) wire.Prescription {
	p := wire.Prescription{
		TipoPrescrizione: get("tipoPrescrizione"), TipoRicetta: get("tipoRic"),
		CognomeNome: get("cognNome"), Indirizzo: get("indirizzo"), OscuramentoDati: get("oscuramDati") == "1",
		NumeroTesseraSASN: get("numTessSasn"), SocietaNavigazione: get("socNavigaz"), RicettaInterna: get("ricettaInterna") == "1",
		CodEsenzione: get("codEsenzione"), EsenteReddito: get("reddito") == "1",
		CodDiagnosi: get("codDiagnosi"), DescrizioneDiagnosi: get("descrizioneDiagnosi"),
		TipoVisita: get("tipoVisita"), DisposizioniReg: get("dispReg"), ProvinciaAssistito: get("provAssistito"), ASLAssistito: get("aslAssistito"),
		IndicazionePrescr: get("indicazionePrescr"), Altro: get("altro") == "A", ClassePriorita: get("classePriorita"),
		StatoEstero: get("statoEstero"), IstituzioneEstera: get("istituzCompetente"),
		NumeroPersonale: get("numIdentPers"), NumeroTessera: get("numIdentTess"),
		DataNascitaEstero: get("dataNascitaEstero"), DataScadenzaTessera: get("dataScadTessera"),
		Dettagli: []wire.PrescriptionItem{},
	}
	if strings.Trim(p.Indirizzo, "|") == "" {
		p.Indirizzo = ""
	}
	if m := plan.FindStringSubmatch(get("testata1")); m != nil {
		p.PianoTerapeutico = m[1]
	}
	var mine []string
	for part := range strings.SplitSeq(get("testata2"), ";") {
		switch part = strings.TrimSpace(part); part {
		case "":
		case "EROGDPC":
			p.DPC = true
		default:
			mine = append(mine, part)
		}
	}
	p.Testata2 = strings.Join(mine, ";")
	return p
}

// readItem reads a DettaglioPrescrizione. numsedute is 0 even for drugs.
func readItem(d *node) wire.PrescriptionItem {
	get := func(name string) string { return d.value(name, nsTypes, nsViewAnswer) }
	number := func(name string) int { i, _ := strconv.Atoi(get(name)); return max(i, 0) }
	item := wire.PrescriptionItem{
		CodProdPrest: get("codProdPrest"), DescrProdPrest: get("descrProdPrest"),
		CodGruppoEquival: get("codGruppoEquival"), DescrGruppoEquival: get("descrGruppoEquival"),
		Note: get("descrTestoLiberoNote"), NonSostituibile: get("nonSost") == "1",
		CodMotivazione: get("codMotivazione"), NotaAIFA: get("notaProd"), Quantita: number("quantita"), TipoAccesso: get("tipoAccesso"),
		Televisita: get("prescrizione1") == "TV;", Prescrizione2: get("prescrizione2"), CodCatalogo: get("codCatalogoPrescr"),
		NumeroNota: get("numeroNota"), CondErogabilita: get("condErogabilita"), ApproprPrescr: get("approprPrescrittiva"),
		Patologia: get("patologia"), NumeroSedute: number("numsedute"),
	}
	if item.Note == "" {
		item.Note = get("motivazNote")
	}
	return item
}
