package bench

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"raccordo/host/internal/sim/soak"
)

// bareProcess does one thing for each line it is sent, and answers with the
// nanoseconds it took.
type bareProcess struct {
	cmd *exec.Cmd
	in  io.WriteCloser
	out *bufio.Reader
}

// startBare starts the least program that opens a session with the card.
func (b *bench) startBare(ctx context.Context) (*bareProcess, error) {
	return startLines(b.lab.Command(ctx, "raccordo-sim", "bare-login", b.lab.Doctor.PIN, soak.OpenSC, b.lab.Region.SARURL()+"/sessione/v1", filepath.Join(b.lab.Dir, "server-ca.crt")))
}

// signature is what one signature takes in a process that only calls the
// module: the median of a few.
func (b *bench) signature(ctx context.Context, rounds int) (float64, error) {
	p, err := startLines(b.lab.Command(ctx, "raccordo-sim", "bare", b.lab.Doctor.PIN, soak.OpenSC))
	if err != nil {
		return 0, err
	}
	defer p.end()
	var took samples
	for i := range rounds + 1 {
		one, err := p.turn(ctx)
		if err != nil {
			return 0, err
		}
		if i > 0 {
			took = append(took, one)
		}
	}
	return took.median(), nil
}

func startLines(cmd *exec.Cmd) (*bareProcess, error) {
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	return &bareProcess{cmd, in, bufio.NewReader(out)}, cmd.Start()
}

// turn is one of them.
func (p *bareProcess) turn(context.Context) (time.Duration, error) {
	if _, err := io.WriteString(p.in, "\n"); err != nil {
		return 0, err
	}
	line, err := p.out.ReadString('\n')
	if err != nil {
		return 0, fmt.Errorf("bare process: %w", err)
	}
	n, err := strconv.ParseInt(strings.TrimSpace(line), 10, 64)
	return time.Duration(n), err
}

func (p *bareProcess) end() {
	p.in.Close()
	_ = p.cmd.Wait() // it ends with its input
}
