package outbox

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/rs/zerolog"

	"raccordo/host/internal/ricetta"
	"raccordo/host/internal/sim/anagrafe"
	"raccordo/host/internal/wire"
)

// fault is a region's error.
type fault struct {
	code    wire.ErrorCode
	arrived bool
}

func (f fault) Error() string        { return string(f.code) }
func (f fault) Wire() *wire.Error    { return wire.NewError(f.code, "") }
func (f fault) MayHaveArrived() bool { return f.arrived }

type stored struct {
	p        wire.Prescription
	compiled time.Time
	state    string
}

// fakeRegion keeps what really got through. Hooks bend one call: before it has
// its effect, or after.
type fakeRegion struct {
	mu          sync.Mutex
	lots        int
	held        map[string]stored
	accepted    map[string]int // by client id: how many times it came to exist
	sends       []string       // NRE of each request
	views       int
	beforeSend  func(n int, p wire.Prescription) error
	afterSend   func(n int, p wire.Prescription) error
	beforeView  func() error
	beforeLot   func() error
	answer      func(p wire.Prescription) *ricetta.Receipt
	afterAnswer func()
}

func newFake() *fakeRegion {
	return &fakeRegion{held: map[string]stored{}, accepted: map[string]int{}}
}

func (f *fakeRegion) Lot(context.Context) (ricetta.Lot, error) {
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
		return wire.ViewResult{}, fault{wire.ErrRxNone, false}
	}
	return wire.ViewResult{NRE: nre, State: s.state, CodAutenticazione: "AUT" + nre, InsertedAt: "2026-11-22 18:20:00", TipoPrescrizione: s.p.TipoPrescrizione,
		CompiledAt: s.compiled.In(ricetta.Rome()).Format(ricetta.Timestamp), Dettagli: s.p.Dettagli}, nil
}

func giulia() ricetta.Doctor {
	d := anagrafe.Doctors()[0]
	return ricetta.Doctor{CF: d.CF, PinCode: d.PinCode, Region: d.Region, ASL: d.ASL, Specializzazione: d.Specializzazione}
}

func list(n int) []wire.Prescription {
	var out []wire.Prescription
	for i := range n {
		out = append(out, rx(fmt.Sprint("c", i+1)))
	}
	return out
}

func send(s *Sender, ps []wire.Prescription) []wire.PrescriptionResult {
	return s.Send(context.Background(), giulia(), page, ps, nil)
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

func TestSendsAList(t *testing.T) {
	f, pdfs := newFake(), 0
	s := NewSender(fresh(t), f, SenderOptions{Log: zerolog.Nop(), Promemoria: func(string, []byte) { pdfs++ }})
	var progress []wire.BatchProgress
	got := s.Send(context.Background(), giulia(), page, list(3), func(p wire.BatchProgress) { progress = append(progress, p) })
	want := wire.PrescriptionResult{ClientID: "c2", State: wire.Sent, NRE: "0900A0000000101", CodAutenticazione: "AUT0900A0000000101",
		InsertedAt: "2026-11-22 18:20:00", Warnings: []wire.Notice{}, Errors: []wire.Notice{}, HasPromemoria: true}
	if d := cmp.Diff(want, got[1]); d != "" {
		t.Error(d)
	}
	once(t, f, "c1", "c2", "c3")
	if f.lots != 1 || pdfs != 3 || len(progress) != 3 || progress[2].Done != 3 || progress[2].Total != 3 {
		t.Error(f.lots, pdfs, progress)
	}
	again := send(s, list(3))
	if d := cmp.Diff(got, again); d != "" || len(f.sends) != 3 {
		t.Error("the second click:", d, f.sends)
	}
	if c := must[wire.Outbox](t)(s.box.Counts()); c != (wire.Outbox{}) {
		t.Errorf("%+v", c)
	}
}

func TestFaultsOfOneSend(t *testing.T) {
	tests := []struct {
		name          string
		before, after error
		want          []wire.SendState // of three, the fault hits the second
		problem       wire.ErrorCode
		thirdAsked    bool
	}{
		{"refused connection", fault{wire.ErrRegionDown, false}, nil, []wire.SendState{wire.Sent, wire.Queued, wire.Queued}, wire.ErrRegionDown, false},
		{"session ended", fault{wire.ErrSessionEnded, false}, nil, []wire.SendState{wire.Sent, wire.Queued, wire.Queued}, wire.ErrSessionEnded, false},
		{"lost on the way", fault{wire.ErrRegionTime, true}, nil, []wire.SendState{wire.Sent, wire.Unknown, wire.Queued}, wire.ErrRxUnknown, false},
		{"answer lost", nil, fault{wire.ErrRegionTime, true}, []wire.SendState{wire.Sent, wire.Unknown, wire.Queued}, wire.ErrRxUnknown, false},
		{"answer garbled", nil, fault{wire.ErrRegionAnswer, true}, []wire.SendState{wire.Sent, wire.Unknown, wire.Sent}, wire.ErrRxUnknown, true},
		{"untyped", nil, errors.New("who knows"), []wire.SendState{wire.Sent, wire.Unknown, wire.Queued}, wire.ErrRxUnknown, false},
		{"soap fault, client", fault{wire.ErrRegionFault, false}, nil, []wire.SendState{wire.Sent, wire.Refused, wire.Sent}, wire.ErrRxRefused, true},
		{"soap fault, server", fault{wire.ErrRegionFault, true}, nil, []wire.SendState{wire.Sent, wire.Unknown, wire.Sent}, wire.ErrRxUnknown, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f := newFake()
			second := func(err error) func(int, wire.Prescription) error {
				return func(n int, _ wire.Prescription) error {
					if n == 2 {
						return err
					}
					return nil
				}
			}
			f.beforeSend, f.afterSend = second(tt.before), second(tt.after)
			s := NewSender(fresh(t), f, SenderOptions{Log: zerolog.Nop()})
			got := send(s, list(3))
			if d := cmp.Diff(tt.want, states(got)); d != "" {
				t.Error(d)
			}
			if got[1].Problem == nil || got[1].Problem.Data.Code != tt.problem {
				t.Errorf("problem %+v", got[1].Problem)
			}
			if asked := len(f.sends) == 3; asked != tt.thirdAsked {
				t.Errorf("region asked %d times", len(f.sends))
			}

			f.beforeSend, f.afterSend = nil, nil
			for _, r := range send(s, list(3)) { // the doctor clicks again
				if r.State != wire.Sent || r.CodAutenticazione == "" {
					t.Errorf("second time: %+v", r)
				}
			}
			once(t, f, "c1", "c2", "c3")
		})
	}
}

