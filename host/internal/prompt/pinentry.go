package prompt

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"time"
)

// pinentry is a program that speaks Assuan.
func (p *Prompter) pinentry(program string) window {
	return window{program, func(ctx context.Context, k kind, req Request) (answer []byte, err error) {
		_, err = p.run(ctx, program, nil, func(in io.Writer, out io.Reader) error {
			s := newAssuan(in, out)
			defer s.wipe()
			if err := s.show(req); err != nil {
				return err
			}
			if k == choose {
				return s.choose(req.Other)
			}
			answer, err = s.data(map[kind]string{askPIN: "GETPIN", askLeave: "CONFIRM", tell: "MESSAGE"}[k])
			return err
		})
		return answer, err
	}}
}

// errTwoButtons tells that a program has no third button.
var errTwoButtons = fmt.Errorf("%w: it has no third button", ErrUnavailable)

// choose asks with three buttons: SETNOTOK names the one beside OK and Cancel
// (pinentry's manual, "Request, confirmation"). GNOME's prompt has two, and
// pinentry-gnome3 leaves the third out without a word.
func (s *assuan) choose(other string) error {
	flavor, err := s.data("GETINFO flavor")
	if err != nil && !isRefusal(err) {
		return err
	}
	if bytes.HasPrefix(flavor, []byte("gnome3")) {
		return errTwoButtons
	}
	if err := s.command(fit("SETNOTOK", other)); isRefusal(err) {
		return errTwoButtons
	} else if err != nil {
		return err
	}
	_, err = s.data("CONFIRM")
	if errors.Is(err, errNotConfirmed) {
		return errOther
	}
	return err
}

// seconds is how long a program should wait by itself.
func seconds(timeout time.Duration) string { return fmt.Sprint(int(timeout.Seconds())) }
