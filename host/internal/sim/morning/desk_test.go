package morning

import (
	"context"
	"regexp"
	"testing"
	"time"

	"raccordo/host/internal/sim/browser"
	"raccordo/host/internal/sim/firefox"
)

// surface is a page in either browser, seen as a screen reader sees it and
// used as a hand does.
type surface interface {
	evaluator
	see(ctx context.Context, role, name string) error
	click(ctx context.Context, role, name string) error
	clickSelector(ctx context.Context, selector string) error
	visit(ctx context.Context, url string) error
	shoot(ctx context.Context, file string) error
	close(ctx context.Context) error
}

type chromiumTab struct{ *browser.Page }

func (c chromiumTab) see(ctx context.Context, role, name string) error {
	_, err := c.WaitAX(ctx, role, name)
	return err
}
func (c chromiumTab) click(ctx context.Context, role, name string) error {
	return c.ClickAX(ctx, role, name)
}
func (c chromiumTab) clickSelector(ctx context.Context, selector string) error {
	return c.ClickSelector(ctx, selector)
}
func (c chromiumTab) visit(ctx context.Context, url string) error {
	if err := c.Navigate(ctx, url); err != nil {
		return err
	}
	return c.Reload(ctx)
}
func (c chromiumTab) shoot(ctx context.Context, file string) error { return c.Screenshot(ctx, file) }
func (c chromiumTab) close(ctx context.Context) error              { return c.Close(ctx) }

type firefoxTab struct{ *firefox.Page }

func (f firefoxTab) see(ctx context.Context, role, name string) error {
	_, err := f.Wait(ctx, role, name)
	return err
}
func (f firefoxTab) click(ctx context.Context, role, name string) error {
	return f.Click(ctx, role, name)
}
func (f firefoxTab) clickSelector(ctx context.Context, selector string) error {
	return f.ClickSelector(ctx, selector)
}
func (f firefoxTab) visit(ctx context.Context, url string) error {
	if err := f.Navigate(ctx, url); err != nil {
		return err
	}
	return f.Reload(ctx)
}
func (f firefoxTab) shoot(ctx context.Context, file string) error { return f.Screenshot(ctx, file) }
func (f firefoxTab) close(ctx context.Context) error              { return f.Close(ctx) }

// desk is a doctor before the clinic in one of the browsers.
type desk struct {
	*practice
	name   string
	clinic surface
	// window is a window that the browser opened by itself, by a part of its
	// address.
	window func(ctx context.Context, part string) (surface, error)
}

func (p *practice) chromiumDesk() *desk {
	return &desk{p, "chromium", chromiumTab{p.page()}, func(ctx context.Context, part string) (surface, error) {
		page, err := p.day.Browser.Attach(ctx, part)
		return chromiumTab{page}, err
	}}
}

func (f *fox) desk() *desk {
	return &desk{f.practice, "firefox", firefoxTab{f.tab}, func(ctx context.Context, part string) (surface, error) {
		page, err := f.browser.Attach(ctx, part)
		return firefoxTab{page}, err
	}}
}

func (d *desk) sees(text string) {
	d.t.Helper()
	d.must(d.clinic.see(d.limit(), "", text))
}

func (d *desk) click(role, name string) {
	d.t.Helper()
	d.must(d.clinic.click(d.limit(), role, name))
}

// chooses clicks an entry of the user's menu.
func (d *desk) chooses(entry string) {
	d.t.Helper()
	d.must(d.clinic.clickSelector(d.limit(), "#menu-utente"))
	d.click("menuitem", "^"+entry+"$")
}

// connected waits until the page says how the doctor is connected.
func (d *desk) connected(method string) {
	d.t.Helper()
	d.sees(`^Collegato – ` + regexp.QuoteMeta(d.day.holder()) + ` · ` + method + ` · dalle \d\d:\d\d$`)
}

// regionPage waits for the region's own page in a window of the browser.
func (d *desk) regionPage() surface {
	d.t.Helper()
	w, err := d.window(d.limit(), "/authorize")
	d.must(err)
	return w
}

// passes goes through the region's page by one of its doors.
func (d *desk) passes(door string) {
	d.t.Helper()
	w := d.regionPage()
	d.must(w.click(d.limit(), "link", "^Entra con "+door+"$"))
	d.must(w.see(d.limit(), "", "^Accesso con "+door+"$"))
	d.leaves(w, "button", "^Entra$")
}

// painted waits until a new page has been shown: a browser drops what is
// clicked before. It is content with a second: a window may be behind others.
const painted = `new Promise((done) => {
	setTimeout(done, 1000, false);
	const look = () => performance.getEntriesByName("first-contentful-paint").length ? done(true) : setTimeout(look, 10);
	look();
})`

// leaves clicks what ends its window, again where a click had no effect, as a
// person would.
func (d *desk) leaves(w surface, role, name string) {
	d.t.Helper()
	var err error
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); time.Sleep(100 * time.Millisecond) {
		if w.Eval(d.limit(), painted, nil) == nil {
			err = w.click(d.limit(), role, name)
		}
		for range 50 {
			var url string
			if w.Eval(d.limit(), "location.href", &url) != nil {
				return // gone
			}
			time.Sleep(20 * time.Millisecond)
		}
	}
	d.t.Fatalf("%s does nothing: %v", name, err)
}

func (d *desk) on(t *testing.T) *desk {
	q := *d
	q.practice = d.practice.on(t)
	return &q
}
