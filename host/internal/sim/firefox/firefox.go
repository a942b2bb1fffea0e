// Package firefox drives a real Firefox for the end-to-end tests: it starts one
// with a profile of its own, installs the extension, opens pages, clicks with
// trusted input events and reads what a page shows, closed shadow roots
// included.
//
// It speaks Marionette (Firefox source docs, "Marionette Protocol", level 3),
// the browser's own WebDriver door, on a loopback port that the browser picks,
// and uses the standard library only. It must never touch a browser that it did
// not start, nor a profile that belongs to a person.
package firefox

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"time"
)

// Options say how to start a browser.
type Options struct {
	Exe       string   // empty: "firefox-esr" of the PATH
	Profile   string   // folder, made when missing
	Headless  bool     // false needs DISPLAY
	Env       []string // added to the environment of this process; HOME is where native messaging manifests are
	Extension string   // folder of an unpacked extension, or an xpi; empty: none
}

// Browser is one running Firefox. It accepts any server certificate: with a
// profile that has no certificates of its own this is no worse than a pin, for
// the pages under test are all it opens.
type Browser struct {
	cmd       *exec.Cmd
	conn      *conn
	log       string
	extension string
	exited    chan struct{}
	closing   sync.Once

	turn   sync.Mutex // Marionette has one current window
	window string
}

// IdleTime is how long this browser lets an event page idle before it ends it;
// that of a doctor waits for 30 s.
const IdleTime = time.Second

// preferences keep the browser quiet and make it pick a port.
const preferences = `user_pref("marionette.port", 0);
user_pref("extensions.background.idle.timeout", %d);
user_pref("app.update.disabledForTesting", true);
user_pref("browser.shell.checkDefaultBrowser", false);
user_pref("browser.startup.homepage_override.mstone", "ignore");
user_pref("browser.aboutwelcome.enabled", false);
user_pref("datareporting.policy.dataSubmissionEnabled", false);
user_pref("datareporting.policy.dataSubmissionPolicyBypassNotification", true);
user_pref("toolkit.telemetry.server", "");
user_pref("extensions.update.enabled", false);
user_pref("extensions.systemAddon.update.enabled", false);
user_pref("extensions.getAddons.cache.enabled", false);
user_pref("services.settings.server", "data:,#remote-settings-dummy/v1");
user_pref("network.captive-portal-service.enabled", false);
user_pref("network.connectivity-service.enabled", false);
user_pref("browser.safebrowsing.update.enabled", false);
user_pref("browser.topsites.contile.enabled", false);
user_pref("browser.newtabpage.enabled", false);
user_pref("intl.locale.requested", "it");
user_pref("intl.accept_languages", "it");
user_pref("ui.prefersReducedMotion", 1);
user_pref("dom.min_background_timeout_value", 4);
`

// Start starts a browser and installs the extension. ctx bounds the start only;
// the browser lives until Close, Kill or its own end.
func Start(ctx context.Context, opt Options) (*Browser, error) {
	if opt.Exe == "" {
		opt.Exe = "firefox-esr"
	}
	if opt.Profile == "" {
		return nil, errors.New("firefox: no profile folder")
	}
	if err := os.MkdirAll(opt.Profile, 0o700); err != nil {
		return nil, err
	}
	if err := os.WriteFile(filepath.Join(opt.Profile, "user.js"), fmt.Appendf(nil, preferences, IdleTime.Milliseconds()), 0o600); err != nil {
		return nil, err
	}
	b := &Browser{log: filepath.Join(opt.Profile, "firefox.log"), exited: make(chan struct{})}
	port := filepath.Join(opt.Profile, "MarionetteActivePort")
	if err := os.Remove(port); err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, err
	}
	if err := b.spawn(opt); err != nil {
		return nil, fmt.Errorf("start %s: %w", opt.Exe, err)
	}
	if err := b.prepare(ctx, port, opt.Extension); err != nil {
		tail := b.logTail()
		b.Kill()
		return nil, fmt.Errorf("start %s: %w%s", opt.Exe, err, tail)
	}
	return b, nil
}

func (b *Browser) spawn(opt Options) error {
	// System access: to put the extension's background to sleep.
	args := []string{"--marionette", "--remote-allow-system-access", "--no-remote", "--profile", opt.Profile}
	if opt.Headless {
		args = append(args, "--headless", "--width=1280", "--height=800")
	}
	logFile, err := os.OpenFile(b.log, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return err
	}
	defer logFile.Close()
	b.cmd = exec.Command(opt.Exe, append(args, "about:blank")...)
	b.cmd.Env = append(append(os.Environ(), "MOZ_CRASHREPORTER_DISABLE=1"), opt.Env...)
	b.cmd.Stdout, b.cmd.Stderr = logFile, logFile
	ownGroup(b.cmd)
	if err := b.cmd.Start(); err != nil {
		return err
	}
	go func() {
		_ = b.cmd.Wait() // how it ended is of no interest: it is gone
		close(b.exited)
	}()
	return nil
}

// prepare waits for the browser's door, opens the one WebDriver session that it
// has, and installs the extension as about:debugging does.
func (b *Browser) prepare(ctx context.Context, portFile, extension string) error {
	var port string
	err := poll(ctx, func() (bool, error) {
		select {
		case <-b.exited:
			return false, ErrGone
		default:
		}
		text, err := os.ReadFile(portFile)
		port = strings.TrimSpace(string(text))
		return port != "", err
	})
	if err != nil {
		return fmt.Errorf("waiting for its port: %w", err)
	}
	if b.conn, err = dial(ctx, "127.0.0.1:"+port); err != nil {
		return err
	}
	if err := b.conn.call(ctx, "WebDriver:NewSession", params{"acceptInsecureCerts": true}, nil); err != nil {
		return err
	}
	if extension == "" {
		return nil
	}
	path, err := filepath.Abs(extension)
	if err != nil {
		return err
	}
	return b.conn.call(ctx, "Addon:Install", params{"path": path, "temporary": true}, &value{&b.extension})
}

// ExtensionID is the id of the installed extension, as its manifest has it.
func (b *Browser) ExtensionID() string { return b.extension }

// PID is the process id of the browser, also its process group.
func (b *Browser) PID() int { return b.cmd.Process.Pid }

// Done is closed when the browser has ended.
func (b *Browser) Done() <-chan struct{} { return b.exited }

// closeTime is how long a browser gets to close its windows by itself.
const closeTime = 10 * time.Second

// Close ends the browser, gracefully if it will. It is safe to call again.
func (b *Browser) Close() error {
	b.closing.Do(func() {
		ctx, cancel := context.WithTimeout(context.Background(), closeTime)
		defer cancel()
		_ = b.conn.call(ctx, "Marionette:Quit", params{"flags": []string{"eForceQuit"}}, nil) // the answer may not come
		select {
		case <-b.exited:
		case <-ctx.Done():
		}
		b.end()
	})
	return nil
}

// Kill ends the browser at once, as a crash would.
func (b *Browser) Kill() { b.closing.Do(b.end) }

func (b *Browser) end() {
	killGroup(b.cmd.Process.Pid)
	<-b.exited
	if b.conn != nil {
		b.conn.close()
	}
}

// logTail is the end of what the browser wrote, for errors.
func (b *Browser) logTail() string {
	data, err := os.ReadFile(b.log)
	if err != nil || len(data) == 0 {
		return ""
	}
	return "\nbrowser log: " + string(data[max(0, len(data)-2000):])
}
