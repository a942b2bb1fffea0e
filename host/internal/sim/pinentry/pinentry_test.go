package pinentry_test

import (
	"bufio"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"go.uber.org/goleak"

	"raccordo/host/internal/sim/pinentry"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// window is a running program with the pipes of who asked.
type window struct {
	in    *io.PipeWriter
	out   *bufio.Reader
	ended chan error
}

func start(t *testing.T, dir string) *window {
	t.Helper()
	in, toIn := io.Pipe()
	fromOut, out := io.Pipe()
	w := &window{toIn, bufio.NewReader(fromOut), make(chan error, 1)}
	go func() { w.ended <- pinentry.Run(dir, in, out) }()
	t.Cleanup(func() { toIn.Close(); fromOut.Close(); in.Close() })
	w.answer(t) // the greeting
	return w
}

// answer reads up to the end of one answer.
func (w *window) answer(t *testing.T) string {
	t.Helper()
	text := ""
	for {
		line, err := w.out.ReadString('\n')
		if err != nil {
			t.Fatalf("after %q: %v", text, err)
		}
		text += line
		if verb, _, _ := strings.Cut(strings.TrimSpace(line), " "); verb == "OK" || verb == "ERR" {
			return text
		}
	}
}

func (w *window) say(t *testing.T, line string) string {
	t.Helper()
	if _, err := fmt.Fprintln(w.in, line); err != nil {
		t.Fatal(err)
	}
	return w.answer(t)
}

func TestRun(t *testing.T) {
	tests := map[string]struct {
		script pinentry.Script
		lines  []string
		want   string // of the last line
		shown  []pinentry.Window
	}{
		"PIN":                      {pinentry.Script{PIN: "12345"}, []string{"SETDESC a%0Ab%25", "GETPIN"}, "D 12345\nOK\n", []pinentry.Window{{Kind: "GETPIN", Description: "a\nb%"}}},
		"escaped":                  {pinentry.Script{PIN: "1%2\n3"}, []string{"GETPIN"}, "D 1%252%0A3\nOK\n", []pinentry.Window{{Kind: "GETPIN"}}},
		"confirm":                  {pinentry.Script{PIN: "12345"}, []string{"SETTITLE T", "CONFIRM"}, "OK\n", []pinentry.Window{{Kind: "CONFIRM", Title: "T"}}},
		"cancel":                   {pinentry.Script{Cancel: true}, []string{"SETERROR no", "SETPROMPT PIN:", "GETPIN"}, "ERR 83886179 Operation cancelled <Pinentry>\n", []pinentry.Window{{Kind: "GETPIN", Fault: "no", Label: "PIN:"}}},
		"by label":                 {pinentry.Script{PIN: "1", Answers: map[string]string{"OTP": "123456"}}, []string{"SETPROMPT Codice OTP:", "GETPIN"}, "D 123456\nOK\n", []pinentry.Window{{Kind: "GETPIN", Label: "Codice OTP:"}}},
		"third button":             {pinentry.Script{Other: 1}, []string{"SETOK Firma", "SETNOTOK Apri", "CONFIRM"}, "ERR 83886194 Not confirmed <Pinentry>\n", []pinentry.Window{{Kind: "CONFIRM", OK: "Firma", Other: "Apri"}}},
		"third button, once":       {pinentry.Script{Other: 1}, []string{"SETNOTOK Apri", "CONFIRM", "CONFIRM"}, "OK\n", []pinentry.Window{{Kind: "CONFIRM", Other: "Apri"}, {Kind: "CONFIRM", Other: "Apri"}}},
		"no third button to press": {pinentry.Script{Other: 1}, []string{"CONFIRM"}, "OK\n", []pinentry.Window{{Kind: "CONFIRM"}}},
		"goodbye":                  {pinentry.Script{}, []string{"OPTION grab", "BYE"}, "OK closing connection\n", nil},
		"twice":                    {pinentry.Script{PIN: "1"}, []string{"GETPIN", "CONFIRM"}, "OK\n", []pinentry.Window{{Kind: "GETPIN"}, {Kind: "CONFIRM"}}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			if err := pinentry.Set(dir, tt.script); err != nil {
				t.Fatal(err)
			}
			w := start(t, dir)
			got := ""
			for _, line := range tt.lines {
				got = w.say(t, line)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Error(diff)
			}
			w.in.Close()
			if err := <-w.ended; err != nil {
				t.Error(err)
			}
			windows, err := pinentry.Shown(dir)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.shown, windows, cmpopts.IgnoreFields(pinentry.Window{}, "At")); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// A held window is open until it is told otherwise, or until whoever asked has
// gone.
func TestHold(t *testing.T) {
	dir := t.TempDir()
	if err := pinentry.Set(dir, pinentry.Script{Hold: true}); err != nil {
		t.Fatal(err)
	}
	ask := func() *window {
		w := start(t, dir)
		before, err := pinentry.Shown(dir)
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintln(w.in, "GETPIN")
		for n := len(before); n == len(before); time.Sleep(time.Millisecond) {
			now, err := pinentry.Shown(dir)
			if err != nil {
				t.Fatal(err)
			}
			n = len(now)
		}
		return w
	}
	left := ask()
	left.in.Close()
	if err := <-left.ended; err != nil {
		t.Error(err)
	}
	answered := ask()
	if err := pinentry.Set(dir, pinentry.Script{PIN: "12345"}); err != nil {
		t.Fatal(err)
	}
	if got := answered.answer(t); got != "D 12345\nOK\n" {
		t.Errorf("%q", got)
	}
}

// A test that forgot to say how the person behaves must not pass for a person
// who says yes.
func TestRunWithoutScript(t *testing.T) {
	w := start(t, t.TempDir())
	fmt.Fprintln(w.in, "CONFIRM")
	if err := <-w.ended; err == nil {
		t.Error("answered")
	}
}
