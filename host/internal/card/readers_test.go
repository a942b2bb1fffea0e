//go:build linux

package card

import (
	"os"
	"testing"

	"raccordo/host/internal/sim/anagrafe"
	"raccordo/host/internal/sim/testca"
	"raccordo/host/internal/sim/vcard"
	"raccordo/host/internal/wire"
)

// citizens is a region's authority for health cards, and a patient who has one.
func citizens(t *testing.T) (*testca.CA, *anagrafe.Patient) {
	t.Helper()
	ca, err := testca.New("Regione simulata - CA Cittadini")
	if err != nil {
		t.Fatal(err)
	}
	return ca, &anagrafe.OtherPatients()[0]
}

// TestThreeReaders: two doctors and a patient at once; each card is read as
// what it is and nobody is taken for somebody else. Four readers are listed:
// OpenSC looks at no more (16 slots, 4 for each reader).
func TestThreeReaders(t *testing.T) {
	if os.Getenv(envReaders) == "" {
		elsewhere(t, "TestThreeReaders", envReaders+"=4")
		return
	}
	doctors := anagrafe.Doctors()
	ca, patient := citizens(t)
	people := []struct {
		cf, serial, pin string
		kind            wire.CardKind
		make            func(*vcard.Options)
	}{
		{doctors[0].CF, doctors[0].CardSerial, doctors[0].PIN, wire.KindCNS, func(*vcard.Options) {}},
		{patient.CF, patient.CardSerial, vcard.PatientPIN, wire.KindTSCNS, func(o *vcard.Options) { o.CA, o.Patient = ca, patient }},
		{doctors[1].CF, doctors[1].CardSerial, doctors[1].PIN, wire.KindCNS, func(o *vcard.Options) { o.Doctor = doctors[1] }},
	}
	r := start(t, func(o *Options) {
		o.Catalogue = Builtin()
		o.Catalogue.Prefer = []string{openSC}
	})
	cards := make([]*vcard.Card, len(people))
	for i, who := range people {
		cards[i] = newCard(t, who.make)
		r.insertAt(cards[i], i)
	}
	l := r.await("three cards", func(l wire.CardList) bool {
		return at(l, 0).State == wire.ReaderCard && at(l, 1).State == wire.ReaderCard && at(l, 2).State == wire.ReaderCard
	})
	keys := make([]*Key, len(people))
	for i, who := range people {
		card := at(l, i).Card
		if card.Holder == nil || card.Holder.CodiceFiscale != who.cf || card.Serial != who.serial || card.Kind != who.kind || card.Problem != "" {
			t.Fatalf("reader %d: %+v", i, card)
		}
		var err error
		if keys[i], err = r.Open(t.Context(), authOf(t, *card), pin(who.pin, nil)); err != nil {
			t.Fatalf("%s: %v", who.cf, err)
		}
		defer keys[i].Close()
	}
	for i, who := range people {
		before := cards[i].Signatures()
		signOnce(t, keys[i]) // checked with the certificate's own key
		if cards[i].Signatures() != before+1 || keys[i].Serial() != who.serial {
			t.Errorf("%s: another card signed", who.cf)
		}
	}
	wrong := at(l, 2).Card // one doctor's PIN on the other's card costs that card a try
	keys[2].Close()
	if _, err := r.Open(t.Context(), authOf(t, *wrong), pin(doctors[0].PIN, nil)); codeOf(err) != wire.ErrPINWrong {
		t.Errorf("another's PIN: %v", err)
	}
	if cards[0].TriesLeft() != 3 || cards[1].TriesLeft() != 3 || cards[2].TriesLeft() != 2 {
		t.Errorf("tries left: %d, %d, %d", cards[0].TriesLeft(), cards[1].TriesLeft(), cards[2].TriesLeft())
	}
	cards[0].Remove()
	r.await("first card removed", empty)
	if err := trySign(keys[0]); codeOf(err) != wire.ErrCardRemoved {
		t.Errorf("key of the removed card: %v", err)
	}
	if keys[0].Inserted() || !keys[1].Inserted() {
		t.Errorf("inserted: removed card %v, other card %v", keys[0].Inserted(), keys[1].Inserted())
	}
	signOnce(t, keys[1])
	if err := trySign(keys[2]); err == nil {
		t.Error("a closed key signs")
	}
	k, err := r.Open(t.Context(), authOf(t, *wrong), pin(doctors[1].PIN, nil))
	if err != nil {
		t.Fatal(err)
	}
	defer k.Close()
	signOnce(t, k)
}
