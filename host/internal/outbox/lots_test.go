package outbox

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"raccordo/host/internal/ricetta"
	"raccordo/host/internal/wire"
)

func TestNumbersAreNeverReused(t *testing.T) {
	s := newStage(t, Options{})
	doctor := giulia().CF
	for _, l := range []ricetta.Lot{lot(t, "1"), lot(t, "2"), lot(t, "1")} {
		if err := s.box.AddLot(doctor, l); err != nil {
			t.Fatal(err)
		}
	}
	seen := map[string]bool{}
	for i := range 300 {
		k := s.take(of(fmt.Sprint(i), i))[0]
		nre := k.Record.NRE
		if i < 200 && (nre == "" || seen[nre]) || i >= 200 && nre != "" {
			t.Fatalf("%d: %q", i, nre)
		}
		seen[nre] = true
		if i%3 == 0 { // given up: its number is burnt all the same
			if _, err := s.box.Discard([]string{k.Record.ID}); err != nil {
				t.Fatal(err)
			}
		}
		if i == 150 {
			s.die()
			if err := s.box.AddLot(doctor, lot(t, "1")); err != nil { // given again: as used as it was
				t.Fatal(err)
			}
		}
	}
	if err := s.box.AddLot(doctor, ricetta.Lot{}); err == nil {
		t.Error("no lot at all was taken")
	}
}

func TestLowWater(t *testing.T) {
	s := newStage(t, Options{})
	if err := s.box.AddLot(giulia().CF, lot(t, "77")); err != nil {
		t.Fatal(err)
	}
	s.f.lots = 5
	for i := range 80 {
		s.take(of(fmt.Sprint(i), i))
	}
	s.work(ClaimOptions{})
	if s.f.lots != 5 {
		t.Fatal("asked for with twenty left")
	}
	s.take(of("80", 80))
	s.work(ClaimOptions{Urged: true})
	if s.f.lots != 5 {
		t.Fatal("somebody waits, and it was not needed")
	}
	s.work(ClaimOptions{})
	if s.f.lots != 6 {
		t.Fatal("not asked for")
	}
	for i := range 60 {
		if k := s.take(of(fmt.Sprint("b", i), i)); k[0].Record.NRE == "" {
			t.Fatal("ran dry")
		}
	}
}

func TestLotForThoseWhoWait(t *testing.T) {
	s := newStage(t, Options{})
	taken := s.take(of("a", 1), of("b", 2))
	if taken[0].Record.NRE != "" || !taken[0].Goes {
		t.Fatalf("%+v", taken)
	}
	work := s.claim(ClaimOptions{IDs: []string{taken[0].Record.ID, taken[1].Record.ID}})
	if len(work) != 1 || work[0].Kind != Lot {
		t.Fatalf("%+v", work)
	}
	if again := s.claim(ClaimOptions{}); len(again) != 0 {
		t.Errorf("twice: %+v", again)
	}
	s.carry(work[0])
	if d := cmp.Diff([]string{"0900A0000000100", "0900A0000000101"}, []string{s.record("a").NRE, s.record("b").NRE}); d != "" {
		t.Error(d)
	}
	s.work(ClaimOptions{Urged: true})
	s.want(map[string]State{"a": Sent, "b": Sent})
}

func TestLotRefused(t *testing.T) {
	s := newStage(t, Options{})
	s.f.beforeLot = func() error { return bang{wire.ErrRegionFault, false} }
	id := s.take(of("a", 1))[0].Record.ID
	s.carry(s.claim(ClaimOptions{IDs: []string{id}})[0])
	if s.box.busy(id) {
		t.Error("somebody waits for ever")
	}
	if e, err := s.box.List(Filter{IDs: []string{id}}); err != nil || e[0].Problem == nil || e[0].Problem.Data.Code != wire.ErrRegionFault {
		t.Errorf("%+v %v", e, err)
	}
	next := s.work(ClaimOptions{})
	if !next.After(s.now()) || next.Sub(s.now()) > backoffCap {
		t.Errorf("asked again at %v", next)
	}
	s.f.beforeLot = nil
	s.until(time.Hour)
	s.want(map[string]State{"a": Sent})
}

func TestLotsOfSeveralDoctors(t *testing.T) {
	s := newStage(t, Options{})
	if err := s.box.AddLot("ALTRO", lot(t, "5")); err != nil {
		t.Fatal(err)
	}
	if k := s.take(of("a", 1)); k[0].Record.NRE != "" {
		t.Error("another doctor's number", k[0].Record.NRE)
	}
	if work, _, err := s.box.Claim("ALTRO", ClaimOptions{}); err != nil || len(work) != 0 {
		t.Errorf("another doctor's prescription: %+v %v", work, err)
	}
}

func TestASubstituteHasNoNumbers(t *testing.T) {
	s := ready(t, Options{})
	d := giulia()
	d.Titolare = &wire.Titolare{CodiceFiscale: "XXXXXX00X00X000X", Regione: "090", ASL: "201", Specializzazione: "F"}
	k, err := s.box.Take(Order{Doctor: d, Origin: page}, []wire.Prescription{of("a", 1)})
	if err != nil || k[0].Record.NRE != "" || k[0].Record.Titolare == nil {
		t.Fatalf("%+v %v", k, err)
	}
	s.f.afterSend = func(int, wire.Prescription) error { s.f.afterSend = nil; return bang{wire.ErrRegionAnswer, true} }
	s.until(time.Hour) // sent, the answer lost, searched for
	r := s.record("a")
	if r.State != Sent || r.NRE == "" || s.f.sends[len(s.f.sends)-1] != "" {
		t.Errorf("%+v %v", r, s.f.sends)
	}
	once(t, s.f, "a", "warm", "up")
}
