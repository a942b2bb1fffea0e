package card

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"os/exec"
	"path/filepath"
	"sync/atomic"
	"time"

	"github.com/rs/zerolog"

	"raccordo/host/internal/card/worker"
	"raccordo/host/internal/frame"
)

// client is a running module process. It makes one call at a time and never
// comes back once its process is dead: modules starts another.
type client struct {
	path string
	log  zerolog.Logger
	cmd  *exec.Cmd
	in   io.WriteCloser
	out  io.Reader
	turn chan struct{}
	dead chan struct{}
	exit string       // how the process ended; valid once dead is closed
	hung atomic.Bool  // killed because it did not answer in time
	lost atomic.Bool  // killed in vain
	used atomic.Int32 // cards it has driven so far
}

// stopLimit is how long a module may take to finalise.
const stopLimit = 2 * time.Second

// startClient starts the worker. Its stderr leads nowhere: what a vendor's
// module prints can hold a PIN.
func startClient(argv []string, path string, log zerolog.Logger) (*client, error) {
	if len(argv) == 0 {
		return nil, fmt.Errorf("no worker command")
	}
	cmd := exec.Command(argv[0], append(append([]string{}, argv[1:]...), path)...)
	hideWindow(cmd)
	in, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("starting the card worker: %w", err)
	}
	c := &client{
		path: path, cmd: cmd, in: in, out: out,
		log:  log.With().Str("module", filepath.Base(path)).Int("pid", cmd.Process.Pid).Logger(),
		turn: make(chan struct{}, 1), dead: make(chan struct{}),
	}
	go func() {
		err := cmd.Wait()
		c.exit = "ended"
		if err != nil {
			c.exit = err.Error()
		}
		c.log.Debug().Str("exit", c.exit).Msg("module process ended")
		close(c.dead)
	}()
	c.log.Debug().Msg("module process started")
	return c, nil
}

func (c *client) alive() bool {
	select {
	case <-c.dead:
		return false
	default:
		return !c.lost.Load()
	}
}

func (c *client) kill() { c.cmd.Process.Kill() }

// buryLimit is how long a killed process is waited for: one that is stuck in a
// driver of the system's can not even be killed.
const buryLimit = 2 * time.Second

// bury kills the process and answers how it ended.
func (c *client) bury() string {
	c.kill()
	select {
	case <-c.dead:
	case <-time.After(buryLimit):
		c.lost.Store(true)
		c.log.Warn().Msg("module process can not be killed")
		return "can not be killed"
	}
	if c.hung.Load() {
		return "no answer in time"
	}
	return c.exit
}

// stop lets the module finalise, then kills it.
func (c *client) stop() {
	c.in.Close()
	select {
	case <-c.dead:
	case <-time.After(stopLimit):
		c.bury()
	}
}

// call sends a request and waits for the answer. A module that takes longer
// than limit is killed; when ctx ends first, the call goes on behind the
// caller's back and the next one waits for it. secret is wiped in any case. A
// refusal of the module's is a *worker.Fault, anything else an *Error.
func (c *client) call(ctx context.Context, limit time.Duration, req worker.Request, secret []byte) (worker.Response, error) {
	select {
	case c.turn <- struct{}{}:
	case <-c.dead:
		clear(secret)
		return worker.Response{}, lost(c.exit)
	case <-ctx.Done():
		clear(secret)
		return worker.Response{}, ended(ctx)
	}
	type outcome struct {
		answer worker.Response
		err    error
	}
	done := make(chan outcome, 1)
	go func() {
		watchdog := time.AfterFunc(limit, func() {
			c.log.Warn().Str("op", string(req.Op)).Dur("limit", limit).Msg("module hangs: killed")
			c.hung.Store(true)
			c.kill()
		})
		answer, err := c.exchange(req, secret)
		watchdog.Stop()
		<-c.turn
		done <- outcome{answer, err}
	}()
	select {
	case o := <-done:
		return o.answer, o.err
	case <-ctx.Done():
		return worker.Response{}, ended(ctx)
	}
}

func (c *client) exchange(req worker.Request, secret []byte) (answer worker.Response, err error) {
	defer clear(secret)
	text, err := json.Marshal(req)
	if err != nil {
		return answer, err
	}
	err = frame.Write(c.in, text)
	if err == nil && req.Secret {
		err = writeSecret(c.in, secret)
	}
	var body []byte
	if err == nil {
		body, err = frame.Read(c.out, worker.MaxFrame)
	}
	if err == nil {
		err = json.Unmarshal(body, &answer)
	}
	if err != nil { // dead, or not what it should be
		return answer, lost(c.bury())
	}
	if answer.Fault != nil {
		return answer, answer.Fault
	}
	return answer, nil
}

// writeSecret writes a frame whose every copy in this process is wiped, which
// frame.Write can not promise.
func writeSecret(w io.Writer, secret []byte) error {
	buf := make([]byte, 4+len(secret))
	defer clear(buf)
	binary.LittleEndian.PutUint32(buf, uint32(len(secret)))
	copy(buf[4:], secret)
	_, err := w.Write(buf)
	return err
}
