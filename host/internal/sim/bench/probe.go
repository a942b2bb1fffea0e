package bench

import (
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
	"time"

	"raccordo/host/internal/sim/browser"
)

//go:embed page/probe.js
var probeScript string

// probe is the clinic's page with our button in it.
type probe struct {
	*browser.Page
	clicks int
}

// surface is a page of any browser.
type surface interface {
	Eval(ctx context.Context, js string, out any) error
	WaitFor(ctx context.Context, condition string) error
}

// stateAt is what the badge came to show, and when.
type stateAt struct {
	State string
	At    float64 // ms since 1970
}

func (s stateAt) time() time.Time { return time.UnixMicro(int64(s.At * 1000)) }

// plant puts the button into the page; marker tells whose messages are heard.
func plant(ctx context.Context, page *browser.Page, marker string) (*probe, error) {
	return &probe{Page: page}, plantIn(ctx, page, marker)
}

func plantIn(ctx context.Context, page surface, marker string) error {
	return page.Eval(ctx, fmt.Sprintf("void (%s)(%q)", probeScript, marker), nil)
}

// settle is how long a page is left alone after a click: looking at it would
// keep it from work.
const settle = 40 * time.Millisecond

// click clicks with a hand's click and returns the time from the page's event
// to the answer in the page.
func (p *probe) click(ctx context.Context) (time.Duration, error) {
	if err := p.ClickSelector(ctx, "#misura"); err != nil {
		return 0, err
	}
	p.clicks++
	time.Sleep(settle)
	if err := p.WaitFor(ctx, fmt.Sprintf("misura.times.length >= %d", p.clicks)); err != nil {
		return 0, err
	}
	var seen struct {
		Took   float64
		Faults []string
	}
	if err := p.Eval(ctx, "({took: misura.times.at(-1), faults: misura.faults})", &seen); err != nil {
		return 0, err
	}
	if len(seen.Faults) > 0 {
		return 0, fmt.Errorf("answered with an error: %s", seen.Faults[0])
	}
	return time.Duration(seen.Took * float64(time.Millisecond)), nil
}

// result is the last answer's.
func (p *probe) result(ctx context.Context, out any) error {
	var raw json.RawMessage
	if err := p.Eval(ctx, "misura.result", &raw); err != nil {
		return err
	}
	return json.Unmarshal(raw, out)
}

// mark is the place from which becomes looks.
func (p *probe) mark(ctx context.Context) (int, error) { return markOf(ctx, p) }

// becomes waits until the badge, after the mark, has come to show state, and
// tells when it did.
func (p *probe) becomes(ctx context.Context, mark int, state string) (time.Time, error) {
	return becameIn(ctx, p, mark, state)
}

func markOf(ctx context.Context, page surface) (n int, err error) {
	return n, page.Eval(ctx, "misura.states.length", &n)
}

func becameIn(ctx context.Context, page surface, mark int, state string) (time.Time, error) {
	found := fmt.Sprintf("misura.states.slice(%d).find((s) => s.state === %q)", mark, state)
	if err := page.WaitFor(ctx, found); err != nil {
		return time.Time{}, err
	}
	var s stateAt
	err := page.Eval(ctx, found, &s)
	return s.time(), err
}
