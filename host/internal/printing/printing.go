// Package printing brings sheets onto paper without a dialog, each once. It owns
// the queue, what is on disk of it, and the words in which spoolers are spoken to;
// it knows no prescription and no region, and never shows a window.
//
// A job is handed over in two steps: the spooler takes it held, which is noted on
// disk, then it is released. A held job never prints by itself and a released one is
// known by the spooler's number, so that whoever is killed in between can tell at
// the next start what became of it.
//
// What is printed always comes as a PDF of exactly the sheet, upright as it is fed:
// rotation, scale and offset are applied here (place), because each driver does
// them in a way of its own.
package printing

import (
	"context"
	"errors"
	"fmt"
	"image"
	"io"

	"raccordo/host/internal/wire"
)

// Source is a PDF that is read in place. The same offset gives the same bytes.
type Source interface {
	io.ReaderAt
	Size() int64 // bytes
}

// Sheet is what lies in the tray, upright. Lengths are tenths of a millimetre.
type Sheet struct {
	Name          string `json:"name"` // A4, A5 or custom
	Width, Height int
}

// The papers that have a name (ISO 216).
var (
	A4 = Sheet{Name: "A4", Width: 2100, Height: 2970}
	A5 = Sheet{Name: "A5", Width: 1480, Height: 2100}
)

// Ticket is what a spooler has to know of a job besides its pages, which are upright
// and exactly of the size of the sheet. They are printed on one side, at full size.
type Ticket struct {
	Printer string
	Name    string // names the job for us and tells nobody whom it is about
	Sheet   Sheet
	Tray    string // the spooler's word; empty: the printer decides
	Copies  int
	Pages   int
}

// Spooler is the print service of the system. Its errors are *Error where more can be said
// than that it does not answer.
type Spooler interface {
	Kind() string // cups, windows
	Printers(ctx context.Context) ([]wire.Printer, error)
	// Create makes a job that is held: it has no pages yet and prints nothing by itself.
	Create(ctx context.Context, t Ticket) (job string, err error)
	// Send gives the held job its pages.
	Send(ctx context.Context, t Ticket, job string, pdf Source) error
	// Release lets it print. One that was released already stays so.
	Release(ctx context.Context, t Ticket, job string) error
	// Look tells where it stands; ErrGone when the spooler does not know it any more.
	Look(ctx context.Context, printer, job string) (Look, error)
	// Find looks for held jobs of a name.
	Find(ctx context.Context, printer, name string) (jobs []string, err error)
	// Cancel ends it; ErrGone when it is not there or done.
	Cancel(ctx context.Context, printer, job string) error
}

// Look is what a spooler says of a job.
type Look struct {
	Held    bool            // not released yet
	State   wire.PrintState // accepted, printing, held, printed, failed, cancelled
	Problem wire.ErrorCode  // of held and failed
	Detail  string          // the spooler's own word: "media-empty-error"
}

// ErrGone: the spooler does not know the job.
var ErrGone = errors.New("the spooler does not know the job")

// Renderer turns a page into a picture, in a process of its own.
type Renderer interface {
	// Render draws page (from 0) of a PDF with dpi pixels to the inch, grey, white where nothing is.
	Render(ctx context.Context, pdf Source, page, dpi int) (*image.Gray, error)
}

// Error is a fault that has a code of its own.
type Error struct {
	Code   wire.ErrorCode
	Detail string // a raw word of the spooler or a place; never personal data
	Err    error
}

// Fault makes one.
func Fault(code wire.ErrorCode, detail string, err error) error { return &Error{code, detail, err} }

func (e *Error) Error() string {
	text := string(e.Code)
	if e.Detail != "" {
		text += " (" + e.Detail + ")"
	}
	if e.Err != nil {
		return fmt.Sprintf("%s: %v", text, e.Err)
	}
	return text
}

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.Err }
