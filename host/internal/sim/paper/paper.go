// Package paper is a print room that does not exist: the distribution's own cupsd on
// a socket of its own, with printers that put every sheet into a folder beside its
// ticket, and that run out of paper, jam or go away when they are told to.
//
// Nothing of the machine's own print service is touched, and no port is opened but by
// a printer of the kind Everywhere, on the loopback. It ends only the processes that it
// started. Root and ordinary users can start one; the real driver of cups-pdf, whose
// backend is root's alone, only root.
package paper

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"syscall"
	"time"
)

const (
	maxSocketPath = 107 // sun_path of Linux, less its final zero
	startTimeout  = 20 * time.Second
	stopTimeout   = 5 * time.Second
)

// Options describe a print room.
type Options struct {
	Dir      string    // other users must be able to enter it; empty: a fresh one, removed by Stop
	Printers []Printer // the first is the default one
	Settings string    // further lines of cupsd.conf
}

// Kind is what a printer is made of.
type Kind string

// The kinds.
const (
	PDF     Kind = "pdf"     // takes PDF, as today's printers do: what comes out of pdftopdf
	Raster  Kind = "raster"  // takes the picture that the filters make: where each dot goes
	CupsPDF Kind = "cupspdf" // the real driver of cups-pdf, by way of PostScript
	Raw     Kind = "raw"     // a queue without a driver

	// Everywhere is a printer of the network without a driver (IPP Everywhere), A4 and A5;
	// its trays' choices are keywords of PWG 5100.3. It alone opens a port, on the loopback.
	Everywhere Kind = "everywhere"
)

// KeywordTrays are those of an ordinary printer without a driver.
var KeywordTrays = []Tray{{Choice: "tray-1"}, {Choice: "tray-2"}, {Choice: "by-pass-tray"}}

// Printer is one queue.
type Printer struct {
	Name        string
	Info        string
	Location    string
	Kind        Kind     // empty: PDF
	Papers      []string // A4, A5, A6, Letter; empty: A4 and A5
	OnlyThese   bool     // no sizes of one's own
	Fine        bool     // Raster: 600 dots to the inch too, when it is asked for them; else 300
	Trays       []Tray   // empty: it does not name any
	PPD         string   // a file of a real printer, instead of what is said above
	ErrorPolicy string   // of cupsd, when the backend fails; empty: retry-job
}

// Tray is one as a PPD names it.
type Tray struct{ Choice, Text string }

// Trays are those of an ordinary laser printer.
var Trays = []Tray{{"Tray1", "Vassoio 1"}, {"Tray2", "Vassoio 2"}, {"Manual", "Alimentazione manuale"}}

// Practice are the printers of the demo's practice.
var Practice = []Printer{
	{Name: "Laser_studio", Info: "Laser dello studio", Location: "Segreteria", Trays: Trays},
	{Name: "Modulo_rosso", Info: "Stampante del modulo rosso", Location: "Ambulatorio 1", Papers: []string{"A5", "A4"}, Trays: Trays[2:]},
	{Name: "Corridoio", Info: "Stampante del corridoio", Location: "Corridoio", Kind: Raster, Papers: []string{"A4"}, OnlyThese: true},
}

// Server is a running print room.
type Server struct {
	dir   string
	fresh bool
	opt   Options

	devices map[string]*device

	mu   sync.Mutex
	proc *process // nil when not running
}

type process struct {
	cmd  *exec.Cmd
	done chan struct{} // closed when it is gone
}

// Start opens a print room and returns when it answers. ctx bounds the start only.
func Start(ctx context.Context, opt Options) (_ *Server, err error) {
	s := &Server{dir: opt.Dir, opt: opt}
	if s.dir == "" {
		s.fresh = true
		if s.dir, err = os.MkdirTemp("", "paper"); err != nil {
			return nil, err
		}
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, s.Stop())
		}
	}()
	if s.dir, err = filepath.Abs(s.dir); err != nil {
		return nil, err
	}
	if n := len(s.Socket()); n > maxSocketPath {
		return nil, fmt.Errorf("socket path of %d bytes, at most %d: choose a shorter folder than %s", n, maxSocketPath, s.dir)
	}
	if err := s.lay(); err != nil {
		return nil, err
	}
	if err := s.launch(ctx); err != nil {
		return nil, err
	}
	for _, p := range opt.Printers {
		if p.Kind == Everywhere { // CUPS makes its driver by asking the printer
			if err := s.Add(ctx, p); err != nil {
				return nil, err
			}
		}
	}
	return s, nil
}

// Dir is the folder of everything: conf, spool, log, sheets.
func (s *Server) Dir() string { return s.dir }

// Socket is where it listens, as the environment variable CUPS_SERVER says it.
func (s *Server) Socket() string { return filepath.Join(s.dir, "run", "cups.sock") }

// Env is what programs need in their environment to print here.
func (s *Server) Env() []string { return []string{"CUPS_SERVER=" + s.Socket()} }

// Stop ends the service in good order, and removes a folder that was made by Start.
// Stopping twice is no error.
func (s *Server) Stop() error {
	err := s.Halt()
	for _, d := range s.devices {
		err = errors.Join(err, d.http.Close())
	}
	s.devices = nil
	if s.fresh {
		err = errors.Join(err, os.RemoveAll(s.dir))
	}
	return err
}

// Halt ends the service in good order: Restart opens it again.
func (s *Server) Halt() error {
	return s.end(func(p *process) error {
		if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
			return err
		}
		select {
		case <-p.done:
			return nil
		case <-time.After(stopTimeout):
			return p.cmd.Process.Kill()
		}
	})
}

// Kill ends the service as a crash does: what it has not written yet is lost.
func (s *Server) Kill() error {
	return s.end(func(p *process) error { return p.cmd.Process.Kill() })
}

// Restart starts the service again, with its jobs; a running one is halted first.
func (s *Server) Restart(ctx context.Context) error {
	if err := s.Halt(); err != nil {
		return err
	}
	return s.launch(ctx)
}

func (s *Server) end(how func(*process) error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.proc == nil {
		return nil
	}
	p := s.proc
	if err := how(p); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return err
	}
	<-p.done
	s.proc = nil
	return nil
}
