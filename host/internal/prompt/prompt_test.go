//go:build unix

package prompt_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/rs/zerolog"
	"go.uber.org/goleak"

	"raccordo/host/internal/prompt"
	"raccordo/host/internal/sim/pinentry"
)

// The test binary is the scripted pinentry as well.
func TestMain(m *testing.M) {
	if len(os.Args) == 3 && os.Args[1] == "pinentry" {
		if err := pinentry.Run(os.Args[2], os.Stdin, os.Stdout); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Setenv("GORACE", "atexit_sleep_ms=0") // of the children: a second each, otherwise
	goleak.VerifyTestMain(m)
}

// never is a timeout that no test waits for.
const never = time.Hour

// person makes a program with somebody in front of it who behaves as s says.
func person(t *testing.T, s pinentry.Script) (program, dir string) {
	t.Helper()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	dir = t.TempDir()
	if program, err = pinentry.Install(dir, exe); err != nil {
		t.Fatal(err)
	}
	if err := pinentry.Set(dir, s); err != nil {
		t.Fatal(err)
	}
	return program, dir
}

// script makes a program that is none.
func script(t *testing.T, text string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "pinentry")
	if err := os.WriteFile(file, []byte("#!/bin/sh\n"+text+"\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	return file
}

func TestPIN(t *testing.T) {
	for name, pin := range map[string]string{
		"digits": "12345", "nothing": "", "escapes": "a%b%25\r\nü€", "an escape in plain text": "%41", "64 bytes": strings.Repeat("9", 64), "65 bytes": strings.Repeat("9", 65),
	} {
		t.Run(name, func(t *testing.T) {
			program, _ := person(t, pinentry.Script{PIN: pin})
			got, err := prompt.New(program, never, zerolog.Nop()).PIN(t.Context(), prompt.Request{Title: "x"})
			if err != nil || string(got) != pin {
				t.Errorf("%q, %v; not %q", got, err, pin)
			}
		})
	}
}

// What the person reads is what was written, letter by letter.
func TestShown(t *testing.T) {
	tests := map[string]prompt.Request{
		"plain":            {Title: "Raccordo", Description: "Inserire il PIN", Label: "PIN:", OK: "Accedi"},
		"accents, lines":   {Title: "Raccordo – però", Description: "Città di «Forlì»\n\nultimo tentativo: 100% perché\r\n%0A %41", Label: "PIN (è di 5 cifre):", Fault: "PIN errato:\nrestano 2 tentativi"},
		"a line's length":  {Title: "x", Description: strings.Repeat("d", 1002-len("SETDESC \n"))},
		"only description": {Description: "Consentire?"},
	}
	for name, req := range tests {
		for kind, ask := range map[string]func(*prompt.Prompter) error{
			"GETPIN":  func(p *prompt.Prompter) error { _, err := p.PIN(t.Context(), req); return err },
			"CONFIRM": func(p *prompt.Prompter) error { return p.Confirm(t.Context(), req) },
		} {
			t.Run(name+" "+kind, func(t *testing.T) {
				program, dir := person(t, pinentry.Script{PIN: "12345"})
				if err := ask(prompt.New(program, never, zerolog.Nop())); err != nil {
					t.Fatal(err)
				}
				got, err := pinentry.Shown(dir)
				if err != nil {
					t.Fatal(err)
				}
				want := []pinentry.Window{{Kind: kind, Title: req.Title, Description: req.Description, Label: req.Label, Fault: req.Fault, OK: req.OK}}
				if diff := cmp.Diff(want, got, cmpopts.IgnoreFields(pinentry.Window{}, "At")); diff != "" {
					t.Error(diff)
				}
			})
		}
	}
}

// A text beyond the longest line is cut and shown, not lost.
func TestShownTooLong(t *testing.T) {
	program, dir := person(t, pinentry.Script{})
	text := strings.Repeat("è%\n", 500)
	if err := prompt.New(program, never, zerolog.Nop()).Confirm(t.Context(), prompt.Request{Description: text}); err != nil {
		t.Fatal(err)
	}
	windows, err := pinentry.Shown(dir)
	if err != nil || len(windows) != 1 {
		t.Fatal(windows, err)
	}
	shown, cut := strings.CutSuffix(windows[0].Description, "…")
	if !cut || !strings.HasPrefix(text, shown) || len(shown) < 400 {
		t.Errorf("shown: %q", windows[0].Description)
	}
}

func TestRefusals(t *testing.T) {
	cancels, _ := person(t, pinentry.Script{Cancel: true})
	greet := `echo "OK hi"; `
	answers := greet + `while read -r verb rest; do case $verb in GETPIN|CONFIRM) %s;; *) echo OK;; esac; done`
	tests := map[string]struct {
		program string
		want    error
	}{
		"cancelled":            {cancels, prompt.ErrCancelled},
		"not confirmed":        {script(t, fmt.Sprintf(answers, `echo "ERR 83886194 Not confirmed <Pinentry>"`)), prompt.ErrCancelled},
		"fully cancelled":      {script(t, fmt.Sprintf(answers, `echo "ERR 83886278 Fully cancelled"`)), prompt.ErrCancelled},
		"program's timeout":    {script(t, fmt.Sprintf(answers, `echo "ERR 83886142 Timeout <Pinentry>"`)), prompt.ErrTimeout},
		"program's fault":      {script(t, fmt.Sprintf(answers, `echo "ERR 83886340 Invalid IPC response"`)), prompt.ErrUnavailable},
		"fault without number": {script(t, fmt.Sprintf(answers, `echo ERR`)), prompt.ErrUnavailable},
		"missing":              {filepath.Join(t.TempDir(), "none"), prompt.ErrUnavailable},
		"not executable":       {os.DevNull, prompt.ErrUnavailable},
		"dies at once":         {script(t, `exit 3`), prompt.ErrUnavailable},
		"dies after greeting":  {script(t, greet+`exit 0`), prompt.ErrUnavailable},
		"dies when asked":      {script(t, fmt.Sprintf(answers, `exit 1`)), prompt.ErrUnavailable},
		"killed when asked":    {script(t, fmt.Sprintf(answers, `kill -9 $$`)), prompt.ErrUnavailable},
		"refuses to greet":     {script(t, `echo "ERR 1 no"; cat >/dev/null`), prompt.ErrUnavailable},
		"floods bytes":         {script(t, `exec cat /dev/zero`), prompt.ErrUnavailable},
		"floods data":          {script(t, fmt.Sprintf(answers, `exec yes "D 99999999999999999999"`)), prompt.ErrUnavailable},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			p := prompt.New(tt.program, never, zerolog.Nop())
			if pin, err := p.PIN(t.Context(), prompt.Request{Title: "x"}); !errors.Is(err, tt.want) || pin != nil {
				t.Errorf("PIN: %q, %v; not %v", pin, err, tt.want)
			}
			if err := p.Confirm(t.Context(), prompt.Request{Title: "x"}); !errors.Is(err, tt.want) {
				t.Errorf("Confirm: %v, not %v", err, tt.want)
			}
		})
	}
}

