package prompt

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"time"
)

// leave is how long a program may take to end after its answer.
const leave = time.Second

// maxComplaint is how much of a program's stderr is kept.
const maxComplaint = 2048

// ending is how a program ended.
type ending struct {
	exit      int // -1: killed
	complaint string
}

// run starts a program for one question, lets talk speak with it, and waits
// for its end. An answer in time counts, whatever the program does after it.
func (p *Prompter) run(ctx context.Context, name string, args []string, talk func(io.Writer, io.Reader) error) (ending, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.WaitDelay = leave
	complaint := &head{}
	cmd.Stderr = complaint
	in, err := cmd.StdinPipe()
	if err != nil {
		return ending{}, err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return ending{}, err
	}
	if err := cmd.Start(); err != nil {
		return ending{}, fmt.Errorf("%w: %w", ErrUnavailable, err)
	}
	// A wrapper script's child would hold the pipe after the script was killed.
	stop := context.AfterFunc(ctx, func() { out.Close() })
	defer stop()
	err = talk(in, out)
	ended := ctx.Err() // before the program is sent away
	in.Close()
	out.Close()
	timer := time.AfterFunc(leave, cancel)
	defer timer.Stop()
	if waitErr := cmd.Wait(); waitErr != nil {
		p.log.Debug().Err(waitErr).Msg("prompt program ended")
	}
	end := ending{cmd.ProcessState.ExitCode(), string(complaint.text)}
	if err != nil && ended != nil && !errors.Is(err, ErrCancelled) && !errors.Is(err, ErrTimeout) {
		return end, ended
	}
	return end, err
}

// head keeps the first bytes of what is written to it.
type head struct{ text []byte }

func (h *head) Write(b []byte) (int, error) {
	h.text = append(h.text, b[:min(len(b), maxComplaint-len(h.text))]...)
	return len(b), nil
}
