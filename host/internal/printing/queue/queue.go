// Package queue is the durable memory of what is to be printed, and all that is
// decided about it. It owns the order of sheets, their way to the spooler, the
// retries, and what became of each, so that a sheet comes out once although this
// program may be killed, the spooler restarted, or an answer lost at any moment.
//
// It rests on two facts: what is handed in is on the disk before Submit returns,
// and a spooler's job is released only after its number is on the disk. A job
// that is held and not known by number is a stranger: it is cancelled, which
// wastes no paper, and made again. A job that is known is never made again.
//
// The package must never release a job whose number the disk does not have, never
// make a second job for one that may have been released, and never put anything
// of a sheet but its own random id into a log or into a job's name.
package queue

import (
	"context"
	"sync"
	"time"

	"github.com/rs/zerolog"

	"raccordo/host/internal/printing"
	"raccordo/host/internal/wire"
)

// Box keeps sealed values. Put and Delete are on the disk, all or nothing, when
// they return.
type Box interface {
	Put(name string, value []byte) error
	Get(name string) ([]byte, error)
	Delete(name string) error
	Names() ([]string, error)
}

// Prepared is a sheet that is ready for the spooler.
type Prepared struct {
	Ticket  printing.Ticket // without the name of the job, which is the queue's
	PDF     printing.Source
	Notices []wire.Notice // what was done to fit it
}

// Options of a Queue.
type Options struct {
	Spooler printing.Spooler
	Box     Box // from Open on the queue's; where it can be closed it is, at the end of Run or when Open fails
	// Prepare fits a sheet to the settings of now. It must do nothing outside: it
	// is called again for each try. An *printing.Error tells by its code whether
	// to wait (no printer, print service, drawing) or to give up.
	Prepare func(ctx context.Context, j Job) (Prepared, error)
	// Printer tells which printer a kind of sheet goes to now, empty where none is
	// chosen. Sheets of one printer keep their order, and those of another do not
	// wait for them. It is called often and must be quick. Nil: each kind of sheet
	// has an order of its own.
	Printer func(profile wire.SheetKind) string
	Now     func() time.Time // time.Now when nil
	Log     zerolog.Logger
	// Changed is called when a job is seen to stand elsewhere than before, perhaps
	// by several goroutines at once. May be nil.
	Changed func()
	Pace    Pace
}

// Pace is how often and how long things are tried; 0: what is said here.
type Pace struct {
	Retry   time.Duration // first pause after a fault of printer or service: 1 s, doubled
	Longest time.Duration // up to this: 1 min
	GiveUp  time.Duration // of what the spooler never took: 24 h
	Look    time.Duration // first look at a released job: 100 ms, growing
	Slow    time.Duration // up to this: 2 s; of one that is held, five times as much
	Behind  time.Duration // of a job that has others before it at the same printer: 15 s
	Call    time.Duration // longest that the spooler may take for one request: 1 min
	Grace   time.Duration // how long a request may go on after the end of Run: 3 s
	Keep    time.Duration // how long finished jobs and their PDFs stay: 24 h
}

func (p *Pace) complete() {
	for _, d := range []struct {
		value   *time.Duration
		instead time.Duration
	}{
		{&p.Retry, time.Second}, {&p.Longest, time.Minute}, {&p.GiveUp, 24 * time.Hour},
		{&p.Look, 100 * time.Millisecond}, {&p.Slow, 2 * time.Second}, {&p.Behind, 15 * time.Second},
		{&p.Call, time.Minute}, {&p.Grace, 3 * time.Second}, {&p.Keep, 24 * time.Hour},
	} {
		if *d.value <= 0 {
			*d.value = d.instead
		}
	}
}

// Queue is safe for concurrent use.
type Queue struct {
	opt  Options
	pace Pace
	now  func() time.Time
	wake chan struct{}

	mu      sync.Mutex
	jobs    map[string]*entry // by id
	order   []*entry          // as they were handed in
	clients map[client]*entry // the newest of each
	taking  map[client]chan struct{}
	ghosts  map[client]string // ids of which it is not known whether the disk has them
	lanes   map[string]*lane
	seq     uint64
	lists   bool          // the spooler was seen to tell of jobs that are done
	changed chan struct{} // closed when something has changed
}

// client is a page's own name of a sheet.
type client struct{ origin, id string }

// Open reads what is on the disk. Nothing moves before Run.
func Open(opt Options) (*Queue, error) {
	opt.Pace.complete()
	if opt.Now == nil {
		opt.Now = time.Now
	}
	if opt.Changed == nil {
		opt.Changed = func() {}
	}
	q := &Queue{
		opt: opt, pace: opt.Pace, now: opt.Now, wake: make(chan struct{}, 1),
		jobs: map[string]*entry{}, clients: map[client]*entry{}, taking: map[client]chan struct{}{},
		ghosts: map[client]string{}, lanes: map[string]*lane{}, changed: make(chan struct{}),
	}
	if err := q.load(); err != nil {
		q.shut()
		return nil, err
	}
	q.prune()
	return q, nil
}

// change alters what is known of a job, and tells those who wait for it; the world
// outside hears of it when the job is seen to stand elsewhere.
func (q *Queue) change(e *entry, alter func()) {
	q.mu.Lock()
	before := e.face()
	alter()
	seen := e.face() != before
	close(q.changed)
	q.changed = make(chan struct{})
	q.mu.Unlock()
	if seen {
		q.opt.Changed()
	}
}

// today is the time as it is written down. A pause is measured with the clock that
// nobody sets; a day may go by while the computer sleeps.
func (q *Queue) today() time.Time { return q.now().Round(0) }

// rouse has Run look for work.
func (q *Queue) rouse() {
	select {
	case q.wake <- struct{}{}:
	default:
	}
}
