package paper

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"time"
)

// program is cupsd, which ordinary users do not have in their PATH.
func program() (string, error) {
	if p, err := exec.LookPath("cupsd"); err == nil {
		return p, nil
	}
	p := "/usr/sbin/cupsd"
	_, err := os.Stat(p)
	return p, err
}

// Installed tells whether this machine has what a print room is made of.
func Installed() bool {
	_, err := program()
	return err == nil
}

func (s *Server) launch(ctx context.Context) error {
	p, err := s.start()
	if err != nil {
		return err
	}
	s.mu.Lock()
	s.proc = p
	s.mu.Unlock()
	ctx, cancel := context.WithTimeout(ctx, startTimeout)
	defer cancel()
	if err := s.await(ctx, p); err != nil {
		return errors.Join(err, s.Kill())
	}
	return nil
}

func (s *Server) start() (*process, error) {
	path, err := program()
	if err != nil {
		return nil, err
	}
	out, err := os.OpenFile(s.log("cupsd.out"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, err
	}
	defer out.Close()
	cmd := exec.Command(path, "-f", "-c", filepath.Join(s.dir, "conf", "cupsd.conf"), "-s", filepath.Join(s.dir, "conf", "cups-files.conf"))
	cmd.Dir, cmd.Stdout, cmd.Stderr = s.dir, out, out
	tie(cmd)
	p, started := &process{cmd, make(chan struct{})}, make(chan error)
	go func() {
		runtime.LockOSThread() // cupsd ends with the thread that started it
		defer runtime.UnlockOSThread()
		defer close(p.done)
		err := cmd.Start()
		started <- err
		if err == nil {
			cmd.Wait() // how it ended is of no interest: it is asked by its socket
		}
	}()
	return p, <-started
}

// await returns when the socket takes connections: cupsd listens once it has read
// its queues.
func (s *Server) await(ctx context.Context, p *process) error {
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for {
		if c, err := net.Dial("unix", s.Socket()); err == nil {
			return c.Close()
		}
		select {
		case <-p.done:
			return fmt.Errorf("cupsd ended at its start: %s%s", p.cmd.ProcessState, s.tail())
		case <-ctx.Done():
			return fmt.Errorf("cupsd does not answer: %w%s", ctx.Err(), s.tail())
		case <-tick.C:
		}
	}
}

// tail is the end of what cupsd said, for errors.
func (s *Server) tail() string {
	var all strings.Builder
	for _, name := range []string{"cupsd.out", "error_log"} {
		b, err := os.ReadFile(s.log(name))
		if err == nil && len(b) > 0 {
			all.WriteString("\n" + string(b[max(0, len(b)-2000):]))
		}
	}
	return all.String()
}

func (s *Server) log(name string) string { return filepath.Join(s.dir, "log", name) }
