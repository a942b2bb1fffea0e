package outbox

import (
	"testing"
	"time"

	"github.com/rs/zerolog"

	"raccordo/host/internal/wire"
)

// TestLateArrival: the request arrives after the region has said that it knows
// nothing. The repeated one has the same number and finds it taken.
func TestLateArrival(t *testing.T) {
	f := newFake()
	var late func()
	f.beforeSend = func(n int, p wire.Prescription) error {
		if n == 1 {
			nre, compiled := f.sends[0], time.Time{}
			late = func() { f.held[nre] = stored{p, compiled, "3"}; f.accepted[p.ClientID]++ }
			return bang{wire.ErrRegionTime, true}
		}
		late()
		return nil
	}
	box := fresh(t)
	s := NewSender(box, f, SenderOptions{Log: zerolog.Nop(), Parallel: 1})
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
			s.compiled = rounded(s.compiled)
			f.held[nre] = s
		}, wire.Sent, 1, wire.Sent, true},
		{"other contents, rounded date", func(f *fakeRegion, nre string) {
			other := rx("x")
			other.Dettagli[0].Quantita = 9
			f.held[nre] = stored{other, rounded(f.held[nre].compiled), "3"}
		}, wire.Unknown, 1, wire.Unknown, true},
		{"region still down", func(f *fakeRegion, _ string) { f.beforeView = func() error { return bang{wire.ErrRegionDown, false} } }, wire.Unknown, 1, wire.Unknown, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f := newFake()
			f.afterSend = func(int, wire.Prescription) error { return bang{wire.ErrRegionTime, true} }
			s := NewSender(fresh(t), f, SenderOptions{Log: zerolog.Nop(), Parallel: 1})
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
	f.beforeSend = func(n int, _ wire.Prescription) error { return bang{wire.ErrRegionTime, n == 1} }
	s := NewSender(fresh(t), f, SenderOptions{Log: zerolog.Nop(), Parallel: 1})
	send(s, list(1))
	if got := send(s, list(1)); got[0].State != wire.Unknown || len(f.sends) != 2 {
		t.Errorf("%+v after %d sends: the first request can still arrive", got[0], len(f.sends))
	}
}