// TestCrashAtEachStep kills the process, as far as the disk can tell, at every
// step of a send, opens the journal again and clicks once more.
func TestCrashAtEachStep(t *testing.T) {
	type crash struct{}
	steps := map[string]func(*fakeRegion){
		"asking for a lot":  func(f *fakeRegion) { f.beforeLot = func() error { panic(crash{}) } },
		"before it arrives": func(f *fakeRegion) { f.beforeSend = func(int, wire.Prescription) error { panic(crash{}) } },
		"after it arrived":  func(f *fakeRegion) { f.afterSend = func(int, wire.Prescription) error { panic(crash{}) } },
		"second, before": func(f *fakeRegion) {
			f.beforeSend = func(n int, _ wire.Prescription) error {
				if n == 2 {
					panic(crash{})
				}
				return nil
			}
		},
		"second, after": func(f *fakeRegion) {
			f.afterSend = func(n int, _ wire.Prescription) error {
				if n == 2 {
					panic(crash{})
				}
				return nil
			}
		},
		"while asking its fate": func(f *fakeRegion) {
			f.afterSend = func(int, wire.Prescription) error {
				f.afterSend = nil
				f.beforeView = func() error { panic(crash{}) }
				return fault{wire.ErrRegionAnswer, true}
			}
		},
	}
	for name, arm := range steps {
		t.Run(name, func(t *testing.T) {
			path, f := filepath.Join(t.TempDir(), "outbox.db"), newFake()
			arm(f)
			crashed := false
			for range 2 { // the last step needs a second click to get there
				func() {
					o := openAt(t, path)
					defer func() { _ = o.Close() }()
					defer func() {
						switch r := recover().(type) {
						case nil:
						case crash:
							crashed = true
						default:
							panic(r)
						}
					}()
					send(NewSender(o, f, SenderOptions{Log: zerolog.Nop()}), list(2))
				}()
				if crashed {
					break
				}
			}
			if !crashed {
				t.Fatal("the crash did not happen")
			}
			f.beforeLot, f.beforeSend, f.afterSend, f.beforeView = nil, nil, nil, nil
			s := NewSender(openAt(t, path), f, SenderOptions{Log: zerolog.Nop()})
			if d := cmp.Diff([]wire.SendState{wire.Sent, wire.Sent}, states(send(s, list(2)))); d != "" {
				t.Error(d)
			}
			once(t, f, "c1", "c2")
			numbers := map[string]bool{}
			for _, nre := range f.sends {
				numbers[nre] = true
			}
			if len(numbers) != 2 {
				t.Errorf("numbers used: %v", f.sends)
			}
		})
	}
}

