//go:build linux

package card

import (
	"testing"
	"time"

	"raccordo/host/internal/wire"
)

// TestCardHeldByAnotherProgram: it is said, and the card is read as soon as the
// other lets go.
func TestCardHeldByAnotherProgram(t *testing.T) {
	for _, row := range []struct {
		name string
		mode share
	}{{"exclusively", shareExclusive}, {"in a transaction", shareShared}} {
		t.Run(row.name, func(t *testing.T) {
			c := newCard(t)
			other := start(t, func(o *Options) { o.Catalogue = Catalogue{Prefer: []string{folder + "/none.so"}} })
			other.insert(c)
			pc, err := establish()
			if err != nil {
				t.Fatal(err)
			}
			defer pc.Release()
			h, err := pc.Connect(at(other.State(), 0).Name, row.mode)
			if err != nil {
				t.Fatal(err)
			}
			if err := h.BeginTransaction(); err != nil {
				t.Fatal(err)
			}
			r := startAny(t)
			r.await("card busy", func(l wire.CardList) bool {
				return at(l, 0).State == wire.ReaderReading && at(l, 0).Card.Problem == wire.ErrCardBusy
			})
			h.EndTransaction()
			h.Disconnect(leaveCard)
			began := time.Now()
			card := *at(r.await("card read", ready), 0).Card
			if card.Problem != "" || card.Holder == nil || time.Since(began) > 2*time.Second {
				t.Errorf("%+v after %v", card, time.Since(began))
			}
		})
	}
}

// TestOthersCanUseTheCard: nothing here keeps a connection that shuts others
// out, not even while logged in.
func TestOthersCanUseTheCard(t *testing.T) {
	r := start(t)
	k := open(t, r, r.insert(newCard(t)), pin(rightPIN, nil))
	defer k.Close()
	pc, err := establish()
	if err != nil {
		t.Fatal(err)
	}
	defer pc.Release()
	h, err := pc.Connect(at(r.State(), 0).Name, shareShared)
	if err != nil {
		t.Fatal(err)
	}
	defer h.Disconnect(leaveCard)
	if err := h.BeginTransaction(); err != nil {
		t.Fatal(err)
	}
	if _, err := readCNS(h.Transmit); err != nil {
		t.Error(err)
	}
	h.EndTransaction()
	signOnce(t, k)
}

// TestCardResetByAnotherProgram: the card forgets its login with the reset; the
// next signature works all the same (OpenSC shows the PIN again by itself, other
// modules make us ask).
func TestCardResetByAnotherProgram(t *testing.T) {
	r := start(t)
	asked := 0
	k := open(t, r, r.insert(newCard(t)), pin(rightPIN, &asked))
	defer k.Close()
	pc, err := establish()
	if err != nil {
		t.Fatal(err)
	}
	defer pc.Release()
	h, err := pc.Connect(at(r.State(), 0).Name, shareShared)
	if err != nil {
		t.Fatal(err)
	}
	h.Disconnect(resetCard)
	signOnce(t, k)
	if asked > 2 {
		t.Errorf("asked %d times", asked)
	}
}
