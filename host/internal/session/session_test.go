package session_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"raccordo/host/internal/ricetta"
	"raccordo/host/internal/session"
	"raccordo/host/internal/wire"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var (
	since = time.Date(2026, 11, 22, 17, 20, 0, 0, time.UTC)
	login = session.Established{
		Doctor: wire.Person{CodiceFiscale: "VRDGLI75C41X000M", Name: "GIULIA VERDI"},
		Method: "CNS", Level: "LoA4", Since: since, ExpiresAt: since.Add(8 * time.Hour),
	}
	later = session.Established{
		Doctor: login.Doctor, Method: "SPID", Level: "LoA3", Since: since.Add(time.Hour), ExpiresAt: since.Add(9 * time.Hour),
	}
)

// in returns a machine in a state, or in one at a step ("connecting@browser").
func in(t *testing.T, where string) *session.Machine {
	t.Helper()
	m := session.New("logout", ricetta.Rome())
	state, step, atStep := strings.Cut(where, "@")
	ok := true
	switch wire.SessionState(state) {
	case wire.Disconnected:
	case wire.Connecting:
		ok = m.Begin("card") == nil
	case wire.Connected:
		ok = m.Begin("card") == nil && m.Connect(login)
	case wire.Stale:
		ok = m.Begin("card") == nil && m.Connect(login) && m.Stale(wire.ErrRegionTime, session.RepairAuto)
	case wire.Reconnecting:
		ok = m.Begin("card") == nil && m.Connect(login) && m.Reconnect(wire.ErrLingering)
	}
	if atStep {
		m.Step(step)
	}
	if got := m.Snapshot(); !ok || string(got.State) != state || atStep && got.Step != step {
		t.Fatalf("not in %s but in %+v", where, got)
	}
	return m
}

// operations are all there are; each answers whether it was accepted, if it
// answers.
var operations = map[string]func(*session.Machine) (accepted, tells bool){
	"begin":     func(m *session.Machine) (bool, bool) { return m.Begin("cloud") == nil, true },
	"step":      func(m *session.Machine) (bool, bool) { m.Step("pin"); return false, false },
	"connect":   func(m *session.Machine) (bool, bool) { return m.Connect(later), true },
	"renewed":   func(m *session.Machine) (bool, bool) { return m.Renewed(later), true },
	"reconnect": func(m *session.Machine) (bool, bool) { return m.Reconnect(wire.ErrSessionEnded), true },
	"stale":     func(m *session.Machine) (bool, bool) { return m.Stale(wire.ErrRegionDown, session.RepairAuto), true },
	"stale-of":  func(m *session.Machine) (bool, bool) { return m.StaleOf(m.Number(), wire.ErrRegionDown, "auto"), true },
	"end":       func(m *session.Machine) (bool, bool) { m.End(wire.ErrCardRemoved); return false, false },
}

// matrix is every operation at every place: the state afterwards, or "-" where
// nothing may change.
const matrix = `
from                  begin       step          connect    renewed    reconnect     stale  stale-of  end
disconnected          connecting  -             -          -          -             -      -         disconnected
connecting            -           connecting    connected  -          -             -      -         disconnected
connecting@pinpad     -           connecting    connected  -          -             -      -         disconnected
connecting@region     -           connecting    connected  -          -             -      -         disconnected
connecting@browser    connecting  connecting    connected  -          -             -      -         disconnected
connecting@token      connecting  connecting    connected  -          -             -      -         disconnected
connected             connecting  -             -          connected  reconnecting  stale  stale     disconnected
stale                 connecting  -             -          -          reconnecting  stale  stale     disconnected
reconnecting          -           reconnecting  connected  -          -             stale  stale     disconnected
reconnecting@browser  connecting  reconnecting  connected  -          -             stale  stale     disconnected
reconnecting@token    connecting  reconnecting  connected  -          -             stale  stale     disconnected
`

func TestTransitions(t *testing.T) {
	rows := strings.Split(strings.TrimSpace(matrix), "\n")
	heads := strings.Fields(rows[0])
	if len(heads) != len(operations)+1 {
		t.Fatalf("%d columns for %d operations", len(heads)-1, len(operations))
	}
	for _, row := range rows[1:] {
		cells := strings.Fields(row)
		for i, to := range cells[1:] {
			t.Run(fmt.Sprintf("%s in %s", heads[i+1], cells[0]), func(t *testing.T) {
				m := in(t, cells[0])
				before, number := m.Snapshot(), m.Number()
				news, stop := m.Subscribe()
				defer stop()
				legal := to != "-"
				if got, tells := operations[heads[i+1]](m); tells && got != legal {
					t.Errorf("accepted: %v", got)
				}
				after := m.Snapshot()
				if legal && string(after.State) != to {
					t.Errorf("now %s, not %s", after.State, to)
				}
				if diff := cmp.Diff(before, after); !legal && (diff != "" || number != m.Number()) {
					t.Errorf("an illegal change changed something: %s", diff)
				}
				select {
				case s := <-news:
					if diff := cmp.Diff(after, s); !legal || diff != "" {
						t.Errorf("told of %+v %s", s, diff)
					}
				default:
					if legal {
						t.Error("subscribers were not told")
					}
				}
			})
		}
	}
}

