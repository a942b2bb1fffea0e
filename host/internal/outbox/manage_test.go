package outbox

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"raccordo/host/internal/ricetta"
	"raccordo/host/internal/wire"
)

func (s *stage) discard(client string) {
	s.t.Helper()
	if _, err := s.box.Discard([]string{s.record(client).ID}); err != nil {
		s.t.Fatal(err)
	}
}

// lose makes the next send go wrong: arrives tells whether it has its effect.
func (f *fakeRegion) lose(arrives bool) {
	once := func(int, wire.Prescription) error {
		f.beforeSend, f.afterSend = nil, nil
		return bang{wire.ErrRegionTime, true}
	}
	if arrives {
		f.afterSend = once
	} else {
		f.beforeSend = once
	}
}

func TestDiscardWhatNeverLeft(t *testing.T) {
	s := ready(t, Options{})
	s.take(of("queued", 1), invalid(of("refused", 2)))
	if _, err := s.box.Take(Order{Doctor: giulia(), Origin: page, Draft: true}, []wire.Prescription{of("draft", 3)}); err != nil {
		t.Fatal(err)
	}
	sends := len(s.f.sends)
	for _, client := range []string{"queued", "refused", "draft"} {
		s.discard(client)
		if _, ok, err := s.box.Find(page, client); ok || err != nil {
			t.Errorf("%s is still there, %v", client, err)
		}
	}
	s.work(ClaimOptions{})
	if c := must[wire.Outbox](t)(s.box.Counts()); c != (wire.Outbox{}) || len(s.f.sends) != sends {
		t.Errorf("%+v", c)
	}
	if _, err := s.box.Discard([]string{"nonsense"}); !errors.Is(err, ErrAbsent) || Code(err) != wire.ErrOutboxEntry {
		t.Error(err)
	}
}

// TestDiscardOfAnUnknown: at the end its number is dead, whatever arrives
// later.
func TestDiscardOfAnUnknown(t *testing.T) {
	tests := []struct {
		name    string
		arrives bool
		world   func(f *fakeRegion, nre string)
		want    State
		sends   int
	}{
		{"it was there", true, func(*fakeRegion, string) {}, Cancelled, 1},
		{"it was not: sent to be cancelled", false, func(*fakeRegion, string) {}, Cancelled, 2},
		{"cancelled already", true, func(f *fakeRegion, nre string) { h := f.held[nre]; h.state = "4"; f.held[nre] = h }, Cancelled, 1},
		{"dispensed already", true, func(f *fakeRegion, nre string) { h := f.held[nre]; h.state = "8"; f.held[nre] = h }, Sent, 1},
		{"the cancellation's answer got lost", true, func(f *fakeRegion, _ string) {
			f.afterCancel = func(int) error { f.afterCancel = nil; return bang{wire.ErrRegionTime, true} }
		}, Cancelled, 1},
		{"sent to be cancelled, answer lost", false, func(f *fakeRegion, _ string) { f.lose(true) }, Cancelled, 2},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := ready(t, Options{})
			s.f.sends = nil
			s.take(of("a", 1))
			s.f.lose(tt.arrives)
			s.work(ClaimOptions{})
			nre := s.record("a").NRE
			s.want(map[string]State{"a": Unknown})
			tt.world(s.f, nre)
			s.discard("a")
			s.until(2 * time.Hour)
			s.want(map[string]State{"a": tt.want})
			if len(s.f.sends) != tt.sends {
				t.Errorf("%d sends", len(s.f.sends))
			}
			if tt.want == Cancelled && s.f.held[nre].state != stateCancelled {
				t.Error("the number is not dead: a late request could still bring it to life")
			}
			if r := s.record("a"); r.Prescription != nil {
				t.Error("health data left behind")
			}
		})
	}
}

