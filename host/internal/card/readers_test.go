//go:build linux

package card

import (
	"os"
	"testing"

	"raccordo/host/internal/sim/anagrafe"
	"raccordo/host/internal/sim/vcard"
	"raccordo/host/internal/wire"
)

// patientCard is a patient's TS-CNS: the same files under another name.
func patientCard(p anagrafe.Patient) anagrafe.Doctor {
	return anagrafe.Doctor{
		CF: p.CF, Surname: p.Surname, Name: p.Name, PIN: "13579", PUK: "87654321", CardSerial: "6090010000000099",
		BirthDate: p.BirthDate[8:10] + p.BirthDate[5:7] + p.BirthDate[:4], Sex: p.Sex, Region: p.Region, ASL: p.ASL, Street: p.Street,
	}
}

// TestThreeReaders: two doctors and a patient at once; nobody is taken for
// somebody else. Four readers are listed: OpenSC looks at no more (16 slots, 4
// for each reader).
func TestThreeReaders(t *testing.T) {
	if os.Getenv(envReaders) == "" {
		elsewhere(t, "TestThreeReaders", envReaders+"=4")
		return
	}
	doctors := anagrafe.Doctors()
	people := []anagrafe.Doctor{doctors[0], patientCard(anagrafe.Patients()[0]), doctors[1]}
	r := start(t)
	cards := make([]*vcard.Card, len(people))
	for i, who := range people {
		cards[i] = newCard(t, func(o *vcard.Options) { o.Doctor = who })
		r.insertAt(cards[i], i)
	}
	l := r.await("three cards", func(l wire.CardList) bool {
		return at(l, 0).State == wire.ReaderCard && at(l, 1).State == wire.ReaderCard && at(l, 2).State == wire.ReaderCard
	})
	keys := make([]*Key, len(people))
	for i, who := range people {
		card := at(l, i).Card
		if card.Holder == nil || card.Holder.CodiceFiscale != who.CF || card.Serial != who.CardSerial || card.Problem != "" {
			t.Fatalf("reader %d: %+v", i, card)
		}
		var err error
		if keys[i], err = r.Open(t.Context(), authOf(t, *card), pin(who.PIN, nil)); err != nil {
			t.Fatalf("%s: %v", who.Surname, err)
		}
		defer keys[i].Close()
	}
	for i, who := range people {
		before := cards[i].Signatures()
		signOnce(t, keys[i]) // checked with the certificate's own key
		if cards[i].Signatures() != before+1 || keys[i].Serial() != who.CardSerial {
			t.Errorf("%s: another card signed", who.Surname)
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
