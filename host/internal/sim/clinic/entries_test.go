package clinic

import (
	"encoding/json"

	"raccordo/host/internal/sim/anagrafe"
	"raccordo/host/internal/wire"
)

// inCharge has an entry of each kind.
func inCharge() []wire.OutboxEntry {
	entry := func(id string, state wire.SendState, patient int, what string, problem wire.ErrorCode) wire.OutboxEntry {
		p := anagrafe.Patients()[patient]
		e := wire.OutboxEntry{ID: id, Doctor: anagrafe.Doctors()[0].CF, CodiceAssistito: p.CF, CognomeNome: p.Surname + " " + p.Name, Description: what, Since: moment, UpdatedAt: moment}
		e.ClientID, e.State, e.Warnings, e.Errors = id, state, []wire.Notice{}, []wire.Notice{}
		if problem != "" {
			e.Problem = wire.NewError(problem, "")
		}
		return e
	}
	queued := entry("10000001", wire.Queued, 1, "RAMIPRIL 5 MG 28 COMPRESSE × 2", wire.ErrRegionDown)
	queued.NextAttempt, queued.NRE = "2026-11-22T18:35:00+01:00", "0900A4000000011"
	unknown := entry("10000002", wire.Unknown, 2, "PRIMA VISITA CARDIOLOGICA", wire.ErrRxUnknown)
	unknown.NextAttempt, unknown.NRE, unknown.Attempts = "2026-11-22T18:31:00+01:00", "0900A4000000012", 2
	refused := entry("10000003", wire.Refused, 3, "ATORVASTATINA 20 MG 30 COMPRESSE RIVESTITE", "")
	refused.Errors = []wire.Notice{{Code: "1176", Item: 1, Text: "Nota AIFA obbligatoria per il farmaco prescritto", Remedy: "Indicare la nota AIFA o prescrivere su ricetta bianca."}}
	undecided := entry("10000004", wire.Unknown, 4, "ELETTROCARDIOGRAMMA", wire.ErrRxUnclear)
	undecided.Decide, undecided.Attempts = true, 10
	return []wire.OutboxEntry{entry("10000000", wire.Draft, 0, "PARACETAMOLO 1000 MG 16 COMPRESSE", ""), queued, unknown, refused, undecided}
}

// sync knows Lucia Bianchi as the registry does; the next one fails.
func (h *scripted) sync(params json.RawMessage) (any, *wire.Error) {
	if h.failed {
		h.history.FailedAt, h.history.Problem = "2026-11-22T18:24:00+01:00", wire.NewError(wire.ErrRegionBusy, "")
		return nil, h.history.Problem
	}
	h.failed = true
	h.history.SyncedAt = moment
	var asked wire.SyncParams
	_ = json.Unmarshal(params, &asked)
	p := anagrafe.Patients()[0]
	r := wire.SyncResult{SyncedAt: moment, Demographics: wire.Demographics{
		CodiceFiscale: p.CF, Surname: p.Surname, Name: p.Name, BirthDate: p.BirthDate, BirthPlace: p.BirthPlace, Sex: p.Sex,
		Address: p.Street, Town: p.Town, Province: p.Province, CAP: p.CAP, ASL: p.Region + p.ASL, Doctor: p.DoctorCF, CardExpiry: p.CardExpiry,
	}}
	for _, x := range p.Exemptions {
		r.Exemptions = append(r.Exemptions, wire.Exemption(x))
	}
	listed := func(nre, state, words, what string) wire.ListedPrescription {
		return wire.ListedPrescription{NRE: nre, TipoPrescrizione: "F", CompiledAt: "2026-11-20 09:12:00", State: state, StateText: words, Description: what}
	}
	r.Prescriptions = []wire.ListedPrescription{
		listed("0900A4000000003", "3", "da erogare", "RAMIPRIL 5 MG 28 COMPRESSE × 2"),
		listed("0900A4000000002", "8", "erogata", "ATORVASTATINA 20 MG 30 COMPRESSE RIVESTITE"),
		listed("0900A4000000001", "4", "annullata dal prescrittore", "PRIMA VISITA CARDIOLOGICA"),
	}
	if k := asked.Known; k != nil {
		for _, f := range []struct{ name, page, region string }{
			{"address", k.Demographics.Address, p.Street}, {"cap", k.Demographics.CAP, p.CAP}, {"surname", k.Demographics.Surname, p.Surname},
		} {
			if f.page != f.region {
				r.Changes = append(r.Changes, wire.Change{Field: f.name, Page: f.page, Region: f.region})
			}
		}
	}
	return r, nil
}
