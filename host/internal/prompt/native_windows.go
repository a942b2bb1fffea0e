package prompt

import (
	"context"
	"errors"
	"fmt"

	"raccordo/host/internal/prompt/windialog"
)

// native is our own dialog. A service without a desktop can not show it.
func (p *Prompter) native() ([]window, error) {
	return []window{{"dialog", func(ctx context.Context, k kind, req Request) ([]byte, error) {
		answer, err := windialog.Show(ctx, layout(k, req))
		switch {
		case errors.Is(err, windialog.ErrOther):
			return nil, errOther
		case errors.Is(err, windialog.ErrClosed):
			return nil, ErrCancelled
		case err != nil && ctx.Err() == nil:
			return nil, fmt.Errorf("%w: %w", ErrUnavailable, err)
		}
		return answer, err
	}}}, nil
}

func layout(k kind, req Request) windialog.Layout {
	l := windialog.Layout{
		Title: req.Title, Lines: wrap(req.Description, windialog.Width), Label: req.Label,
		OK: req.OK, Cancel: "Annulla", Field: k == askPIN, CancelDefault: k == askLeave || k == choose,
	}
	if req.Fault != "" {
		l.Fault = wrap(req.Fault, windialog.Width)
	}
	if l.OK == "" {
		l.OK = "OK"
	}
	if k == choose {
		l.Other = req.Other
	}
	if k == tell {
		l.Cancel = ""
	}
	return l
}
