package engine

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"raccordo/host/internal/printing"
	"raccordo/host/internal/printing/queue"
	"raccordo/host/internal/printing/render"
	"raccordo/host/internal/wire"
)

// press is what prints. Its queue opens when somebody prints, or a while after the
// start where jobs are left over: nothing of it touches disk or spooler before.
type press struct {
	dir      string // of the queue
	open     func() (*queue.Queue, error)
	spooler  printing.Spooler
	renderer renderer
	warming  sync.Once

	opening sync.Mutex // one at a time
	mu      sync.Mutex
	queue   *queue.Queue
	closed  bool
	told    string // how the jobs stood when the doors heard of them last
	cancel  context.CancelFunc
	group   sync.WaitGroup
}

// renderer draws pages, and can be made ready for it.
type renderer interface {
	printing.Renderer
	Warm(ctx context.Context) error
	Close() error
}

// newPress is the user's way to paper.
func (e *Engine) newPress() *press {
	dir := filepath.Join(e.opt.Paths.State, "print")
	draws := render.New(render.Options{Command: e.opt.Renderer, Cache: filepath.Join(e.opt.Paths.State, "render"), Log: e.log})
	p := &press{dir: dir, spooler: e.opt.Spooler(draws, e.log), renderer: draws}
	p.open = func() (*queue.Queue, error) {
		box, err := e.secrets.At(dir)
		if err != nil {
			return nil, err
		}
		q, err := queue.Open(queue.Options{
			Spooler: p.spooler, Box: box, Prepare: e.prepare, Printer: e.settings.printer, Now: e.now, Log: e.log, Changed: e.printsChanged,
		})
		if err != nil {
			return nil, errors.Join(err, box.Close())
		}
		return q, nil
	}
	return p
}

// leftTime is when the agent looks for jobs of before: a browser that has just
// started it is served first.
const leftTime = 500 * time.Millisecond

// use gives the queue, which it opens. That may take a while, where another agent is
// about to end: nobody but those who print waits for it.
func (p *press) use() (*queue.Queue, error) {
	p.opening.Lock()
	defer p.opening.Unlock()
	if q := p.opened(); q != nil {
		return q, nil
	}
	q, err := p.open()
	if err != nil {
		return nil, printing.Fault(wire.ErrDocDisk, "", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		cancel()
		q.Run(ctx) // lets go of what Open holds
		return nil, wire.NewError(wire.ErrCancelled, "")
	}
	p.queue, p.cancel = q, both(p.cancel, cancel)
	p.group.Go(func() { q.Run(ctx) })
	return q, nil
}

// both ends what a ends, if anything, and what b ends.
func both(a, b context.CancelFunc) context.CancelFunc {
	return func() {
		if a != nil {
			a()
		}
		b()
	}
}

// opened is the queue if there is one.
func (p *press) opened() *queue.Queue {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.queue
}

// quietTime is when, long after the start, what each sheet will need is made ready.
const quietTime = 3 * time.Minute

// ready has pages drawn without delay where the spooler takes pictures only.
func (p *press) ready(ctx context.Context, failed func(error)) {
	if p.spooler.Kind() != "windows" {
		return
	}
	select {
	case <-ctx.Done():
	case <-time.After(quietTime):
		p.warm(failed)
	}
}

// resume goes on with what is left over from before.
func (p *press) resume(ctx context.Context) error {
	select {
	case <-ctx.Done():
		return nil
	case <-time.After(leftTime):
	}
	files, err := filepath.Glob(filepath.Join(p.dir, "*.sealed"))
	if err != nil || len(files) == 0 {
		return err
	}
	_, err = p.use()
	return err
}

// counts are empty as long as nobody has printed.
func (p *press) counts() wire.Printing {
	if q := p.opened(); q != nil {
		return q.Counts()
	}
	return wire.Printing{}
}

// news tells whether the jobs stand elsewhere than when it was asked last.
func (p *press) news() bool {
	q := p.opened()
	if q == nil {
		return false
	}
	var now strings.Builder
	for _, j := range q.List(queue.Filter{}) {
		fmt.Fprintln(&now, j.ID, j.State, j.UpdatedAt, j.Problem)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	before := p.told
	p.told = now.String()
	return p.told != before
}

// idle tells that nothing waits to be printed, or to be followed.
func (p *press) idle() bool {
	q := p.opened()
	if q == nil {
		return true
	}
	return !slices.ContainsFunc(q.List(queue.Filter{}), func(j wire.PrintJob) bool {
		return j.State != wire.PrintPrinted && j.State != wire.PrintFailed && j.State != wire.PrintCancelled
	})
}

// warm makes the renderer ready in the background, once: the first picture would take
// seconds otherwise.
func (p *press) warm(failed func(error)) {
	p.warming.Do(func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		if p.closed {
			return
		}
		ctx, cancel := context.WithCancel(context.Background())
		p.cancel = both(p.cancel, cancel)
		p.group.Go(func() {
			if err := p.renderer.Warm(ctx); err != nil {
				failed(err)
			}
		})
	})
}

// end stops what runs. What is not printed is on disk.
func (p *press) end() error {
	p.mu.Lock()
	p.closed = true
	cancel := p.cancel
	p.mu.Unlock()
	if cancel != nil {
		cancel()
	}
	p.group.Wait()
	if c, ok := p.spooler.(interface{ Close() }); ok { // connections that wait for further use
		c.Close()
	}
	return p.renderer.Close()
}
