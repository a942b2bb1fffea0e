// Package pcsc runs a private PC/SC service for the simulator and for tests:
// the distribution's own pcscd with virtual readers (vpcd), in a mount
// namespace where /run is a folder of the caller's, so that neither the
// machine's pcscd nor its real readers are touched. Root takes a mount
// namespace; anybody else a user namespace as well (`unshare -r -m`).
//
// It ends only the process that it started, by its handle, and never by name.
// The vpcd driver listens on every address (0.0.0.0) and offers no choice:
// whoever reaches the port can put a virtual card into a virtual reader, which
// is one reason more to keep this out of product binaries.
package pcsc

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
	startTimeout  = 15 * time.Second
	stopTimeout   = 3 * time.Second
)

// errReaders: the service runs but a virtual reader is missing, which happens
// when somebody took its port between our look and the driver's bind.
var errReaders = errors.New("pcscd runs without all of its virtual readers")

// Daemon is one private pcscd.
type Daemon struct {
	dir     string
	plan    plan
	entries []int // first port of each reader.conf entry

	mu   sync.Mutex
	proc *process // nil when not running
}

type process struct {
	cmd  *exec.Cmd
	done chan struct{} // closed when the process is gone
}

// Start runs a pcscd with at least the given number of readers (each driver
// copy brings two) and returns when it answers and lists them. dir must be
// short: the socket's path fits in 107 bytes. ctx bounds the start only.
func Start(ctx context.Context, dir string, readers int) (*Daemon, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return nil, err
	}
	if readers < 1 || readers > 16 {
		return nil, fmt.Errorf("%d readers: pcscd takes 1 to 16", readers)
	}
	d := &Daemon{dir: dir}
	if n := len(d.Socket()); n > maxSocketPath {
		return nil, fmt.Errorf("socket path of %d bytes, at most %d: choose a shorter folder than %s", n, maxSocketPath, dir)
	}
	if err := os.MkdirAll(filepath.Join(dir, "pcscd"), 0o755); err != nil {
		return nil, err
	}
	if d.plan, err = newPlan(ctx, dir); err != nil {
		return nil, err
	}
	for range 3 {
		if d.entries, err = freePorts((readers + slotsPerEntry - 1) / slotsPerEntry); err != nil {
			return nil, err
		}
		if err = d.plan.writeReaders(d.entries); err != nil {
			return nil, err
		}
		if err = d.launch(ctx); !errors.Is(err, errReaders) {
			break
		}
	}
	if err != nil {
		return nil, err
	}
	return d, nil
}

// Socket is the value of PCSCLITE_CSOCK_NAME for the clients of this daemon.
func (d *Daemon) Socket() string { return filepath.Join(d.dir, "pcscd", "pcscd.comm") }

// Slot is the address at which reader i (from 0) waits for its card. It stays
// the same over Restart.
func (d *Daemon) Slot(i int) string {
	return fmt.Sprintf("127.0.0.1:%d", d.entries[i/slotsPerEntry]+i%slotsPerEntry)
}

// Readers are the names of the readers as the service lists them now.
func (d *Daemon) Readers() ([]string, error) { return listReaders(d.Socket(), time.Second) }

// Kill ends the service at once (SIGKILL); its socket stays behind, as it does
// when the real one dies.
func (d *Daemon) Kill() error {
	return d.end(func(p *process) error { return p.cmd.Process.Kill() })
}

// Stop ends the service in good order. Stopping twice is no error.
func (d *Daemon) Stop() error {
	return d.end(func(p *process) error {
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

// Restart starts the service again, on the same socket and the same ports,
// after Kill or Stop; a running one is stopped first.
func (d *Daemon) Restart(ctx context.Context) error {
	if err := d.Stop(); err != nil {
		return err
	}
	return d.launch(ctx)
}

func (d *Daemon) end(how func(*process) error) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.proc == nil {
		return nil
	}
	p := d.proc
	if err := how(p); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return err
	}
	<-p.done
	d.proc = nil
	return nil
}

func (d *Daemon) launch(ctx context.Context) error {
	p, err := d.plan.start()
	if err != nil {
		return err
	}
	d.mu.Lock()
	d.proc = p
	d.mu.Unlock()
	ctx, cancel := context.WithTimeout(ctx, startTimeout)
	defer cancel()
	if err := d.awaitReaders(ctx, p); err != nil {
		return errors.Join(err, d.Kill())
	}
	return nil
}

// awaitReaders returns when every virtual reader is listed. pcscd opens its
// socket only after it has read reader.conf, so a first answer that lacks a
// reader is given half a second and then believed.
func (d *Daemon) awaitReaders(ctx context.Context, p *process) error {
	want, answered := len(d.entries)*slotsPerEntry, time.Time{}
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for {
		if names, err := d.Readers(); err == nil {
			switch {
			case len(names) == want:
				return nil
			case answered.IsZero():
				answered = time.Now()
			case time.Since(answered) > 500*time.Millisecond:
				return fmt.Errorf("%w: %d of %d%s", errReaders, len(names), want, d.plan.logTail())
			}
		}
		select {
		case <-p.done:
			return fmt.Errorf("pcscd ended at its start: %s%s", p.cmd.ProcessState, d.plan.logTail())
		case <-ctx.Done():
			return fmt.Errorf("pcscd does not answer: %w%s", ctx.Err(), d.plan.logTail())
		case <-tick.C:
		}
	}
}
