package outbox

import (
	"testing"

	"raccordo/host/internal/wire"
)

// A record knows its prescription again after it has forgotten it.
func TestHolds(t *testing.T) {
	s := ready(t, Options{})
	p := of("a", 1)
	s.take(p)
	s.work(ClaimOptions{})
	r := s.record("a")
	if r.Prescription != nil || r.State != Sent {
		t.Fatalf("%+v", r)
	}
	if !r.Holds(p) {
		t.Error("its own prescription is another one's")
	}
	altered := of("a", 1)
	altered.Dettagli = append([]wire.PrescriptionItem{}, altered.Dettagli...)
	altered.Dettagli[0].Quantita++
	if r.Holds(altered) || r.Holds(of("b", 1)) || (Record{}).Holds(p) {
		t.Error("another prescription is taken for it")
	}
	r.Doctor = "RSSMRA75C03F839K"
	if r.Holds(p) {
		t.Error("another doctor's is taken for it")
	}
}
