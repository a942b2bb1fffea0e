package sac

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"strings"

	"raccordo/host/internal/ricetta"
	"raccordo/host/internal/wire"
)

// DecodeSend reads an InvioPrescrittoRicevuta. flagPromemoria is inverted: 0
// means that the PDF is there. A PDF that cannot be read is a warning, because
// the prescription exists all the same.
func DecodeSend(body []byte) (ricetta.Receipt, error) {
	n, err := payload(body, "InvioPrescrittoRicevuta", nsSendAnswer)
	if err != nil {
		return ricetta.Receipt{}, err
	}
	r, err := readRemarks(n, prescriptionRemarks("codEsitoInserimento", nsSendAnswer))
	if err != nil {
		return ricetta.Receipt{}, err
	}
	out := ricetta.Receipt{
		NRE:               n.value("nre", nsSendAnswer, nsTypes),
		CodAutenticazione: n.value("codAutenticazione", nsSendAnswer, nsTypes),
		InsertedAt:        n.value("dataInserimento", nsSendAnswer, nsTypes),
		Outcome:           r.outcome, Warnings: r.warnings, Errors: r.errors,
	}
	pdf := n.value("pdfPromemoria", nsSendAnswer, nsTypes)
	if pdf == "" || n.value("flagPromemoria", nsSendAnswer, nsTypes) == "1" {
		return out, nil
	}
	raw, err := base64.StdEncoding.DecodeString(strings.NewReplacer(" ", "", "\t", "").Replace(pdf)) // line ends are passed over
	if err != nil || !bytes.HasPrefix(raw, []byte("%PDF-")) {
		out.Warnings = append(out.Warnings, wire.Notice{Field: "promemoria", Text: "Il promemoria restituito dalla Regione non è leggibile: la ricetta è valida, scaricare il promemoria dal portale regionale."})
		return out, nil
	}
	out.Promemoria = raw
	return out, nil
}

// CancelAnswer is an AnnullaPrescrittoRicevuta.
type CancelAnswer struct {
	NRE, Outcome     string
	Warnings, Errors []wire.Notice
}

// DecodeCancel reads an AnnullaPrescrittoRicevuta.
func DecodeCancel(body []byte) (CancelAnswer, error) {
	n, err := payload(body, "AnnullaPrescrittoRicevuta", nsCancelReply)
	if err != nil {
		return CancelAnswer{}, err
	}
	r, err := readRemarks(n, prescriptionRemarks("codEsitoAnnullamento", nsCancelReply))
	return CancelAnswer{n.value("nre", nsCancelReply, nsTypes), r.outcome, r.warnings, r.errors}, err
}

// DecodeLot reads a LottoRicevutaNRE. Its two-digit outcome is documented by no
// list: a lot that is there is the success.
func DecodeLot(body []byte) (lot ricetta.Lot, doctorCF string, notice wire.Notice, err error) {
	n, err := payload(body, "LottoRicevutaNRE", nsLotAnswer)
	if err != nil {
		return lot, "", notice, err
	}
	get := func(name string) string { return n.value(name, nsLotAnswer, nsLotTypes) }
	notice = wire.Notice{Code: get("CodEsito"), Text: get("Esito")}
	if get("CodRagLotto") == "" {
		return lot, "", notice, nil
	}
	lot, err = ricetta.NewLot(get("CodRegione"), get("CodRagLotto"), get("IdentificativoLotto"), get("CodLotto"))
	if err != nil {
		return lot, "", notice, fmt.Errorf("%w: %w", ErrAnswer, err)
	}
	return lot, get("CFMedico"), notice, nil
}
