package idp

import (
	"testing"
	"time"
)

// TestLedgerForgets: what a day left behind goes with the next login.
func TestLedgerForgets(t *testing.T) {
	now := time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC)
	l := newLedger(Options{Now: func() time.Time { return now }, AccessLife: 5 * time.Minute, LoginLife: 8 * time.Hour})
	verifier := secret()
	q := request{redirect: "r", challenge: "x"}
	l.enter(person{CF: "A"}, doorSPID, q)
	l.mutex.Lock()
	for in := range l.logins {
		l.issue(in, binding{})
	}
	l.mutex.Unlock()
	count := func() [4]int { return [4]int{len(l.logins), len(l.codes), len(l.accesses), len(l.refreshes)} }
	if got := count(); got != [4]int{1, 1, 1, 1} {
		t.Errorf("%v", got)
	}
	now = now.Add(8 * time.Hour)
	code := l.enter(person{CF: "B"}, doorSPID, q)
	if got := count(); got != [4]int{2, 2, 1, 1} {
		t.Errorf("at the last moment %v", got)
	}
	now = now.Add(time.Second)
	l.enter(person{CF: "C"}, doorSPID, q)
	if got := count(); got != [4]int{2, 2, 0, 0} {
		t.Errorf("afterwards %v", got)
	}
	if _, err := l.redeem(code, "r", verifier, binding{}); err == nil || err.Error() != "code_verifier does not match" {
		t.Errorf("the others remain: %v", err)
	}
}
