package lives

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"raccordo/host/internal/outbox"
	"raccordo/host/internal/wire"
)

// calm is a short life without chance: two prescriptions of one patient, one of
// another, said by two browsers.
func calm(h habits) plan {
	p := plan{habits: h, storm: 10 * time.Minute, doctors: doctors[:1]}
	for i, patient := range []int{0, 0, 1} {
		p.wishes = append(p.wishes, wish{who: intent{doctors[0], clientID(i)}, patient: patients[patient]})
	}
	all := []item{{0, 0}, {1, 0}, {2, 0}}
	p.clicks = []click{
		{at: time.Second, who: callers[0], doctor: doctors[0], items: all, wait: patience},
		{at: 1200 * time.Millisecond, who: callers[1], doctor: doctors[0], items: all[1:]},
	}
	return p
}

// TestEveryInstruction kills the process at each instruction of a calm life in
// turn, once for every kind of fault that the network knows.
func TestEveryInstruction(t *testing.T) {
	ways := map[string]habits{
		"number of the doctor": {},
		"empty numbers shown":  {empty: true},
		"number of the region": {numbers: true, authInList: true},
		"cancel, then anew":    {cancels: true},
	}
	for name, h := range ways {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, kind := range append([]string{""}, faultNames()...) {
				killEverywhere(t, h, kind)
			}
		})
	}
}

// killEverywhere lives the same life again and again, until it is over before
// the instruction at which it was to die.
func killEverywhere(t *testing.T, h habits, kind string) {
	t.Helper()
	for dieAt, deaths := 1, 1; deaths > 0; dieAt++ {
		p := calm(h)
		p.dieAt = dieAt
		if kind != "" {
			p.sky = weather{bad: 0.5, only: kind, latest: 10 * time.Minute, retryIn: time.Minute}
		}
		var failure string
		if failure, deaths = live(uint64(dieAt), p, nil); failure != "" {
			trace, _ := traced(uint64(dieAt), p)
			t.Fatalf("killed at instruction %d, network %q: %s\n%s", dieAt, kind, failure, trace)
		}
	}
}

func faultNames() (names []string) {
	for _, f := range faults {
		names = append(names, f.name)
	}
	return names
}

// TestTornWrite: a store that is not all or nothing and loses the end of its
// last value is not believed, and is not touched.
func TestTornWrite(t *testing.T) {
	w := &world{plan: calm(habits{}), disk: newDisk(), dice: rand.New(rand.NewPCG(1, 1))}
	w.now = began
	box, err := outbox.OpenOn(w.disk, key, optionsOf(w))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := box.Take(orderOf(doctors[0], false), versions(w.plan.wishes)); err != nil {
		t.Fatal(err)
	}
	for name, b := range w.disk.buckets {
		for _, k := range b.keys {
			t.Run(fmt.Sprintf("%s/%x", name, k), func(t *testing.T) {
				whole := b.values[k]
				if len(whole) < 2 {
					return
				}
				defer func() { b.values[k] = whole }()
				b.values[k] = whole[:len(whole)/2]
				before := w.disk.commits
				box, err := outbox.OpenOn(w.disk, key, optionsOf(w))
				if w.disk.commits != before {
					t.Errorf("%d changes of a damaged journal at its start", w.disk.commits-before)
				}
				if err != nil {
					if code := outbox.Code(err); code != wire.ErrOutboxBroken && code != wire.ErrOutboxKey {
						t.Errorf("called %s: %v", code, err)
					}
					return
				}
				// One record that cannot be read holds up nobody, and is not hidden.
				list, err := box.List(outbox.Filter{})
				counts, countErr := box.Counts()
				if err != nil || countErr != nil || len(list) != len(w.plan.wishes) || counts.Pending+counts.Failed != len(w.plan.wishes) {
					t.Errorf("%d shown, %+v counted, %v %v", len(list), counts, err, countErr)
				}
				damaged := slices.ContainsFunc(list, func(e wire.OutboxEntry) bool { return reason(e.Problem) == wire.ErrOutboxBroken })
				if damaged != (string(name) == "records") {
					t.Errorf("damage shown: %v", damaged)
				}
				if !bytes.Equal(b.values[k], whole[:len(whole)/2]) {
					t.Error("what was damaged has been written over")
				}
			})
		}
	}
}

func versions(wishes []wish) (list []wire.Prescription) {
	for _, w := range wishes {
		list = append(list, w.version(0))
	}
	return list
}
