package browser

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// Page is one tab.
type Page struct{ *target }

// Open opens url in a new tab and waits until it has loaded.
func (b *Browser) Open(ctx context.Context, url string) (*Page, error) {
	var made struct {
		ID string `json:"targetId"`
	}
	if err := b.conn.call(ctx, "", "Target.createTarget", params{"url": "about:blank"}, &made); err != nil {
		return nil, err
	}
	p, err := b.page(ctx, made.ID)
	if err != nil {
		return nil, err
	}
	return p, p.Navigate(ctx, url)
}

// Attach waits for a tab or window, opened by somebody else, whose URL
// contains part.
func (b *Browser) Attach(ctx context.Context, part string) (*Page, error) {
	var id, seen string
	err := poll(ctx, func() (bool, error) {
		list, err := b.targets(ctx)
		seen = ""
		for _, t := range list {
			if t.Type == "page" && strings.Contains(t.URL, part) {
				id = t.ID
				return true, nil
			}
			seen += "\n" + t.Type + " " + t.URL
		}
		return false, err
	})
	if err != nil {
		return nil, fmt.Errorf("no page with %q: %w; open:%s", part, err, seen)
	}
	return b.page(ctx, id)
}

func (b *Browser) page(ctx context.Context, id string) (*Page, error) {
	t, err := b.attach(ctx, id)
	if err != nil {
		return nil, err
	}
	if err := t.call(ctx, "Page.enable", nil, nil); err != nil {
		return nil, err
	}
	return &Page{t}, t.call(ctx, "DOM.enable", nil, nil)
}

// Navigate goes to url and waits until it has loaded.
func (p *Page) Navigate(ctx context.Context, url string) error {
	var answer struct {
		Error string `json:"errorText"`
	}
	if err := p.call(ctx, "Page.navigate", params{"url": url}, &answer); err != nil {
		return err
	}
	if answer.Error != "" {
		return fmt.Errorf("open %s: %s", url, answer.Error)
	}
	return p.WaitFor(ctx, `document.readyState === "complete"`)
}

// Reload loads the page again and waits until it has loaded.
func (p *Page) Reload(ctx context.Context) error {
	var before float64
	if err := p.Eval(ctx, "performance.timeOrigin", &before); err != nil {
		return err
	}
	if err := p.call(ctx, "Page.reload", nil, nil); err != nil {
		return err
	}
	return p.WaitFor(ctx, fmt.Sprintf(`performance.timeOrigin !== %v && document.readyState === "complete"`, before))
}

// WaitFor waits until the JavaScript condition holds. An exception inside it
// counts as "not yet": pages come and go while one waits.
func (p *Page) WaitFor(ctx context.Context, condition string) error {
	err := poll(ctx, func() (bool, error) {
		var yes bool
		err := p.Eval(ctx, "Boolean("+condition+")", &yes)
		return yes, err
	})
	return p.explain(err, "waiting for "+short(condition))
}

// Front brings the tab to the front.
func (p *Page) Front(ctx context.Context) error { return p.call(ctx, "Page.bringToFront", nil, nil) }

// Lawless has the page's own Content Security Policy ignored from the next navigation on.
func (p *Page) Lawless(ctx context.Context) error {
	return p.call(ctx, "Page.setBypassCSP", params{"enabled": true}, nil)
}

// Resize gives the page a viewport of its own; the zero Size takes it away.
func (p *Page) Resize(ctx context.Context, s Size) error {
	if s == (Size{}) {
		return p.call(ctx, "Emulation.clearDeviceMetricsOverride", nil, nil)
	}
	return p.call(ctx, "Emulation.setDeviceMetricsOverride",
		params{"width": s.Width, "height": s.Height, "deviceScaleFactor": 0, "mobile": false}, nil)
}

// Close closes the tab.
func (p *Page) Close(ctx context.Context) error {
	p.browser.conn.forget(p.session)
	return p.browser.conn.call(ctx, "", "Target.closeTarget", params{"targetId": p.id}, nil)
}

// Screenshot writes what the tab shows to a PNG file.
func (p *Page) Screenshot(ctx context.Context, file string) error {
	var shot struct {
		Data []byte `json:"data"`
	}
	if err := p.call(ctx, "Page.captureScreenshot", params{"format": "png"}, &shot); err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		return err
	}
	return os.WriteFile(file, shot.Data, 0o644)
}

// explain adds to a fault what the page shows, so that a failed wait can be
// understood from the test's output alone.
func (p *Page) explain(err error, doing string) error {
	if err == nil || errors.Is(err, ErrGone) {
		return err
	}
	ctx, cancel := context.WithTimeout(context.Background(), 3*time.Second)
	defer cancel()
	var url string
	if e := p.Eval(ctx, "location.href", &url); e != nil {
		url = e.Error()
	}
	text, e := p.AXText(ctx)
	if e != nil {
		text = e.Error()
	}
	problems, _ := json.Marshal(p.Problems())
	return fmt.Errorf("%s: %w\npage %s\nproblems: %s\nit shows:\n%s", doing, err, url, problems, text)
}
