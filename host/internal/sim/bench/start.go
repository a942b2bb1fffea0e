package bench

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"raccordo/host/internal/frame"
	"raccordo/host/internal/wire"
	"raccordo/manifests"
)

const (
	startRounds  = 100
	demandRounds = 15
	warmUp       = 3
	hello        = `{"jsonrpc":"2.0","id":1,"method":"hello","params":{"protocol":1,"client":"bench/1"}}`
	// startTime bounds one start, an agent's included.
	startTime = 10 * time.Second
)

// started is what one start of a host showed.
type started struct {
	took time.Duration // until the first answer
	peak float64       // resident memory so far, MiB
}

// starts measures from the start of the process to the answer to hello, with
// the agent running and without, beside a program that only answers a frame.
func (b *bench) starts(ctx context.Context) error {
	origin, err := extensionOrigin()
	if err != nil {
		return err
	}
	relay := func() (started, error) { return start(b.lab.Command(ctx, "raccordo-host", origin)) }
	minimal := func() (started, error) {
		return start(b.lab.Command(ctx, filepath.Join("bench", "minimal"), origin))
	}
	var took, base samples
	var peak, basePeak float64
	for i := range warmUp + startRounds {
		var r, m started
		turns := []func() error{
			func() (err error) { m, err = minimal(); return err },
			func() (err error) { r, err = relay(); return err },
		}
		for j := range turns {
			if err := turns[(i+j)%len(turns)](); err != nil {
				return err
			}
		}
		if i < warmUp {
			continue // the first of them starts the agent
		}
		took, base = append(took, r.took), append(base, m.took)
		peak, basePeak = max(peak, r.peak), max(basePeak, m.peak)
	}
	b.add(
		plain("raccordo-host: start → hello, agent running (p50), beside a minimal Go program", took.median(), "ms").beside(base.median()).within(1.5*base.median()),
		plain("raccordo-host: start → hello, agent running (p95), beside a minimal Go program", took.at(95), "ms").beside(base.at(95)),
		plain("raccordo-host: peak resident memory, beside a minimal Go program", peak, "MiB").beside(basePeak).within(6),
	)
	return b.onDemand(relay)
}

func (b *bench) onDemand(relay func() (started, error)) error {
	var took samples
	for range demandRounds {
		if err := b.lab.StopAgent(); err != nil {
			return err
		}
		r, err := relay()
		if err != nil {
			return fmt.Errorf("raccordo-host without an agent: %w", err)
		}
		took = append(took, r.took)
	}
	b.add(
		plain("raccordo-host: start → hello, agent started on demand (p50)", took.median(), "ms").within(40),
		plain("raccordo-host: start → hello, agent started on demand (p95)", took.at(95), "ms"),
	)
	return nil
}

// start runs a host up to its first answer, and ends it as a browser does.
func start(cmd *exec.Cmd) (s started, err error) {
	in, err := cmd.StdinPipe()
	if err != nil {
		return s, err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return s, err
	}
	begin := time.Now()
	if err := cmd.Start(); err != nil {
		return s, err
	}
	stuck := time.AfterFunc(startTime, func() { cmd.Process.Kill() })
	defer stuck.Stop()
	answer, err := exchange(in, out)
	s.took = time.Since(begin)
	if err == nil {
		s.peak, err = peakMemory(cmd.Process.Pid)
	}
	in.Close()
	_, rest := io.Copy(io.Discard, out)
	err = errors.Join(err, rest, cmd.Wait())
	if err == nil {
		err = answered(answer)
	}
	if err != nil {
		return s, fmt.Errorf("%s: %w", filepath.Base(cmd.Path), err)
	}
	return s, nil
}

func exchange(in io.Writer, out io.Reader) ([]byte, error) {
	if err := frame.Write(in, []byte(hello)); err != nil {
		return nil, err
	}
	return frame.Read(out, wire.MaxFrame)
}

// answered takes a result, and the echo of the question, but no error.
func answered(body []byte) error {
	var resp wire.Response
	if err := json.Unmarshal(body, &resp); err != nil {
		return err
	}
	if resp.Error != nil {
		return resp.Error
	}
	return nil
}

// extensionOrigin is what Chromium puts on the command line of a host.
func extensionOrigin() (string, error) {
	text, err := fs.ReadFile(manifests.Files, "native/ids.json")
	if err != nil {
		return "", err
	}
	var ids struct{ Chromium string }
	if err := json.Unmarshal(text, &ids); err != nil {
		return "", err
	}
	return "chrome-extension://" + strings.TrimSpace(ids.Chromium) + "/", nil
}
