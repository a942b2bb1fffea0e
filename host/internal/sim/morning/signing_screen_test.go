//go:build linux

package morning

import (
	"bufio"
	"context"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"raccordo/host/internal/sim/lab"
	"raccordo/host/internal/sim/signing/vault"
	"raccordo/host/internal/sim/vcard"
)

// TestSigningOnScreen signs with the windows that a doctor gets, on a display,
// with somebody at the keyboard: twelve documents with the card, then one
// remotely.
func TestSigningOnScreen(t *testing.T) {
	newScreen(t)
	const program = "pinentry-gtk-2"
	path, err := exec.LookPath(program)
	if err != nil {
		t.Fatal(err)
	}
	p := openPractice(t, lab.Options{Prompt: path})
	p.must(p.lab.Insert(p.limit()))
	p.seesCard()
	s := p.chromiumDesk().signerAt(allDocuments)
	s.name = program
	k := keyboard{s}
	s.click("button", `^Firma tutti \(12\)$`)
	k.types("Firma di 12 documenti", "consenso", yes...)
	k.types("PIN di firma", "pin", "type --delay 30 "+vcard.DefaultSignPIN, "key Return")
	s.signed(12)

	s = s.signerAt(allDocuments)
	s.press("remota", "profilo")
	k.types("Firma remota", "utente", "type --delay 30 "+s.lab.Doctor.CF, "key Return")
	k.types("Firma remota", "password", "type --delay 30 "+vault.Password, "key Return")
	k.types("Firma di un documento", "consenso-remoto", yes...)
	k.types("PIN della firma remota", "pin-remoto", "type --delay 30 "+vault.PIN, "key Return")
	k.waits("Codice OTP")
	k.types("Codice OTP", "otp", "type --delay 30 "+s.telephone(), "key Return")
	s.signed(1)
	s.verifies("profilo", "valid")
}

// yes goes from Annulla, where the keyboard is at first, over the third button.
var yes = []string{"key Right", "key Right", "key space"}

// newScreen is a display of our own, without anything else on it.
func newScreen(t *testing.T) {
	t.Helper()
	cmd := exec.Command("Xvfb", "-displayfd", "1", "-screen", "0", "1024x768x24", "-nolisten", "tcp", "-noreset")
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	number, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	for name, value := range map[string]string{"DISPLAY": ":" + strings.TrimSpace(number), "WAYLAND_DISPLAY": "", "NO_AT_BRIDGE": "1", "LANG": "C.UTF-8"} {
		t.Setenv(name, value)
	}
}

// keyboard is a person before the native windows.
type keyboard struct{ *signer }

func (k keyboard) waits(title string) {
	k.t.Helper()
	k.until("window "+title, func() bool {
		return exec.CommandContext(k.limit(), "xdotool", "search", "--onlyvisible", "--name", title).Run() == nil
	})
}

// types waits for a window, keeps a picture of it and presses keys. The window
// is gone afterwards.
func (k keyboard) types(title, picture string, keys ...string) {
	k.t.Helper()
	k.waits(title)
	time.Sleep(500 * time.Millisecond) // mapped is not yet ready for keys
	found, err := exec.CommandContext(k.limit(), "xdotool", "search", "--onlyvisible", "--name", title).Output()
	k.must(err)
	window := strings.TrimSpace(string(found))
	if *pictures != "" {
		k.xdo(k.limit(), "import", "-window", "root", filepath.Join(*pictures, k.name+"-"+picture+".png"))
	}
	for _, key := range keys {
		k.xdo(k.limit(), "xdotool", strings.Fields(key)...)
	}
	k.until("window "+title+" closes", func() bool {
		now, _ := exec.CommandContext(k.limit(), "xdotool", "search", "--onlyvisible", "--name", title).Output()
		return strings.TrimSpace(string(now)) != window
	})
}

func (k keyboard) xdo(ctx context.Context, name string, args ...string) {
	k.t.Helper()
	if out, err := exec.CommandContext(ctx, name, args...).CombinedOutput(); err != nil {
		k.t.Fatalf("%s %q: %v: %s", name, args, err, out)
	}
}
