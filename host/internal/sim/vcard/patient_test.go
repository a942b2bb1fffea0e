package vcard

import (
	"strings"
	"testing"

	"raccordo/host/internal/sim/anagrafe"
)

func TestPatientsCard(t *testing.T) {
	patient := anagrafe.OtherPatients()[0]
	card := newCard(t, func(o *Options) { o.Patient = &patient })
	if cn := card.AuthCertificate().Subject.CommonName; !strings.HasPrefix(cn, patient.CF+"/"+patient.CardSerial+".") {
		t.Errorf("certificate of %q", cn)
	}
	if card.SignCertificate() != nil || card.Doctor().BirthDate != "21111988" {
		t.Errorf("holder %+v", card.Doctor())
	}
	play(t, card.reset(),
		step{"00A4080C0414009010", "6A82"}, // no signature file
		step{"0022F1B603830110", "6A88"},   // and no signing key
		step{"0020009008" + "3131313131FFFFFF", "9000"})
	ca, err := testAuthority()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := New(Options{Patient: &anagrafe.Patients()[0], CA: ca}); err == nil || !strings.Contains(err.Error(), "card serial") {
		t.Errorf("a patient whose health card has no chip: %v", err)
	}
}
