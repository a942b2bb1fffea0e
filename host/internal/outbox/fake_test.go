package outbox

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"raccordo/host/internal/ricetta"
	"raccordo/host/internal/sim/anagrafe"
	"raccordo/host/internal/wire"
)

// bang is a region's error.
type bang struct {
	code    wire.ErrorCode
	arrived bool
}

func (f bang) Error() string        { return string(f.code) }
func (f bang) Wire() *wire.Error    { return wire.NewError(f.code, "") }
func (f bang) MayHaveArrived() bool { return f.arrived }

type stored struct {
	p        wire.Prescription
	compiled time.Time
	state    string
}

// fakeRegion keeps what really got through. Hooks bend one call: before it has
// its effect, or after.
type fakeRegion struct {
	mu           sync.Mutex
	lots         int
	held         map[string]stored
	accepted     map[string]int // by client id: how many times it came to exist
	sends        []string       // NRE of each request
	views        int
	beforeSend   func(n int, p wire.Prescription) error
	afterSend    func(n int, p wire.Prescription) error
	beforeView   func() error
	beforeLot    func() error
	beforeCancel func(n int) error
	afterCancel  func(n int) error
	answer       func(p wire.Prescription) *ricetta.Receipt
	cancels      []string
}

func newFake() *fakeRegion {
	return &fakeRegion{held: map[string]stored{}, accepted: map[string]int{}}
}

func (f *fakeRegion) Lot(context.Context, ricetta.Doctor) (ricetta.Lot, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.beforeLot != nil {
		if err := f.beforeLot(); err != nil {
			return ricetta.Lot{}, err
		}
	}
	f.lots++
	return ricetta.NewLot("090", "0A", "0", fmt.Sprint(f.lots))
}

func (f *fakeRegion) Send(_ context.Context, _ ricetta.Doctor, nre string, p wire.Prescription, compiled time.Time) (ricetta.Receipt, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.sends = append(f.sends, nre)
	n := len(f.sends)
	if f.beforeSend != nil {
		if err := f.beforeSend(n, p); err != nil {
			return ricetta.Receipt{}, err
		}
	}
	if f.answer != nil {
		if r := f.answer(p); r != nil {
			return *r, nil
		}
	}
	if nre == "" {
		nre = fmt.Sprintf("1300A4%09d", n)
	}
	if _, used := f.held[nre]; used {
		return ricetta.Receipt{Outcome: "9999", Errors: []wire.Notice{{Code: "5004", Text: "NRE già utilizzato"}}}, nil
	}
	f.held[nre] = stored{p, compiled, "3"}
	f.accepted[p.ClientID]++
	if f.afterSend != nil {
		if err := f.afterSend(n, p); err != nil {
			return ricetta.Receipt{}, err
		}
	}
	return ricetta.Receipt{NRE: nre, CodAutenticazione: "AUT" + nre, InsertedAt: "2026-11-22 18:20:00", Outcome: "0000", Promemoria: []byte("%PDF-")}, nil
}

func (f *fakeRegion) View(_ context.Context, _ ricetta.Doctor, nre string) (wire.ViewResult, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.views++
	if f.beforeView != nil {
		if err := f.beforeView(); err != nil {
			return wire.ViewResult{}, err
		}
	}
	s, ok := f.held[nre]
	if !ok {
		return wire.ViewResult{}, bang{wire.ErrRxNone, false}
	}
	return wire.ViewResult{NRE: nre, State: s.state, CodAutenticazione: "AUT" + nre, InsertedAt: "2026-11-22 18:20:00", TipoPrescrizione: s.p.TipoPrescrizione,
		CompiledAt: s.compiled.In(ricetta.Rome()).Format(ricetta.Timestamp), Dettagli: s.p.Dettagli}, nil
}

func (f *fakeRegion) Cancel(_ context.Context, _ ricetta.Doctor, nre string) (wire.CancelResult, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.cancels = append(f.cancels, nre)
	if f.beforeCancel != nil {
		if err := f.beforeCancel(len(f.cancels)); err != nil {
			return wire.CancelResult{}, err
		}
	}
	s, ok := f.held[nre]
	if !ok {
		return wire.CancelResult{}, bang{wire.ErrRxNone, false}
	}
	if s.state != "3" {
		return wire.CancelResult{}, bang{wire.ErrRxState, false}
	}
	s.state = "4"
	f.held[nre] = s
	if f.afterCancel != nil {
		if err := f.afterCancel(len(f.cancels)); err != nil {
			return wire.CancelResult{}, err
		}
	}
	return wire.CancelResult{NRE: nre}, nil
}

func (f *fakeRegion) Used(_ context.Context, _ ricetta.Doctor, q ricetta.Query) (list []wire.ListedPrescription, err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for nre, s := range f.held {
		if s.p.CodiceAssistito == q.Patient && s.p.TipoPrescrizione == q.Type && !s.compiled.Before(q.From) && !s.compiled.After(q.To) {
			list = append(list, wire.ListedPrescription{NRE: nre, TipoPrescrizione: s.p.TipoPrescrizione, CodiceAssistito: s.p.CodiceAssistito,
				CodAutenticazione: "AUT" + nre, CompiledAt: s.compiled.In(ricetta.Rome()).Format(ricetta.Timestamp)})
		}
	}
	return list, nil
}

func giulia() ricetta.Doctor {
	d := anagrafe.Doctors()[0]
	return ricetta.Doctor{CF: d.CF, PinCode: d.PinCode, Region: d.Region, ASL: d.ASL, Specializzazione: d.Specializzazione}
}

func list(n int) []wire.Prescription {
	var out []wire.Prescription
	for i := range n {
		p := rx(fmt.Sprint("c", i+1))
		p.CodiceAssistito = anagrafe.Patients()[i%len(anagrafe.Patients())].CF
		out = append(out, p)
	}
	return out
}

func send(s *Sender, ps []wire.Prescription) []wire.PrescriptionResult {
	return s.Send(context.Background(), Order{Doctor: giulia(), Origin: page}, ps, nil)
}

func states(rs []wire.PrescriptionResult) (out []wire.SendState) {
	for _, r := range rs {
		out = append(out, r.State)
	}
	return out
}

func once(t *testing.T, f *fakeRegion, ids ...string) {
	t.Helper()
	want := map[string]int{}
	for _, id := range ids {
		want[id] = 1
	}
	if d := cmp.Diff(want, f.accepted); d != "" {
		t.Error("came to exist:", d)
	}
}

// rounded is an instant at a region that keeps no time of day.
func rounded(at time.Time) time.Time {
	at = at.In(ricetta.Rome())
	return time.Date(at.Year(), at.Month(), at.Day(), 0, 0, 0, 0, ricetta.Rome())
}
