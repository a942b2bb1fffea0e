package pcsc

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// slotsPerEntry is VPCDSLOTS of the distribution's vpcd: one copy of the
// driver serves two readers, on two ports in a row.
const slotsPerEntry = 2

// enter is what runs inside the namespace: $1 is our folder, $2 the folder of
// the USB drivers, $3 pcscd. With no USB driver to be found, pcscd leaves the
// machine's real readers alone. The process dies with the program that started
// it, however that one ends.
const enter = `mount --bind "$1/none" "$2" && mount --bind "$1" /run && cd / &&
exec setpriv --pdeathsig KILL "$3" --foreground --config /run/conf`

// driverFolders are where distributions keep pcscd's drivers.
var driverFolders = []string{"/usr/lib/pcsc/drivers", "/usr/lib64/pcsc/drivers", "/usr/local/lib/pcsc/drivers"}

// plan is how this machine can run a private pcscd.
type plan struct {
	dir, daemon, drivers string
	unshare              []string
}

func newPlan(ctx context.Context, dir string) (plan, error) {
	p := plan{dir: dir}
	for _, sub := range []string{"conf", "none"} {
		if err := os.MkdirAll(filepath.Join(dir, sub), 0o755); err != nil {
			return p, err
		}
	}
	for _, tool := range []string{"unshare", "mount", "setpriv"} {
		if _, err := exec.LookPath(tool); err != nil {
			return p, fmt.Errorf("%w: install util-linux and mount", err)
		}
	}
	var err error
	if p.daemon, err = findDaemon(); err != nil {
		return p, err
	}
	if p.drivers, err = findDrivers(); err != nil {
		return p, err
	}
	p.unshare, err = findNamespace(ctx, dir, p.drivers)
	return p, err
}

func findDaemon() (string, error) {
	// sbin is not on an ordinary user's PATH.
	for _, name := range []string{"pcscd", "/usr/sbin/pcscd", "/usr/local/sbin/pcscd"} {
		if path, err := exec.LookPath(name); err == nil {
			return path, nil
		}
	}
	return "", errors.New("pcscd not found: install the package pcscd")
}

func findDrivers() (string, error) {
	for _, folder := range driverFolders {
		if _, err := os.Stat(filepath.Join(folder, "serial", "libifdvpcd.so")); err == nil {
			return folder, nil
		}
	}
	return "", errors.New("libifdvpcd.so not found: install the package vsmartcard-vpcd")
}

// findNamespace tries, rather than asks, which namespace is granted: root in a
// container may lack the right to mount, and distributions forbid user
// namespaces in different ways.
func findNamespace(ctx context.Context, dir, drivers string) ([]string, error) {
	ways := [][]string{{"--map-root-user", "--mount"}}
	if os.Geteuid() == 0 {
		ways = [][]string{{"--mount"}, {"--map-root-user", "--mount"}}
	}
	var refusals []string
	for _, way := range ways {
		args := append(append([]string{}, way...), "sh", "-c", enter, "sh", dir, drivers, "true")
		out, err := exec.CommandContext(ctx, "unshare", args...).CombinedOutput()
		if err == nil {
			return way, nil
		}
		refusals = append(refusals, strings.TrimSpace(string(out)))
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	return nil, fmt.Errorf("a private PC/SC service needs a mount namespace, and this machine refuses one to this user (%s): run it with sudo", strings.Join(refusals, "; "))
}

// writeReaders makes reader.conf. The driver keeps its slots in one static
// array, so each entry gets a copy of the library of its own.
func (p plan) writeReaders(entries []int) error {
	var conf strings.Builder
	for i, port := range entries {
		name := fmt.Sprintf("libifdvpcd%d.so", i)
		if err := copyFile(filepath.Join(p.drivers, "serial", "libifdvpcd.so"), filepath.Join(p.dir, name)); err != nil {
			return err
		}
		fmt.Fprintf(&conf, "FRIENDLYNAME \"Lettore virtuale %d\"\nDEVICENAME /dev/null:0x%X\nLIBPATH /run/%s\nCHANNELID 0x%X\n\n", i+1, port, name, port)
	}
	return os.WriteFile(filepath.Join(p.dir, "conf", "vpcd"), []byte(conf.String()), 0o644)
}

func copyFile(from, to string) error {
	src, err := os.Open(from)
	if err != nil {
		return err
	}
	defer src.Close()
	dst, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o755)
	if err != nil {
		return err
	}
	_, err = io.Copy(dst, src)
	return errors.Join(err, dst.Close())
}

// start runs pcscd. unshare, sh and setpriv replace themselves, so the handle
// is that of pcscd itself.
func (p plan) start() (*process, error) {
	for _, stale := range []string{"pcscd.comm", "pcscd.pid"} { // left by a kill
		if err := os.Remove(filepath.Join(p.dir, "pcscd", stale)); err != nil && !errors.Is(err, os.ErrNotExist) {
			return nil, err
		}
	}
	log, err := os.Create(p.log())
	if err != nil {
		return nil, err
	}
	defer log.Close()
	args := append(append([]string{}, p.unshare...), "sh", "-c", enter, "sh", p.dir, p.drivers, p.daemon)
	cmd := exec.Command("unshare", args...)
	cmd.Stdout, cmd.Stderr = log, log
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	proc := &process{cmd: cmd, done: make(chan struct{})}
	go func() {
		defer close(proc.done)
		_ = cmd.Wait() // the exit status is in cmd.ProcessState
	}()
	return proc, nil
}

func (p plan) log() string { return filepath.Join(p.dir, "pcscd.log") }

// logTail is the end of pcscd's log, for error texts.
func (p plan) logTail() string {
	text, err := os.ReadFile(p.log())
	text = bytes.TrimSpace(text)
	if err != nil || len(text) == 0 {
		return ""
	}
	return ": " + string(text[max(0, len(text)-400):])
}
