package main

import (
	"strings"

	"raccordo/host/internal/wire"
)

// callerOf reads what the browser put on the command line: Chromium's family
// passes the extension's origin, Firefox the manifest's path and the
// extension's id (Chrome and MDN, "Native messaging").
func callerOf(args []string) wire.Caller {
	if len(args) > 1 {
		if id, ok := strings.CutPrefix(args[1], "chrome-extension://"); ok {
			return wire.Caller{Kind: "browser", Browser: "chromium", Extension: strings.TrimSuffix(id, "/")}
		}
	}
	if len(args) > 2 && strings.HasSuffix(args[1], ".json") {
		return wire.Caller{Kind: "browser", Browser: "firefox", Extension: args[2]}
	}
	return wire.Caller{Kind: "pipe"} // started by hand: it may ask how things are, no more
}
