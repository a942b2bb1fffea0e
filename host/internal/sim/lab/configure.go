package lab

import (
	"cmp"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"raccordo/host/internal/register"
	"raccordo/host/internal/sim/browser"
	"raccordo/host/internal/sim/pinentry"
)

// configure writes what an administrator would: configuration, region profile,
// native host manifest; and stores the doctor's pinCode with the product's own
// command.
func (l *Lab) configure(ctx context.Context) error {
	conf := filepath.Join(l.Dir, "config", "raccordo")
	if err := os.MkdirAll(filepath.Join(conf, "regions"), 0o700); err != nil {
		return err
	}
	cipher := filepath.Join(l.Dir, "cipher.cer")
	if err := os.WriteFile(cipher, l.Region.CipherCertificatePEM(), 0o600); err != nil {
		return err
	}
	answer := l.opt.Answer
	if answer == 0 {
		answer = 20 * time.Second
	}
	numbering := "lot"
	if l.opt.RegionNumbers {
		numbering = "region"
	}
	text := fmt.Sprintf(profile, l.Region.SARURL(), filepath.Join(l.Dir, "server-ca.crt"), cipher, answer,
		l.Region.CloudURL(), l.Login.Issuer(), l.Login.CNSEndpoint(), cmp.Or(l.opt.Tokens, "bearer"), numbering,
		l.Signing.URL(), filepath.Join(l.Dir, "signature-trust.xml"), filepath.Join(l.Dir, "signature-trust.crt"))
	if err := os.WriteFile(filepath.Join(conf, "regions", "simulata.toml"), []byte(text), 0o600); err != nil {
		return err
	}
	l.prompts = filepath.Join(l.Dir, "prompts")
	scripted, err := pinentry.Install(l.prompts, filepath.Join(l.opt.Bin, "raccordo-sim"))
	if err != nil {
		return err
	}
	if err := l.Person(pinentry.Script{PIN: l.Doctor.PIN}); err != nil {
		return err
	}
	program := l.opt.Prompt
	if program == "" {
		program = scripted
	}
	settings := fmt.Sprintf("region = \"simulata\"\nallowed_origins = [%q]\nprompt = %q\nlog_level = \"debug\"\nkeyring = \"file\"\n%s\n", l.Clinic.URL, program, l.opt.Settings)
	if err := os.WriteFile(filepath.Join(conf, "config.toml"), []byte(settings), 0o600); err != nil {
		return err
	}
	if _, err := register.Write(filepath.Join(l.UserData(), "NativeMessagingHosts"), register.Chromium, filepath.Join(l.opt.Bin, "raccordo-host")); err != nil {
		return err
	}
	l.closers = append(l.closers, l.StopAgent)
	return l.storePinCode(ctx)
}

func (l *Lab) storePinCode(ctx context.Context) error {
	cmd := exec.CommandContext(ctx, filepath.Join(l.opt.Bin, "raccordo"), "pincode", "--stdin", l.Doctor.CF)
	cmd.Env = l.Environ()
	cmd.Stdin = strings.NewReader(l.Doctor.PinCode + "\n")
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%w: %s", err, out)
	}
	return nil
}

// Env is what the product's binaries must find in their environment to live
// in the lab and nowhere else.
func (l *Lab) Env() []string {
	at := func(name string) string { return filepath.Join(l.Dir, name) }
	cups := "CUPS_SERVER=" + at("no-cups.sock") // the machine's own is not the lab's
	if l.Paper != nil {
		cups = "CUPS_SERVER=" + l.Paper.Socket()
	}
	return []string{
		cups,
		"HOME=" + at("home"), "XDG_RUNTIME_DIR=" + at("run"), "XDG_CONFIG_HOME=" + at("config"),
		"XDG_STATE_HOME=" + at("state"), "TMPDIR=" + at("tmp"), "PCSCLITE_CSOCK_NAME=" + l.PCSC.Socket(),
	}
}

// Environ is the whole environment of a process in the lab.
func (l *Lab) Environ() []string { return append(os.Environ(), l.Env()...) }

// UserData is the folder of the lab's browser profile.
func (l *Lab) UserData() string { return filepath.Join(l.Dir, "browser") }

// AgentLog is the log file of the agent.
func (l *Lab) AgentLog() string {
	return filepath.Join(l.Dir, "state", "raccordo", "log", "agent.log")
}