// What each state shows, the winter and summer times of Rome included.
func TestShown(t *testing.T) {
	doctor := &login.Doctor
	summer := login
	summer.Since = time.Date(2026, 7, 1, 22, 30, 0, 0, time.UTC)
	summer.ExpiresAt = time.Time{} // some regions do not tell
	substitute := login
	substitute.SubstituteOf = "RSSMRA60A01X000A"
	connected := wire.Session{State: wire.Connected, Via: "card", Doctor: doctor, Method: "CNS", Level: "LoA4",
		Since: "2026-11-22T18:20:00+01:00", ExpiresAt: "2026-11-23T02:20:00+01:00"}
	of := func(s wire.Session, change func(*wire.Session)) wire.Session { change(&s); return s }
	tests := map[string]struct {
		do   func(*session.Machine)
		want wire.Session
	}{
		"fresh":          {func(*session.Machine) {}, wire.Session{State: wire.Disconnected}},
		"begin by card":  {func(m *session.Machine) { m.Begin("card") }, wire.Session{State: wire.Connecting, Via: "card", Step: "card"}},
		"begin by cloud": {func(m *session.Machine) { m.Begin("cloud") }, wire.Session{State: wire.Connecting, Via: "cloud", Step: "region"}},
		"another way": {func(m *session.Machine) { m.Begin("cloud"); m.Step("browser"); m.Begin("card") },
			wire.Session{State: wire.Connecting, Via: "card", Step: "card"}},
		"step": {func(m *session.Machine) { m.Begin("card"); m.Step("pin"); m.Step("region") },
			wire.Session{State: wire.Connecting, Via: "card", Step: "region"}},
		"connected in winter": {func(m *session.Machine) { m.Begin("card"); m.Connect(login) }, connected},
		"connected in summer, no end": {func(m *session.Machine) { m.Begin("card"); m.Connect(summer) },
			of(connected, func(s *wire.Session) { s.Since, s.ExpiresAt = "2026-07-02T00:30:00+02:00", "" })},
		"connected as a substitute": {func(m *session.Machine) { m.Begin("card"); m.Connect(substitute) },
			of(connected, func(s *wire.Session) { s.SubstituteOf = "RSSMRA60A01X000A" })},
		"stale keeps who it was, and no end": {func(m *session.Machine) {
			m.Begin("card")
			m.Connect(substitute)
			m.Stale(wire.ErrRegionDown, session.RepairAuto)
		},
			of(connected, func(s *wire.Session) {
				s.State, s.ExpiresAt, s.SubstituteOf = wire.Stale, "", "RSSMRA60A01X000A"
				s.Reason, s.Repair = wire.ErrRegionDown, "auto"
			})},
		"stale for the user": {func(m *session.Machine) { m.Begin("card"); m.Connect(login); m.Stale(wire.ErrDisplaced, "login") },
			of(connected, func(s *wire.Session) {
				s.State, s.ExpiresAt, s.Reason, s.Repair = wire.Stale, "", wire.ErrDisplaced, "login"
			})},
		"under repair: why, and nobody to mend it": {func(m *session.Machine) {
			m.Begin("card")
			m.Connect(login)
			m.Stale(wire.ErrRegionDown, "login")
			m.Reconnect(wire.ErrSessionEnded)
			m.Step("pin")
		}, of(connected, func(s *wire.Session) {
			s.State, s.Step, s.ExpiresAt, s.Reason = wire.Reconnecting, "pin", "", wire.ErrSessionEnded
		})},
		"repaired: no reason left": {func(m *session.Machine) {
			m.Begin("card")
			m.Connect(substitute)
			m.Stale(wire.ErrRegionDown, session.RepairAuto)
			m.Reconnect(wire.ErrSessionEnded)
			m.Connect(login)
		}, connected},
		"renewed": {func(m *session.Machine) { m.Begin("card"); m.Connect(substitute); m.Renewed(login) }, connected},
		"ended: nothing of the doctor left": {func(m *session.Machine) { m.Begin("card"); m.Connect(substitute); m.End(wire.ErrCardRemoved) },
			wire.Session{State: wire.Disconnected, Reason: wire.ErrCardRemoved}},
		"logout has no reason": {func(m *session.Machine) {
			m.Begin("card")
			m.Connect(login)
			m.Stale(wire.ErrRegionDown, session.RepairAuto)
			m.End("")
		},
			wire.Session{State: wire.Disconnected}},
		"logout forgets the last reason": {func(m *session.Machine) { m.End(wire.ErrCardRemoved); m.End("") },
			wire.Session{State: wire.Disconnected}},
		"a login forgets the last reason": {func(m *session.Machine) { m.End(wire.ErrCardRemoved); m.Begin("card") },
			wire.Session{State: wire.Connecting, Via: "card", Step: "card"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			m := session.New("keep", ricetta.Rome())
			tt.do(m)
			tt.want.OnCardRemoval = "keep"
			if diff := cmp.Diff(tt.want, m.Snapshot()); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestBeginBusy(t *testing.T) {
	for _, where := range []string{"connecting", "connecting@pin", "reconnecting", "reconnecting@region"} {
		if err := in(t, where).Begin("card"); !errors.Is(err, session.ErrBusy) {
			t.Errorf("%s: %v, not ErrBusy", where, err)
		}
	}
}
