package region

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// States of a prescription (statoProcesso).
const (
	stateLive      = "3"
	stateCancelled = "4"
	stateExpired   = "10"
)

// prescription as the archive keeps it: the request's own fields, by name.
type prescription struct {
	NRE               string
	Doctor, Inserter  string // cfMedico1, and who sent it
	Patient           string // clear codice fiscale
	Fields            map[string]string
	Items             []map[string]string
	State             string
	CodAutenticazione string
	Compiled          time.Time
	Inserted          time.Time
}

var (
	errLotUnknown = errors.New("nre is not of a lot of this doctor")
	errNREUsed    = errors.New("nre was used")
	errNREUnknown = errors.New("nre is unknown")
	errState      = errors.New("state does not allow it")
)

// archive holds lots and prescriptions, in memory and, with a folder, in
// archivio.json, written whole at each change (a simulator has few).
type archive struct {
	mutex sync.Mutex
	file  string
	data  archiveData
}

type archiveData struct {
	Lots          map[string]string // NRE without its progressive → owner
	LastLot       int
	LastOwnNRE    int
	LastCode      int
	Prescriptions map[string]prescription
}

func openArchive(dir string) (*archive, error) {
	a := &archive{data: archiveData{Lots: map[string]string{}, Prescriptions: map[string]prescription{}}}
	if dir == "" {
		return a, nil
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	a.file = filepath.Join(dir, "archivio.json")
	raw, err := os.ReadFile(a.file)
	if errors.Is(err, os.ErrNotExist) {
		return a, nil
	}
	if err != nil {
		return nil, err
	}
	return a, json.Unmarshal(raw, &a.data)
}

func (a *archive) save() error {
	if a.file == "" {
		return nil
	}
	raw, err := json.Marshal(a.data)
	if err != nil {
		return err
	}
	aside := a.file + ".nuovo"
	if err := os.WriteFile(aside, raw, 0o600); err != nil {
		return err
	}
	return os.Rename(aside, a.file)
}

// lotPrefix0 is the length of AAA BB C DDDDDDD: two digits of progressive
// remain in a lot of type 0.
const lotPrefix0 = 13

// assignLot gives a doctor the next lot of type 0 and returns its code, 7 digits.
func (a *archive) assignLot(region, owner string) (string, error) {
	a.mutex.Lock()
	defer a.mutex.Unlock()
	a.data.LastLot++
	code := fmt.Sprintf("%07d", a.data.LastLot)
	a.data.Lots[region+lotGrouping+"0"+code] = owner
	return code, a.save()
}

// insert stores p unless its number is used or foreign. Without a number the
// archive assigns one of its own (type 4). It returns p completed.
func (a *archive) insert(p prescription) (prescription, error) {
	a.mutex.Lock()
	defer a.mutex.Unlock()
	if p.NRE == "" {
		a.data.LastOwnNRE++
		p.NRE = p.Fields["codRegione"] + lotGrouping + "4" + fmt.Sprintf("%09d", a.data.LastOwnNRE)
	} else if err := a.mayUse(p); err != nil {
		return p, err
	}
	a.data.LastCode++
	stamp := p.Inserted.Format("02012006150405.000")
	p.CodAutenticazione = stamp[:14] + stamp[15:] + fmt.Sprintf("%013d", a.data.LastCode)
	p.State = stateLive
	a.data.Prescriptions[p.NRE] = p
	return p, a.save()
}

// mayUse holds the number against the doctor's lots, then against what was
// ever sent with it: a number is burnt by its first use, cancelled or not.
func (a *archive) mayUse(p prescription) error {
	owner := a.data.Lots[p.NRE[:lotPrefix0]]
	if owner == "" || owner != p.Doctor && owner != p.Inserter {
		return errLotUnknown
	}
	if _, used := a.data.Prescriptions[p.NRE]; used {
		return errNREUsed
	}
	return nil
}

func (a *archive) find(nre string, now time.Time) (prescription, bool) {
	a.mutex.Lock()
	defer a.mutex.Unlock()
	p, ok := a.data.Prescriptions[nre]
	return p.asOf(now), ok
}

// change moves a prescription to a state if allowed says so of it.
func (a *archive) change(nre, state string, now time.Time, allowed func(prescription) error) error {
	a.mutex.Lock()
	defer a.mutex.Unlock()
	p, ok := a.data.Prescriptions[nre]
	if !ok {
		return errNREUnknown
	}
	if err := allowed(p.asOf(now)); err != nil {
		return err
	}
	p.State = state
	a.data.Prescriptions[nre] = p
	return a.save()
}

// ofPatient lists a patient's prescriptions, newest first.
func (a *archive) ofPatient(cf string, now time.Time) (list []prescription) {
	a.mutex.Lock()
	defer a.mutex.Unlock()
	for _, p := range a.data.Prescriptions {
		if p.Patient == cf {
			list = append(list, p.asOf(now))
		}
	}
	slices.SortFunc(list, func(x, y prescription) int {
		if c := y.Inserted.Compare(x.Inserted); c != 0 {
			return c
		}
		return strings.Compare(y.CodAutenticazione, x.CodAutenticazione)
	})
	return list
}

// asOf applies expiry: drugs 30 days, specialist 180, the day of issue apart.
func (p prescription) asOf(now time.Time) prescription {
	days := 30
	if p.Fields["tipoPrescrizione"] == "P" {
		days = 180
	}
	if p.State == stateLive && now.Format(time.DateOnly) > p.Compiled.AddDate(0, 0, days).Format(time.DateOnly) {
		p.State = stateExpired
	}
	return p
}

// SetState puts a prescription into any state (1 to 10), as pharmacies and
// other doctors would.
func (r *Region) SetState(nre, state string) error {
	if n, err := strconv.Atoi(state); err != nil || n < 1 || n > 10 {
		return fmt.Errorf("state %q is not 1 to 10", state)
	}
	return r.archive.change(nre, state, r.today(), func(prescription) error { return nil })
}

// State is the present state of a prescription.
func (r *Region) State(nre string) (state string, ok bool) {
	p, ok := r.archive.find(nre, r.today())
	return p.State, ok
}

// Prescriptions counts what was ever accepted.
func (r *Region) Prescriptions() int {
	r.archive.mutex.Lock()
	defer r.archive.mutex.Unlock()
	return len(r.archive.data.Prescriptions)
}

func (r *Region) today() time.Time { return r.now().In(r.rome) }
