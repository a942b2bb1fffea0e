package bench

import (
	"context"
	"fmt"
	"time"

	"raccordo/host/internal/sim/pinentry"
	"raccordo/host/internal/wire"
)

const (
	quickLogins = 12 // turns with a card that signs at once
	slowLogins  = 6  // and with one that takes its time
)

// way is one way to open a session at the region with the card.
type way struct {
	name string
	once func(context.Context) (time.Duration, error)
	took samples
}

// cardLogins measures from the PIN to the session, in turns with programs that
// nobody here wrote and that do the same through the same module, from their
// start; and with the least that a Go program must do, its module loaded.
func (b *bench) cardLogins(ctx context.Context, d *desk) error {
	if err := b.lab.Person(pinentry.Script{PIN: b.lab.Doctor.PIN}); err != nil {
		return err
	}
	tools, err := b.newTools()
	if err != nil {
		return err
	}
	bare, err := b.startBare(ctx)
	if err != nil {
		return err
	}
	defer bare.end()
	for _, row := range []struct {
		delay  time.Duration
		rounds int
	}{{0, quickLogins}, {slowRSA, slowLogins}} {
		b.lab.Card.SetDelay(row.delay)
		ways := []*way{
			{name: "raccordo", once: func(ctx context.Context) (time.Duration, error) { return b.cardLogin(ctx, d) }},
			{name: "openssl s_client", once: tools.openssl},
			{name: "curl", once: tools.curl},
			{name: "a bare Go client, module loaded", once: bare.turn},
		}
		if err := inTurns(ctx, row.rounds, ways); err != nil {
			return err
		}
		name := fmt.Sprintf("login by card of %d ms RSA, PIN → connected (p50), beside ", row.delay.Milliseconds())
		ours := ways[0].took.median()
		for _, other := range ways[1:] {
			theirs := other.took.median()
			r := plain(name+other.name, ours, "ms").beside(theirs)
			if other != ways[3] {
				r = r.within(1.1 * theirs)
			}
			b.add(r)
		}
	}
	b.lab.Card.SetDelay(0)
	return nil
}

// inTurns goes every way in each round, each time another one first. The first
// round is not counted.
func inTurns(ctx context.Context, rounds int, ways []*way) error {
	for i := range rounds + 1 {
		for j := range ways {
			w := ways[(i+j)%len(ways)]
			err := limited(ctx, func(ctx context.Context) error {
				took, err := w.once(ctx)
				if i > 0 {
					w.took = append(w.took, took)
				}
				return err
			})
			if err != nil {
				return fmt.Errorf("%s: %w", w.name, err)
			}
		}
	}
	return nil
}

// cardLogin logs in at the SAR with the card and out again; the time begins
// with the PIN.
func (b *bench) cardLogin(ctx context.Context, d *desk) (time.Duration, error) {
	took, err := b.connect(ctx, d, wire.LoginParams{Via: "card"})
	if err != nil {
		return 0, err
	}
	return took, d.logout(ctx)
}

// connect logs in with a PIN window, which a person answers at once, and
// returns the time from then.
func (b *bench) connect(ctx context.Context, d *desk, p wire.LoginParams) (time.Duration, error) {
	before, err := b.lab.Windows()
	if err != nil {
		return 0, err
	}
	mark := d.mark()
	if _, err := d.ask(ctx, "session.login", p, nil); err != nil {
		return 0, err
	}
	at, err := d.becomes(ctx, mark, wire.Connected)
	if err != nil {
		return 0, err
	}
	after, err := b.lab.Windows()
	if err != nil {
		return 0, err
	}
	if len(after) != len(before)+1 {
		return 0, fmt.Errorf("%d PIN windows in a login", len(after)-len(before))
	}
	return at.Sub(after[len(before)].At), nil
}
