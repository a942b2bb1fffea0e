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
// red above the field, or first where a program knows no red.
type Request struct {
	Title, Description, Label, Fault, OK string
}

// kind is what a window is for.
type kind int

const (
	askPIN   kind = iota // a hidden text
	askLeave             // yes or no
	tell                 // a message, nothing to answer
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
	ctx, cancel := context.WithTimeout(ctx, p.timeout)
	defer cancel()
	for _, w := range windows {
		var answer []byte
		answer, err = w.ask(ctx, k, req)
		if errors.Is(err, context.DeadlineExceeded) {
			return nil, ErrTimeout
		}
		if err == nil || ctx.Err() != nil || !errors.Is(err, ErrUnavailable) {
			return answer, err
		}
		p.log.Warn().Err(err).Str("window", w.name).Msg("could not ask the user")
	}
	return nil, err
}

// windows are the ways to try, best first. The configured program is the only
// one: whoever chose it does not want another.
func (p *Prompter) windows() ([]window, error) {
	if p.program != "" {
		return []window{p.pinentry(p.program)}, nil
	}
	return p.native()
}
