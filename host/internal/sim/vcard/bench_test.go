package vcard

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"raccordo/host/internal/sim/pcsc"
)

// bench is a card in a real reader of a real (private) PC/SC service.
type bench struct {
	*testing.T
	card   *Card
	daemon *pcsc.Daemon
	dir    string
}

func newBench(t *testing.T, change ...func(*Options)) bench {
	t.Helper()
	dir, err := os.MkdirTemp("", "vcard") // t.TempDir is too long for a socket
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	daemon, err := pcsc.Start(t.Context(), dir, 1)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := daemon.Stop(); err != nil {
			t.Error(err)
		}
	})
	return bench{t, newCard(t, change...), daemon, dir}
}

func (b bench) insert(addr string) {
	b.Helper()
	if err := b.card.Insert(b.Context(), addr); err != nil {
		b.Fatal(err)
	}
	b.awaitATR()
}

// awaitATR waits until the service has noticed the card (it looks every 400 ms).
func (b bench) awaitATR() {
	b.Helper()
	for end := time.Now().Add(10 * time.Second); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		if out, err := b.try("opensc-tool", "-r", "0", "-a"); err == nil && strings.Contains(out, "3b:ff:18") {
			return
		}
	}
	b.Fatal("the service does not see the card")
}

func (b bench) try(name string, args ...string) (string, error) {
	cmd := exec.CommandContext(b.Context(), name, args...)
	cmd.Dir = b.dir
	cmd.Env = append(os.Environ(), "PCSCLITE_CSOCK_NAME="+b.daemon.Socket(), "OPENSC_CONF=/dev/null")
	out, err := cmd.CombinedOutput()
	return string(out), err
}

func (b bench) run(name string, args ...string) string {
	b.Helper()
	out, err := b.try(name, args...)
	if err != nil {
		b.Fatalf("%s %q: %v\n%s", name, args, err, out)
	}
	return out
}

func (b bench) pkcs11(args ...string) (string, error) {
	return b.try("pkcs11-tool", append([]string{"--module", "opensc-pkcs11.so"}, args...)...)
}

func (b bench) file(name string, data []byte) string {
	b.Helper()
	path := filepath.Join(b.dir, name)
	if err := os.WriteFile(path, data, 0o600); err != nil {
		b.Fatal(err)
	}
	return path
}

func (b bench) sign(mechanism, slot, id, pin string, more ...string) (string, error) {
	return b.pkcs11(append([]string{"--slot-index", slot, "--login", "--pin", pin, "--sign", "--id", id, "--mechanism", mechanism,
		"--input-file", b.file("text", []byte("una ricetta")), "--output-file", filepath.Join(b.dir, "signature")}, more...)...)
}