// TestLateArrival: the request arrives after the region has said that it knows
// nothing. The repeated one has the same number and finds it taken.
func TestLateArrival(t *testing.T) {
	f := newFake()
	var late func()
	f.beforeSend = func(n int, p wire.Prescription) error {
		if n == 1 {
			nre, compiled := f.sends[0], time.Time{}
			late = func() { f.held[nre] = stored{p, compiled, "3"}; f.accepted[p.ClientID]++ }
			return fault{wire.ErrRegionTime, true}
		}
		late()
		return nil
	}
	box := fresh(t)
	s := NewSender(box, f, SenderOptions{Log: zerolog.Nop()})
	if got := send(s, list(1)); got[0].State != wire.Unknown {
		t.Fatal(got)
	}
	r, _, err := box.Find(page, "c1")
	if err != nil {
		t.Fatal(err)
	}
	before := late
	late = func() { before(); h := f.held[r.NRE]; h.compiled = r.CompiledAt; f.held[r.NRE] = h }
	got := send(s, list(1))
	if got[0].State != wire.Sent || got[0].NRE != f.sends[0] || f.sends[1] != f.sends[0] {
		t.Errorf("%+v, sent as %v", got[0], f.sends)
	}
	once(t, f, "c1")
}

func TestUnknownIsAskedFirst(t *testing.T) {
	tests := []struct {
		name  string
		world func(f *fakeRegion, nre string)
		want  wire.SendState
		sends int
		next  wire.SendState // one click later
		same  bool           // with the same number
	}{
		{"not there: same number again", func(f *fakeRegion, nre string) { delete(f.held, nre) }, wire.Sent, 2, wire.Sent, true},
		{"dispensed meanwhile", func(f *fakeRegion, nre string) { s := f.held[nre]; s.state = "8"; f.held[nre] = s }, wire.Sent, 1, wire.Sent, true},
		{"number without a prescription", func(f *fakeRegion, nre string) { f.held[nre] = stored{state: "2"} }, wire.Unknown, 2, wire.Unknown, true},
		{"cancelled meanwhile", func(f *fakeRegion, nre string) { s := f.held[nre]; s.state = "4"; f.held[nre] = s }, wire.Refused, 1, wire.Sent, false},
		{"taken by another", func(f *fakeRegion, nre string) { f.held[nre] = stored{rx("x"), time.Unix(1e9, 0), "3"} }, wire.Refused, 1, wire.Sent, false},
		{"region rounds the date", func(f *fakeRegion, nre string) {
			s := f.held[nre]
			s.compiled = time.Date(2026, 11, 22, 0, 0, 0, 0, ricetta.Rome())
			f.held[nre] = s
		}, wire.Sent, 1, wire.Sent, true},
		{"other contents, rounded date", func(f *fakeRegion, nre string) {
			other := rx("x")
			other.Dettagli[0].Quantita = 9
			f.held[nre] = stored{other, time.Date(2026, 11, 22, 0, 0, 0, 0, ricetta.Rome()), "3"}
		}, wire.Unknown, 1, wire.Unknown, true},
		{"region still down", func(f *fakeRegion, _ string) { f.beforeView = func() error { return fault{wire.ErrRegionDown, false} } }, wire.Unknown, 1, wire.Unknown, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f := newFake()
			f.afterSend = func(int, wire.Prescription) error { return fault{wire.ErrRegionTime, true} }
			s := NewSender(fresh(t), f, SenderOptions{Log: zerolog.Nop()})
			if got := send(s, list(1)); got[0].State != wire.Unknown || got[0].NRE != f.sends[0] {
				t.Fatal(got)
			}
			f.afterSend = nil
			tt.world(f, f.sends[0])
			if got := send(s, list(1)); got[0].State != tt.want || len(f.sends) != tt.sends {
				t.Errorf("%+v after %d sends", got[0], len(f.sends))
			}
			got := send(s, list(1))
			if got[0].State != tt.next {
				t.Errorf("one click later: %+v", got[0])
			}
			for _, nre := range f.sends {
				if tt.same && nre != f.sends[0] {
					t.Errorf("another number: %v", f.sends)
				}
			}
			if !tt.same && got[0].NRE == f.sends[0] {
				t.Errorf("the burnt number again: %v", f.sends)
			}
		})
	}
}

func TestUnknownStaysUnknownWhenNothingLeft(t *testing.T) {
	f := newFake()
	f.beforeSend = func(n int, _ wire.Prescription) error { return fault{wire.ErrRegionTime, n == 1} }
	s := NewSender(fresh(t), f, SenderOptions{Log: zerolog.Nop()})
	send(s, list(1))
	if got := send(s, list(1)); got[0].State != wire.Unknown || len(f.sends) != 2 {
		t.Errorf("%+v after %d sends: the first request can still arrive", got[0], len(f.sends))
	}
}

