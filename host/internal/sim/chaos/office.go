package chaos

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"

	"raccordo/host/internal/sim/a2f"
	"raccordo/host/internal/sim/anagrafe"
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
