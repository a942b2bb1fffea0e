package outbox

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"raccordo/host/internal/ricetta"
	"raccordo/host/internal/wire"
)

func changed(p wire.Prescription) wire.Prescription {
	p.Dettagli = []wire.PrescriptionItem{p.Dettagli[0]}
	p.Dettagli[0].Quantita++
	return p
}

func invalid(p wire.Prescription) wire.Prescription {
	p.TipoVisita = ""
	return p
}

func TestTakeTwiceIsOnce(t *testing.T) {
	s := newStage(t, Options{})
	first := s.take(rx("1"))[0]
	s.pass(time.Hour)
	if d := cmp.Diff(first, s.take(rx("1"))[0], cmp.AllowUnexported(Record{})); d != "" {
		t.Error(d)
	}
	twice := s.take(rx("2"), rx("2"))
	if twice[0].Record.ID != twice[1].Record.ID {
		t.Error("the same twice in one list")
	}
	elsewhere, err := s.box.Take(Order{Doctor: giulia(), Origin: "https://altra.example"}, []wire.Prescription{changed(rx("1"))})
	if err != nil || elsewhere[0].Record.ID == first.Record.ID || !elsewhere[0].Goes {
		t.Errorf("two pages share a client_id: %+v %v", elsewhere, err)
	}
	if c := must[wire.Outbox](t)(s.box.Counts()); c != (wire.Outbox{Pending: 3}) {
		t.Errorf("%+v", c)
	}
}

// TestCorrections: other contents under the same client_id.
func TestCorrections(t *testing.T) {
	tests := []struct {
		name string
		to   func(s *stage) // brings c1 into a state
		want wire.ErrorCode // of the correction; empty: taken
		same bool           // with the number it had
	}{
		{"queued, never left", func(*stage) {}, "", true},
		{"draft", func(s *stage) { _, _ = s.box.Hold([]string{s.record("c1").ID}) }, "", true},
		{"refused by the region", func(s *stage) {
			s.f.answer = func(wire.Prescription) *ricetta.Receipt {
				return &ricetta.Receipt{Outcome: "9999", Errors: []wire.Notice{{Code: "1176"}}}
			}
			s.work(ClaimOptions{})
			s.f.answer = nil
		}, "", true},
		{"its number is another's", func(s *stage) {
			s.f.held[s.record("c1").NRE] = stored{rx("x"), time.Unix(1e9, 0), "3"}
			s.work(ClaimOptions{})
		}, "", false},
		{"sent", func(s *stage) { s.work(ClaimOptions{}) }, wire.ErrRxChanged, false},
		{"unknown", func(s *stage) {
			s.f.afterSend = func(int, wire.Prescription) error { return bang{wire.ErrRegionTime, true} }
			s.work(ClaimOptions{})
		}, wire.ErrRxChanged, false},
		{"under way", func(s *stage) { s.claim(ClaimOptions{}) }, wire.ErrRxChanged, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := newStage(t, Options{})
			if err := s.box.AddLot(giulia().CF, lot(t, "1")); err != nil {
				t.Fatal(err)
			}
			before := s.take(rx("c1"))[0].Record
			tt.to(s)
			s.pass(time.Minute)
			got := s.take(changed(rx("c1")))[0]
			if tt.want != "" {
				if got.Kept || got.Result.State != wire.Refused || got.Result.Problem.Data.Code != tt.want {
					t.Errorf("%+v", got)
				}
				return
			}
			if !got.Goes || got.Record.Prescription.Dettagli[0].Quantita != 2 || got.Record.Attempts != 0 || got.Record.CompiledAt.Equal(before.CompiledAt) {
				t.Errorf("%+v", got)
			}
			if same := got.Record.NRE == before.NRE; same != tt.same || got.Record.NRE == "" {
				t.Errorf("number %s, was %s", got.Record.NRE, before.NRE)
			}
		})
	}
}

// TestCorrectedMeetsItsOldSelf: the refused version arrives once more, late,
// and is accepted; the corrected one finds its number taken by it.
func TestCorrectedMeetsItsOldSelf(t *testing.T) {
	s := ready(t, Options{})
	s.take(rx("c1"))
	s.f.answer = func(wire.Prescription) *ricetta.Receipt { return &ricetta.Receipt{Outcome: "9999"} }
	s.work(ClaimOptions{})
	s.f.answer = nil
	old := s.record("c1")
	s.pass(time.Minute)
	s.take(changed(rx("c1")))
	s.f.held[old.NRE] = stored{*old.Prescription, old.CompiledAt, "3"}
	s.work(ClaimOptions{})
	r := s.record("c1")
	if r.State != Sent || r.NRE == old.NRE || s.f.held[old.NRE].state != stateCancelled || s.f.held[r.NRE].p.Dettagli[0].Quantita != 2 {
		t.Errorf("%+v", r)
	}
}

