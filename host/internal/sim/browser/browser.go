// Package browser drives a real Chromium for the end-to-end tests and the demo:
// it starts one with a profile of its own, loads an unpacked extension, opens
// pages, clicks and types with trusted input events, and reads the page
// through its accessibility tree, as a screen reader would, which also reaches
// into closed shadow roots.
//
// It speaks the Chrome DevTools Protocol over --remote-debugging-pipe (no port
// is opened) and uses the standard library only. It must never touch a browser
// that it did not start, nor a profile that belongs to a person.
package browser

import (
	"context"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"time"
)

// Options say how to start a browser.
type Options struct {
	Exe         string   // empty: "chromium" of the PATH
	UserDataDir string   // made when missing; native messaging manifests go to its NativeMessagingHosts
	Headless    bool     // false needs DISPLAY
	Env         []string // added to the environment of this process
	Extension   string   // folder of an unpacked extension; empty: none
	TrustSPKI   []string // see SPKI: servers with these keys are trusted
	Public      []string // host:port of servers on this PC that are to count as servers of the internet
	WindowSize  Size     // zero: 1280×800
}

// Size is in CSS pixels.
type Size struct{ Width, Height int }

// Browser is one running Chromium.
type Browser struct {
	cmd       *exec.Cmd
	conn      *conn
	log       string
	extension string
	exited    chan struct{}
	closing   sync.Once
}

// SPKI is the pin of a server certificate as Options.TrustSPKI wants it.
func SPKI(cert *x509.Certificate) string {
	sum := sha256.Sum256(cert.RawSubjectPublicKeyInfo)
	return base64.StdEncoding.EncodeToString(sum[:])
}

// Start starts a browser and loads the extension. ctx bounds the start only;
// the browser lives until Close, Kill or its own end.
func Start(ctx context.Context, opt Options) (*Browser, error) {
	if opt.Exe == "" {
		opt.Exe = "chromium"
	}
	if opt.UserDataDir == "" {
		return nil, errors.New("browser: no user data dir")
	}
	if err := os.MkdirAll(opt.UserDataDir, 0o700); err != nil {
		return nil, err
	}
	b := &Browser{log: filepath.Join(opt.UserDataDir, "chromium.log"), exited: make(chan struct{})}
	if err := b.spawn(opt); err != nil {
		return nil, fmt.Errorf("start %s: %w", opt.Exe, err)
	}
	if err := b.prepare(ctx, opt.Extension); err != nil {
		tail := b.logTail()
		b.Kill()
		return nil, fmt.Errorf("start %s: %w%s", opt.Exe, err, tail)
	}
	return b, nil
}

func (b *Browser) spawn(opt Options) error {
	commandsRead, commands, err := os.Pipe()
	if err != nil {
		return err
	}
	defer commandsRead.Close()
	answers, answersWrite, err := os.Pipe()
	if err != nil {
		commands.Close()
		return err
	}
	defer answersWrite.Close()
	logFile, err := os.OpenFile(b.log, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err == nil {
		defer logFile.Close()
		b.cmd = exec.Command(opt.Exe, arguments(opt)...)
		b.cmd.Env = append(os.Environ(), opt.Env...)
		b.cmd.Stdout, b.cmd.Stderr = logFile, logFile
		b.cmd.ExtraFiles = []*os.File{commandsRead, answersWrite} // 3 and 4 in the child
		ownGroup(b.cmd)
		err = b.cmd.Start()
	}
	if err != nil {
		commands.Close()
		answers.Close()
		return err
	}
	b.conn = newConn(answers, commands)
	go func() {
		_ = b.cmd.Wait() // how it ended is of no interest: it is gone
		close(b.exited)
	}()
	return nil
}

func (b *Browser) prepare(ctx context.Context, extension string) error {
	if err := b.conn.call(ctx, "", "Browser.getVersion", nil, nil); err != nil {
		return err
	}
	if extension == "" {
		return nil
	}
	path, err := filepath.Abs(extension)
	if err != nil {
		return err
	}
	var loaded struct {
		ID string `json:"id"`
	}
	if err := b.conn.call(ctx, "", "Extensions.loadUnpacked", params{"path": path}, &loaded); err != nil {
		return err
	}
	b.extension = loaded.ID
	return nil
}

// ExtensionID is the id that the browser gave to the loaded extension.
func (b *Browser) ExtensionID() string { return b.extension }

// PID is the process id of the browser, also its process group.
func (b *Browser) PID() int { return b.cmd.Process.Pid }

// Done is closed when the browser has ended.
func (b *Browser) Done() <-chan struct{} { return b.exited }

// closeTime is how long a browser gets to close its windows by itself.
const closeTime = 5 * time.Second

// Close ends the browser, gracefully if it will. It is safe to call again.
func (b *Browser) Close() error {
	b.closing.Do(func() {
		ctx, cancel := context.WithTimeout(context.Background(), closeTime)
		defer cancel()
		_ = b.conn.call(ctx, "", "Browser.close", nil, nil) // the answer may not come: the pipe closes
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
	b.conn.close()
}

// logTail is the end of what the browser wrote, for errors.
func (b *Browser) logTail() string {
	data, err := os.ReadFile(b.log)
	if err != nil || len(data) == 0 {
		return ""
	}
	return "\nbrowser log: " + string(data[max(0, len(data)-2000):])
}
