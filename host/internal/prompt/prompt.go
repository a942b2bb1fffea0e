// Package prompt asks the user in a native window: for a PIN, or for leave. On
// Linux that is a pinentry program (GnuPG, "The Assuan Library" and pinentry's
// manual), else zenity or kdialog; on macOS osascript; on Windows a dialog of
// our own. A scripted pinentry stands in during tests.
//
// It never shows a web page, never caches a PIN, and wipes what it read. Which
// program is started comes from the configuration or from a fixed list, never
// from a message; texts reach a program as arguments or lines, never as part
// of a script.
package prompt

import (
	"cmp"
	"context"
	"errors"
	"time"

	"github.com/rs/zerolog"
)

// The ways in which a prompt ends without an answer.
var (
	ErrUnavailable = errors.New("no program to ask the user")
	ErrCancelled   = errors.New("cancelled by the user")
	ErrTimeout     = errors.New("not answered in time")
)

// Request is what a window shows. All texts are Italian; Fault is shown in
// red above the field, or first where a program knows no red. Other is the
// third button of Choose.
type Request struct {
	Title, Description, Label, Fault, OK, Other string

	Wait time.Duration // for the user; 0: the prompter's
	no   string        // of the button that refuses; empty: Annulla
}

// Fits tells whether every window shows all of a Description; of a longer one
// some show the beginning.
func Fits(description string) bool { return len("SETDESC "+escape(description)+"\n") <= lineLength }

// Choice is how a window with three buttons was answered.
type Choice int

// The answers that are not a refusal.
const (
	Yes Choice = iota + 1
	Other
)

// errOther is the answer of a window whose third button was pressed.
var errOther = errors.New("the third button")

// kind is what a window is for.
type kind int

const (
	askPIN   kind = iota // a hidden text
	askLeave             // yes or no
	tell                 // a message, nothing to answer
	choose               // yes, no, or something else
)

// window is one way to ask. An error that wraps ErrUnavailable lets the next
// one try.
type window struct {
	name string
	ask  func(ctx context.Context, k kind, req Request) ([]byte, error)
}

// Prompter opens one window for each question.
type Prompter struct {
	program string
	timeout time.Duration
	log     zerolog.Logger
}

// New uses the pinentry program, or the best way this system has when it is
// empty. Timeout closes an unanswered window.
func New(program string, timeout time.Duration, log zerolog.Logger) *Prompter {
	return &Prompter{program, timeout, log}
}

// PIN asks for a PIN. The caller wipes the bytes.
func (p *Prompter) PIN(ctx context.Context, req Request) ([]byte, error) {
	return p.ask(ctx, askPIN, req)
}

// Confirm asks for leave; nil means yes.
func (p *Prompter) Confirm(ctx context.Context, req Request) error {
	_, err := p.ask(ctx, askLeave, req)
	return err
}

// Choose asks for leave in a window with a third button, req.Other. It closes
// the window: who pressed it is to be asked again.
func (p *Prompter) Choose(ctx context.Context, req Request) (Choice, error) {
	_, err := p.ask(ctx, choose, req)
	switch {
	case err == nil:
		return Yes, nil
	case errors.Is(err, errOther):
		return Other, nil
	case errors.Is(err, errTwoButtons) && ctx.Err() == nil:
		return p.chooseTwice(ctx, req)
	}
	return 0, err
}

// chooseTwice asks with two windows of two buttons: first whether something else
// is wanted, then for leave.
func (p *Prompter) chooseTwice(ctx context.Context, req Request) (Choice, error) {
	first := req
	first.OK, first.no, first.Other = req.Other, "Continua", ""
	first.Description += "\n\n«Continua» passa alla conferma."
	switch err := p.Confirm(ctx, first); {
	case err == nil:
		return Other, nil
	case !errors.Is(err, ErrCancelled):
		return 0, err
	}
	return Yes, p.Confirm(ctx, req)
}

// Tell shows a message until the user closes it or ctx ends.
func (p *Prompter) Tell(ctx context.Context, req Request) error {
	_, err := p.ask(ctx, tell, req)
	return err
}

func (p *Prompter) ask(ctx context.Context, k kind, req Request) ([]byte, error) {
	windows, err := p.windows()
	if err != nil {
		return nil, err
	}
	req.Wait = cmp.Or(req.Wait, p.timeout)
	ctx, cancel := context.WithTimeout(ctx, req.Wait)
	defer cancel()
	var faults error
	for _, w := range windows {
		answer, err := w.ask(ctx, k, req)
		if errors.Is(err, context.DeadlineExceeded) {
			return nil, ErrTimeout
		}
		if err == nil || ctx.Err() != nil || !errors.Is(err, ErrUnavailable) {
			return answer, err
		}
		p.log.Warn().Err(err).Str("window", w.name).Msg("could not ask the user")
		faults = errors.Join(faults, err)
	}
	return nil, faults
}

// windows are the ways to try, best first. The configured program is the only
// one: whoever chose it does not want another.
func (p *Prompter) windows() ([]window, error) {
	if p.program != "" {
		return []window{p.pinentry(p.program)}, nil
	}
	return p.native()
}
