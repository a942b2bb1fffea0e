package engine

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"raccordo/host/internal/region"
	"raccordo/host/internal/secret"
	"raccordo/host/internal/wire"
)

const (
	verdi   = "VRDGLI75C41X000E"
	neri    = "NREPLA68T12X001C"
	mancini = "MNCLRA88S61X007L"
)

func cardOf(kind wire.CardKind, cf, serial string, certs ...wire.Certificate) wire.Reader {
	c := &wire.Card{Kind: kind, Serial: serial, Certificates: certs}
	if cf != "" {
		c.Holder = &wire.Person{CodiceFiscale: cf, Name: cf}
	}
	return wire.Reader{Name: "lettore " + serial, State: wire.ReaderCard, Card: c}
}

func usable(fingerprint string) wire.Certificate {
	return wire.Certificate{Fingerprint: fingerprint, Purpose: "auth", Usable: true}
}

func cards(readers ...wire.Reader) wire.CardList {
	return wire.CardList{Service: "running", Readers: readers}
}

func TestRoles(t *testing.T) {
	doctor, patient := cardOf(wire.KindCNS, verdi, "6001", usable("v")), cardOf(wire.KindTSCNS, mancini, "6003", usable("m"))
	operator := cardOf(wire.KindOperator, verdi, "6001", usable("v"))
	blind := cardOf(wire.KindCNS, mancini, "6003") // no module knows its certificates
	rows := []struct {
		name       string
		list       wire.CardList
		session    string   // "last:" before that of a session that has ended
		remembered []string // serials of cards that have logged in
		want       string   // roles in order
		preferred  string   // fingerprints
	}{
		{"nobody is known", cards(doctor, patient), "", nil, "-,-,", "vm"},
		{"by the session", cards(doctor, patient), verdi, nil, "doctor,patient,", "v"},
		{"by the operator's card", cards(patient, operator), "", nil, "patient,doctor,", "v"},
		{"by an earlier login", cards(doctor, patient), "", []string{"6001"}, "doctor,patient,", "v"},
		{"two doctors who both log in", cards(doctor, cardOf(wire.KindTSCNS, neri, "6002", usable("n"))), verdi, []string{"6002"}, "doctor,doctor,", "vn"},
		{"a colleague's CNS is not a health card", cards(doctor, cardOf(wire.KindCNS, neri, "6002", usable("n"))), verdi, nil, "doctor,-,", "vn"},
		{"a health card that no module knows", cards(doctor, blind), verdi, nil, "doctor,patient,", "v"},
		{"nobody's card", cards(doctor, cardOf(wire.KindTSCNS, "", "6003", usable("m"))), verdi, nil, "doctor,-,", "vm"},
		{"after the logout", cards(patient), "last:" + verdi, nil, "patient,", ""},
		{"the session's card is out", cards(patient), verdi, nil, "patient,", ""},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			e := forCards()
			if last, ok := strings.CutPrefix(row.session, "last:"); ok {
				e.lastDoctor = last
			} else if row.session != "" {
				e.live = &link{session: region.Session{CF: row.session}}
			}
			for _, serial := range row.remembered {
				e.memory.choose(serial, "x")
			}
			roles, preferred := "", ""
			for _, r := range e.prefer(row.list).Readers {
				role := r.Card.Role
				if role == "" {
					role = "-"
				}
				roles += string(role) + ","
				for _, c := range r.Card.Certificates {
					if c.Preferred {
						preferred += c.Fingerprint
					}
				}
			}
			if roles != row.want || preferred != row.preferred {
				t.Errorf("roles %q, preferred %q; want %q, %q", roles, preferred, row.want, row.preferred)
			}
		})
	}
}

