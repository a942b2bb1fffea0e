// Package winspool is the spooler of Windows: winspool.drv for printers and jobs,
// GDI for the pages, which come as pictures because Windows takes no PDF.
//
// It owns the words of Windows: the DEVMODEW of a job, what DeviceCapabilities tells of
// papers and trays, the bits of printer and job status, the printable area. What can be
// decided without Windows is decided in files for every system; system.go says what is
// asked of Windows, and only *_windows.go asks it.
//
// A job is begun and paused before it has a page: the spooler of Windows keeps a paused
// job, also past our end, and prints nothing of it. The package never opens a window:
// printers whose port asks for a file name are refused. Source: Win32 "Print Spooler API"
// and "Windows GDI".
package winspool

import (
	"context"
	"sync"

	"github.com/rs/zerolog"

	"raccordo/host/internal/printing"
)

// Options of the spooler.
type Options struct {
	Renderer printing.Renderer
	Log      zerolog.Logger
}

// spooler is printing.Spooler over any Windows.
type spooler struct {
	system   system
	renderer printing.Renderer
	log      zerolog.Logger

	mu   sync.Mutex
	open map[string]document // begun by us and without pages yet, by job
}

var _ printing.Spooler = (*spooler)(nil)

func newSpooler(s system, opt Options) *spooler {
	return &spooler{system: s, renderer: opt.Renderer, log: opt.Log, open: map[string]document{}}
}

// Kind is the spooler's name on the wire.
func (*spooler) Kind() string { return "windows" }

// take hands the begun document of a job over, once.
func (s *spooler) take(job string) (document, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	d, ok := s.open[job]
	delete(s.open, job)
	return d, ok
}

func (s *spooler) keep(job string, d document) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.open[job] = d
}

// await bounds a call by ctx: Windows waits for network printers as long as it likes. What a
// call brings after that goes to late.
func await[T any](ctx context.Context, call func() (T, error), late func(T)) (T, error) {
	type answer struct {
		value T
		err   error
	}
	done := make(chan answer)
	go func() {
		v, err := call()
		select {
		case done <- answer{v, err}:
		case <-ctx.Done():
			if err == nil && late != nil {
				late(v)
			}
		}
	}()
	select {
	case a := <-done:
		return a.value, a.err
	case <-ctx.Done():
		var none T
		return none, ctx.Err()
	}
}
