package outbox

import (
	"math/rand/v2"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rs/zerolog"

	"raccordo/host/internal/wire"
)

// weather bends the region at random: requests lost, requests that arrive
// late, answers lost, refused connections, kills.
type weather struct {
	*fakeRegion
	dice *rand.Rand
	late []func()
}

func (w *weather) storm() {
	w.beforeSend = func(n int, p wire.Prescription) error {
		w.arrive()
		switch w.dice.IntN(6) {
		case 0:
			return fault{wire.ErrRegionDown, false}
		case 1:
			return fault{wire.ErrRegionTime, true}
		case 2:
			nre := w.sends[n-1]
			w.late = append(w.late, func() { w.deliver(nre, p) })
			return fault{wire.ErrRegionTime, true}
		case 3:
			panic(crash{})
		}
		return nil
	}
	w.afterSend = func(int, wire.Prescription) error {
		switch w.dice.IntN(5) {
		case 0:
			return fault{wire.ErrRegionAnswer, true}
		case 1:
			panic(crash{})
		}
		return nil
	}
	w.beforeView = func() error {
		w.arrive()
		if w.dice.IntN(4) == 0 {
			return fault{wire.ErrRegionBusy, true}
		}
		return nil
	}
}

// arrive lets a request of the past come in now.
func (w *weather) arrive() {
	if len(w.late) > 0 && w.dice.IntN(3) == 0 {
		w.late[0]()
		w.late = w.late[1:]
	}
}

func (w *weather) deliver(nre string, p wire.Prescription) {
	if _, used := w.held[nre]; used {
		return
	}
	// The date of the compilation is left out: what counts here is the number.
	w.held[nre] = stored{p: p, compiled: midnight, state: "3"}
	w.accepted[p.ClientID]++
}

// TestManyLives: whatever happens on the way, each prescription comes to exist
// once, and in good weather every one is confirmed.
func TestManyLives(t *testing.T) {
	for seed := range uint64(25) {
		path := filepath.Join(t.TempDir(), "outbox.db")
		w := &weather{fakeRegion: newFake(), dice: rand.New(rand.NewPCG(seed, 1))}
		w.storm()
		for range 8 {
			clickAndDie(t, path, w.fakeRegion)
		}
		w.beforeSend, w.afterSend, w.beforeView = nil, nil, nil
		for _, late := range w.late {
			late()
		}
		box := openAt(t, path)
		got := send(NewSender(box, w.fakeRegion, SenderOptions{Log: zerolog.Nop()}), list(2))
		if d := cmp.Diff([]wire.SendState{wire.Sent, wire.Sent}, states(got)); d != "" {
			t.Fatalf("seed %d: %s %+v", seed, d, got)
		}
		if d := cmp.Diff(map[string]int{"c1": 1, "c2": 1}, w.accepted); d != "" {
			t.Fatalf("seed %d: %s", seed, d)
		}
		if err := box.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// TestNumberSurvivesACrash: bound, not yet sent.
func TestNumberSurvivesACrash(t *testing.T) {
	path, rec := filepath.Join(t.TempDir(), "outbox.db"), must[Record](t)
	o := openAt(t, path)
	if err := o.AddLot(giulia().CF, lot(t, "9")); err != nil {
		t.Fatal(err)
	}
	bound := rec(o.Bind(rec(o.Begin(giulia().CF, page, rx("c1")))))
	if err := o.Close(); err != nil {
		t.Fatal(err)
	}
	f := newFake()
	got := send(NewSender(openAt(t, path), f, SenderOptions{Log: zerolog.Nop()}), list(2))
	if got[0].NRE != bound.NRE || got[1].NRE == bound.NRE || got[1].State != wire.Sent || f.lots != 0 {
		t.Errorf("bound to %s, sent %+v", bound.NRE, got)
	}
}