func TestRefusalsBlockNobody(t *testing.T) {
	f := newFake()
	f.answer = func(p wire.Prescription) *ricetta.Receipt {
		if p.ClientID == "c2" {
			return &ricetta.Receipt{Outcome: "9999", Errors: []wire.Notice{{Code: "1176", Item: 1, Text: "Nota AIFA obbligatoria"}}, Warnings: []wire.Notice{{Code: "1024"}}}
		}
		return nil
	}
	ps := list(4)
	ps[2].TipoVisita = "" // our own check
	s := NewSender(fresh(t), f, SenderOptions{Log: zerolog.Nop()})
	got := send(s, ps)
	if d := cmp.Diff([]wire.SendState{wire.Sent, wire.Refused, wire.Refused, wire.Sent}, states(got)); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff([]wire.Notice{{Code: "1176", Item: 1, Text: "Nota AIFA obbligatoria"}}, got[1].Errors); d != "" || len(got[1].Warnings) != 1 {
		t.Error(d, got[1].Warnings)
	}
	if got[2].Problem.Data.Code != wire.ErrRxInvalid || got[2].Errors[0].Field != "tipo_visita" {
		t.Errorf("%+v", got[2])
	}
	changed := list(1)
	changed[0].Dettagli[0].Quantita = 3
	if got := send(s, changed); got[0].State != wire.Refused || got[0].Problem.Data.Code != wire.ErrRxChanged {
		t.Errorf("%+v", got[0])
	}
	once(t, f, "c1", "c4")
}

func TestLotTroubleStopsTheList(t *testing.T) {
	f := newFake()
	f.beforeLot = func() error { return fault{wire.ErrRegionBusy, false} }
	s := NewSender(fresh(t), f, SenderOptions{Log: zerolog.Nop()})
	for _, r := range send(s, list(2)) {
		if r.State != wire.Queued || r.Problem.Data.Code != wire.ErrRegionBusy || r.NRE != "" {
			t.Errorf("%+v", r)
		}
	}
	if len(f.sends) != 0 {
		t.Error("sent without a number")
	}
}

func TestCancelBetweenPrescriptions(t *testing.T) {
	f := newFake()
	ctx, cancel := context.WithCancel(context.Background())
	f.beforeSend = func(int, wire.Prescription) error { cancel(); return nil }
	s := NewSender(fresh(t), f, SenderOptions{Log: zerolog.Nop()})
	got := s.Send(ctx, giulia(), page, list(3), nil)
	if d := cmp.Diff([]wire.SendState{wire.Sent, wire.Queued, wire.Queued}, states(got)); d != "" || got[1].Problem.Data.Code != wire.ErrCancelled {
		t.Error(d, got[1].Problem)
	}
	if again := s.Send(ctx, giulia(), page, list(3), nil); again[0].State != wire.Sent || again[2].State != wire.Queued || len(f.sends) != 1 {
		t.Errorf("given up before its turn: %+v", states(again))
	}
}

func TestTwoPagesAtOnce(t *testing.T) {
	f := newFake()
	s := NewSender(fresh(t), f, SenderOptions{Log: zerolog.Nop()})
	var wait sync.WaitGroup
	for range 6 {
		wait.Go(func() {
			for _, r := range send(s, list(5)) {
				if r.State != wire.Sent {
					t.Errorf("%+v", r)
				}
			}
		})
	}
	wait.Wait()
	once(t, f, "c1", "c2", "c3", "c4", "c5")
	if len(f.sends) != 5 {
		t.Errorf("%d requests", len(f.sends))
	}
}

func TestRegionGivesTheNumber(t *testing.T) {
	f := newFake()
	f.answer = func(wire.Prescription) *ricetta.Receipt {
		return &ricetta.Receipt{NRE: "1300A4019294833", CodAutenticazione: "AUT", Outcome: "0001"}
	}
	s := NewSender(fresh(t), f, SenderOptions{Log: zerolog.Nop(), RegionNumbers: true})
	if got := send(s, list(1)); got[0].State != wire.Sent || got[0].NRE != "1300A4019294833" || f.lots != 0 || f.sends[0] != "" {
		t.Errorf("%+v %v", got[0], f.sends)
	}
	f.beforeSend = func(int, wire.Prescription) error { return fault{wire.ErrRegionTime, true} }
	for range 2 {
		if got := send(s, list(2)); got[1].State != wire.Unknown || got[1].Problem == nil {
			t.Errorf("%+v", got[1])
		}
	}
	if len(f.sends) != 2 {
		t.Errorf("an unknown outcome without a number was sent again: %d", len(f.sends))
	}
}