func TestOurOwnRefusal(t *testing.T) {
	s := ready(t, Options{})
	got := s.take(invalid(rx("1")), wire.Prescription{})
	if r := got[0]; r.Goes || !r.Kept || r.Result.State != wire.Refused || r.Result.Problem.Data.Code != wire.ErrRxInvalid || r.Result.Errors[0].Field != "tipo_visita" || r.Record.NRE != "" {
		t.Errorf("%+v", r)
	}
	if r := got[1]; r.Kept || r.Result.Problem.Data.Code != wire.ErrRxInvalid || len(r.Result.Errors) == 0 {
		t.Errorf("without a client_id: %+v", r)
	}
	if c := must[wire.Outbox](t)(s.box.Counts()); c.Failed != 1 {
		t.Errorf("%+v", c)
	}
	if again := s.take(invalid(rx("1"))); again[0].Result.State != wire.Refused {
		t.Errorf("%+v", again)
	}
	if right := s.take(rx("1")); !right[0].Goes || right[0].Record.NRE == "" {
		t.Errorf("%+v", right)
	}
}

func TestDraft(t *testing.T) {
	s := ready(t, Options{})
	draft := Order{Doctor: giulia(), Origin: page, Draft: true}
	got, err := s.box.Take(draft, []wire.Prescription{rx("1"), invalid(rx("2"))})
	if err != nil || got[0].Result.State != wire.Draft || got[0].Record.NRE != "" || got[1].Result.State != wire.Draft || len(got[1].Result.Errors) == 0 {
		t.Fatalf("%+v %v", got, err)
	}
	if work := s.claim(ClaimOptions{}); len(names(work)) != 0 {
		t.Error(names(work))
	}
	if c := must[wire.Outbox](t)(s.box.Counts()); c != (wire.Outbox{Drafts: 2}) {
		t.Errorf("%+v", c)
	}
	released, err := s.box.Retry([]string{got[0].Record.ID, got[1].Record.ID})
	if err != nil || released[0].State != Queued || released[0].NRE == "" || released[1].State != Refused {
		t.Errorf("%+v %v", released, err)
	}
	if sent := s.take(rx("1")); !sent[0].Goes {
		t.Errorf("%+v", sent)
	}
}

// TestSecondsAreUnique: the region's list tells two prescriptions apart by the
// second of their compilation.
func TestSecondsAreUnique(t *testing.T) {
	s := newStage(t, Options{RegionNumbers: true})
	seen := map[int64]bool{}
	for i := range 30 {
		list := make([]wire.Prescription, 7)
		for j := range list {
			list[j] = of(fmt.Sprint(i, "-", j), j)
		}
		for _, k := range s.take(list...) {
			at := k.Record.CompiledAt
			if seen[at.Unix()] || at.After(s.now()) || at.Nanosecond() != 0 {
				t.Fatalf("%v twice, or still to come", at)
			}
			seen[at.Unix()] = true
		}
		if i == 15 {
			s.die()
		}
	}
	night := &stock{}
	after := time.Date(2026, 11, 23, 0, 0, 1, 0, ricetta.Rome())
	for i, want := range []int64{0, -1, 1, 2} {
		if got := night.second(after); got.Unix() != after.Unix()+want {
			t.Errorf("%d: %v: yesterday's, or not the nearest", i, got)
		}
	}
	if len(night.Spans) != 1 {
		t.Errorf("%+v", night.Spans)
	}
}

func TestTakeOnABrokenDisk(t *testing.T) {
	s := newStage(t, Options{})
	if err := s.box.store.Close(); err != nil {
		t.Fatal(err)
	}
	got, err := s.box.Take(Order{Doctor: giulia(), Origin: page}, []wire.Prescription{rx("1")})
	if err == nil || errors.Is(err, ErrChanged) || got[0].Kept || got[0].Result.Problem.Data.Code != wire.ErrOutbox {
		t.Errorf("%+v %v", got, err)
	}
}
