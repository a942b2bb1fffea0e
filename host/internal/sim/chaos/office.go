package chaos

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"raccordo/host/internal/sim/a2f"
	"raccordo/host/internal/sim/anagrafe"
	"raccordo/host/internal/wire"
)

// phase is what an agent was about, as seen from outside.
type phase string

const (
	gone       phase = ""
	starting   phase = "starting"
	loggingIn  phase = "logging in"
	idle       phase = "connected, nothing asked"
	processing phase = "sending"
)

// office is one doctor: an agent as an own process with its own folders, and
// two programs that use it.
type office struct {
	dir     string
	doctor  anagrafe.Doctor
	bin     string
	env     []string
	intents []*intent

	mutex   sync.Mutex
	process *os.Process
	killed  bool
	phase   phase
	asking  int           // programs that wait for the end of a send
	stir    chan struct{} // closed and made anew when phase changes
	trouble error         // the last
	starts  int
	open    int // prescriptions that a started agent found half sent
	clock   int // counts questions and answers
}

// furnish makes the folders and stores the doctor's credentials with the
// product's own commands.
func (o *office) furnish(ctx context.Context) error {
	for _, d := range []string{"home", "run", "state", "tmp"} {
		if err := os.MkdirAll(filepath.Join(o.dir, d), 0o700); err != nil {
			return err
		}
		name := map[string]string{"home": "HOME", "run": "XDG_RUNTIME_DIR", "state": "XDG_STATE_HOME", "tmp": "TMPDIR"}[d]
		o.env = append(o.env, name+"="+filepath.Join(o.dir, d))
	}
	d := o.doctor
	if err := o.store(ctx, d.PinCode, "pincode", "--stdin", d.CF); err != nil {
		return err
	}
	return o.store(ctx, a2f.Password(d), "sistemats", "--stdin", "--utente", d.CF, "--organizzazione", d.Region+d.ASL, "--specializzazione", d.Specializzazione, d.CF)
}

func (o *office) command(ctx context.Context, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, filepath.Join(o.bin, "raccordo"), args...)
	cmd.Env = o.env
	return cmd
}

func (o *office) store(ctx context.Context, secret string, args ...string) error {
	cmd := o.command(ctx, args...)
	cmd.Stdin = strings.NewReader(secret + "\n")
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("raccordo %s: %w: %s", args[0], err, out)
	}
	return nil
}

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

func (o *office) note(err error) {
	o.mutex.Lock()
	defer o.mutex.Unlock()
	o.trouble = err
}

func (o *office) lastTrouble() error {
	o.mutex.Lock()
	defer o.mutex.Unlock()
	return o.trouble
}

// keep is the doctor who sees to the connection: whenever there is none he logs
// in.
func (o *office) keep(ctx context.Context) {
	const glance = 150 * time.Millisecond
	looked := false
	for ctx.Err() == nil {
		l, err := dial(ctx, filepath.Join(o.dir, "run"))
		if err != nil { // it is not listening yet
			_ = pause(ctx, 2*time.Millisecond)
			continue
		}
		if !looked {
			err = o.look(ctx, l)
			looked = err == nil
		}
		for err == nil {
			if err = o.connect(ctx, l); err == nil {
				err = pause(ctx, glance)
			}
		}
		l.close()
		if said := (*wire.Error)(nil); errors.As(err, &said) {
			o.note(err)
			_ = pause(ctx, glance)
		}
	}
}

// look counts what an agent that has just started finds half sent; without a
// session nothing of it moves.
func (o *office) look(ctx context.Context, l *line) error {
	var all wire.OutboxResult
	if err := l.ask(ctx, "outbox.list", wire.OutboxParams{}, &all); err != nil {
		return err
	}
	o.mutex.Lock()
	defer o.mutex.Unlock()
	for _, e := range all.Entries {
		if e.State == wire.Unknown {
			o.open++
		}
	}
	return nil
}

func (o *office) connect(ctx context.Context, l *line) error {
	var s wire.Status
	if err := l.ask(ctx, "status", wire.NoParams{}, &s); err != nil {
		return err
	}
	if s.Session.State == wire.Connected {
		o.becomes(idle)
		return nil
	}
	o.becomes(loggingIn)
	var got wire.LoginResult
	if err := l.ask(ctx, "session.login", wire.LoginParams{Via: "cloud"}, &got); err != nil {
		return err
	}
	o.becomes(idle)
	return nil
}
