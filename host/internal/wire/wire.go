// Package wire is the vocabulary that every part of Raccordo speaks: the
// method table, the shapes of params, results and events, and the error codes.
//
// A message is one JSON-RPC 2.0 object (https://www.jsonrpc.org/specification)
// per frame; framing itself belongs to package frame. The Go structs here are
// the single source: JSON Schema and TypeScript types are generated from them
// (go generate), and a drift fails the build.
//
// Params are closed (an unknown field is refused), results and events are open
// (a reader ignores what it does not know). This package imports nothing but
// the standard library and never performs I/O.
package wire

import "encoding/json"

//go:generate go run ./wiregen

// Protocol is the version spoken here. It grows only when an older peer could
// misread a message; new optional members do not need it.
const Protocol = 1

// MaxFrame is the largest frame, in bytes, in either direction: the browser
// drops the port above 1 MiB (Chrome native messaging, "Native messaging
// protocol").
const MaxFrame = 1 << 20

// Request is one call. Origin and UserGesture are set by the extension from
// what the browser tells it, never from the page.
type Request struct {
	JSONRPC     string          `json:"jsonrpc" jsonschema:"enum=2.0"`
	ID          json.RawMessage `json:"id"`
	Method      string          `json:"method" jsonschema:"maxLength=64"`
	Params      json.RawMessage `json:"params,omitempty"`
	Origin      string          `json:"origin,omitempty" jsonschema:"maxLength=255"`
	UserGesture bool            `json:"user_gesture,omitempty"`
}

// Response answers exactly one Request. One of Result and Error is present.
type Response struct {
	JSONRPC string          `json:"jsonrpc"`
	ID      json.RawMessage `json:"id"`
	Result  json.RawMessage `json:"result,omitempty"`
	Error   *Error          `json:"error,omitempty"`
}

// Event is a notification from the agent: it has no id and gets no answer.
type Event struct {
	JSONRPC string `json:"jsonrpc"`
	Method  string `json:"method"`
	Params  any    `json:"params"`
}

// Greeting is the first frame that a caller sends on the local socket: whom it
// speaks for. It never crosses the browser's pipe.
type Greeting struct {
	Raccordo int    `json:"raccordo"` // the protocol
	Caller   Caller `json:"caller"`
	Answer   bool   `json:"answer,omitempty"` // a GreetingAnswer is wanted
}

// GreetingAnswer tells, before anything is asked, whether the agent stays or
// leaves its place because its program was replaced.
type GreetingAnswer struct {
	Raccordo int  `json:"raccordo"` // the protocol
	Retiring bool `json:"retiring,omitempty"`
}

// Caller is who sits at the other end of a connection, as the relay saw it in
// its own command line (set by the browser) and not as a message claims.
type Caller struct {
	Kind      string `json:"kind,omitempty"`      // "browser", "cli", or "pipe" for a relay that no browser started
	Browser   string `json:"browser,omitempty"`   // "chromium" or "firefox"
	Extension string `json:"extension,omitempty"` // extension id
}

// HelloParams opens a conversation.
type HelloParams struct {
	Protocol int    `json:"protocol" jsonschema:"minimum=1"`
	Client   string `json:"client" jsonschema:"maxLength=128"` // name/version, for the log
}

// HelloResult says what this agent can do.
type HelloResult struct {
	Protocol     int      `json:"protocol"`
	Version      string   `json:"version"`
	Capabilities []string `json:"capabilities"` // method names
}

// NoParams is the closed empty object.
type NoParams struct{}

// Status is the whole state in one answer, so that a page that has just been
// opened needs one round trip.
type Status struct {
	Version  string   `json:"version"`
	Region   Region   `json:"region"`
	Session  Session  `json:"session"`
	Cards    CardList `json:"cards"`
	Outbox   Outbox   `json:"outbox"`
	Signing  Signing  `json:"signing"`
	Printing Printing `json:"printing"`
	// Warnings are what is wrong and stops nothing: no keyring, a certificate
	// that ends soon.
	Warnings []ErrorCode `json:"warnings"`
}

// Region is the active region profile, and the ways into it.
type Region struct {
	ID        string   `json:"id"`
	Name      string   `json:"name"`
	Card      bool     `json:"card"`                                                    // with the card over mutual TLS
	Cloud     string   `json:"cloud,omitempty" jsonschema:"enum=oidc,enum=id-sessione"` // without one: at the region's page, or with an ID-SESSIONE
	CloudCard bool     `json:"cloud_card,omitempty"`                                    // the card can also be used at the region's page
	Missing   []string `json:"missing,omitempty"`                                       // keys of the profile that only the region can give
}