// Programs differ: options and texts that one does not know do not matter, nor
// do comments and status lines.
func TestTolerates(t *testing.T) {
	tests := map[string]string{
		"knows no option":        `echo "OK hi"; while read -r verb rest; do case $verb in GETPIN) echo "D 1234"; echo OK;; *) echo "ERR 83886355 Unknown command";; esac; done`,
		"comments, status":       `echo "# x"; echo "OK hi"; while read -r verb rest; do case $verb in GETPIN) echo "S PINENTRY_LAUNCHED 1"; echo "#"; echo "D 1234"; echo "OK done";; *) echo OK;; esac; done`,
		"data in two lines":      `echo OK; while read -r verb rest; do case $verb in GETPIN) echo "D 12"; echo "D 34"; echo OK;; *) echo OK;; esac; done`,
		"does not end by itself": `echo OK; while read -r verb rest; do case $verb in GETPIN) echo "D 1234"; echo OK; exec sleep 3600;; *) echo OK;; esac; done`,
		"ends with a fault":      `echo OK; while read -r verb rest; do case $verb in GETPIN) echo "D 1234"; echo OK; exit 7;; *) echo OK;; esac; done`,
	}
	for name, text := range tests {
		t.Run(name, func(t *testing.T) {
			pin, err := prompt.New(script(t, text), never, zerolog.Nop()).PIN(t.Context(), prompt.Request{Title: "x", Label: "y"})
			if err != nil || string(pin) != "1234" {
				t.Errorf("%q, %v", pin, err)
			}
		})
	}
}

