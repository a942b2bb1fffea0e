package sac

import (
	"strconv"
	"time"

	"raccordo/host/internal/ricetta"
	"raccordo/host/internal/wire"
)

// SendRequest is an InvioPrescrittoRichiesta. PinCode and CodiceAss are sealed
// already; NRE is empty where the region assigns it.
type SendRequest struct {
	PinCode, CodiceAss string // CodiceAss is empty for who has no Italian code
	Doctor             ricetta.Doctor
	NRE                string
	Compiled           time.Time
	Prescription       wire.Prescription
	DPC                bool // the region wants to be told of drugs "per conto" (EROGDPC)
}

// EncodeSend writes an InvioPrescrittoRichiesta (section 4.2.1): every element
// of the schema in its order, but testoLibero, of which only the empty value is
// still accepted.
func EncodeSend(q SendRequest) []byte {
	p := q.Prescription
	return envelope("InvioPrescrittoRichiesta", nsSend, true, func(w *writer) {
		w.text("pinCode", q.PinCode)
		w.prescriber(q.Doctor)
		w.text("testata1", ricetta.Testata1(p))
		w.text("testata2", ricetta.Testata2(p, q.DPC))
		w.text("nre", q.NRE)
		w.text("tipoRic", p.TipoRicetta)
		w.text("codiceAss", q.CodiceAss)
		w.text("cognNome", p.CognomeNome)
		w.text("indirizzo", p.Indirizzo)
		w.flag("oscuramDati", p.OscuramentoDati)
		w.text("numTessSasn", p.NumeroTesseraSASN)
		w.text("socNavigaz", p.SocietaNavigazione)
		w.text("tipoPrescrizione", p.TipoPrescrizione)
		w.flag("ricettaInterna", p.RicettaInterna)
		w.text("codEsenzione", p.CodEsenzione)
		w.flag("nonEsente", ricetta.NonEsente(p))
		w.flag("reddito", ricetta.Reddito(p))
		w.text("codDiagnosi", p.CodDiagnosi)
		w.text("descrizioneDiagnosi", p.DescrizioneDiagnosi)
		w.when("dataCompilazione", q.Compiled)
		w.text("tipoVisita", p.TipoVisita)
		w.text("dispReg", p.DisposizioniReg)
		w.text("provAssistito", p.ProvinciaAssistito)
		w.text("aslAssistito", p.ASLAssistito)
		w.text("indicazionePrescr", p.IndicazionePrescr)
		w.text("altro", ricetta.Altro(p))
		w.text("classePriorita", p.ClassePriorita)
		w.text("statoEstero", p.StatoEstero)
		w.text("istituzCompetente", p.IstituzioneEstera)
		w.text("numIdentPers", p.NumeroPersonale)
		w.text("numIdentTess", p.NumeroTessera)
		w.text("dataNascitaEstero", p.DataNascitaEstero)
		w.text("dataScadTessera", p.DataScadenzaTessera)
		w.buf.WriteString("<r:ElencoDettagliPrescrizioni>")
		w.prefix = "t"
		for _, d := range p.Dettagli {
			w.item(p.TipoPrescrizione, d)
		}
		w.prefix = "r"
		w.buf.WriteString("</r:ElencoDettagliPrescrizioni>")
	})
}

// prescriber writes who prescribes. Of a substitute's prescription cfMedico1,
// region, ASL, structure and specialisation are the titolare's; pinCode and
// credentials stay the sender's (section 4.2.1, note on substitutes, case 2).
func (w *writer) prescriber(d ricetta.Doctor) {
	t := d.Titolare
	if t == nil {
		t = &wire.Titolare{CodiceFiscale: d.CF, Regione: d.Region, ASL: d.ASL, Struttura: d.Struttura, Specializzazione: d.Specializzazione}
	}
	w.text("cfMedico1", t.CodiceFiscale)
	if d.Titolare != nil {
		w.text("cfMedico2", d.CF)
	}
	w.text("codRegione", t.Regione)
	w.text("codASLAo", t.ASL)
	w.text("codStruttura", t.Struttura)
	w.text("codSpecializzazione", t.Specializzazione)
}

// item writes a DettaglioPrescrizione. A free note has two homes:
// descrTestoLiberoNote for services, motivazNote for drugs.
func (w *writer) item(kind string, d wire.PrescriptionItem) {
	w.buf.WriteString("<t:DettaglioPrescrizione>")
	w.text("codProdPrest", d.CodProdPrest)
	w.text("descrProdPrest", d.DescrProdPrest)
	w.text("codGruppoEquival", d.CodGruppoEquival)
	w.text("descrGruppoEquival", d.DescrGruppoEquival)
	if kind != "F" {
		w.text("descrTestoLiberoNote", ricetta.TestoLiberoNote(d))
	}
	w.flag("nonSost", d.NonSostituibile)
	if kind == "F" {
		w.text("motivazNote", ricetta.MotivazNote(d))
	}
	w.text("codMotivazione", d.CodMotivazione)
	w.text("notaProd", d.NotaAIFA)
	w.text("quantita", strconv.Itoa(d.Quantita))
	w.text("prescrizione1", ricetta.Prescrizione1(d))
	w.text("prescrizione2", d.Prescrizione2)
	w.text("codCatalogoPrescr", d.CodCatalogo)
	w.text("tipoAccesso", d.TipoAccesso)
	w.text("numeroNota", d.NumeroNota)
	w.text("condErogabilita", d.CondErogabilita)
	w.text("approprPrescrittiva", d.ApproprPrescr)
	w.text("patologia", d.Patologia)
	if d.NumeroSedute > 0 {
		w.text("numsedute", strconv.Itoa(d.NumeroSedute))
	}
	w.buf.WriteString("</t:DettaglioPrescrizione>")
}

// EncodeView writes a VisualizzaPrescrittoRichiesta (section 4.2.3). Both the
// titolare and his substitute may look: pinCode and code are of the one who does.
func EncodeView(pinCode, nre, doctorCF string) []byte {
	return byNumber("VisualizzaPrescrittoRichiesta", nsView, pinCode, nre, doctorCF)
}

// EncodeCancel writes an AnnullaPrescrittoRichiesta (section 4.2.2) of whoever
// inserted the prescription: a substitute's only he can cancel.
func EncodeCancel(pinCode, nre, doctorCF string) []byte {
	return byNumber("AnnullaPrescrittoRichiesta", nsCancel, pinCode, nre, doctorCF)
}

func byNumber(root, ns, pinCode, nre, doctorCF string) []byte {
	return envelope(root, ns, false, func(w *writer) {
		w.text("pinCode", pinCode)
		w.text("nre", nre)
		w.text("cfMedico", doctorCF)
	})
}

// EncodeLot asks for a lot of 100 numbers, the only size a doctor may ask for
// himself (section 4.1).
func EncodeLot(region, doctorCF string) []byte {
	return envelope("LottoRichiestaNRE", nsLot, false, func(w *writer) {
		w.text("CodRegione", region)
		w.text("IdentificativoLotto", "0")
		w.text("CFMedico", doctorCF)
	})
}
