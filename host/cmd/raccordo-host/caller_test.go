package main

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"raccordo/host/internal/wire"
)

// The command lines of the browsers, and what is none.
func TestCallerOf(t *testing.T) {
	const id = "npdohdckockkmeagapojopoflpnmccij"
	pipe := wire.Caller{Kind: "pipe"}
	tests := map[string]struct {
		args []string
		want wire.Caller
	}{
		"Chrome on Linux and macOS": {[]string{"chrome-extension://" + id + "/"}, wire.Caller{Kind: "browser", Browser: "chromium", Extension: id}},
		"Chrome on Windows":         {[]string{"chrome-extension://" + id + "/", "--parent-window=0"}, wire.Caller{Kind: "browser", Browser: "chromium", Extension: id}},
		"Firefox":                   {[]string{"/usr/lib/mozilla/native-messaging-hosts/it.raccordo.host.json", "connettore@raccordo.example"}, wire.Caller{Kind: "browser", Browser: "firefox", Extension: "connettore@raccordo.example"}},
		"nothing":                   {nil, pipe},
		"an option":                 {[]string{"--help"}, pipe},
		"a page":                    {[]string{"https://example.it/"}, pipe},
		"origin in another place":   {[]string{"x", "chrome-extension://" + id + "/"}, pipe},
		"manifest alone":            {[]string{"/x/it.raccordo.host.json"}, pipe},
		"no manifest":               {[]string{"/x/it.raccordo.host", "connettore@raccordo.example"}, pipe},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, callerOf(append([]string{"raccordo-host"}, tt.args...))); diff != "" {
				t.Error(diff)
			}
		})
	}
	if diff := cmp.Diff(pipe, callerOf(nil)); diff != "" {
		t.Error(diff)
	}
}
