//go:build unix

package prompt

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"strings"
)

// dialog is a program that shows one window as its arguments say, prints what
// was typed, and tells by its exit code how the window was closed.
type dialog struct {
	name    string
	args    func(k kind, req Request) []string
	outcome func(end ending) error // of an exit code that is not 0
	// third tells from how a window was closed that it was by its third button.
	third func(end ending, printed []byte, req Request) bool
}

// named is for programs that print the label of the button.
func named(_ ending, printed []byte, req Request) bool {
	return string(bytes.TrimSpace(printed)) == req.Other
}

// dialog asks with a dialog program. What it prints is read into one buffer,
// which is wiped; only the PIN leaves.
func (p *Prompter) dialog(d dialog, path string) window {
	return window{d.name, func(ctx context.Context, k kind, req Request) (answer []byte, err error) {
		printed := make([]byte, maxData+2)
		defer clear(printed)
		n := 0
		end, err := p.run(ctx, path, d.args(k, req), func(_ io.Writer, out io.Reader) (err error) {
			n, err = io.ReadFull(out, printed)
			if err == nil {
				return fmt.Errorf("%w: prompt program answered more than %d bytes", ErrUnavailable, maxData)
			}
			if err == io.EOF || err == io.ErrUnexpectedEOF {
				return nil
			}
			return fmt.Errorf("%w: %w", ErrUnavailable, err)
		})
		switch {
		case err != nil:
			return nil, err
		case ctx.Err() != nil && end.exit != 0:
			return nil, ctx.Err()
		case k == choose && d.third(end, printed[:n], req):
			return nil, errOther
		case end.exit != 0:
			return nil, d.outcome(end)
		case k != askPIN:
			return nil, nil
		}
		return append(make([]byte, 0, maxData), bytes.TrimSuffix(printed[:n], []byte("\n"))...), nil
	}}
}

// refused is the outcome of a program whose exit code 1 is the user's no.
func refused(end ending) error {
	switch {
	case noDisplay(end):
		return fmt.Errorf("%w: no display can be opened", ErrUnavailable)
	case end.exit == 1:
		return ErrCancelled
	}
	return fmt.Errorf("%w: exit code %d", ErrUnavailable, end.exit)
}

func noDisplay(end ending) bool {
	return strings.Contains(end.complaint, "open display") || strings.Contains(end.complaint, "connect to display")
}

// text is everything in one, for programs that know no red.
func (r Request) text() string {
	if r.Fault == "" {
		return r.Description
	}
	return "⚠ " + r.Fault + "\n\n" + r.Description
}
