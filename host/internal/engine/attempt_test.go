package engine

import (
	"context"
	"errors"
	"testing"

	"github.com/rs/zerolog"

	"raccordo/host/internal/session"
	"raccordo/host/internal/wire"
)

// A login that a logout gave up must neither connect nor end the login that
// somebody begins after it.
func TestGivenUpLoginLeavesTheNextOneAlone(t *testing.T) {
	e := &Engine{log: zerolog.Nop(), session: session.New("logout", nil), history: newHistory(nil, zerolog.Nop())}
	cancelled := false
	first := &attempt{cancel: func() { cancelled = true }}
	if err := e.begin(first, "card"); err != nil {
		t.Fatal(err)
	}
	e.logout(context.Background())
	if !cancelled || e.session.Snapshot().State != wire.Disconnected {
		t.Fatalf("logout during a login: cancelled %v, %s", cancelled, e.session.Snapshot().State)
	}
	second := &attempt{cancel: func() {}}
	if err := e.begin(second, "card"); err != nil {
		t.Fatal(err)
	}
	if err := e.begin(&attempt{}, "card"); !errors.Is(err, session.ErrBusy) || e.attempt != second {
		t.Errorf("a third login beside the second: %v", err)
	}
	if e.ended(first, func() { e.session.End(wire.ErrPromptCancel) }) {
		t.Error("the first login acted after it was given up")
	}
	if got := e.session.Snapshot().State; got != wire.Connecting {
		t.Errorf("the second login is %s", got)
	}
	if !e.ended(second, func() { e.session.End(wire.ErrPromptCancel) }) || e.ended(second, func() {}) {
		t.Error("the second login must end once")
	}
}
