package bench

import (
	"context"
	"fmt"
	"path/filepath"
	"time"

	"raccordo/host/internal/sim/morning"
)

const (
	clicks = 100
	// pace keeps below what the extension lets a page ask.
	pace = 120 * time.Millisecond
	// doing bounds one thing done in the browser.
	doing = 30 * time.Second
)

// inBrowser runs what needs a browser, in one.
func (b *bench) inBrowser(ctx context.Context) error {
	br, err := b.lab.Browser(ctx, filepath.Join(b.bin, "extension", "chromium"), true)
	if err != nil {
		return err
	}
	defer br.Close()
	day, err := morning.Open(ctx, morning.Options{Lab: b.lab, Browser: br, Shots: filepath.Join(b.lab.Dir, "shots")})
	if err != nil {
		return err
	}
	if err := limited(ctx, func(ctx context.Context) error { return day.Badge(ctx, "^Non collegato$") }); err != nil {
		return err
	}
	page, err := plant(ctx, day.Page, "raccordo")
	if err != nil {
		return err
	}
	for _, part := range []struct {
		name string
		do   func(context.Context, *morning.Day, *probe) error
	}{{"clicks", b.clicks}, {"insertions", b.insertions}, {"logins", b.logins}, {"prescriptions", b.batches}} {
		if err := part.do(ctx, day, page); err != nil {
			return fmt.Errorf("%s: %w", part.name, err)
		}
	}
	return nil
}

// clicks measures from the click to the answer in the page, in turns with a
// bare extension in a browser of its own on the same page.
func (b *bench) clicks(ctx context.Context, _ *morning.Day, page *probe) error {
	br, err := b.echoBrowser(ctx)
	if err != nil {
		return err
	}
	defer br.Close()
	bare, err := br.Open(ctx, b.lab.Clinic.URL+"/#/pazienti")
	if err != nil {
		return err
	}
	other, err := plant(ctx, bare, "eco")
	if err != nil {
		return err
	}
	var took, base samples
	for i := range warmUp + clicks {
		begin := time.Now()
		turns := []struct {
			page *probe
			into *samples
		}{{other, &base}, {page, &took}}
		for j := range turns {
			turn := turns[(i+j)%len(turns)]
			err := limited(ctx, func(ctx context.Context) error {
				d, err := turn.page.click(ctx)
				if i >= warmUp {
					*turn.into = append(*turn.into, d)
				}
				return err
			})
			if err != nil {
				return err
			}
		}
		time.Sleep(pace - time.Since(begin))
	}
	b.add(
		plain("click → status in the page (p50), beside a bare echo extension", took.median(), "ms").beside(base.median()).within(base.median()+2),
		plain("click → status in the page (p95), beside a bare echo extension", took.at(95), "ms").beside(base.at(95)),
		plain("click → status in the page (p50), more than a bare echo extension", took.median()-base.median(), "ms").within(2),
	)
	return nil
}

func limited(ctx context.Context, do func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(ctx, doing)
	defer cancel()
	return do(ctx)
}
