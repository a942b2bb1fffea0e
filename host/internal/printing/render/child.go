package render

import (
	"context"
	"crypto/sha256"
	"errors"
	"image"
	"io"
	"os/exec"
	"time"

	"github.com/rs/zerolog"

	"raccordo/host/internal/printing/render/protocol"
)

// child is a running process that draws. Once it is dead it never comes back: the
// Renderer starts another.
type child struct {
	log  zerolog.Logger
	cmd  *exec.Cmd
	in   io.WriteCloser
	out  io.ReadCloser
	has  [sha256.Size]byte // of the document that it holds
	dead chan struct{}
}

// startChild starts the process, with nothing of our environment but what Windows
// needs. Its stderr leads nowhere: it could repeat what is in a document.
func startChild(argv []string, log zerolog.Logger) (*child, error) {
	cmd := exec.Command(argv[0], argv[1:]...)
	cmd.Env = environment()
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
		return nil, err
	}
	c := &child{cmd: cmd, in: in, out: out, dead: make(chan struct{}), log: log.With().Int("renderer", cmd.Process.Pid).Logger()}
	go func() {
		err := cmd.Wait()
		c.log.Debug().AnErr("exit", err).Msg("renderer ended")
		close(c.dead)
	}()
	return c, nil
}

func (c *child) alive() bool {
	select {
	case <-c.dead:
		return false
	default:
		return true
	}
}

// stopLimit is how long a child may take to end by itself, and a killed one to be gone.
const stopLimit = 2 * time.Second

// stop lets the child end, then kills it.
func (c *child) stop() {
	c.in.Close()
	select {
	case <-c.dead:
	case <-time.After(stopLimit):
		c.kill()
	}
}

// kill ends whoever waits for the process too, even where it can not be killed.
func (c *child) kill() {
	c.cmd.Process.Kill()
	c.in.Close()
	c.out.Close()
	select {
	case <-c.dead:
	case <-time.After(stopLimit):
		c.log.Warn().Msg("renderer can not be killed")
	}
}

// hello waits until the child can draw.
func (c *child) hello(ctx context.Context, l limits) error {
	var word protocol.Hello
	started := time.Now()
	err := c.limited(ctx, l.compile, l.cancel, func() error { return protocol.Hear(c.out, &word) })
	if err == nil {
		c.log.Debug().Bool("compiled", word.Compiled).Dur("took", time.Since(started)).Msg("renderer started")
	}
	return err
}

// draw has one page drawn. A child that fails is dead afterwards, unless it said why.
func (c *child) draw(ctx context.Context, l limits, j *job) error {
	return c.limited(ctx, l.page, l.cancel, func() error { return c.exchange(j) })
}

// limited does what only the child's death can end, and ends it when it takes too long.
func (c *child) limited(ctx context.Context, limit, cancel time.Duration, do func() error) error {
	done := make(chan error, 1)
	go func() { done <- do() }()
	late := time.NewTimer(limit)
	defer late.Stop()
	select {
	case err := <-done:
		return c.judge(err)
	case <-late.C:
		c.log.Warn().Dur("limit", limit).Msg("renderer hangs: killed")
		c.kill()
		<-done
		return failed("no answer in time", nil)
	case <-ctx.Done():
	}
	select {
	case err := <-done:
		_ = c.judge(err) // ended or not; nobody waits for the picture
	case <-time.After(cancel):
		c.kill()
		<-done
	}
	return context.Cause(ctx)
}

// judge makes one error of what happened. Only a child that said why lives on.
func (c *child) judge(err error) error {
	var refused refusal
	switch {
	case err == nil:
		return nil
	case !errors.As(err, &refused):
		c.kill()
		return failed("ended", err)
	case refused.ends:
		c.kill()
	}
	return failed(string(refused.fault), nil)
}

// refusal is an answer without a picture.
type refusal struct {
	fault protocol.Fault
	ends  bool // the child
}

func (r refusal) Error() string { return string(r.fault) }

// errPicture: the child does not keep to what was agreed.
var errPicture = errors.New("a picture of impossible size")

func (c *child) exchange(j *job) error {
	ask := protocol.Request{Page: j.page, DPI: j.dpi}
	again := c.has == j.sum
	if !again {
		ask.Document = int64(len(j.document))
	}
	if err := protocol.Say(c.in, ask); err != nil {
		return err
	}
	if !again {
		if _, err := c.in.Write(j.document); err != nil {
			return err
		}
	}
	var answer protocol.Answer
	if err := protocol.Hear(c.out, &answer); err != nil {
		return err
	}
	if answer.Fault != "" {
		c.has = [sha256.Size]byte{}
		return refusal{answer.Fault, answer.Ends}
	}
	c.has = j.sum
	w, h := answer.Width, answer.Height
	if w <= 0 || h <= 0 || w > protocol.MaxSide || h > protocol.MaxSide || w*h > protocol.MaxPixels {
		return errPicture
	}
	j.picture = image.NewGray(image.Rect(0, 0, w, h))
	_, err := io.ReadFull(c.out, j.picture.Pix)
	return err
}
