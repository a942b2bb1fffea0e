//go:build linux

package prompt

import (
	"bufio"
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/rs/zerolog"
)

// screen is a display of our own, without anything else on it.
func screen(t *testing.T) {
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
		cmd.Process.Kill()
		cmd.Wait()
	})
	number, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv("DISPLAY", ":"+strings.TrimSpace(number))
	t.Setenv("WAYLAND_DISPLAY", "")
	t.Setenv("NO_AT_BRIDGE", "1") // no accessibility bus on this display
	t.Setenv("LANG", "C.UTF-8")
}

// press types keys as soon as a window with the title is there, and takes a
// picture of it first where somebody wants to look.
func press(t *testing.T, title string, keys ...string) {
	t.Helper()
	for tries := 0; exec.Command("xdotool", "search", "--onlyvisible", "--name", title).Run() != nil; tries++ {
		if tries == 200 {
			t.Error("no window")
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	time.Sleep(500 * time.Millisecond) // mapped is not yet ready for keys
	if dir := os.Getenv("PROMPT_PICTURES"); dir != "" {
		file := filepath.Join(dir, strings.ReplaceAll(t.Name(), "/", "-")+".png")
		if out, err := exec.Command("import", "-window", "root", file).CombinedOutput(); err != nil {
			t.Errorf("%v: %s", err, out)
		}
	}
	for _, key := range keys {
		if out, err := exec.Command("xdotool", strings.Fields(key)...).CombinedOutput(); err != nil {
			t.Errorf("%s: %v: %s", key, err, out)
		}
	}
}

// The real programs on a real display, with somebody at the keyboard.
func TestOnScreen(t *testing.T) {
	screen(t)
	p := New("", 20*time.Second, zerolog.Nop())
	// From Cancel, where the keyboard is at first, to the third button.
	aside := map[string][]string{"pinentry-gtk-2": {"key Right", "key space"}, "zenity": {"key Left", "key space"}}
	for program, w := range map[string]window{
		"pinentry-gtk-2": p.pinentry("pinentry-gtk-2"), "zenity": p.dialog(zenity, "zenity"),
	} {
		for _, row := range []struct {
			name string
			kind kind
			keys []string
			pin  string
			want error
		}{
			{"PIN", askPIN, []string{"type --delay 30 12345", "key Return"}, "12345", nil},
			{"PIN cancelled", askPIN, []string{"type --delay 30 12345", "key Escape"}, "", ErrCancelled},
			{"leave refused", askLeave, []string{"key Escape"}, "", ErrCancelled},
			{"choice: yes", choose, []string{"key Right", "key Right", "key space"}, "", nil},
			{"choice: something else", choose, aside[program], "", errOther},
			{"choice: no", choose, []string{"key Escape"}, "", ErrCancelled},
			{"message", tell, []string{"key Return"}, "", nil},
		} {
			t.Run(program+"/"+row.name, func(t *testing.T) {
				type outcome struct {
					pin []byte
					err error
				}
				done := make(chan outcome, 1)
				go func() {
					pin, err := w.ask(t.Context(), row.kind, longest)
					done <- outcome{pin, err}
				}()
				press(t, "Raccordo", row.keys...)
				if got := <-done; string(got.pin) != row.pin || !errors.Is(got.err, row.want) {
					t.Errorf("%q, %v; want %q, %v", got.pin, got.err, row.pin, row.want)
				}
			})
		}
		t.Run(program+"/caller gone", func(t *testing.T) {
			ctx, cancel := context.WithCancel(t.Context())
			done := make(chan error, 1)
			go func() {
				_, err := w.ask(ctx, askPIN, longest)
				done <- err
			}()
			press(t, "Raccordo")
			cancel()
			if err := <-done; !errors.Is(err, context.Canceled) {
				t.Error(err)
			}
		})
	}
}
