//go:build cgo

package card

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

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