// Browser starts a Chromium with the extension that trusts the lab's servers.
func (l *Lab) Browser(ctx context.Context, extension string, headless bool) (*browser.Browser, error) {
	portal, err := l.portalCertificate(ctx)
	if err != nil {
		return nil, err
	}
	return browser.Start(ctx, browser.Options{
		UserDataDir: l.UserData(), Headless: headless, Env: l.Env(), Extension: extension,
		Public:    []string{l.Clinic.Address}, // a clinical app is on the internet: what a browser forbids such a page it forbids the clinic
		TrustSPKI: []string{browser.SPKI(l.Clinic.Certificate), browser.SPKI(portal), browser.SPKI(l.Login.Certificate()), browser.SPKI(l.Signing.Certificate())},
	})
}

// portalCertificate is what the region's portal shows; it is made at start.
func (l *Lab) portalCertificate(ctx context.Context) (*x509.Certificate, error) {
	dialer := tls.Dialer{Config: &tls.Config{RootCAs: l.Region.ServerCA().Pool()}}
	conn, err := dialer.DialContext(ctx, "tcp", strings.TrimPrefix(l.Region.PortalURL(), "https://"))
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	secure, ok := conn.(*tls.Conn)
	if !ok {
		return nil, fmt.Errorf("portal over %T", conn)
	}
	return secure.ConnectionState().PeerCertificates[0], nil
}

// Command prepares a product binary to run in the lab.
func (l *Lab) Command(ctx context.Context, name string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, filepath.Join(l.opt.Bin, name), args...)
	cmd.Env = l.Environ()
	return cmd
}

// StopAgent ends the agent that a relay started, if any, and waits for it.
func (l *Lab) StopAgent() error {
	pid, err := l.AgentPID()
	if err != nil || pid == 0 {
		return err
	}
	return end(pid, 5*time.Second)
}

// AgentPID is the process id of the lab's agent, 0 when none runs.
func (l *Lab) AgentPID() (int, error) {
	all, err := l.processes("raccordo", "agent")
	if err != nil || len(all) == 0 {
		return 0, err
	}
	return all[0], nil
}

// WorkerPIDs are the process ids of the card workers.
func (l *Lab) WorkerPIDs() ([]int, error) { return l.processes("raccordo", "card-worker") }

// RelayPIDs are the process ids of the relays that browsers have started.
func (l *Lab) RelayPIDs() ([]int, error) { return l.processes("raccordo-host", "") }

// PromptPIDs are the process ids of the scripted windows that are open.
func (l *Lab) PromptPIDs() ([]int, error) { return l.processes("raccordo-sim", "pinentry") }

// processes finds the lab's own processes of a program by their environment
// and, unless it is empty, their first argument.
func (l *Lab) processes(program, command string) ([]int, error) {
	dirs, err := filepath.Glob("/proc/[0-9]*")
	if err != nil {
		return nil, err
	}
	var found []int
	for _, dir := range dirs {
		args, err := os.ReadFile(filepath.Join(dir, "cmdline"))
		if err != nil {
			continue // gone, or another user's
		}
		argv := strings.Split(string(args), "\x00")
		if len(argv) < 2 || filepath.Base(argv[0]) != program || command != "" && argv[1] != command {
			continue
		}
		if !l.owns(dir) && !l.owns(parent(dir)) { // the card worker hides its own
			continue
		}
		var pid int
		if _, err := fmt.Sscan(filepath.Base(dir), &pid); err == nil {
			found = append(found, pid)
		}
	}
	return found, nil
}

// owns tells by its environment whether a process, given by its folder, lives
// in the lab.
func (l *Lab) owns(dir string) bool {
	env, err := os.ReadFile(filepath.Join(dir, "environ"))
	return err == nil && strings.Contains(string(env), "XDG_RUNTIME_DIR="+filepath.Join(l.Dir, "run")+"\x00")
}

// parent is the folder of a process's parent (proc(5), stat).
func parent(dir string) string {
	stat, err := os.ReadFile(filepath.Join(dir, "stat"))
	if err != nil {
		return ""
	}
	fields := strings.Fields(string(stat[strings.LastIndexByte(string(stat), ')')+1:]))
	if len(fields) < 2 {
		return ""
	}
	return filepath.Join("/proc", fields[1])
}

var errStays = errors.New("process does not end")