func TestTimeout(t *testing.T) {
	for name, text := range map[string]string{
		"mute":                  `exec sleep 3600`,
		"mute after a greeting": `echo OK; exec sleep 3600`,
		"floods comments":       `exec yes "# x"`,
	} {
		t.Run(name, func(t *testing.T) {
			_, err := prompt.New(script(t, text), 50*time.Millisecond, zerolog.Nop()).PIN(t.Context(), prompt.Request{})
			if !errors.Is(err, prompt.ErrTimeout) {
				t.Errorf("%v, not ErrTimeout", err)
			}
		})
	}
}

// When the caller goes away, so does the window; a wrapper script's child that
// keeps the pipe open does not keep us.
func TestContextEndsTheProgram(t *testing.T) {
	for name, text := range map[string]string{
		"program":          `echo $$ >"$0.pid"; mv "$0.pid" "$0.ready"; exec sleep 3600`,
		"child of wrapper": `sleep 3600 & echo $! >"$0.child"; echo $$ >"$0.pid"; mv "$0.pid" "$0.ready"; wait`,
	} {
		t.Run(name, func(t *testing.T) {
			program := script(t, text)
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			ended := make(chan error, 1)
			go func() {
				_, err := prompt.New(program, never, zerolog.Nop()).PIN(ctx, prompt.Request{})
				ended <- err
			}()
			pid := readPID(t, program+".ready")
			cancel()
			if err := <-ended; !errors.Is(err, context.Canceled) {
				t.Errorf("%v, not context.Canceled", err)
			}
			if err := syscall.Kill(pid, 0); !errors.Is(err, syscall.ESRCH) {
				t.Errorf("process %d is still there: %v", pid, err)
			}
			if _, err := os.Stat(program + ".child"); err == nil {
				syscall.Kill(readPID(t, program+".child"), syscall.SIGKILL)
			}
		})
	}
}

// readPID waits until file is there.
func readPID(t *testing.T, file string) int {
	t.Helper()
	for {
		text, err := os.ReadFile(file)
		if err == nil {
			var pid int
			if _, err := fmt.Sscan(string(text), &pid); err != nil {
				t.Fatal(err)
			}
			return pid
		}
		if t.Context().Err() != nil {
			t.Fatal("the program did not start")
		}
		time.Sleep(time.Millisecond)
	}
}

// A program that fails after it has read the PIN does not carry it into an
// error or the log.
func TestNoPINInErrors(t *testing.T) {
	const pin = "8642097531"
	for name, after := range map[string]string{
		"dies":         `exit 1`,
		"refuses":      `echo "ERR 83886340 fault"`,
		"cancels":      `echo "ERR 83886179 cancelled"`,
		"goes on":      `i=0; while [ $i -lt 100 ]; do echo "D ` + pin + `"; i=$((i+1)); done`,
		"long D lines": `head -c 100000 /dev/zero | tr '\0' 7`,
	} {
		t.Run(name, func(t *testing.T) {
			var log bytes.Buffer
			program := script(t, `echo OK; while read -r verb rest; do case $verb in GETPIN) echo "D `+pin+`"; `+after+`;; *) echo OK;; esac; done`)
			got, err := prompt.New(program, never, zerolog.New(&log).Level(zerolog.TraceLevel)).PIN(t.Context(), prompt.Request{})
			if err == nil || got != nil {
				t.Fatalf("%q, %v", got, err)
			}
			if text := fmt.Sprintf("%v %+v %#v %s", err, err, err, log.String()); strings.Contains(text, pin) || strings.Contains(text, "7777") {
				t.Error(text)
			}
		})
	}
}

// Without a display a graphical program is of no use, and says so before it is
// looked for.
func TestNoDisplay(t *testing.T) {
	t.Setenv("DISPLAY", "")
	t.Setenv("WAYLAND_DISPLAY", "")
	_, err := prompt.New("", never, zerolog.Nop()).PIN(t.Context(), prompt.Request{})
	if !errors.Is(err, prompt.ErrUnavailable) || !strings.Contains(err.Error(), "no display") {
		t.Error(err)
	}
	t.Setenv("DISPLAY", ":99")
	t.Setenv("PATH", t.TempDir())
	err = prompt.New("", never, zerolog.Nop()).Confirm(t.Context(), prompt.Request{})
	if !errors.Is(err, prompt.ErrUnavailable) || !strings.Contains(err.Error(), "pinentry-gnome3") {
		t.Error(err)
	}
}