func TestPick(t *testing.T) {
	expired := wire.Certificate{Fingerprint: "old", Reason: wire.ErrCertExpired}
	patient := cardOf(wire.KindTSCNS, mancini, "6003", usable("m"))
	patient.Card.Role = wire.RolePatient
	doctor, other := cardOf(wire.KindCNS, verdi, "6001", usable("v")), cardOf(wire.KindCNS, neri, "6002", usable("n"))
	rows := []struct {
		name string
		list wire.CardList
		ask  wire.LoginParams
		want string
		err  wire.ErrorCode
	}{
		{"the only card", cards(doctor), wire.LoginParams{}, "v", ""},
		{"the patient's card comes first", cards(patient, doctor), wire.LoginParams{}, "v", ""},
		{"the page's doctor among two", cards(other, doctor), wire.LoginParams{Doctor: verdi}, "v", ""},
		{"another doctor's card only", cards(other), wire.LoginParams{Doctor: verdi}, "", wire.ErrWrongDoctor},
		{"a patient's card only", cards(patient), wire.LoginParams{}, "", wire.ErrWrongDoctor},
		{"the page's doctor holds what was taken for a patient's", cards(patient), wire.LoginParams{Doctor: mancini}, "m", ""},
		{"a named certificate of a patient", cards(patient, doctor), wire.LoginParams{Certificate: "m"}, "", wire.ErrWrongDoctor},
		{"a named certificate of another doctor", cards(doctor, other), wire.LoginParams{Certificate: "n", Doctor: verdi}, "", wire.ErrWrongDoctor},
		{"a named certificate", cards(doctor, other), wire.LoginParams{Certificate: "n"}, "n", ""},
		{"an unknown certificate", cards(doctor), wire.LoginParams{Certificate: "zz"}, "", wire.ErrNoCert},
		{"expired", cards(cardOf(wire.KindCNS, verdi, "6001", expired)), wire.LoginParams{}, "", wire.ErrCertExpired},
		{"expired, and a patient's card", cards(cardOf(wire.KindCNS, verdi, "6001", expired), patient), wire.LoginParams{Doctor: verdi}, "", wire.ErrWrongDoctor},
		{"no card", cards(wire.Reader{State: wire.ReaderEmpty}), wire.LoginParams{}, "", wire.ErrNoCard},
		{"mute", cards(wire.Reader{State: wire.ReaderMute}), wire.LoginParams{}, "", wire.ErrCardMute},
		{"no reader", cards(), wire.LoginParams{}, "", wire.ErrNoReader},
		{"no service", wire.CardList{Service: "down"}, wire.LoginParams{}, "", wire.ErrPCSCDown},
		{"no support", wire.CardList{Service: "unsupported"}, wire.LoginParams{}, "", wire.ErrUnsupported},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			got, _, err := pick(row.list, row.ask, func(string) string { return "" })
			code := wire.ErrorCode("")
			if err != nil {
				code = codeOf(err)
			}
			if got != row.want || code != row.err {
				t.Errorf("got %q, %q; want %q, %q", got, code, row.want, row.err)
			}
		})
	}
}

func TestExpiry(t *testing.T) {
	now := nowForTest()
	for name, row := range map[string]struct {
		end  time.Duration
		soon bool
		days int
	}{
		"two months": {60 * 24 * time.Hour, false, 0}, "30 days": {30 * 24 * time.Hour, true, 30},
		"tomorrow": {30 * time.Hour, true, 1}, "today": {time.Hour, true, 0}, "over": {-time.Hour, false, 0},
	} {
		soon, days := expiry(now.Add(row.end).Format(time.RFC3339), now)
		if soon != row.soon || days != row.days {
			t.Errorf("%s: %v, %d days", name, soon, days)
		}
	}
	if soon, _ := expiry("x", now); soon {
		t.Error("no date ends soon")
	}
}

func TestExpiryIsToldOnceADay(t *testing.T) {
	store, err := secret.Open(filepath.Join(t.TempDir(), "secret"))
	if err != nil {
		t.Fatal(err)
	}
	clock := nowForTest()
	agent := func() *Engine { // each is another run of the agent
		e := forCards()
		e.memory = newMemory(store, zerolog.Nop())
		e.now = func() time.Time { return clock }
		return e
	}
	ending := usable("v")
	ending.NotAfter = clock.Add(100 * time.Hour).Format(time.RFC3339)
	list := cards(cardOf(wire.KindCNS, verdi, "6001", ending), cardOf(wire.KindCNS, neri, "6002", usable("n")))
	told := func(e *Engine) bool {
		c := e.prefer(list).Readers[0].Card.Certificates[0]
		if !c.ExpiresSoon {
			t.Fatal("not marked")
		}
		return c.NotifyExpiry
	}
	e := agent()
	if told(e) || !e.announce(e.prefer(list)).Readers[0].Card.Certificates[0].NotifyExpiry || !told(e) {
		t.Fatal("not told at the first insertion")
	}
	clock = clock.Add(2 * noticeTime)
	if told(e) || e.tellExpiry(e.prefer(list)) || told(e) {
		t.Error("told a second time")
	}
	if e = agent(); e.tellExpiry(e.prefer(list)) || told(e) {
		t.Error("told again by another run of the agent")
	}
	clock = clock.Add(24 * time.Hour)
	if e = agent(); !e.tellExpiry(e.prefer(list)) || !told(e) {
		t.Error("not told on the next day")
	}
}

func TestChoiceOutlivesTheAgent(t *testing.T) {
	store, err := secret.Open(filepath.Join(t.TempDir(), "secret"))
	if err != nil {
		t.Fatal(err)
	}
	first := newMemory(store, zerolog.Nop())
	first.choose("6001", "b")
	first.choose("", "x") // a card without a number
	again := newMemory(store, zerolog.Nop())
	if got := again.choice("6001"); got != "b" {
		t.Errorf("remembered %q", got)
	}
	if got := again.choice("") + again.choice("6002"); got != "" {
		t.Errorf("remembered %q of cards that were never seen", got)
	}
	again.firstToday("6001", "2026-11-22")
	if got := newMemory(store, zerolog.Nop()).choice("6001"); got != "b" {
		t.Errorf("the announcement overwrote the choice: %q", got)
	}
}

func TestInsertedCard(t *testing.T) {
	list := cards(cardOf(wire.KindCNS, verdi, "6001"), wire.Reader{}, cardOf(wire.KindTSCNS, mancini, "6003"))
	if got := insertedCard(list, mancini); got != "6003" {
		t.Errorf("got %q", got)
	}
	if got := insertedCard(list, neri); got != "" {
		t.Errorf("got %q", got)
	}
}
