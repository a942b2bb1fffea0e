package engine

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"raccordo/host/internal/sim/anagrafe"
	"raccordo/host/internal/wire"
)

// other is a second page that may use the connector.
const other = "https://altra.example"

// granted makes a stage whose doctor has given both pages leave to send.
func granted(t *testing.T) *stage {
	t.Helper()
	s := connected(t)
	s.e.opt.Config.AllowedOrigins = []string{clinic, other}
	s.grant()
	return s
}

func (s *stage) grant() {
	s.e.mu.Lock()
	defer s.e.mu.Unlock()
	s.e.grants[clinic], s.e.grants[other] = true, true
}

func (s *stage) send(origin, mode string, list ...wire.Prescription) []wire.PrescriptionResult {
	s.t.Helper()
	got, code := put[wire.SendResult](s, s.caller(), origin, "prescription.send", wire.SendParams{Prescriptions: list, Mode: mode})
	if code != "" {
		s.t.Fatal(code)
	}
	return got.Results
}

func (s *stage) entries(caller wire.Caller, origin string, p wire.OutboxParams) []wire.OutboxEntry {
	s.t.Helper()
	got, code := put[wire.OutboxResult](s, caller, origin, "outbox.list", p)
	if code != "" || got.Entries == nil {
		s.t.Fatal(code)
	}
	return got.Entries
}

func names(list []wire.OutboxEntry) (ids []string) {
	for _, x := range list {
		ids = append(ids, x.ClientID+" "+string(x.State))
	}
	return ids
}

// A page sees and touches what it handed over, the user's own programs all.
func TestWhoSeesTheOutbox(t *testing.T) {
	s := granted(t)
	s.send(clinic, "later", drug("a1"), drug("a2"))
	s.send(other, "later", drug("b1"))
	see := func(what string, caller wire.Caller, origin string, want ...string) []wire.OutboxEntry {
		t.Helper()
		list := s.entries(caller, origin, wire.OutboxParams{})
		if diff := cmp.Diff(want, names(list)); diff != "" {
			t.Errorf("%s: %s", what, diff)
		}
		return list
	}
	mine := see("the page", s.caller(), clinic, "a1 draft", "a2 draft")
	if x := mine[0]; x.CodiceAssistito != anagrafe.Patients()[0].CF || x.Doctor != s.doctor.CF || x.Origin != clinic || x.Description == "" {
		t.Errorf("%+v", x)
	}
	see("another page", s.caller(), other, "b1 draft")
	see("the popup", s.caller(), "", "a1 draft", "a2 draft", "b1 draft")
	see("the popup by its address", s.caller(), "chrome-extension://"+chromium, "a1 draft", "a2 draft", "b1 draft")
	see("the command line", cli, "", "a1 draft", "a2 draft", "b1 draft")

	// Another page's entries are as good as none.
	params := wire.OutboxParams{IDs: []string{mine[0].ID}}
	for _, method := range []string{"outbox.discard", "outbox.retry"} {
		if got, code := put[wire.OutboxResult](s, s.caller(), other, method, params); code != "" || len(got.Entries) != 0 {
			t.Errorf("%s of another page's: %q %+v", method, code, got)
		}
	}
	if _, code := put[wire.OutboxResult](s, s.caller(), other, "outbox.resolve", wire.ResolveParams{ID: mine[0].ID, Decision: "absent"}); code != wire.ErrOutboxEntry {
		t.Errorf("resolve of another page's: %q", code)
	}
	see("the page, untouched", s.caller(), clinic, "a1 draft", "a2 draft")

	if _, code := put[wire.Session](s, s.caller(), clinic, "session.logout", wire.NoParams{}); code != "" {
		t.Fatal(code)
	}
	blind := see("the page without a session", s.caller(), clinic, "a1 draft", "a2 draft")
	for _, x := range blind {
		body, err := json.Marshal(x)
		s.must(err)
		for _, secret := range []string{anagrafe.Patients()[0].CF, s.doctor.CF, "FARMACO"} {
			if strings.Contains(string(body), secret) {
				t.Errorf("without a session the page reads %s in %s", secret, body)
			}
		}
	}
	see("the command line without a session", cli, "", "a1 draft", "a2 draft", "b1 draft")
	if _, code := put[wire.OutboxResult](s, s.caller(), clinic, "outbox.discard", params); code != wire.ErrSessionNone {
		t.Errorf("a page discards without a session: %q", code)
	}
	if got, code := put[wire.OutboxResult](s, cli, "", "outbox.discard", params); code != "" || len(got.Entries) != 0 {
		t.Errorf("the command line discards: %q %+v", code, got)
	}
	see("what is left", cli, "", "a2 draft", "b1 draft")
	if _, code := put[wire.OutboxResult](s, cli, "", "outbox.discard", wire.OutboxParams{}); code != wire.ErrParams {
		t.Errorf("discard of nothing named: %q", code)
	}
}

// What another doctor of the same PC left is not for this one's page.
func TestOutboxIsTheDoctors(t *testing.T) {
	s := granted(t)
	s.send(clinic, "later", drug("a1"))
	if _, code := put[wire.Session](s, s.caller(), clinic, "session.logout", wire.NoParams{}); code != "" {
		t.Fatal(code)
	}
	second := anagrafe.Doctors()[1]
	s.must(s.e.secrets.Put(PinCodeName(second.CF), []byte(second.PinCode)))
	if _, code := s.complete(returned(s.enter(s.begin(), "spid", second.CF))); code != "" {
		t.Fatal(code)
	}
	s.grant()
	if list := s.entries(s.caller(), clinic, wire.OutboxParams{}); len(list) != 0 {
		t.Errorf("%v", names(list))
	}
	if got, code := put[wire.OutboxResult](s, s.caller(), clinic, "outbox.retry", wire.OutboxParams{}); code != "" || len(got.Entries) != 0 {
		t.Errorf("%q %v", code, names(got.Entries))
	}
	if n := s.region.Prescriptions(); n != 0 {
		t.Errorf("%d prescriptions were sent", n)
	}
}
