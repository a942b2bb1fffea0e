package region

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"
)

var (
	errLotUnknown = errors.New("nre is not of a lot of this doctor")
	errNREUsed    = errors.New("nre was used")
	errNREUnknown = errors.New("nre is unknown")
	errState      = errors.New("state does not allow it")
)

// archive holds lots, prescriptions and declarations in memory and, with a
// folder, in a journal that grows by a line for each change.
type archive struct {
	mutex   sync.Mutex
	journal *journal // nil: memory only

	lots          map[string]string // NRE without its progressive → owner
	lastLot       int
	lastOwnNRE    int
	lastCode      int
	prescriptions map[string]prescription
	byPatient     map[string][]string // NRE, oldest first
	byDoctor      map[string][]string // likewise, of cfMedico1 and of the sender
	declarations  []declaration
}

func openArchive(dir string) (*archive, error) {
	a := &archive{
		lots: map[string]string{}, prescriptions: map[string]prescription{},
		byPatient: map[string][]string{}, byDoctor: map[string][]string{},
	}
	if dir == "" {
		return a, nil
	}
	var err error
	a.journal, err = openJournal(dir, a.apply)
	return a, err
}

// apply makes a change that is in the journal, or goes there.
func (a *archive) apply(c change) {
	switch {
	case c.Lot != "":
		a.lastLot++
		a.lots[c.Lot] = c.Owner
	case c.Prescription != nil:
		p := *c.Prescription
		a.prescriptions[p.NRE] = p
		a.lastCode++
		if c.OwnNRE {
			a.lastOwnNRE++
		}
		a.byPatient[p.Patient] = append(a.byPatient[p.Patient], p.NRE)
		a.byDoctor[p.Doctor] = append(a.byDoctor[p.Doctor], p.NRE)
		if p.Inserter != p.Doctor {
			a.byDoctor[p.Inserter] = append(a.byDoctor[p.Inserter], p.NRE)
		}
	case c.NRE != "":
		p := a.prescriptions[c.NRE]
		p.State, p.Web = c.State, p.Web || c.Web
		a.prescriptions[c.NRE] = p
	case c.Declaration != nil:
		a.declarations = append(a.declarations, *c.Declaration)
	}
}

// commit writes a change down, then makes it.
func (a *archive) commit(c change) error {
	if a.journal != nil {
		if err := a.journal.append(c); err != nil {
			return err
		}
	}
	a.apply(c)
	return nil
}

// lotPrefix0 is the length of AAA BB C DDDDDDD: two digits of progressive
// remain in a lot of type 0.
const lotPrefix0 = 13

// assignLot gives a doctor the next lot of type 0 and returns its code, 7 digits.
func (a *archive) assignLot(region, owner string) (string, error) {
	a.mutex.Lock()
	defer a.mutex.Unlock()
	code := fmt.Sprintf("%07d", a.lastLot+1)
	return code, a.commit(change{Lot: region + lotGrouping + "0" + code, Owner: owner})
}

// insert stores p unless its number is used or foreign. Without a number the
// archive assigns one of its own (type 4). It returns p completed.
func (a *archive) insert(p prescription) (prescription, error) {
	a.mutex.Lock()
	defer a.mutex.Unlock()
	own := p.NRE == ""
	if own {
		p.NRE = p.Fields["codRegione"] + lotGrouping + "4" + fmt.Sprintf("%09d", a.lastOwnNRE+1)
	} else if err := a.mayUse(p); err != nil {
		return p, err
	}
	stamp := p.Inserted.Format("02012006150405.000")
	p.CodAutenticazione = stamp[:14] + stamp[15:] + fmt.Sprintf("%013d", a.lastCode+1)
	p.State = stateLive
	return p, a.commit(change{Prescription: &p, OwnNRE: own})
}

// mayUse holds the number against the doctor's lots, then against what was
// ever sent with it: a number is burnt by its first use, cancelled or not.
func (a *archive) mayUse(p prescription) error {
	owner := a.lots[p.NRE[:lotPrefix0]]
	if owner == "" || owner != p.Doctor && owner != p.Inserter {
		return errLotUnknown
	}
	if _, used := a.prescriptions[p.NRE]; used {
		return errNREUsed
	}
	return nil
}

func (a *archive) find(nre string, now time.Time) (prescription, bool) {
	a.mutex.Lock()
	defer a.mutex.Unlock()
	p, ok := a.prescriptions[nre]
	return p.asOf(now), ok
}

// change moves a prescription to the state that next says; it may refuse.
func (a *archive) change(nre string, now time.Time, next func(prescription) (string, error)) error {
	a.mutex.Lock()
	defer a.mutex.Unlock()
	p, ok := a.prescriptions[nre]
	if !ok {
		return errNREUnknown
	}
	state, err := next(p.asOf(now))
	if err != nil {
		return err
	}
	return a.commit(change{NRE: nre, State: state})
}

// ofPatient lists a patient's prescriptions, newest first.
func (a *archive) ofPatient(cf string, now time.Time) []prescription {
	a.mutex.Lock()
	defer a.mutex.Unlock()
	return newestFirst(a.named(a.byPatient[cf], now))
}

// ofDoctor lists what stands under a doctor's name or was sent by him, newest
// first.
func (a *archive) ofDoctor(cf string, now time.Time) []prescription {
	a.mutex.Lock()
	defer a.mutex.Unlock()
	return newestFirst(a.named(a.byDoctor[cf], now))
}

// all lists everything that was ever accepted, newest first.
func (a *archive) all(now time.Time) (list []prescription) {
	a.mutex.Lock()
	defer a.mutex.Unlock()
	for _, p := range a.prescriptions {
		list = append(list, p.asOf(now))
	}
	return newestFirst(list)
}

func (a *archive) named(numbers []string, now time.Time) (list []prescription) {
	for _, nre := range numbers {
		list = append(list, a.prescriptions[nre].asOf(now))
	}
	return list
}

func newestFirst(list []prescription) []prescription {
	slices.SortFunc(list, func(x, y prescription) int {
		if c := y.Inserted.Compare(x.Inserted); c != 0 {
			return c
		}
		return strings.Compare(y.CodAutenticazione, x.CodAutenticazione)
	})
	return list
}

func (r *Region) today() time.Time { return r.now().In(r.rome) }
