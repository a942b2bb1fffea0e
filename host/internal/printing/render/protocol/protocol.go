// Package protocol is what the renderer and its child process say to each other
// over the child's stdin and stdout: words in JSON, framed by package frame, and the
// bare bytes of what is large behind the word that announces them.
//
// The child says Hello once it can draw. Then each Request, followed by its document
// unless the child has that one still, is answered by an Answer followed by the rows.
// It is a package of its own so that whoever asks for a picture does not link what
// draws it.
package protocol

import (
	"encoding/json"
	"io"

	"raccordo/host/internal/frame"
)

// Warm, as the last argument of the child, has it say Hello and do nothing else, slowly
// enough to disturb nobody.
const Warm = "warm"

// maxWord is the largest word, in bytes.
const maxWord = 4096

// The largest picture: A3 at 600 dpi.
const (
	MaxSide   = 32767      // pixels
	MaxPixels = 72_000_000 // of a page
)

// MaxDocument is the largest document, in bytes.
const MaxDocument = 64 << 20

// Hello is the child's first word.
type Hello struct {
	Compiled bool `json:"compiled,omitempty"` // nothing usable was kept from before
}

// Request asks for one page.
type Request struct {
	Document int64 `json:"document,omitempty"` // bytes that follow; 0: it is the last one again
	Page     int   `json:"page"`               // from 0
	DPI      int   `json:"dpi"`
}

// Answer is followed by Height rows of Width bytes, grey, top to bottom, unless
// there is a Fault.
type Answer struct {
	Fault  Fault `json:"fault,omitempty"`
	Ends   bool  `json:"ends,omitempty"` // the child, after this
	Width  int   `json:"width,omitempty"`
	Height int   `json:"height,omitempty"`
}

// Fault is why there is no picture.
type Fault string

// The faults.
const (
	Broken    Fault = "document broken"
	Encrypted Fault = "document encrypted"
	NoPage    Fault = "no such page"
	TooLarge  Fault = "page too large"
)

// Say writes a word.
func Say(w io.Writer, word any) error {
	body, err := json.Marshal(word)
	if err != nil {
		return err
	}
	return frame.Write(w, body)
}

// Hear reads a word.
func Hear(r io.Reader, word any) error {
	body, err := frame.Read(r, maxWord)
	if err != nil {
		return err
	}
	return json.Unmarshal(body, word)
}
