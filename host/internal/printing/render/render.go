// Package render turns pages of PDFs into grey pictures: for the Windows spooler,
// which takes no PDF, and for what is shown before printing.
//
// A PDF of a stranger is interpreted by a program of its own (package worker), started
// when it is needed and ended when it is idle: what crashes, hangs or takes all memory
// there is one print.render_failed here. This package never interprets a PDF and
// writes nothing of one to disk.
//
// Reference: ISO 32000-1, interpreted by PDFium.
package render

import (
	"context"
	"crypto/sha256"
	"errors"
	"image"
	"io"
	"sync"
	"time"

	"github.com/rs/zerolog"

	"raccordo/host/internal/printing"
	"raccordo/host/internal/printing/render/protocol"
	"raccordo/host/internal/wire"
)

// Options are what a Renderer is made of.
type Options struct {
	Command []string // of the child; the folder is added to it
	Cache   string   // folder of what the child compiled, nobody else's; made when it is not there
	Log     zerolog.Logger
}

// limits are what the child is given. What takes longer hangs.
type limits struct {
	compile time.Duration // first start: 6 s here, a minute on an old PC
	page    time.Duration
	cancel  time.Duration // a page that nobody waits for any more
	idle    time.Duration // until its memory is given back
}

var usualLimits = limits{compile: 5 * time.Minute, page: 30 * time.Second, cancel: 500 * time.Millisecond, idle: 30 * time.Second}

// Renderer draws one page after the other. It is safe for several at once.
type Renderer struct {
	opt    Options
	limits limits
	turn   chan struct{} // held by whoever speaks to the child
	end    context.Context
	close  context.CancelFunc
	child  *child      // nil: none is running
	rest   *time.Timer // ends an idle child
	closed sync.Once
}

var _ printing.Renderer = (*Renderer)(nil)

// New makes one. It starts nothing.
func New(opt Options) *Renderer {
	r := &Renderer{opt: opt, limits: usualLimits, turn: make(chan struct{}, 1)}
	r.end, r.close = context.WithCancel(context.Background())
	return r
}

// maxDPI is more than any printer has across a sheet.
const maxDPI = 2400

// errClosed: Close was called.
var errClosed = errors.New("the renderer is closed")

// Render draws page (from 0) of a PDF with dpi pixels to the inch, grey, white where
// nothing is. Its error is a *printing.Error or that of ctx.
func (r *Renderer) Render(ctx context.Context, pdf printing.Source, page, dpi int) (*image.Gray, error) {
	if pdf.Size() <= 0 || pdf.Size() > protocol.MaxDocument {
		return nil, failed("document size", nil)
	}
	if dpi <= 0 || dpi > maxDPI {
		return nil, failed("resolution", nil)
	}
	document := make([]byte, pdf.Size())
	if _, err := pdf.ReadAt(document, 0); err != nil && !errors.Is(err, io.EOF) {
		return nil, failed("document", err)
	}
	j := &job{document: document, sum: sha256.Sum256(document), page: page, dpi: dpi}
	if err := r.with(ctx, func(ctx context.Context) error { return r.draw(ctx, j) }); err != nil {
		return nil, err
	}
	return j.picture, nil
}

// job is one page to draw.
type job struct {
	document  []byte
	sum       [sha256.Size]byte
	page, dpi int
	picture   *image.Gray
}

// with does something while nobody else speaks to the child. Who does not want it any
// more gets away at once.
func (r *Renderer) with(ctx context.Context, do func(context.Context) error) error {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	defer context.AfterFunc(r.end, func() { stop(errClosed) })()
	select {
	case r.turn <- struct{}{}:
	case <-ctx.Done():
		return context.Cause(ctx)
	}
	done := make(chan error, 1)
	go func() {
		defer func() { <-r.turn }()
		if ctx.Err() == nil {
			done <- do(ctx)
		}
	}()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// draw has the child draw, and starts it where none is running.
func (r *Renderer) draw(ctx context.Context, j *job) error {
	r.wake()
	defer r.sleep()
	if r.child == nil || !r.child.alive() {
		c, err := r.start(false)
		if err != nil {
			return err
		}
		r.child = c
	}
	return r.child.draw(ctx, r.limits, j)
}

// failed is the one fault that this package has.
func failed(detail string, err error) error {
	return printing.Fault(wire.ErrPrintRender, detail, err)
}

// Warm makes the first page quick: what takes seconds once on each PC is done now,
// by a process that gives way to others. Pages that are asked for meanwhile wait for it.
func (r *Renderer) Warm(ctx context.Context) error {
	return r.with(ctx, func(context.Context) error {
		if r.child != nil && r.child.alive() {
			return nil
		}
		c, err := r.start(true)
		if err != nil {
			return err
		}
		c.stop()
		return nil
	})
}

// start runs a child and waits until it can draw, whoever is still interested: what it
// compiles is for the next page too.
func (r *Renderer) start(warm bool) (*child, error) {
	if err := private(r.opt.Cache); err != nil {
		return nil, failed("cache", err)
	}
	argv := append(append([]string{}, r.opt.Command...), r.opt.Cache)
	if warm {
		argv = append(argv, protocol.Warm)
	}
	c, err := startChild(argv, r.opt.Log)
	if err != nil {
		return nil, failed("start", err)
	}
	if err := c.hello(r.end, r.limits); err != nil {
		return nil, err
	}
	return c, nil
}

// wake keeps the idle child from being ended, sleep lets it end after a while.
func (r *Renderer) wake() {
	if r.rest != nil {
		r.rest.Stop()
	}
}

func (r *Renderer) sleep() {
	r.rest = time.AfterFunc(r.limits.idle, func() {
		select {
		case r.turn <- struct{}{}:
		default:
			return // somebody draws, and will call sleep again
		}
		defer func() { <-r.turn }()
		if r.child != nil {
			r.child.stop()
			r.child = nil
		}
	})
}

// Close ends the child and whatever is under way.
func (r *Renderer) Close() error {
	r.closed.Do(func() {
		r.close()
		r.turn <- struct{}{} // never given back: nothing starts any more
		r.wake()
		if r.child != nil {
			r.child.stop()
			r.child = nil
		}
	})
	return nil
}
