package bench

import (
	"context"
	"fmt"
	"path/filepath"
	"time"

	"raccordo/host/internal/wire"
)

const (
	pagesOpen   = 10
	pagesRounds = 10
	pagesLimit  = 100 // ms
)

// toPages measures how long a change of the session takes to every page: many
// tabs of one browser, all but one in the background, and one of another
// browser.
func (b *bench) toPages(ctx context.Context, d *desk) error {
	chromium, err := b.lab.Browser(ctx, filepath.Join(b.bin, "extension", "chromium"), true)
	if err != nil {
		return err
	}
	defer chromium.Close()
	firefox, err := b.lab.Firefox(ctx, filepath.Join(b.bin, "extension", "firefox"), true)
	if err != nil {
		return err
	}
	defer firefox.Close()
	clinic := b.lab.Clinic.URL + "/#/pazienti"
	open := []opener{
		func(ctx context.Context) (tab, error) { return chromium.Open(ctx, clinic) },
		func(ctx context.Context) (tab, error) { return firefox.Open(ctx, clinic) },
	}
	pages, err := openTabs(ctx, open[:1], pagesOpen)
	if err != nil {
		return err
	}
	other, err := openTabs(ctx, open[1:], 1)
	if err != nil {
		return err
	}
	w := &watchers{bench: b, desk: d, pages: append(pages, other...)}
	if err := limited(ctx, w.settle); err != nil {
		return err
	}
	for range pagesRounds {
		if err := limited(ctx, w.round); err != nil {
			return err
		}
	}
	w.report()
	return nil
}

// watchers are pages that wait for a change; the last is another browser's.
type watchers struct {
	*bench
	desk            *desk
	pages           []tab
	out, in, pulled spread
}

// spread is how long changes took to the pages of one browser, and to that of
// the other.
type spread struct{ many, one samples }

// settle prepares the pages, and waits until they show the card.
func (w *watchers) settle(ctx context.Context) error {
	for _, p := range w.pages {
		if err := plantIn(ctx, p, "raccordo"); err != nil {
			return err
		}
		if err := p.WaitFor(ctx, `misura.states.at(-1).state === "card"`); err != nil {
			return err
		}
	}
	return nil
}

// round logs in, out, in again, and pulls the card. A logout is timed from the
// question; what the region or the reader begins, from the moment in which a
// bare relay hears of it.
func (w *watchers) round(ctx context.Context) error {
	begin := time.Time{}
	enter := func() error {
		mark := w.desk.mark()
		if _, err := w.connect(ctx, w.desk, wire.LoginParams{Via: "card"}); err != nil {
			return err
		}
		at, err := w.desk.becomes(ctx, mark, wire.Connected)
		begin = at
		return err
	}
	leave := func() error {
		begin = time.Now()
		return w.desk.logout(ctx)
	}
	pull := func() error {
		mark := w.desk.mark()
		w.lab.Card.Remove()
		at, err := w.desk.becomes(ctx, mark, wire.Disconnected)
		begin = at
		return err
	}
	for _, step := range []struct {
		do    func() error
		state string
		into  *spread
	}{{enter, "connected", &w.in}, {leave, "card", &w.out}, {enter, "connected", &w.in}, {pull, "disconnected", &w.pulled}} {
		if err := w.change(ctx, step.do, &begin, step.state, step.into); err != nil {
			return err
		}
	}
	time.Sleep(absence)
	if err := w.change(ctx, func() error { return w.lab.Insert(ctx) }, &begin, "connected", nil); err != nil {
		return err
	}
	return w.change(ctx, leave, &begin, "card", &w.out)
}

// change does something and looks when each page came to show it.
func (w *watchers) change(ctx context.Context, do func() error, begin *time.Time, state string, into *spread) error {
	marks := make([]int, len(w.pages))
	for i, p := range w.pages {
		var err error
		if marks[i], err = markOf(ctx, p); err != nil {
			return err
		}
	}
	if err := do(); err != nil {
		return err
	}
	time.Sleep(pagesLimit * time.Millisecond) // looking keeps a page from work
	for i, p := range w.pages {
		at, err := becameIn(ctx, p, marks[i], state)
		if err != nil {
			return fmt.Errorf("page %d: %w", i, err)
		}
		if into == nil {
			continue
		}
		if took := at.Sub(*begin); i < len(w.pages)-1 {
			into.many = append(into.many, took)
		} else {
			into.one = append(into.one, took)
		}
	}
	return nil
}

func (w *watchers) report() {
	for _, row := range []struct {
		name string
		s    spread
	}{
		{"logout asked", w.out},
		{"connected, as a bare relay hears it", w.in},
		{"disconnected by the card's removal, as a bare relay hears it", w.pulled},
	} {
		name := row.name + " → badge in "
		many := fmt.Sprintf("%d pages of Chromium ", pagesOpen)
		w.add(
			plain(name+many+"(p50)", row.s.many.median(), "ms").within(pagesLimit),
			plain(name+many+"(max)", row.s.many.at(100), "ms").within(pagesLimit),
			plain(name+"Firefox beside it (p50)", row.s.one.median(), "ms").within(pagesLimit),
			plain(name+"Firefox beside it (max)", row.s.one.at(100), "ms").within(pagesLimit),
		)
	}
}
