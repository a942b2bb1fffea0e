package chaos

import (
	"context"
	"errors"
	"path/filepath"
	"time"

	"raccordo/host/internal/wire"
)

func (o *office) note(err error) {
	o.mutex.Lock()
	defer o.mutex.Unlock()
	o.trouble = err
}

func (o *office) lastTrouble() error {
	o.mutex.Lock()
	defer o.mutex.Unlock()
	return o.trouble
}

// keep is the doctor who sees to the connection: whenever there is none he logs
// in.
func (o *office) keep(ctx context.Context) {
	const glance = 150 * time.Millisecond
	looked := false
	for ctx.Err() == nil {
		l, err := dial(ctx, filepath.Join(o.dir, "run"))
		if err != nil { // it is not listening yet
			_ = pause(ctx, 2*time.Millisecond)
			continue
		}
		if !looked {
			err = o.look(ctx, l)
			looked = err == nil
		}
		for err == nil {
			if err = o.connect(ctx, l); err == nil {
				err = pause(ctx, glance)
			}
		}
		l.close()
		if said := (*wire.Error)(nil); errors.As(err, &said) {
			o.note(err)
			_ = pause(ctx, glance)
		}
	}
}

// look counts what an agent that has just started finds half sent; without a
// session nothing of it moves.
func (o *office) look(ctx context.Context, l *line) error {
	var all wire.OutboxResult
	if err := l.ask(ctx, "outbox.list", wire.OutboxParams{}, &all); err != nil {
		return err
	}
	o.mutex.Lock()
	defer o.mutex.Unlock()
	for _, e := range all.Entries {
		if e.State == wire.Unknown {
			o.open++
		}
	}
	return nil
}

func (o *office) connect(ctx context.Context, l *line) error {
	var s wire.Status
	if err := l.ask(ctx, "status", wire.NoParams{}, &s); err != nil {
		return err
	}
	if s.Session.State == wire.Connected {
		o.becomes(idle)
		return nil
	}
	o.becomes(loggingIn)
	var got wire.LoginResult
	if err := l.ask(ctx, "session.login", wire.LoginParams{Via: "cloud"}, &got); err != nil {
		return err
	}
	o.becomes(idle)
	return nil
}
