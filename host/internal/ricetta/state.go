package ricetta

import (
	"slices"
	"time"

	"raccordo/host/internal/wire"
)

// The states of a prescription that callers branch on.
const (
	StateToDispense = "3"
	StateCancelled  = "4"
	StateInCharge   = "5"
	StateExpired    = "10"
)

// State is one statoProcesso (SPEC24 section 7).
type State struct {
	Code, Text  string
	Valid       bool // it can still be dispensed, wholly or in part
	Cancellable bool // the prescriber may cancel it
}

// States are all of them, in the ministry's order.
var States = []State{
	{"1", "Lotto richiesto", false, false},
	{"2", "Numero assegnato al medico", false, false},
	{StateToDispense, "Da erogare", true, true},
	{StateCancelled, "Annullata dal prescrittore", false, false},
	{StateInCharge, "In carico all'erogatore", true, false},
	{"6", "Sospesa dall'erogatore", true, false},
	{"7", "Singola prescrizione erogata", true, false},
	{"8", "Erogata", false, false},
	{"9", "Erogazione annullata", true, false},
	{StateExpired, "Scaduta", false, false},
}

// notSSN is state 5 together with code 5221.
var notSSN = State{StateInCharge, "Erogata non a carico del Servizio sanitario nazionale", false, false}

// StateOf is the state that an answer tells: statoProcesso and its remarks. An
// unknown state is neither valid nor to be cancelled.
func StateOf(statoProcesso string, remarks []wire.Notice) State {
	for _, s := range States {
		if s.Code != statoProcesso {
			continue
		}
		if s.Code == StateInCharge && slices.ContainsFunc(remarks, func(n wire.Notice) bool { return n.Code == CodeNotSSN }) {
			return notSSN
		}
		return s
	}
	return State{Code: statoProcesso, Text: "Stato non previsto (" + statoProcesso + ")"}
}

// StateText is statoProcesso in words, in Italian.
func StateText(statoProcesso string) string { return StateOf(statoProcesso, nil).Text }

// validDays is how long a prescription can be dispensed, the day of issue not
// counted (SPEC24 section 7, state 10). For a specialist one it is the most
// that a region may allow.
var validDays = map[string]int{"F": 30, "P": 180}

// ExpiresOn is the last day, YYYY-MM-DD, on which a prescription of this type
// compiled at that instant can be dispensed; empty for an unknown type.
func ExpiresOn(tipoPrescrizione string, compiled time.Time) string {
	days, ok := validDays[tipoPrescrizione]
	if !ok || compiled.IsZero() {
		return ""
	}
	return compiled.In(Rome()).AddDate(0, 0, days).Format(time.DateOnly)
}

// ReadTimestamp reads an instant as the region writes it, with the time of day
// or without.
func ReadTimestamp(s string) (time.Time, bool) {
	for _, form := range []string{Timestamp, time.DateOnly} {
		if t, err := time.ParseInLocation(form, s, Rome()); err == nil {
			return t, true
		}
	}
	return time.Time{}, false
}

// Verify says whether the prescription that the region showed is good: the
// state allows it and, while nobody has begun to dispense it, its last day is
// not over. What it knows of the FSE is left to the caller.
func Verify(v wire.ViewResult, now time.Time) wire.VerifyResult {
	s := StateOf(v.State, v.Warnings)
	if v.NonSSN && v.State == StateInCharge {
		s = notSSN
	}
	r := wire.VerifyResult{
		NRE: v.NRE, State: v.State, StateText: s.Text, Valid: s.Valid,
		Validated: v.CodAutenticazione != "", View: v,
	}
	if compiled, ok := ReadTimestamp(v.CompiledAt); ok {
		r.ExpiresOn = ExpiresOn(v.TipoPrescrizione, compiled)
	}
	if v.State == StateToDispense && r.ExpiresOn != "" && now.In(Rome()).Format(time.DateOnly) > r.ExpiresOn {
		r.Valid = false
		r.StateText = "Scaduta (la Regione la dà ancora da erogare)"
	}
	return r
}
