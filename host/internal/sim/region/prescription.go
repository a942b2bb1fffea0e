package region

import "time"

// States of a prescription (statoProcesso; MEF, part 1, section 7). 1 and 2
// are a number's that carries no prescription yet.
const (
	stateLive      = "3"
	stateCancelled = "4"
	stateInCharge  = "5"
	stateSuspended = "6"
	statePartly    = "7"
	stateDispensed = "8"
	stateUndone    = "9"
	stateExpired   = "10"

	// statePrivate is dispensed, not at the health service's expense: shown as 5
	// with code 5221 (MEF, part 1, section 4.2.3).
	statePrivate = "5221"
)

// shown is a state as the services tell it.
func shown(state string) string {
	if state == statePrivate {
		return stateInCharge
	}
	return state
}

// prescription as the archive keeps it: the request's own fields, by name.
type prescription struct {
	NRE               string
	Doctor, Inserter  string // cfMedico1, and who sent it
	Patient           string // clear codice fiscale
	Fields            map[string]string
	Items             []map[string]string
	State             string
	Web               bool `json:",omitempty"` // written in the web application of Sistema TS
	CodAutenticazione string
	Compiled          time.Time
	Inserted          time.Time
}

// expiry is the last day on which it can be dispensed: drugs 30 days,
// specialist 180, the day of issue apart.
func (p prescription) expiry() time.Time {
	days := 30
	if p.Fields["tipoPrescrizione"] == "P" {
		days = 180
	}
	return p.Compiled.AddDate(0, 0, days)
}

// asOf applies expiry, which touches only what nobody has taken in charge.
func (p prescription) asOf(now time.Time) prescription {
	if p.State == stateLive && now.Format(time.DateOnly) > p.expiry().Format(time.DateOnly) {
		p.State = stateExpired
	}
	return p
}

// of tells whether it stands under a doctor's name or was sent by him.
func (p prescription) of(doctor string) bool { return p.Doctor == doctor || p.Inserter == doctor }

// exists tells whether the patient has something in hand: neither cancelled nor
// expired.
func (p prescription) exists() bool { return p.State != stateCancelled && p.State != stateExpired }
