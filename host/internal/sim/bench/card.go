package bench

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"raccordo/host/internal/sim/morning"
	"raccordo/host/internal/sim/pinentry"
)

const (
	insertRounds = 10
	loginRounds  = 5
	slowRSA      = 600 * time.Millisecond // of a real card
	// absence is how long the card stays out: longer than the virtual card
	// itself asks for, so that an insertion does not wait.
	absence = 700 * time.Millisecond
)

// insertions measures from the card's insertion to its holder in the page.
// Most of it passes before anybody can know: pcscd looks at a virtual reader
// every 400 ms. So the time from the first command to the card has its own row.
func (b *bench) insertions(ctx context.Context, day *morning.Day, page *probe) error {
	var all, read samples
	for i := range insertRounds {
		// Not always in the same phase of that interval.
		time.Sleep(absence + time.Duration(i)*37*time.Millisecond)
		err := limited(ctx, func(ctx context.Context) error {
			whole, reading, err := b.insertion(ctx, day, page)
			all, read = append(all, whole), append(read, reading)
			return err
		})
		if err != nil {
			return err
		}
		if i < insertRounds-1 {
			if err := limited(ctx, func(ctx context.Context) error { return b.pull(ctx, page) }); err != nil {
				return err
			}
		}
	}
	b.add(
		plain("card inserted → holder in the page (p50), the reader's 400 ms interval included", all.median(), "ms").within(1000),
		plain("card inserted → holder in the page (p95), the reader's 400 ms interval included", all.at(95), "ms"),
		plain("first command to the card → holder in the page (p50)", read.median(), "ms"),
	)
	return nil
}

func (b *bench) insertion(ctx context.Context, day *morning.Day, page *probe) (whole, reading time.Duration, err error) {
	mark, err := page.mark(ctx)
	if err != nil {
		return 0, 0, err
	}
	var first time.Time
	var once sync.Once
	b.lab.Card.Hook(func([]byte) ([]byte, bool) {
		once.Do(func() { first = time.Now() })
		return nil, false
	})
	defer b.lab.Card.Hook(nil)
	begin := time.Now()
	if err := b.lab.Insert(ctx); err != nil {
		return 0, 0, err
	}
	seen, err := page.becomes(ctx, mark, "card")
	if err != nil {
		return 0, 0, err
	}
	once.Do(func() { err = errors.New("the page shows a card that nobody read") })
	if err != nil {
		return 0, 0, err
	}
	holder := b.lab.Doctor.Name + " " + b.lab.Doctor.Surname
	return seen.Sub(begin), seen.Sub(first), day.Badge(ctx, "^Carta: "+holder+"$")
}

func (b *bench) pull(ctx context.Context, page *probe) error {
	mark, err := page.mark(ctx)
	if err != nil {
		return err
	}
	b.lab.Card.Remove()
	_, err = page.becomes(ctx, mark, "disconnected")
	return err
}

// logins measures from the PIN to "connected" in the page, in turns with a
// card that signs at once and with one that takes its time.
func (b *bench) logins(ctx context.Context, day *morning.Day, page *probe) error {
	if err := b.lab.Person(pinentry.Script{PIN: b.lab.Doctor.PIN}); err != nil {
		return err
	}
	delays := []time.Duration{0, slowRSA}
	took, own := make([]samples, len(delays)), make([]samples, len(delays))
	signatures := 0
	for range loginRounds {
		for i, delay := range delays {
			b.lab.Card.SetDelay(delay)
			before := b.lab.Card.Signatures()
			err := limited(ctx, func(ctx context.Context) error {
				whole, err := b.login(ctx, day, page)
				signatures = b.lab.Card.Signatures() - before
				took[i] = append(took[i], whole)
				own[i] = append(own[i], whole-time.Duration(signatures)*delay)
				return err
			})
			if err != nil {
				return err
			}
			if err := limited(ctx, func(ctx context.Context) error { return b.logout(ctx, page) }); err != nil {
				return err
			}
		}
	}
	b.lab.Card.SetDelay(0)
	for i, delay := range delays {
		card := fmt.Sprintf("a card of %d ms RSA", delay.Milliseconds())
		b.add(
			plain("PIN → connected in the page, "+card+" (p50)", took[i].median(), "ms"),
			plain("PIN → connected in the page, "+card+", without the card's own time (p50)", own[i].median(), "ms").within(150),
		)
	}
	b.add(plain("signatures of the card in a login", float64(signatures), ""))
	return nil
}

// login clicks through to the PIN window, where a person answers at once.
func (b *bench) login(ctx context.Context, day *morning.Day, page *probe) (time.Duration, error) {
	before, err := b.lab.Windows()
	if err != nil {
		return 0, err
	}
	mark, err := page.mark(ctx)
	if err != nil {
		return 0, err
	}
	if err := day.AskLogin(ctx); err != nil {
		return 0, err
	}
	seen, err := page.becomes(ctx, mark, "connected")
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
	return seen.Sub(after[len(before)].At), nil
}

func (b *bench) logout(ctx context.Context, page *probe) error {
	mark, err := page.mark(ctx)
	if err != nil {
		return err
	}
	if out, err := b.lab.Command(ctx, "raccordo", "logout").CombinedOutput(); err != nil {
		return fmt.Errorf("logout: %w: %s", err, out)
	}
	_, err = page.becomes(ctx, mark, "card")
	return err
}
