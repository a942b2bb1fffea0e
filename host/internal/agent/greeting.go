package agent

import "raccordo/host/internal/wire"

// greeting is a caller's first frame. One that wants to know whether it may
// stay, before it asks anything, gets an answer.
type greeting struct {
	wire.Greeting
	Answer bool `json:"answer"`
}

// greetingAnswer tells whether the agent stays, or leaves its place because
// its program was replaced.
type greetingAnswer struct {
	Raccordo int  `json:"raccordo"` // the protocol
	Retiring bool `json:"retiring,omitempty"`
}
