package lives

import (
	"fmt"
	"time"

	"raccordo/host/internal/ricetta"
	"raccordo/host/internal/wire"
)

// Codes of the region's refusals (MEF/Sogei, part 1, section 6).
const (
	codeUsed  = ricetta.CodeUsedNRE
	codeOther = "5002" // the number is not the doctor's
	codeRule  = "5103" // something in the prescription is not allowed
)

// fault is a region's or a network's error, as the region's client tells it.
type fault struct {
	code    wire.ErrorCode
	arrived bool
	after   time.Duration
}

func (f fault) Error() string             { return string(f.code) }
func (f fault) Wire() *wire.Error         { return wire.NewError(f.code, "") }
func (f fault) MayHaveArrived() bool      { return f.arrived }
func (f fault) RetryAfter() time.Duration { return f.after }

// paper is a prescription as the region has it.
type paper struct {
	who      intent
	nre      string
	doctor   string
	contents wire.Prescription
	compiled time.Time
	auth     string
	live     bool
	given    bool // dispensed: it cannot be cancelled any more
	inserted time.Time
}

// habits are what regions do differently.
type habits struct {
	numbers    bool // it gives the number itself
	rounds     bool // a view tells the day of the compilation, not the second
	empty      bool // a number without a prescription is viewed as state 2
	authInList bool // the list of used numbers has codAutenticazione
	cancels    bool // its rule for an unknown outcome: cancel, then a new number
}

// region is a model of Sistema TS: who holds which number, what lives.
type region struct {
	habits
	now    func() time.Time
	lots   int
	owner  map[string]string // lot code → doctor
	papers map[string]*paper // by NRE
	list   []*paper          // in the order of arrival
	born   func(*paper)      // told of each birth
	ended  func(*paper)      // told of each cancellation
}

func newRegion(h habits, now func() time.Time) *region {
	return &region{habits: h, now: now, owner: map[string]string{}, papers: map[string]*paper{}}
}

func (r *region) lot(doctor string) (ricetta.Lot, error) {
	if r.numbers {
		return ricetta.Lot{}, fault{code: wire.ErrRegionFault}
	}
	r.lots++
	lot, err := ricetta.NewLot("090", "0A", "0", fmt.Sprint(r.lots))
	if err != nil {
		return lot, err
	}
	r.owner[lot.LotCode()] = doctor
	return lot, nil
}

// send is InvioPrescritto. A prescription whose diagnosis says so is refused,
// whatever its number.
func (r *region) send(doctor, nre string, p wire.Prescription, compiled time.Time) ricetta.Receipt {
	if nre == "" {
		nre = fmt.Sprintf("1300A4%09d", len(r.list)+1)
	} else if n, err := ricetta.ParseNRE(nre); err != nil || r.owner[n.Lot.LotCode()] != doctor {
		return refusal(codeOther)
	}
	if r.papers[nre] != nil {
		return refusal(codeUsed)
	}
	if p.DescrizioneDiagnosi == notAllowed {
		return refusal(codeRule)
	}
	at := r.now()
	held := &paper{who: intent{doctor, p.ClientID}, nre: nre, doctor: doctor, contents: p, compiled: compiled, auth: "AUT" + nre, live: true, inserted: at}
	r.papers[nre] = held
	r.list = append(r.list, held)
	r.born(held)
	return ricetta.Receipt{NRE: nre, CodAutenticazione: held.auth, InsertedAt: rome(at), Outcome: ricetta.OutcomeOK, Promemoria: []byte("%PDF-" + nre)}
}

func refusal(code string) ricetta.Receipt {
	return ricetta.Receipt{Outcome: ricetta.OutcomeRefused, Errors: []wire.Notice{{Code: code, Text: "rifiutata"}}}
}

// view is VisualizzaPrescritto.
func (r *region) view(doctor, nre string) (wire.ViewResult, error) {
	held := r.papers[nre]
	switch {
	case held != nil && held.doctor == doctor:
	case r.empty && held == nil:
		return wire.ViewResult{NRE: nre, State: "2"}, nil
	default:
		return wire.ViewResult{}, fault{code: wire.ErrRxNone}
	}
	v := wire.ViewResult{NRE: nre, State: "3", CodAutenticazione: held.auth, InsertedAt: rome(held.inserted), CompiledAt: rome(held.compiled),
		TipoPrescrizione: held.contents.TipoPrescrizione, Dettagli: held.contents.Dettagli}
	if r.rounds {
		v.CompiledAt = v.CompiledAt[:10] + " 00:00:00"
	}
	switch {
	case !held.live:
		v.State = "4"
	case held.given:
		v.State = "8"
	}
	return v, nil
}

// cancel is AnnullaPrescritto.
func (r *region) cancel(doctor, nre string) error {
	held := r.papers[nre]
	if held == nil || held.doctor != doctor {
		return fault{code: wire.ErrRxNone}
	}
	if !held.live || held.given {
		return fault{code: wire.ErrRxState}
	}
	held.live = false
	r.ended(held)
	return nil
}

// used is InterrogaNreUtilizzati: what the doctor wrote for a patient.
func (r *region) used(doctor, patient string) []wire.ListedPrescription {
	var found []wire.ListedPrescription
	for _, p := range r.list {
		if p.doctor != doctor || p.contents.CodiceAssistito != patient {
			continue
		}
		l := wire.ListedPrescription{NRE: p.nre, TipoPrescrizione: p.contents.TipoPrescrizione, CompiledAt: rome(p.compiled), CodiceAssistito: patient}
		if r.rounds {
			l.CompiledAt = l.CompiledAt[:10] + " 00:00:00"
		}
		if r.authInList {
			l.CodAutenticazione = p.auth
		}
		found = append(found, l)
	}
	return found
}

func rome(t time.Time) string { return t.In(ricetta.Rome()).Format(ricetta.Timestamp) }
