//go:build linux

package card

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"raccordo/host/internal/sim/vcard"
	"raccordo/host/internal/wire"
)

func TestInsertionIsRead(t *testing.T) {
	c := newCard(t)
	r := start(t)
	r.await("readers listed", func(l wire.CardList) bool { return len(l.Readers) == 2 && l.Service == "running" })
	began := time.Now()
	r.insertAt(c, 0)
	held := r.await("holder", func(l wire.CardList) bool { return at(l, 0).Card != nil && at(l, 0).Card.Holder != nil })
	holder := time.Since(began)
	card := *at(r.await("card read", ready), 0).Card
	t.Logf("holder after %v, certificates after %v", holder, time.Since(began))
	if took := time.Since(began); took > time.Second {
		t.Errorf("card read after %v, want less than a second", took)
	}
	want := &wire.Person{CodiceFiscale: "VRDGLI75C41X000" + at(held, 0).Card.Holder.CodiceFiscale[15:], Name: "GIULIA VERDI"}
	if d := cmp.Diff(want, card.Holder); d != "" {
		t.Error(d)
	}
	if card.Serial != "6090010000000012" || card.Kind != wire.KindCNS || card.Module != "opensc-pkcs11.so" || card.Problem != "" {
		t.Errorf("card %+v", card)
	}
	if len(card.Certificates) != 2 {
		t.Fatalf("certificates %+v", card.Certificates)
	}
	byPurpose := map[string]wire.Certificate{}
	for _, x := range card.Certificates {
		byPurpose[x.Purpose] = x
	}
	if a := byPurpose["auth"]; !a.Usable || a.Subject != "GIULIA VERDI" {
		t.Errorf("auth %+v", a)
	}
	if s := byPurpose["sign"]; s.Usable || s.Reason != wire.ErrCertSign {
		t.Errorf("sign %+v", s)
	}
	c.Remove()
	r.await("removal", empty)
}

func TestServiceThatIsNotThereAtFirst(t *testing.T) {
	if err := daemon.Kill(); err != nil {
		t.Fatal(err)
	}
	r := startAny(t)
	time.Sleep(700 * time.Millisecond) // one retry at least
	if l := r.State(); l.Service != "down" || len(l.Readers) != 0 {
		t.Errorf("state %+v", l)
	}
	if err := daemon.Restart(t.Context()); err != nil {
		t.Fatal(err)
	}
	r.await("readers", func(l wire.CardList) bool { return l.Service == "running" && len(l.Readers) == readers })
}

// TestLoginIsCheap: the module was initialised at the insertion, so a login is
// the PIN and one signature, in a handful of commands.
func TestLoginIsCheap(t *testing.T) {
	c := newCard(t)
	r := start(t)
	card := r.insert(c)
	before, began := c.APDUs(), time.Now()
	k := open(t, r, card, pin(rightPIN, nil))
	defer k.Close()
	signOnce(t, k)
	t.Logf("login and signature: %d APDUs, %v", c.APDUs()-before, time.Since(began))
	if n := c.APDUs() - before; n > 20 {
		t.Errorf("%d APDUs for a login and a signature", n)
	}
	before = c.APDUs()
	signOnce(t, k)
	if n := c.APDUs() - before; n > 10 {
		t.Errorf("%d APDUs for a further signature", n)
	}
}

// TestOldCardWithALongKey: OpenSC lists the key of a CNS 1.0 with 2048 bits,
// logs in, and can not sign.
func TestOldCardWithALongKey(t *testing.T) {
	r := start(t)
	k := open(t, r, r.insert(newCard(t, func(o *vcard.Options) { o.Version = 0x10 })), pin(rightPIN, nil))
	defer k.Close()
	if err := trySign(k); codeOf(err) != wire.ErrMechanism {
		t.Errorf("%v, want card.mechanism_missing", err)
	}
}

func TestSubscribersGetTheNewestState(t *testing.T) {
	c := newCard(t)
	r := start(t)
	slow, cancel := r.Subscribe()
	r.insert(c)
	time.Sleep(50 * time.Millisecond)
	if l := <-slow; !ready(l) || len(at(l, 0).Card.Certificates) != 2 {
		t.Errorf("state %+v", l)
	}
	cancel()
	c.Remove()
	r.await("removal", empty)
	select {
	case l := <-slow:
		t.Errorf("a state after cancel: %+v", l)
	default:
	}
}

func TestStatesOfAnInsertion(t *testing.T) {
	c := newCard(t)
	r := start(t)
	ch, cancel := r.Subscribe()
	defer cancel()
	r.insertAt(c, 0)
	var seen []wire.ReaderState
	for deadline := time.After(5 * time.Second); ; {
		select {
		case l := <-ch:
			if s := at(l, 0).State; len(seen) == 0 || seen[len(seen)-1] != s {
				seen = append(seen, s)
			}
		case <-deadline:
			t.Fatalf("states %v", seen)
		}
		if seen[len(seen)-1] == wire.ReaderCard {
			break
		}
	}
	if seen[0] != wire.ReaderEmpty || seen[len(seen)-2] == wire.ReaderCard {
		t.Errorf("states %v", seen)
	}
}
