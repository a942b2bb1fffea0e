package engine

import (
	"encoding/json"
	"os"
	"strings"
	"testing"
	"time"

	"raccordo/host/internal/ricetta"
	"raccordo/host/internal/sim/anagrafe"
	"raccordo/host/internal/wire"
)

// A page's declaration of a substitute wants the doctor's word, given in a window
// that names the substitute and the days.
func TestDeclareSubstitute(t *testing.T) {
	s := connected(t)
	p := wire.SubstitutionParams{Sostituto: anagrafe.Doctors()[1].CF, From: "2026-12-01", To: "2026-12-31"}
	declare := func(caller wire.Caller, origin string, p wire.SubstitutionParams) wire.ErrorCode {
		_, code := put[wire.SubstitutionResult](s, caller, origin, "substitution.declare", p)
		return code
	}
	if code := declare(cli, "", p); code != "" {
		t.Errorf("by the command line: %q", code)
	}
	if code := declare(s.caller(), clinic, p); code != "" {
		t.Errorf("by a page: %q", code)
	}
	seen, err := os.ReadFile(s.paste + ".seen")
	s.must(err)
	for _, want := range []string{clinic, p.Sostituto, "01/12/2026", "31/12/2026", s.doctor.Surname} {
		if !strings.Contains(string(seen), want) {
			t.Errorf("the window does not name %s: %s", want, seen)
		}
	}
	s.must(os.WriteFile(s.paste+".no", nil, 0o600))
	if code := declare(s.caller(), clinic, p); code != wire.ErrConsent {
		t.Errorf("refused: %q", code)
	}
	backwards, oneself, noDay := p, p, p
	backwards.To, oneself.Sostituto, noDay.From = "2026-11-30", s.doctor.CF, "2026-02-30"
	for name, wrong := range map[string]wire.SubstitutionParams{"backwards": backwards, "oneself": oneself, "no day": noDay} {
		if code := declare(cli, "", wrong); code != wire.ErrParams {
			t.Errorf("%s: %q", name, code)
		}
	}
}

// A page acts in the doctor's name with her leave for this session, and no
// further: what changes anything asks for it, what only reads does not.
func TestLeaveIsAsked(t *testing.T) {
	s := connected(t)
	s.must(os.WriteFile(s.paste+".no", nil, 0o600))
	nre := wire.NREParams{NRE: "0900A0000000999"}
	today := s.e.now().In(ricetta.Rome()).Format(time.DateOnly)
	for method, row := range map[string]struct {
		params any
		want   wire.ErrorCode
	}{
		"prescription.send":   {wire.SendParams{Prescriptions: []wire.Prescription{drug("1")}}, wire.ErrConsent},
		"prescription.cancel": {nre, wire.ErrConsent},
		"outbox.retry":        {wire.OutboxParams{}, wire.ErrConsent},
		"outbox.discard":      {wire.OutboxParams{IDs: []string{"00000000"}}, wire.ErrConsent},
		"outbox.resolve":      {wire.ResolveParams{ID: "00000000", Decision: "absent"}, wire.ErrConsent},
		"outbox.list":         {wire.OutboxParams{}, ""},
		"batch.stop":          {wire.NoParams{}, ""},
		"prescription.view":   {nre, wire.ErrRxNone},
		"prescription.list":   {wire.ListParams{From: today, To: today}, ""},
	} {
		if _, code := put[json.RawMessage](s, s.caller(), clinic, method, row.params); code != row.want {
			t.Errorf("%s: %q, want %q", method, code, row.want)
		}
	}
	// The popup manages what is in charge, and hands nothing over.
	if _, code := put[wire.SendResult](s, s.caller(), "", "prescription.send", wire.SendParams{Prescriptions: []wire.Prescription{drug("1")}}); code != wire.ErrConsent {
		t.Errorf("sent from the popup: %q", code)
	}
	if _, code := put[wire.OutboxResult](s, s.caller(), "", "outbox.retry", wire.OutboxParams{}); code != "" {
		t.Errorf("retry from the popup: %q", code)
	}
	if got := s.entries(cli, "", wire.OutboxParams{}); len(got) != 0 {
		t.Errorf("taken in charge without leave: %v", names(got))
	}
	s.must(os.Remove(s.paste + ".no"))
	if r := s.send(clinic, "", drug("1"))[0]; r.State != wire.Sent {
		t.Errorf("with leave: %+v", r)
	}
}

// The pinCode is asked for when the user is there, and from then on the
// background may send too; by itself it asks nobody.
func TestPinCodeIsAskedOfTheUser(t *testing.T) {
	s := newStage(t, "extension")
	s.connect()
	s.e.attend()
	view := func(gesture bool) wire.ErrorCode {
		text, err := json.Marshal(wire.NREParams{NRE: "0900A0000000999"})
		s.must(err)
		_, fault := s.e.Do(t.Context(), Call{Request: wire.Request{Method: "prescription.view", Params: text, Origin: clinic, UserGesture: gesture}, Caller: s.caller()})
		return codeIn(fault)
	}
	s.types(s.doctor.PinCode)
	if code := view(false); code != wire.ErrPinCode || s.e.attended != nil {
		t.Errorf("without the user: %q, the background has %v", code, s.e.attended)
	}
	if _, err := os.Stat(s.paste + ".seen"); err == nil {
		t.Error("a window opened although nobody had asked for anything")
	}
	if code := view(true); code != wire.ErrRxNone || s.e.attended == nil || s.e.attended.PinCode != s.doctor.PinCode {
		t.Errorf("with the user: %q", code)
	}
	if code := view(false); code != wire.ErrRxNone {
		t.Errorf("kept: %q", code)
	}
	s.must(s.e.secrets.Delete(PinCodeName(s.doctor.CF)))
	s.must(os.Remove(s.paste)) // now the user closes the window
	if code := view(true); code != wire.ErrPinCode {
		t.Errorf("window closed: %q", code)
	}
}
