package sac

import (
	"bytes"
	"encoding/xml"
	"strconv"
	"strings"
	"time"

	"raccordo/host/internal/ricetta"
	"raccordo/host/internal/wire"
)

// SendRequest is an InvioPrescrittoRichiesta. PinCode and CodiceAss are sealed
// already; NRE is empty where the region assigns it.
type SendRequest struct {
	PinCode, CodiceAss string
	Doctor             ricetta.Doctor
	NRE                string
	Compiled           time.Time
	Prescription       wire.Prescription
}

// writer builds one envelope. Elements are written in the order of the schema,
// which is an xs:sequence; an absent value leaves its element out.
type writer struct {
	buf    bytes.Buffer
	prefix string
}

// envelope writes a request whose root is root in namespace ns; types adds the
// namespace of the common types.
func envelope(root, ns string, types bool, body func(w *writer)) []byte {
	w := &writer{prefix: "r"}
	w.buf.WriteString(xml.Header)
	w.buf.WriteString(`<soapenv:Envelope xmlns:soapenv="` + nsEnvelope + `"><soapenv:Body><r:` + root + ` xmlns:r="` + ns + `"`)
	if types {
		w.buf.WriteString(` xmlns:t="` + nsTypes + `"`)
	}
	w.buf.WriteString(">")
	body(w)
	w.buf.WriteString("</r:" + root + "></soapenv:Body></soapenv:Envelope>")
	return w.buf.Bytes()
}

func (w *writer) text(name, value string) {
	if value == "" {
		return
	}
	w.buf.WriteString("<" + w.prefix + ":" + name + ">")
	// bytes.Buffer never fails; characters XML has no room for become U+FFFD.
	_ = xml.EscapeText(&w.buf, []byte(value))
	w.buf.WriteString("</" + w.prefix + ":" + name + ">")
}

func (w *writer) flag(name string, set bool) {
	if set {
		w.text(name, "1")
	}
}

// EncodeSend writes an InvioPrescrittoRichiesta (section 4.2.1).
func EncodeSend(q SendRequest) []byte {
	p := q.Prescription
	return envelope("InvioPrescrittoRichiesta", nsSend, true, func(w *writer) {
		w.text("pinCode", q.PinCode)
		w.text("cfMedico1", q.Doctor.CF)
		w.text("codRegione", q.Doctor.Region)
		w.text("codASLAo", q.Doctor.ASL)
		w.text("codSpecializzazione", q.Doctor.Specializzazione)
		w.text("nre", q.NRE)
		w.text("codiceAss", q.CodiceAss)
		w.text("cognNome", p.CognomeNome)
		w.text("indirizzo", p.Indirizzo)
		w.flag("oscuramDati", p.OscuramentoDati)
		w.text("tipoPrescrizione", p.TipoPrescrizione)
		w.text("codEsenzione", p.CodEsenzione)
		w.flag("nonEsente", p.CodEsenzione == "" && !p.EsenteReddito)
		w.flag("reddito", p.EsenteReddito)
		w.text("codDiagnosi", p.CodDiagnosi)
		w.text("descrizioneDiagnosi", p.DescrizioneDiagnosi)
		w.text("dataCompilazione", q.Compiled.In(ricetta.Rome()).Format(ricetta.Timestamp))
		w.text("tipoVisita", p.TipoVisita)
		w.text("provAssistito", p.ProvinciaAssistito)
		w.text("aslAssistito", p.ASLAssistito)
		w.text("indicazionePrescr", p.IndicazionePrescr)
		w.text("classePriorita", p.ClassePriorita)
		w.buf.WriteString("<r:ElencoDettagliPrescrizioni>")
		w.prefix = "t"
		for _, d := range p.Dettagli {
			w.item(p.TipoPrescrizione, d)
		}
		w.prefix = "r"
		w.buf.WriteString("</r:ElencoDettagliPrescrizioni>")
	})
}

// item writes a DettaglioPrescrizione. A free note has two homes:
// descrTestoLiberoNote for services, motivazNote for drugs.
func (w *writer) item(kind string, d wire.PrescriptionItem) {
	w.buf.WriteString("<t:DettaglioPrescrizione>")
	w.text("codProdPrest", d.CodProdPrest)
	w.text("descrProdPrest", d.DescrProdPrest)
	w.text("codGruppoEquival", d.CodGruppoEquival)
	w.text("descrGruppoEquival", d.DescrGruppoEquival)
	if kind == "P" {
		w.text("descrTestoLiberoNote", d.Note)
	}
	w.flag("nonSost", d.NonSostituibile)
	if kind == "F" {
		w.text("motivazNote", d.Note)
	}
	w.text("codMotivazione", d.CodMotivazione)
	w.text("notaProd", d.NotaAIFA)
	w.text("quantita", strconv.Itoa(d.Quantita))
	w.text("tipoAccesso", d.TipoAccesso)
	w.buf.WriteString("</t:DettaglioPrescrizione>")
}

// EncodeView writes a VisualizzaPrescrittoRichiesta (section 4.2.3).
func EncodeView(pinCode, nre, doctorCF string) []byte {
	return byNumber("VisualizzaPrescrittoRichiesta", nsView, pinCode, nre, doctorCF)
}

// EncodeCancel writes an AnnullaPrescrittoRichiesta (section 4.2.2).
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

// trimPrefix drops a QName's prefix.
func trimPrefix(qname string) string {
	if _, local, ok := strings.Cut(qname, ":"); ok {
		return local
	}
	return qname
}
