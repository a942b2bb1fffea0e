package outbox

import (
	"errors"
	"testing"
	"time"

	"raccordo/host/internal/wire"
)

const days = 24 * time.Hour

func TestPromemoria(t *testing.T) {
	s := ready(t, Options{})
	s.take(of("a", 1), invalid(of("refused", 2)))
	s.work(ClaimOptions{})
	r := s.record("a")
	if pdf, err := s.box.Promemoria(r.NRE); err != nil || string(pdf) != "%PDF-" {
		t.Fatalf("%q %v", pdf, err)
	}
	if _, err := s.box.Promemoria("0900A0000000999"); !errors.Is(err, ErrAbsent) {
		t.Error(err)
	}
	if by, ok, err := s.box.ByNRE(r.NRE); !ok || err != nil || by.ID != r.ID {
		t.Errorf("%+v %t %v", by, ok, err)
	}
	s.pass(31*days - time.Minute)
	s.work(ClaimOptions{})
	if _, err := s.box.Promemoria(r.NRE); err != nil {
		t.Error("gone too early:", err)
	}
	s.pass(25 * time.Hour) // a day later Claim looks again
	s.work(ClaimOptions{})
	if _, err := s.box.Promemoria(r.NRE); !errors.Is(err, ErrAbsent) {
		t.Error("kept for ever:", err)
	}
	if after := s.record("a"); after.State != Sent || after.HasPromemoria || after.CodAutenticazione == "" {
		t.Errorf("%+v", after)
	}
	if _, ok, err := s.box.Find(page, "refused"); ok || err != nil {
		t.Error("the refused prescription was kept", err)
	}
	if again := s.take(of("a", 1)); again[0].Goes || again[0].Result.State != wire.Sent {
		t.Errorf("a second one: %+v", again)
	}
}

func TestPrunedAtOpen(t *testing.T) {
	s := ready(t, Options{Keep: 10 * days})
	s.take(invalid(of("old", 1)))
	s.pass(6 * days)
	s.take(invalid(of("touched", 2)))
	s.pass(5 * days)
	s.die()
	if _, ok, _ := s.box.Find(page, "old"); ok {
		t.Error("kept")
	}
	s.want(map[string]State{"touched": Refused})
	if c := must[wire.Outbox](t)(s.box.Counts()); c.Failed != 1 {
		t.Errorf("%+v", c)
	}
}

// TestRefusedAgainIsKeptAnew: the month begins with the last refusal.
func TestRefusedAgainIsKeptAnew(t *testing.T) {
	s := ready(t, Options{Keep: 10 * days})
	s.take(invalid(of("a", 1)))
	s.pass(6 * days)
	s.take(invalid(changed(of("a", 1))))
	s.pass(5 * days)
	s.die()
	s.want(map[string]State{"a": Refused})
	s.pass(6 * days)
	s.die()
	if _, ok, _ := s.box.Find(page, "a"); ok {
		t.Error("kept")
	}
}

func TestAnnulled(t *testing.T) {
	s := ready(t, Options{})
	s.take(of("a", 1))
	s.work(ClaimOptions{})
	r := s.record("a")
	if err := s.box.Annulled(r.NRE); err != nil {
		t.Fatal(err)
	}
	if after := s.record("a"); after.State != Cancelled || after.CodAutenticazione != "" || after.HasPromemoria {
		t.Errorf("%+v", after)
	}
	if _, err := s.box.Promemoria(r.NRE); !errors.Is(err, ErrAbsent) {
		t.Error("a cancelled prescription can be printed:", err)
	}
	if err := s.box.Annulled("0900A0000000999"); !errors.Is(err, ErrAbsent) {
		t.Error(err)
	}
}
