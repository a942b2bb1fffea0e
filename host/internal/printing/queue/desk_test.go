package queue

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"slices"
	"sync"

	"github.com/rs/zerolog"

	"raccordo/host/internal/printing"
	"raccordo/host/internal/wire"
)

// desk is a spooler that does what it is told, and a box in memory, for several
// goroutines at once.
type desk struct {
	mu     sync.Mutex
	jobs   []*deskJob
	fault  map[string]error                        // by request, or by request and printer
	during func(request string, t printing.Ticket) // outside of the lock
	kind   string
	values map[string][]byte
	disk   error
	log    bytes.Buffer
	ready  error // of Prepare
	chosen map[wire.SheetKind]string
}

type deskJob struct {
	ticket   printing.Ticket
	pdf      []byte
	look     printing.Look
	gone     bool
	released int
}

func newDesk() *desk {
	return &desk{fault: map[string]error{}, kind: "cups", values: map[string][]byte{},
		chosen: map[wire.SheetKind]string{wire.SheetPromemoria: "A", wire.SheetBianca: "B", wire.SheetRossa: "A"}}
}

func (d *desk) options() Options {
	return Options{Spooler: clerk{d}, Box: (*shelf)(d), Prepare: d.prepare, Printer: d.printer, Log: zerolog.New(&d.log)}
}

func (d *desk) printer(k wire.SheetKind) string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.chosen[k]
}

func (d *desk) prepare(_ context.Context, j Job) (Prepared, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return Prepared{Ticket: printing.Ticket{Printer: d.chosen[j.Profile], Sheet: printing.A4, Pages: j.Pages}, PDF: source(j.PDF),
		Notices: []wire.Notice{{Text: "Ridotta"}}}, d.ready
}

// set changes what the desk does.
func (d *desk) set(change func()) {
	d.mu.Lock()
	defer d.mu.Unlock()
	change()
}

func (d *desk) begin(request string, t printing.Ticket) error {
	if d.during != nil {
		d.during(request, t)
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if err := d.fault[request+" "+t.Printer]; err != nil {
		return err
	}
	return d.fault[request]
}

// job finds one by its number. The caller holds the lock.
func (d *desk) job(number string) *deskJob {
	var n int
	if _, err := fmt.Sscan(number, &n); err != nil || n < 1 || n > len(d.jobs) || d.jobs[n-1].gone {
		return nil
	}
	return d.jobs[n-1]
}

// clerk is the desk's spooler.
type clerk struct{ *desk }

func (d clerk) Kind() string                                     { return d.kind }
func (d clerk) Printers(context.Context) ([]wire.Printer, error) { return nil, nil }

func (d clerk) Create(_ context.Context, t printing.Ticket) (string, error) {
	if err := d.begin("create", t); err != nil {
		return "", err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.jobs = append(d.jobs, &deskJob{ticket: t, look: printing.Look{Held: true, State: wire.PrintAccepted}})
	return fmt.Sprint(len(d.jobs)), nil
}

func (d clerk) Send(_ context.Context, t printing.Ticket, number string, pdf printing.Source) error {
	if err := d.begin("send", t); err != nil {
		return err
	}
	b, err := io.ReadAll(io.NewSectionReader(pdf, 0, pdf.Size()))
	d.mu.Lock()
	defer d.mu.Unlock()
	d.job(number).pdf = b
	return err
}

func (d clerk) Release(_ context.Context, t printing.Ticket, number string) error {
	if err := d.begin("release", t); err != nil {
		return err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	j := d.job(number)
	if j == nil {
		return printing.ErrGone
	}
	j.look.Held = false
	j.released++
	return nil
}

func (d clerk) Look(_ context.Context, printer, number string) (printing.Look, error) {
	if err := d.begin("look", printing.Ticket{Printer: printer}); err != nil {
		return printing.Look{}, err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	j := d.job(number)
	if j == nil {
		return printing.Look{}, printing.ErrGone
	}
	return j.look, nil
}

func (d clerk) Find(_ context.Context, printer, name string) (found []string, err error) {
	if err := d.begin("find", printing.Ticket{Printer: printer}); err != nil {
		return nil, err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	for i, j := range d.jobs {
		if !j.gone && j.look.Held && !final(j.look.State) && j.ticket.Printer == printer && j.ticket.Name == name {
			found = append(found, fmt.Sprint(i+1))
		}
	}
	return found, nil
}

func (d clerk) Cancel(_ context.Context, printer, number string) error {
	if err := d.begin("cancel", printing.Ticket{Printer: printer}); err != nil {
		return err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	j := d.job(number)
	if j == nil || final(j.look.State) {
		return printing.ErrGone
	}
	j.look.State = wire.PrintCancelled
	return nil
}

// stands has all released jobs of a state go to another one.
func (d *desk) stands(look printing.Look) {
	d.set(func() {
		for _, j := range d.jobs {
			if j.released > 0 && !final(j.look.State) {
				j.look = look
			}
		}
	})
}

// released are the titles of what was released, in this order.
func (d *desk) released() (pdfs []string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, j := range d.jobs {
		if j.released > 0 {
			pdfs = append(pdfs, string(j.pdf))
		}
	}
	return pdfs
}

// shelf is the desk's box.
type shelf desk

func (s *shelf) Put(name string, value []byte) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.disk != nil {
		return s.disk
	}
	s.values[name] = slices.Clone(value)
	return nil
}

func (s *shelf) Get(name string) ([]byte, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	value, ok := s.values[name]
	if !ok {
		return nil, errNone
	}
	return slices.Clone(value), nil
}

func (s *shelf) Delete(name string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.values, name)
	return s.disk
}

func (s *shelf) Names() (names []string, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for name := range s.values {
		names = append(names, name)
	}
	slices.Sort(names)
	return names, nil
}
