package engine

import (
	"errors"
	"path/filepath"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"raccordo/host/internal/outbox"
	"raccordo/host/internal/ricetta"
	"raccordo/host/internal/wire"
)

// An outbox that may come back is tried again, not at each request; one that
// may not is left alone.
func TestJournalIsTriedAgain(t *testing.T) {
	for name, row := range map[string]struct {
		fault error
		again bool
	}{"in use": {outbox.ErrLocked, true}, "no room": {outbox.ErrFull, true}, "damaged": {outbox.ErrCorrupt, false}, "another key": {outbox.ErrKey, false}} {
		t.Run(name, func(t *testing.T) {
			now := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
			fault, tries := row.fault, 0
			file := filepath.Join(t.TempDir(), "outbox.db")
			j := &journal{
				log: zerolog.Nop(), now: func() time.Time { return now },
				open: func() (*outbox.Outbox, error) {
					if tries++; fault != nil {
						return nil, fault
					}
					return outbox.Open(file, make([]byte, 32), outbox.Options{Log: zerolog.Nop()})
				},
				send: func(box *outbox.Outbox) *outbox.Sender {
					return outbox.NewSender(box, sessionRegion{}, outbox.SenderOptions{})
				},
			}
			j.begin()
			j.connected(&ricetta.Doctor{CF: "VRDGLI75C41X000D"})
			for range 3 {
				if _, _, err := j.use(); codeOf(err) != outbox.Code(row.fault) || j.problem() != outbox.Code(row.fault) || j.counts() != (wire.Outbox{}) {
					t.Errorf("%v", err)
				}
			}
			if tries != 1 {
				t.Errorf("tried %d times at once", tries)
			}
			fault, now = nil, now.Add(reopenTime)
			_, _, err := j.use()
			if (err == nil) != row.again || (tries == 2) != row.again || (j.problem() == "") != row.again {
				t.Errorf("%v after %d tries", err, tries)
			}
			if err := j.close(); err != nil {
				t.Error(err)
			}
			if _, _, err := j.use(); codeOf(err) != wire.ErrOutbox && row.again {
				t.Errorf("closed: %v", err)
			}
		})
	}
}

func TestTrouble(t *testing.T) {
	if trouble(nil) != nil {
		t.Error("no error became one")
	}
	full := trouble(outbox.ErrFull)
	if !errors.Is(full, outbox.ErrFull) || codeOf(full) != wire.ErrOutboxFull {
		t.Errorf("%v", full)
	}
}
