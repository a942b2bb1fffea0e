package bench

import (
	"context"
	"errors"
	"fmt"
	"time"

	"raccordo/host/internal/sim/pinentry"
)

// sessions measures what a session costs: logging in, mending it, and telling
// everybody.
func (b *bench) sessions(ctx context.Context) (err error) {
	if err := b.lab.Person(pinentry.Script{PIN: b.lab.Doctor.PIN}); err != nil {
		return err
	}
	b.lab.Card.Remove() // another part may have left it in
	time.Sleep(absence)
	if err := b.lab.Insert(ctx); err != nil {
		return err
	}
	d, err := openDesk(ctx, b.lab)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.close()) }()
	if err := limited(ctx, d.seesCard); err != nil {
		return err
	}
	for _, part := range []struct {
		name string
		do   func(context.Context, *desk) error
	}{{"pages", b.toPages}, {"tabs", b.tabs}, {"logins by card", b.cardLogins}, {"healing", b.cardHeals}, {"cloud", b.cloudLogins}} {
		if err := part.do(ctx, d); err != nil {
			return fmt.Errorf("%s: %w", part.name, err)
		}
	}
	b.lab.Card.Remove()
	return nil
}
