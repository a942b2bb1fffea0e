package engine

import (
	"sync"

	"raccordo/host/internal/wire"
)

// hub fans events out to the doors. A door that does not keep up loses the
// oldest events of its queue: every event carries a whole state.
type hub struct {
	mu   sync.Mutex
	subs map[chan wire.Event]struct{}
}

// backlog is deep enough for a card's insertion, a login and a batch's end.
const backlog = 32

func (h *hub) subscribe() (<-chan wire.Event, func()) {
	ch := make(chan wire.Event, backlog)
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.subs == nil {
		h.subs = map[chan wire.Event]struct{}{}
	}
	h.subs[ch] = struct{}{}
	return ch, func() {
		h.mu.Lock()
		defer h.mu.Unlock()
		delete(h.subs, ch)
	}
}

// heard tells whether anybody listens.
func (h *hub) heard() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return len(h.subs) > 0
}

func (h *hub) publish(name string, params any) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for ch := range h.subs {
		select {
		case ch <- event(name, params):
		default:
			select {
			case <-ch:
			default:
			}
			ch <- event(name, params)
		}
	}
}

func event(name string, params any) wire.Event {
	return wire.Event{JSONRPC: "2.0", Method: name, Params: params}
}

// Events subscribes to what changes.
func (e *Engine) Events() (<-chan wire.Event, func()) { return e.events.subscribe() }

// Hears says whether events, which name the card's holder, are for a caller.
func (e *Engine) Hears(c wire.Caller) bool {
	return c.Kind == "cli" || c.Kind == "browser" && e.rules.extensions[c.Browser+":"+c.Extension]
}
