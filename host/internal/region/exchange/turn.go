package exchange

import (
	"context"
	"sync"
	"time"
)

// warm is how long after an answer connections can be taken up again without
// the card: a server keeps them, or the TLS session, at least this long (nginx:
// 75 seconds and 5 minutes).
const warm = time.Minute

// ticket is how long after the end of a TLS 1.3 handshake its session ticket is
// waited for: it comes with the server's first words (RFC 8446, section 4.6.1).
const ticket = 250 * time.Millisecond

// turn is a request's place behind the handshake of another. Where a card has
// to sign, the first request after a pause goes ahead alone until the others
// can resume its TLS session: four at once would be four signatures, and with
// some cards four questions for the PIN.
type turn struct {
	line *Line
	over chan struct{}
	once sync.Once
}

// turn waits for the handshake that is under way, if there is one. Whoever
// waited goes on whatever became of it.
func (l *Line) turn(ctx context.Context) *turn {
	if l.opt.Card == nil {
		return nil
	}
	l.mu.Lock()
	ahead := l.first
	if ahead == nil && time.Since(l.answered) >= warm {
		t := &turn{line: l, over: make(chan struct{})}
		l.first = t
		l.mu.Unlock()
		return t
	}
	l.mu.Unlock()
	if ahead != nil {
		select {
		case <-ahead.over:
		case <-ctx.Done():
		}
	}
	return nil
}

// connected: on a kept connection there is no handshake to wait for.
func (t *turn) connected(kept bool) {
	switch {
	case t == nil:
	case kept:
		t.end()
	default:
		time.AfterFunc(ticket, t.end)
	}
}

// end lets the others go.
func (t *turn) end() {
	if t == nil {
		return
	}
	t.once.Do(func() {
		t.line.mu.Lock()
		t.line.first = nil
		t.line.mu.Unlock()
		close(t.over)
	})
}

// heard notes when an answer came, so that the TLS session is there to be
// resumed; the zero time: it may be gone.
func (l *Line) heard(when time.Time) {
	l.mu.Lock()
	l.answered = when
	l.mu.Unlock()
}
