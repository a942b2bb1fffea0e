package engine

import (
	"encoding/json"
	"fmt"
	"os"
	"testing"

	"raccordo/host/internal/ricetta"
	"raccordo/host/internal/sim/a2f"
	"raccordo/host/internal/wire"
)

const directProfile = `name = "Sistema TS di prova"
code = "090"
nre = "lot"
status = "complete"
[trust]
ca = [%[1]q]
[envelope]
kind = "sac"
cipher = %[2]q
[cloud]
driver = "id-sessione"
[cloud.endpoints]
prescriptions = "%[3]s/DemRicettaPrescrittoServicesWeb/services"
lots = "%[3]s/ricettaElettronicaServicesWeb/services/nreRichiestaLottoPort"
[cloud.id_sessione]
endpoint = "%[3]s` + a2f.Path + `"
context = "RICETTA-DEM"
application = "PRESCRITTORE"
`

// newDirect is a stage before the simulated Sistema TS, with the doctor's
// account on this PC.
func newDirect(t *testing.T) *stage {
	t.Helper()
	s := raise(t, func(s *stage, ca, cipher string) string {
		return fmt.Sprintf(directProfile, ca, cipher, s.region.SACURL())
	})
	d := s.doctor
	text, err := json.Marshal(Account{CodiceFiscale: d.CF, User: d.CF, Password: a2f.Password(d), Region: d.Region, ASL: d.ASL, Specializzazione: "F"})
	s.must(err)
	s.must(s.e.secrets.Put(AccountName(d.CF), text))
	s.must(s.e.secrets.Put(PinCodeName(d.CF), []byte(d.PinCode)))
	return s
}

func (s *stage) types(text string) {
	s.t.Helper()
	s.must(os.WriteFile(s.paste, []byte(text), 0o600))
}

func (s *stage) enterTS() (wire.LoginResult, wire.ErrorCode) {
	s.t.Helper()
	return s.ask(wire.Caller{Kind: "cli"}, "", "session.login", wire.LoginParams{Via: "cloud", Doctor: s.doctor.CF})
}

func TestIDSessione(t *testing.T) {
	s := newDirect(t)
	ts := s.region.SecondFactor()
	token := ts.Issue(s.doctor.CF)
	s.types("  Bearer " + token + " ")
	got, code := s.enterTS()
	if code != "" || got.State != wire.Connected || got.Via != "cloud" || got.Doctor.CodiceFiscale != s.doctor.CF || got.ExpiresAt == "" {
		t.Fatalf("%s %+v", code, got)
	}
	if err := s.e.withRegion(t.Context(), func(l *link) error {
		_, err := l.client.Lot(t.Context(), ricetta.Doctor{CF: l.session.CF, Region: "090"})
		return err
	}); err != nil {
		t.Fatal(err)
	}
	// Another program takes a newer token into use: ours is over, and only the
	// doctor can say which is to live.
	if err := ts.Use(ts.Issue(s.doctor.CF), s.doctor.CF); err != nil {
		t.Fatal(err)
	}
	err := s.e.withRegion(t.Context(), func(l *link) error {
		_, err := l.client.Lot(t.Context(), ricetta.Doctor{CF: l.session.CF, Region: "090"})
		return err
	})
	if code := codeOf(err); code != wire.ErrDisplaced {
		t.Errorf("displaced: %v", err)
	}
	if now := s.e.session.Snapshot(); now.State != wire.Stale || now.Repair != "login" {
		t.Errorf("%+v", now)
	}
}

// A token of before is used again without a window while it lives.
func TestIDSessioneIsKept(t *testing.T) {
	s := newDirect(t)
	s.types(s.region.SecondFactor().Issue(s.doctor.CF))
	if _, code := s.enterTS(); code != "" {
		t.Fatal(code)
	}
	s.e.mu.Lock()
	l := s.e.live
	s.e.live = nil
	s.e.session.End("") // the agent ended without a logout
	s.e.mu.Unlock()
	s.e.release(l)
	s.must(os.Remove(s.paste)) // a window would be closed
	if got, code := s.enterTS(); code != "" || got.State != wire.Connected {
		t.Errorf("%s %+v", code, got)
	}
}

func TestIDSessioneByMail(t *testing.T) {
	s := newDirect(t)
	s.region.SecondFactor().SetProduction(true)
	s.types("")
	if _, code := s.enterTS(); code != wire.ErrTokenMail {
		t.Fatalf("%q", code)
	}
	mails := s.region.SecondFactor().Mailbox(s.doctor.CF)
	if len(mails) != 1 {
		t.Fatalf("%d mails", len(mails))
	}
	s.types(mails[0].Token)
	if got, code := s.enterTS(); code != "" || got.State != wire.Connected {
		t.Errorf("%s %+v", code, got)
	}
}

// In the test environment the token comes in the answer itself.
func TestIDSessioneInTheAnswer(t *testing.T) {
	s := newDirect(t)
	s.types("")
	if got, code := s.enterTS(); code != "" || got.State != wire.Connected {
		t.Errorf("%s %+v", code, got)
	}
}

func TestIDSessioneRefusals(t *testing.T) {
	for name, row := range map[string]struct {
		before func(s *stage)
		want   wire.ErrorCode
	}{
		"no account":       {func(s *stage) { s.must(s.e.secrets.Delete(AccountName(s.doctor.CF))) }, wire.ErrNoAccount},
		"not a token":      {func(s *stage) { s.types("pippo") }, wire.ErrTokenForm},
		"window closed":    {func(s *stage) { s.must(os.RemoveAll(s.paste)) }, wire.ErrPromptCancel},
		"wrong password":   {func(s *stage) { s.types(""); s.account(func(a *Account) { a.Password = "x" }) }, wire.ErrCredentials},
		"a refusal":        {func(s *stage) { s.types(""); s.region.SecondFactor().Refuse("302") }, wire.ErrA2F},
		"service is down":  {func(s *stage) { s.types(""); s.region.SetDown(true) }, wire.ErrRegionDown},
		"somebody's token": {func(s *stage) { s.types("24eed8fe-c3f7-414d-bff8-042ecc3fa646") }, wire.ErrTokenForm},
	} {
		t.Run(name, func(t *testing.T) {
			s := newDirect(t)
			row.before(s)
			if _, code := s.enterTS(); code != row.want {
				t.Errorf("%q, want %q", code, row.want)
			}
			if now := s.e.session.Snapshot(); now.State != wire.Disconnected {
				t.Errorf("%+v", now)
			}
		})
	}
}

func (s *stage) account(change func(*Account)) {
	s.t.Helper()
	a, err := s.e.account(s.doctor.CF)
	s.must(err)
	change(&a)
	text, err := json.Marshal(a)
	s.must(err)
	s.must(s.e.secrets.Put(AccountName(s.doctor.CF), text))
}
