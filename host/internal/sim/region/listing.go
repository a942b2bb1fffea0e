package region

import (
	"fmt"
	"strconv"
	"time"
)

// Filter chooses prescriptions; zero values choose all.
type Filter struct {
	Doctor, Patient string // codice fiscale; a doctor's are also those he sent as a substitute
	Live            bool   // without the cancelled and the expired
}

// Entry is a prescription as a test holds it against what it sent.
type Entry struct {
	NRE, State       string
	Doctor, Inserter string // cfMedico1; who sent it
	Patient          string // codice fiscale in clear
	TipoPrescrizione string
	DataCompilazione string // as sent: the client's own mark
	Inserted         time.Time
	Code             string   // codAutenticazione
	Items            []string // code and description of each
}

// Listing lists prescriptions, newest first.
func (r *Region) Listing(f Filter) (list []Entry) {
	var found []prescription
	switch {
	case f.Patient != "":
		found = r.archive.ofPatient(f.Patient, r.today())
	case f.Doctor != "":
		found = r.archive.ofDoctor(f.Doctor, r.today())
	default:
		found = r.archive.all(r.today())
	}
	for _, p := range found {
		if f.Live && !p.exists() || f.Doctor != "" && !p.of(f.Doctor) {
			continue
		}
		list = append(list, entry(p))
	}
	return list
}

func entry(p prescription) Entry {
	e := Entry{
		NRE: p.NRE, State: shown(p.State), Doctor: p.Doctor, Inserter: p.Inserter, Patient: p.Patient,
		TipoPrescrizione: p.Fields["tipoPrescrizione"], DataCompilazione: p.Fields["dataCompilazione"], Inserted: p.Inserted, Code: p.CodAutenticazione,
	}
	for _, item := range p.Items {
		e.Items = append(e.Items, itemText(item))
	}
	return e
}

// Prescriptions counts what was ever accepted.
func (r *Region) Prescriptions() int {
	r.archive.mutex.Lock()
	defer r.archive.mutex.Unlock()
	return len(r.archive.prescriptions)
}

// State is the present state of a prescription.
func (r *Region) State(nre string) (state string, ok bool) {
	p, ok := r.archive.find(nre, r.today())
	return shown(p.State), ok
}

// MarkWeb makes a prescription one that the doctor wrote in the web application
// of Sistema TS.
func (r *Region) MarkWeb(nre string) error {
	r.archive.mutex.Lock()
	defer r.archive.mutex.Unlock()
	p, ok := r.archive.prescriptions[nre]
	if !ok {
		return errNREUnknown
	}
	return r.archive.commit(change{NRE: nre, State: p.State, Web: true})
}

// SetState puts a prescription into any state (1 to 10), whatever it was in.
func (r *Region) SetState(nre, state string) error {
	if n, err := strconv.Atoi(state); err != nil || n < 1 || n > 10 {
		return fmt.Errorf("state %q is not 1 to 10", state)
	}
	return r.archive.change(nre, r.today(), func(prescription) (string, error) { return state, nil })
}