// With a display the first known program of the path is taken.
func TestFindsInPath(t *testing.T) {
	program, dir := person(t, pinentry.Script{PIN: "1"})
	bin := t.TempDir()
	if err := os.Symlink(program, filepath.Join(bin, "pinentry-qt")); err != nil {
		t.Fatal(err)
	}
	t.Setenv("DISPLAY", ":99")
	t.Setenv("PATH", bin)
	if pin, err := prompt.New("", never, zerolog.Nop()).PIN(t.Context(), prompt.Request{}); err != nil || string(pin) != "1" {
		t.Errorf("%q, %v", pin, err)
	}
	if windows, err := pinentry.Shown(dir); err != nil || len(windows) != 1 {
		t.Errorf("%v, %v", windows, err)
	}
}

// A window with three buttons, and two windows where a program has two.
func TestChoose(t *testing.T) {
	const gnome = `echo OK
while read -r verb rest; do
	echo "$verb $rest" >>"$0.lines"
	case $verb in
	GETINFO) echo "D gnome3"; echo OK ;;
	CONFIRM) n=$(grep -c CONFIRM "$0.lines"); if [ "$n" = "$(cat "$0.yes")" ]; then echo OK; else echo "ERR 83886194 no"; fi ;;
	*) echo OK ;;
	esac
done`
	twoButtons := func(yes string) func(*testing.T) string {
		return func(t *testing.T) string {
			program := script(t, gnome)
			if err := os.WriteFile(program+".yes", []byte(yes), 0o600); err != nil {
				t.Fatal(err)
			}
			return program
		}
	}
	scripted := func(s pinentry.Script) func(*testing.T) string {
		return func(t *testing.T) string { program, _ := person(t, s); return program }
	}
	for _, row := range []struct {
		name    string
		program func(*testing.T) string
		want    prompt.Choice
		err     error
	}{
		{"yes", scripted(pinentry.Script{}), prompt.Yes, nil},
		{"something else", scripted(pinentry.Script{Other: 1}), prompt.Other, nil},
		{"no", scripted(pinentry.Script{Cancel: true}), 0, prompt.ErrCancelled},
		{"no third button, something else", twoButtons("1"), prompt.Other, nil},
		{"no third button, yes", twoButtons("2"), prompt.Yes, nil},
		{"no third button, no", twoButtons("0"), 0, prompt.ErrCancelled},
		{"no program", func(t *testing.T) string { return script(t, "exit 1") }, 0, prompt.ErrUnavailable},
	} {
		t.Run(row.name, func(t *testing.T) {
			p := prompt.New(row.program(t), never, zerolog.Nop())
			got, err := p.Choose(t.Context(), prompt.Request{Title: "x", Description: "y", OK: "Firma", Other: "Apri i documenti"})
			if !errors.Is(err, row.err) || (err == nil) != (row.err == nil) || err == nil && got != row.want {
				t.Errorf("%d, %v; want %d, %v", got, err, row.want, row.err)
			}
		})
	}
}

// Each press of the third button closes one window.
func TestChooseAgain(t *testing.T) {
	program, dir := person(t, pinentry.Script{Other: 2})
	p := prompt.New(program, never, zerolog.Nop())
	var got []prompt.Choice
	for range 3 {
		c, err := p.Choose(t.Context(), prompt.Request{Title: "x", OK: "Firma", Other: "Apri"})
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, c)
	}
	if diff := cmp.Diff([]prompt.Choice{prompt.Other, prompt.Other, prompt.Yes}, got); diff != "" {
		t.Error(diff)
	}
	shown, err := pinentry.Shown(dir)
	if err != nil || len(shown) != 3 || shown[0].OK != "Firma" || shown[0].Other != "Apri" || shown[0].Kind != "CONFIRM" {
		t.Errorf("%+v, %v", shown, err)
	}
}
