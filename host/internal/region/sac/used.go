package sac

import (
	"time"

	"raccordo/host/internal/ricetta"
	"raccordo/host/internal/wire"
)

// UsedRequest is an InterrogaNreUtilRichiesta: by number alone, or by the dates
// of the compilation and, if wanted, patient and kind.
type UsedRequest struct {
	PinCode  string // sealed
	Region   string
	DoctorCF string // the titolare of the prescriptions
	NRE      string
	Patient  string // in clear: the schema has room for 16 characters, not for a sealed code
	Type     string
	From, To time.Time
}

// EncodeUsed writes an InterrogaNreUtilRichiesta (section 4.2.4).
func EncodeUsed(q UsedRequest) []byte {
	return envelope("InterrogaNreUtilRichiesta", nsUsed, false, func(w *writer) {
		w.text("pinCode", q.PinCode)
		w.text("codRegione", q.Region)
		w.text("nre", q.NRE)
		w.text("cfMedico", q.DoctorCF)
		w.text("cfAssistito", q.Patient)
		w.text("tipoPrescr", q.Type)
		w.when("dataCompilazioneRicettaDal", q.From)
		w.when("dataCompilazioneRicettaAl", q.To)
	})
}

// UsedAnswer is an InterrogaNreUtilRicevuta. Nothing found is an outcome 0000
// without records.
type UsedAnswer struct {
	Records          []wire.ListedPrescription
	Outcome          string
	Warnings, Errors []wire.Notice
}

// DecodeUsed reads an InterrogaNreUtilRicevuta. A record without a valid number
// is no record.
func DecodeUsed(body []byte) (UsedAnswer, error) {
	n, err := payload(body, "InterrogaNreUtilRicevuta", nsUsedAnswer)
	if err != nil {
		return UsedAnswer{}, err
	}
	r, err := readRemarks(n, prescriptionRemarks("codEsitoInterrogaNreUtilizzati", nsUsedAnswer))
	if err != nil {
		return UsedAnswer{}, err
	}
	a := UsedAnswer{Records: []wire.ListedPrescription{}, Outcome: r.outcome, Warnings: r.warnings, Errors: r.errors}
	for _, one := range n.child("ElencoNreUtilRecord", nsUsedAnswer, nsTypes).all("NreUtilRecord", nsUsedAnswer, nsTypes) {
		get := func(name string) string { return one.value(name, nsTypes, nsUsedAnswer) }
		nre := get("nre")
		if _, err := ricetta.ParseNRE(nre); err != nil {
			continue
		}
		a.Records = append(a.Records, wire.ListedPrescription{
			NRE: nre, TipoPrescrizione: get("tipoPrescrizione"), CompiledAt: get("dataCompilazioneRicetta"),
			CodiceAssistito: get("cfAssistito"), CodAutenticazione: get("codAutenticazione"),
			Web: get("provenienza") == "1", Lotto: get("lotto"),
		})
	}
	return a, nil
}