func TestDiscardUnderWay(t *testing.T) {
	s := ready(t, Options{})
	s.take(of("a", 1))
	w := s.claim(ClaimOptions{})[0]
	s.discard("a")
	s.carry(w) // accepted meanwhile
	s.work(ClaimOptions{})
	s.want(map[string]State{"a": Cancelled})
	s.take(of("b", 1))
	s.work(ClaimOptions{})
	if _, err := s.box.Discard([]string{s.record("b").ID}); !errors.Is(err, ErrState) || Code(err) != wire.ErrOutboxState {
		t.Error("what was sent:", err)
	}
}

// TestRegionsRule: Umbria cancels what is unknown, and prescribes anew.
func TestRegionsRule(t *testing.T) {
	tests := []struct {
		name    string
		arrives bool
		bend    func(f *fakeRegion)
		same    bool // with the same number
		dead    int  // numbers that were cancelled
	}{
		{"it was there: cancelled, new number", true, func(*fakeRegion) {}, false, 1},
		{"it was not: the same number", false, func(*fakeRegion) {}, true, 0},
		{"the cancellation got lost on the way", false, func(f *fakeRegion) {
			f.beforeCancel = func(int) error { f.beforeCancel = nil; return bang{wire.ErrRegionTime, true} }
		}, false, 1},
		{"the cancellation's answer got lost", true, func(f *fakeRegion) {
			f.afterCancel = func(int) error { f.afterCancel = nil; return bang{wire.ErrRegionTime, true} }
		}, false, 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := ready(t, Options{CancelUnknown: true})
			s.take(of("a", 1))
			s.f.lose(tt.arrives)
			tt.bend(s.f)
			s.work(ClaimOptions{})
			old := s.record("a").NRE
			s.until(2 * time.Hour)
			r := s.record("a")
			if r.State != Sent || (r.NRE == old) != tt.same || s.f.held[r.NRE].state != "3" {
				t.Errorf("%+v, was %s", r, old)
			}
			dead := 0
			for _, h := range s.f.held {
				if h.state == stateCancelled {
					dead++
				}
			}
			if dead != tt.dead {
				t.Errorf("%d dead numbers", dead)
			}
		})
	}
}

// TestKilledWhileCancelling: a cancellation that may have left is remembered.
func TestKilledWhileCancelling(t *testing.T) {
	s := ready(t, Options{CancelUnknown: true})
	s.take(of("a", 1))
	s.f.lose(false)
	s.work(ClaimOptions{})
	old := s.record("a").NRE
	s.pass(time.Hour)
	if got := names(s.claim(ClaimOptions{})); cmp.Diff([]string{"cancel a"}, got) != "" {
		t.Fatal(got)
	}
	s.die()
	s.until(3 * time.Hour)
	if r := s.record("a"); r.State != Sent || r.NRE == old || s.f.held[old].state != stateCancelled {
		t.Errorf("a cancellation on its way could kill it: %+v", r)
	}
}

