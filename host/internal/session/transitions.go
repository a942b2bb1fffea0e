package session

import "raccordo/host/internal/wire"

// event is what may happen to a session.
type event string

const (
	begin     event = "begin"     // somebody wants to log in
	instead   event = "instead"   // the same, while a login waits for the user alone
	step      event = "step"      // a login or a repair waits for something else
	connect   event = "connect"   // a login or a repair ended well
	renewed   event = "renewed"   // a session that still lives was replaced
	reconnect event = "reconnect" // a repair begins
	stale     event = "stale"     // the region honours the session no longer
	end       event = "end"       // logout, or a login or a repair that came to nothing
)

// transitions is every change that is legal; any other changes nothing.
var transitions = map[wire.SessionState]map[event]wire.SessionState{
	wire.Disconnected: {
		begin: wire.Connecting,
		end:   wire.Disconnected, // for another reason
	},
	wire.Connecting: {
		instead: wire.Connecting,
		step:    wire.Connecting,
		connect: wire.Connected,
		end:     wire.Disconnected,
	},
	wire.Connected: {
		begin:     wire.Connecting,
		renewed:   wire.Connected,
		reconnect: wire.Reconnecting,
		stale:     wire.Stale,
		end:       wire.Disconnected,
	},
	wire.Stale: {
		begin:     wire.Connecting,
		reconnect: wire.Reconnecting,
		stale:     wire.Stale, // for another reason
		end:       wire.Disconnected,
	},
	wire.Reconnecting: {
		instead: wire.Connecting,
		step:    wire.Reconnecting,
		connect: wire.Connected,
		stale:   wire.Stale,
		end:     wire.Disconnected,
	},
}

// firstStep is what a login waits for at first, by its way.
var firstStep = map[string]string{"card": "card", "cloud": "region"}

// forUser are the steps at which a login waits for the user alone, perhaps for
// ever: the region's page, an ID-SESSIONE to be pasted. Whoever chooses another
// way meanwhile need not end that wait first.
var forUser = map[string]bool{"browser": true, "token": true}
