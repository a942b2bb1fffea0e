package engine

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"io"
	"slices"
	"sync"

	"github.com/rs/zerolog"

	"raccordo/host/internal/printing"
	"raccordo/host/internal/wire"
)

// tray is a spooler whose printers print at once what is released.
type tray struct {
	mu       sync.Mutex
	printers []wire.Printer
	down     error // of every request
	calls    int   // requests of any kind
	jobs     map[string]*traySheet
	printed  []traySheet
}

// traySheet is one job there.
type traySheet struct {
	ticket printing.Ticket
	pdf    []byte
	out    bool
}

var _ printing.Spooler = (*tray)(nil)

func newTray() *tray {
	a4, a5 := wire.Paper{Name: "A4", Width: 2100, Height: 2970}, wire.Paper{Name: "A5", Width: 1480, Height: 2100}
	return &tray{jobs: map[string]*traySheet{}, printers: []wire.Printer{
		{Name: "Studio", State: "idle", Accepting: true, Default: true, Papers: []wire.Paper{a4, a5}, Trays: []wire.Tray{{ID: "tray-1", Name: "Vassoio 1"}}},
		{Name: "Ago", State: "idle", Accepting: true, Papers: []wire.Paper{a5}, Trays: []wire.Tray{}},
	}}
}

func (y *tray) call() error {
	y.mu.Lock()
	defer y.mu.Unlock()
	y.calls++
	return y.down
}

func (y *tray) Kind() string { return "cups" }

func (y *tray) Printers(context.Context) ([]wire.Printer, error) {
	if err := y.call(); err != nil {
		return nil, err
	}
	return slices.Clone(y.printers), nil
}

func (y *tray) Create(_ context.Context, t printing.Ticket) (string, error) {
	if err := y.call(); err != nil {
		return "", err
	}
	y.mu.Lock()
	defer y.mu.Unlock()
	id := fmt.Sprint(len(y.jobs) + 1)
	y.jobs[id] = &traySheet{ticket: t}
	return id, nil
}

func (y *tray) Send(_ context.Context, _ printing.Ticket, job string, pdf printing.Source) error {
	if err := y.call(); err != nil {
		return err
	}
	body, err := io.ReadAll(io.NewSectionReader(pdf, 0, pdf.Size()))
	y.mu.Lock()
	defer y.mu.Unlock()
	y.jobs[job].pdf = body
	return err
}

func (y *tray) Release(_ context.Context, _ printing.Ticket, job string) error {
	if err := y.call(); err != nil {
		return err
	}
	y.mu.Lock()
	defer y.mu.Unlock()
	if j := y.jobs[job]; !j.out {
		j.out = true
		y.printed = append(y.printed, *j)
	}
	return nil
}

func (y *tray) Look(_ context.Context, _, job string) (printing.Look, error) {
	if err := y.call(); err != nil {
		return printing.Look{}, err
	}
	y.mu.Lock()
	defer y.mu.Unlock()
	switch j := y.jobs[job]; {
	case j == nil:
		return printing.Look{}, printing.ErrGone
	case !j.out:
		return printing.Look{Held: true, State: wire.PrintAccepted}, nil
	}
	return printing.Look{State: wire.PrintPrinted}, nil
}

func (y *tray) Find(_ context.Context, _, name string) (jobs []string, err error) {
	if err := y.call(); err != nil {
		return nil, err
	}
	y.mu.Lock()
	defer y.mu.Unlock()
	for id, j := range y.jobs {
		if j.ticket.Name == name && !j.out {
			jobs = append(jobs, id)
		}
	}
	return jobs, nil
}

func (y *tray) Cancel(_ context.Context, _, job string) error {
	if err := y.call(); err != nil {
		return err
	}
	y.mu.Lock()
	defer y.mu.Unlock()
	if j := y.jobs[job]; j == nil || j.out {
		return printing.ErrGone
	}
	delete(y.jobs, job)
	return nil
}

func (y *tray) sheets() []traySheet {
	y.mu.Lock()
	defer y.mu.Unlock()
	return slices.Clone(y.printed)
}

func (y *tray) asked() int {
	y.mu.Lock()
	defer y.mu.Unlock()
	return y.calls
}

func (y *tray) fail(err error) {
	y.mu.Lock()
	defer y.mu.Unlock()
	y.down = err
}

// easel draws a mark in the upper left corner of every page.
type easel struct{ pages []int }

func (l *easel) Render(_ context.Context, _ printing.Source, page, dpi int) (*image.Gray, error) {
	l.pages = append(l.pages, page)
	img := image.NewGray(image.Rect(0, 0, dpi, 2*dpi))
	copy(img.Pix, bytes.Repeat([]byte{255}, len(img.Pix)))
	img.Pix[0] = 0
	return img, nil
}
func (*easel) Warm(context.Context) error { return nil }
func (*easel) Close() error               { return nil }

func (y *tray) spooler(printing.Renderer, zerolog.Logger) printing.Spooler { return y }
