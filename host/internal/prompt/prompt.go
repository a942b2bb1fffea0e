// Package prompt asks the user in a native window: for a PIN, or for leave. It
// speaks the Assuan pinentry protocol (GnuPG, "The Assuan Library" and
// pinentry's manual) to a pinentry program, which exists for GNOME, GTK, Qt,
// Windows and macOS; a scripted one stands in during tests.
//
// It never shows a web page, never caches a PIN, and wipes what it read. Which
// program is started comes from the configuration or from a fixed list, never
// from a message.
package prompt

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
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
// red above the field.
type Request struct {
	Title, Description, Label, Fault, OK string
}

// known are the graphical pinentry programs, best first.
var known = []string{"pinentry-gnome3", "pinentry-gtk-2", "pinentry-qt", "pinentry-qt5", "pinentry-qt6", "pinentry-fltk", "pinentry-mac", "pinentry-w32"}

// Prompter starts one pinentry process for each question.
type Prompter struct {
	program string
	timeout time.Duration
	log     zerolog.Logger
}

// New uses program, or the first known one when it is empty. Timeout closes an
// unanswered window.
func New(program string, timeout time.Duration, log zerolog.Logger) *Prompter {
	return &Prompter{program, timeout, log}
}

// find names the program; a graphical one is of no use without a display.
func (p *Prompter) find() (string, error) {
	if p.program != "" {
		return p.program, nil
	}
	if !hasDisplay() {
		return "", fmt.Errorf("%w: no display", ErrUnavailable)
	}
	for _, name := range known {
		if path, err := exec.LookPath(name); err == nil {
			return path, nil
		}
	}
	return "", fmt.Errorf("%w: none of %v installed", ErrUnavailable, known)
}

// PIN asks for a PIN. The caller wipes the bytes.
func (p *Prompter) PIN(ctx context.Context, req Request) ([]byte, error) {
	var pin []byte
	err := p.ask(ctx, req, func(s *assuan) (err error) {
		pin, err = s.data("GETPIN")
		return err
	})
	return pin, err
}

// Confirm asks for leave; nil means yes.
func (p *Prompter) Confirm(ctx context.Context, req Request) error {
	return p.ask(ctx, req, func(s *assuan) error { return s.command("CONFIRM") })
}

// leave is how long a program may take to end after its answer.
const leave = time.Second

func (p *Prompter) ask(ctx context.Context, req Request, question func(*assuan) error) error {
	program, err := p.find()
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, p.timeout)
	defer cancel()
	cmd := exec.CommandContext(ctx, program)
	cmd.WaitDelay = leave
	in, err := cmd.StdinPipe()
	if err != nil {
		return err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("%w: %w", ErrUnavailable, err)
	}
	// A wrapper script's child would hold the pipe after the script was killed.
	stop := context.AfterFunc(ctx, func() { out.Close() })
	defer stop()
	s := newAssuan(in, out)
	err = s.show(req, p.timeout)
	if err == nil {
		err = question(s)
	}
	ended := ctx.Err() // before the program is sent away: an answer in time counts
	in.Close()
	out.Close()
	timer := time.AfterFunc(leave, cancel)
	defer timer.Stop()
	if waitErr := cmd.Wait(); waitErr != nil {
		p.log.Debug().Err(waitErr).Msg("prompt program ended")
	}
	switch {
	case err == nil || errors.Is(err, ErrCancelled) || errors.Is(err, ErrTimeout):
		return err
	case errors.Is(ended, context.DeadlineExceeded):
		return ErrTimeout
	case ended != nil:
		return ended
	}
	return err
}

// Wipe overwrites a secret.
func Wipe(b []byte) { clear(b) }
