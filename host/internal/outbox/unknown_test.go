package outbox

import (
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/rs/zerolog"

	"raccordo/host/internal/ricetta"
	"raccordo/host/internal/wire"
)

// crash is what a step panics with in the place of a kill.
type crash struct{}

func at(n int) func(int, wire.Prescription) error {
	return func(call int, _ wire.Prescription) error {
		if call == n {
			panic(crash{})
		}
		return nil
	}
}

func crashSteps() map[string]func(*fakeRegion) {
	return map[string]func(*fakeRegion){
		"asking for a lot":  func(f *fakeRegion) { f.beforeLot = func() error { panic(crash{}) } },
		"before it arrives": func(f *fakeRegion) { f.beforeSend = at(1) },
		"after it arrived":  func(f *fakeRegion) { f.afterSend = at(1) },
		"second, before":    func(f *fakeRegion) { f.beforeSend = at(2) },
		"second, after":     func(f *fakeRegion) { f.afterSend = at(2) },
		"while asking its fate": func(f *fakeRegion) {
			f.afterSend = func(int, wire.Prescription) error {
				f.afterSend = nil
				f.beforeView = func() error { panic(crash{}) }
				return fault{wire.ErrRegionAnswer, true}
			}
		},
	}
}

// clickAndDie opens the journal, sends, and tells whether it was killed.
func clickAndDie(t *testing.T, path string, f *fakeRegion) (killed bool) {
	t.Helper()
	o := openAt(t, path)
	defer func() { _ = o.Close() }()
	defer func() {
		switch r := recover().(type) {
		case nil:
		case crash:
			killed = true
		default:
			panic(r)
		}
	}()
	send(NewSender(o, f, SenderOptions{Log: zerolog.Nop()}), list(2))
	return false
}

// TestCrashAtEachStep kills the process, as far as the disk can tell, at every
// step of a send, opens the journal again and clicks once more.
func TestCrashAtEachStep(t *testing.T) {
	for name, arm := range crashSteps() {
		t.Run(name, func(t *testing.T) {
			path, f := filepath.Join(t.TempDir(), "outbox.db"), newFake()
			arm(f)
			died := clickAndDie(t, path, f)
			if !died { // the last step needs a second click to get there
				died = clickAndDie(t, path, f)
			}
			if !died {
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
