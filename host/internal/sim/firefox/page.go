package firefox

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// Page is one tab.
type Page struct {
	browser *Browser
	handle  string
}

// Open opens url in a new tab and waits until it has loaded.
func (b *Browser) Open(ctx context.Context, url string) (*Page, error) {
	var made struct {
		Handle string `json:"handle"`
	}
	b.turn.Lock()
	err := b.conn.call(ctx, "WebDriver:NewWindow", params{"type": "tab", "focus": true}, &made)
	b.turn.Unlock()
	if err != nil {
		return nil, err
	}
	p := &Page{b, made.Handle}
	return p, p.Navigate(ctx, url)
}

// Attach waits for a tab or window, opened by somebody else, whose URL contains
// part.
func (b *Browser) Attach(ctx context.Context, part string) (*Page, error) {
	var found *Page
	seen := ""
	err := poll(ctx, func() (bool, error) {
		var handles []string
		b.turn.Lock()
		err := b.conn.call(ctx, "WebDriver:GetWindowHandles", nil, &handles)
		b.turn.Unlock()
		seen = ""
		for _, h := range handles {
			p := &Page{b, h}
			var url string
			if err := p.call(ctx, "WebDriver:GetCurrentURL", nil, &value{&url}); err != nil {
				continue // closed meanwhile
			}
			if strings.Contains(url, part) {
				found = p
				return true, nil
			}
			seen += "\n" + url
		}
		return false, err
	})
	if err != nil {
		return nil, fmt.Errorf("no page with %q: %w; open:%s", part, err, seen)
	}
	return found, nil
}

// call runs a command in this tab, which it brings to the front.
func (p *Page) call(ctx context.Context, command string, in params, out any) error {
	b := p.browser
	b.turn.Lock()
	defer b.turn.Unlock()
	if b.window != p.handle {
		b.window = "" // not known, should the answer not be waited for
		if err := b.conn.call(ctx, "WebDriver:SwitchToWindow", params{"handle": p.handle, "focus": true}, nil); err != nil {
			return err
		}
		b.window = p.handle
	}
	return b.conn.call(ctx, command, in, out)
}

// Navigate goes to url and waits until it has loaded.
func (p *Page) Navigate(ctx context.Context, url string) error {
	return p.call(ctx, "WebDriver:Navigate", params{"url": url}, nil)
}

// Reload loads the page again and waits until it has loaded.
func (p *Page) Reload(ctx context.Context) error { return p.call(ctx, "WebDriver:Refresh", nil, nil) }

// Eval runs a JavaScript expression beside the page's own scripts, awaits it
// when it is a promise and decodes its JSON value into out (nil: ignored). It
// is no user gesture.
func (p *Page) Eval(ctx context.Context, js string, out any) error {
	return p.script(ctx, "mutable", "return ("+js+")", nil, out)
}

// script runs the body of a function in the sandbox "mutable", which shares the
// page's world, or "system", which also sees into closed shadow roots.
func (p *Page) script(ctx context.Context, sandbox, body string, args []any, out any) error {
	if args == nil {
		args = []any{}
	}
	return p.call(ctx, "WebDriver:ExecuteScript", params{"script": body, "args": args, "sandbox": sandbox}, &value{out})
}

// WaitFor waits until the JavaScript condition holds. An exception inside it
// counts as "not yet": pages come and go while one waits.
func (p *Page) WaitFor(ctx context.Context, condition string) error {
	err := poll(ctx, func() (bool, error) {
		var yes bool
		err := p.Eval(ctx, "Boolean("+condition+")", &yes)
		return yes, err
	})
	return p.explain(err, "waiting for "+condition)
}

// Front brings the tab to the front.
func (p *Page) Front(ctx context.Context) error {
	return p.call(ctx, "WebDriver:GetWindowHandle", nil, nil)
}

// Close closes the tab.
func (p *Page) Close(ctx context.Context) error {
	err := p.call(ctx, "WebDriver:CloseWindow", nil, nil)
	p.browser.turn.Lock()
	defer p.browser.turn.Unlock()
	p.browser.window = ""
	return err
}

// Screenshot writes what the tab shows to a PNG file.
func (p *Page) Screenshot(ctx context.Context, file string) error {
	var text string
	if err := p.call(ctx, "WebDriver:TakeScreenshot", params{"full": false}, &value{&text}); err != nil {
		return err
	}
	image, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		return err
	}
	return os.WriteFile(file, image, 0o644)
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
	text, e := p.Text(ctx)
	if e != nil {
		text = e.Error()
	}
	return fmt.Errorf("%s: %w\npage %s\nit shows:\n%s", doing, err, url, text)
}
