package chaos

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"time"
)

// live keeps an agent running until ctx ends. It fails when one ends that
// nobody killed.
func (o *office) live(ctx context.Context) error {
	for ctx.Err() == nil {
		if err := o.life(ctx); err != nil {
			return fmt.Errorf("agent of %s: %w", filepath.Base(o.dir), err)
		}
	}
	return nil
}

// farewell is how long an agent may take to end when asked to.
const farewell = 20 * time.Second

func (o *office) life(ctx context.Context) error {
	cmd := o.command(context.WithoutCancel(ctx), "agent")
	complaints, err := os.OpenFile(filepath.Join(o.dir, "stderr"), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer complaints.Close()
	cmd.Stderr = complaints
	if err := cmd.Start(); err != nil {
		return err
	}
	o.born(cmd.Process)
	during, over := context.WithCancel(ctx)
	var keeper sync.WaitGroup
	keeper.Go(func() { o.keep(during) })
	err = o.ends(ctx, cmd)
	killed := o.died()
	over()
	keeper.Wait()
	if killed || ctx.Err() != nil && err == nil {
		return nil
	}
	said, _ := os.ReadFile(complaints.Name())
	return fmt.Errorf("ended by itself: %v\n%s", err, said)
}

// ends waits for the end of the process, and asks for it when ctx ends.
func (o *office) ends(ctx context.Context, cmd *exec.Cmd) error {
	exited := make(chan error, 1)
	go func() { exited <- cmd.Wait() }()
	select {
	case err := <-exited:
		return err
	case <-ctx.Done():
	}
	_ = cmd.Process.Signal(os.Interrupt) // it may have ended
	select {
	case err := <-exited:
		return err
	case <-time.After(farewell):
		_ = cmd.Process.Kill()
		return errors.Join(errors.New("does not end"), <-exited)
	}
}

func (o *office) born(p *os.Process) {
	o.mutex.Lock()
	defer o.mutex.Unlock()
	o.process, o.killed = p, false
	o.starts++
	o.enter(starting)
}

func (o *office) died() (killed bool) {
	o.mutex.Lock()
	defer o.mutex.Unlock()
	o.process = nil
	o.enter(gone)
	return o.killed
}

// enter needs the lock.
func (o *office) enter(p phase) {
	if o.phase == p {
		return
	}
	o.phase = p
	if o.stir != nil {
		close(o.stir)
	}
	o.stir = make(chan struct{})
}

func (o *office) becomes(p phase) {
	o.mutex.Lock()
	defer o.mutex.Unlock()
	if o.process != nil {
		o.enter(p)
	}
}

// shoot kills the agent (SIGKILL) and tells what it was about. It spares one
// whose doctor has nothing left to send.
func (o *office) shoot() (phase, bool) {
	open := len(o.unsettled())
	o.mutex.Lock()
	defer o.mutex.Unlock()
	if o.process == nil || o.killed || open == 0 {
		return gone, false
	}
	if err := o.process.Kill(); err != nil {
		return gone, false
	}
	o.killed = true
	if o.phase == idle && o.asking > 0 {
		return processing, true
	}
	return o.phase, true
}