func TestResolve(t *testing.T) {
	undecided := func(t *testing.T) *stage {
		s := newStage(t, Options{RegionNumbers: true})
		s.take(of("a", 1))
		s.f.lose(false)
		s.until(6 * time.Hour) // ten searches
		if r := s.record("a"); r.State != Unknown || !r.Decide || r.Problem.Data.Code != wire.ErrRxUnclear || r.Asks != maxAsks {
			t.Fatalf("%+v", r)
		}
		return s
	}
	t.Run("absent: the same again", func(t *testing.T) {
		s := undecided(t)
		before := s.record("a")
		if _, err := s.box.Resolve(before.ID, Absent, ""); err != nil {
			t.Fatal(err)
		}
		s.work(ClaimOptions{})
		if r := s.record("a"); r.State != Sent || !r.CompiledAt.Equal(before.CompiledAt) {
			t.Errorf("%+v", r)
		}
	})
	t.Run("present: the region confirms", func(t *testing.T) {
		s := undecided(t)
		r := s.record("a")
		s.f.held["1300A4000000009"] = stored{*r.Prescription, r.CompiledAt, "3"}
		if _, err := s.box.Resolve(r.ID, Present, "1300A4000000009"); err != nil {
			t.Fatal(err)
		}
		s.work(ClaimOptions{})
		if got := s.record("a"); got.State != Sent || got.NRE != "1300A4000000009" || got.CodAutenticazione == "" || len(s.f.sends) != 1 {
			t.Errorf("%+v", got)
		}
	})
	t.Run("present, and it is not", func(t *testing.T) {
		s := undecided(t)
		if _, err := s.box.Resolve(s.record("a").ID, Present, "1300A4000000009"); err != nil {
			t.Fatal(err)
		}
		s.work(ClaimOptions{})
		if r := s.record("a"); r.State != Unknown || !r.Decide || r.CodAutenticazione != "" {
			t.Errorf("%+v", r)
		}
	})
	t.Run("given up, absent", func(t *testing.T) {
		s := undecided(t)
		s.discard("a")
		s.until(20 * time.Hour)
		if _, err := s.box.Resolve(s.record("a").ID, Absent, ""); err != nil {
			t.Fatal(err)
		}
		s.want(map[string]State{"a": Cancelled})
	})
	t.Run("nonsense", func(t *testing.T) {
		s := undecided(t)
		id := s.record("a").ID
		for _, bad := range []struct {
			id, decision, nre string
			want              error
		}{{"00", Absent, "", ErrAbsent}, {id, "perhaps", "", ErrState}, {id, Present, "12", ricetta.ErrNRE}} {
			if _, err := s.box.Resolve(bad.id, bad.decision, bad.nre); !errors.Is(err, bad.want) {
				t.Errorf("%+v: %v", bad, err)
			}
		}
		s.want(map[string]State{"a": Unknown})
	})
}

func TestRetryOfWhatWaits(t *testing.T) {
	s := ready(t, Options{})
	s.take(of("a", 1))
	s.f.beforeSend = func(int, wire.Prescription) error { return bang{wire.ErrRegionTime, true} }
	s.until(48 * time.Hour)
	r := s.record("a")
	if !r.Waits || r.Problem.Data.Code != wire.ErrRxWaits || r.Attempts != maxTries || len(s.f.sends) != 2+maxTries {
		t.Fatalf("%+v, %d sends", r, len(s.f.sends))
	}
	s.f.beforeSend = nil
	s.until(96 * time.Hour)
	s.want(map[string]State{"a": Unknown})
	if _, err := s.box.Retry([]string{r.ID}); err != nil {
		t.Fatal(err)
	}
	s.work(ClaimOptions{})
	s.want(map[string]State{"a": Sent})
}

func TestHold(t *testing.T) {
	s := ready(t, Options{})
	s.take(of("a", 1), of("b", 2))
	s.carry(s.claim(ClaimOptions{Limit: 1})[0])
	held, err := s.box.Hold([]string{s.record("a").ID, s.record("b").ID})
	if err != nil || held[0].State != Sent || held[1].State != Draft || held[1].NRE == "" {
		t.Errorf("%+v %v", held, err)
	}
	s.work(ClaimOptions{})
	s.want(map[string]State{"a": Sent, "b": Draft})
}

func TestAnswersOfAnotherLife(t *testing.T) {
	s := ready(t, Options{})
	s.take(of("a", 1))
	w := s.claim(ClaimOptions{})[0]
	s.die()
	if _, err := s.box.Settle(w, Outcome{Err: bang{wire.ErrRegionFault, false}}); !errors.Is(err, ErrState) {
		t.Error(err)
	}
	s.want(map[string]State{"a": Unknown})
	r := s.record("a")
	if r.Next != View || r.Attempts != 1 {
		t.Errorf("%+v", r)
	}
	w = s.claim(ClaimOptions{})[0]
	s.carry(w)
	if _, err := s.box.Settle(w, Outcome{Err: bang{wire.ErrRxNone, false}}); !errors.Is(err, ErrState) {
		t.Error("the same answer twice:", err)
	}
}
