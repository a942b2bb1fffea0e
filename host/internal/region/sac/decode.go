package sac

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"strconv"
	"strings"

	"raccordo/host/internal/ricetta"
	"raccordo/host/internal/wire"
)

// remarks are the remarks of an answer.
type remarks struct {
	outcome          string
	warnings, errors []wire.Notice
}

// readRemarks sorts ElencoErroriRicette and ElencoComunicazioni. The
// specification says E and W, the real service "Bloccante", "Avviso" or
// nothing: what is not a warning for sure is blocking, unless the outcome says
// that all went well. A success carries an error 0000 of its own.
func readRemarks(n *node, outcomeName, space string) (remarks, error) {
	r := remarks{outcome: n.value(outcomeName, space, nsTypes), warnings: []wire.Notice{}, errors: []wire.Notice{}}
	if len(r.outcome) != 4 || strings.Trim(r.outcome, "0123456789") != "" {
		return r, fmt.Errorf("%w: no %s", ErrAnswer, outcomeName)
	}
	done := r.outcome == ricetta.OutcomeOK || r.outcome == ricetta.OutcomeWarnings
	for _, e := range n.child("ElencoErroriRicette", space, nsTypes).all("ErroreRicetta", space, nsTypes) {
		code := e.value("codEsito", space, nsTypes)
		if code == CodeDone {
			continue
		}
		item, _ := strconv.Atoi(e.value("progPresc", space, nsTypes)) // 0: the whole prescription
		notice := wire.Notice{Code: code, Item: max(item, 0), Text: e.value("esito", space, nsTypes)}
		switch strings.ToLower(e.value("tipoErrore", space, nsTypes)) {
		case "w", "avviso":
			r.warnings = append(r.warnings, notice)
		default:
			if done {
				r.warnings = append(r.warnings, notice)
			} else {
				r.errors = append(r.errors, notice)
			}
		}
	}
	for _, m := range n.child("ElencoComunicazioni", space, nsTypes).all("Comunicazione", space, nsTypes) {
		code := m.value("codice", space, nsTypes)
		if !silent[code] {
			r.warnings = append(r.warnings, wire.Notice{Code: code, Text: m.value("messaggio", space, nsTypes)})
		}
	}
	return r, nil
}

// silent communications tell the doctor nothing: his own name, the regional
// sentence that stands on the promemoria already, "nessuna comunicazione".
var silent = map[string]bool{"0199": true, "0198": true, "0197": true, "0100": true, "0200": true, "0300": true, "0400": true}

// DecodeSend reads an InvioPrescrittoRicevuta. flagPromemoria is inverted: 0
// means that the PDF is there. A PDF that cannot be read is a warning, because
// the prescription exists all the same.
func DecodeSend(body []byte) (ricetta.Receipt, error) {
	n, err := payload(body, "InvioPrescrittoRicevuta", nsSendAnswer)
	if err != nil {
		return ricetta.Receipt{}, err
	}
	r, err := readRemarks(n, "codEsitoInserimento", nsSendAnswer)
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
	raw, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(pdf), ""))
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
	r, err := readRemarks(n, "codEsitoAnnullamento", nsCancelReply)
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
