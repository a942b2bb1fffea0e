//go:build unix

package prompt

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/rs/zerolog"
)

var longest = Request{
	Title: "Raccordo – PIN della carta",
	Description: "La pagina https://clinica-demo.localhost:8443 chiede il collegamento a «Regione simulata» con la carta di MARIA_GIULIA VERDI DELL’ÀNGELO.\n\n" +
		"Carta nazionale dei servizi n. 6090010000000012, lettore Virtual PCD 00 00. Fino al logout la pagina potrà inviare e annullare ricette: è così perché il consenso vale 100%.",
	Label: "PIN (da 5 a 8 cifre):", Fault: "Ultimo tentativo: un altro PIN errato blocca la carta.", OK: "Collega", Other: "Apri i documenti",
}

func TestDialogArguments(t *testing.T) {
	evil := Request{Title: "Raccordo", Description: `a_b\n <b>$(id)</b> "`, Label: "PIN:", Fault: `" & (do shell script "id") & "`, OK: "Collega", Other: "Apri", Wait: time.Minute}
	for _, row := range []struct {
		name string
		d    dialog
		k    kind
		want []string
	}{
		{"zenity PIN", zenity, askPIN, []string{"--title=Raccordo", "--width=440", "--timeout=60", "--ok-label=Collega", "--entry", "--hide-text", "--cancel-label=Annulla",
			"--text=⚠ \" & (do shell script \"id\") & \"\n\na__b\\\\n <b>$(id)</b> \"\n\nPIN:"}},
		{"kdialog PIN", kdialog, askPIN, []string{"--title", "Raccordo", "--password", "⚠ \" & (do shell script \"id\") & \"\n\na_b\\\\n ‹b›$(id)‹/b› \"\n\nPIN:"}},
		{"zenity choice", zenity, choose, []string{"--title=Raccordo", "--width=440", "--timeout=60", "--ok-label=Collega", "--question", "--no-markup", "--no-wrap", "--default-cancel",
			"--cancel-label=Annulla", "--extra-button=Apri", "--text=⚠ \" & (do shell script \"id\") & \"\n\na_b\\\\n <b>$(id)</b> \""}},
		{"kdialog choice", kdialog, choose, []string{"--title", "Raccordo", "--yes-label", "Collega", "--no-label", "Apri", "--cancel-label", "Annulla", "--yesnocancel",
			"⚠ \" & (do shell script \"id\") & \"\n\na_b\\\\n ‹b›$(id)‹/b› \""}},
		{"kdialog leave", kdialog, askLeave, []string{"--title", "Raccordo", "--yes-label", "Collega", "--no-label", "Annulla", "--yesno", "⚠ \" & (do shell script \"id\") & \"\n\na_b\\\\n ‹b›$(id)‹/b› \""}},
	} {
		t.Run(row.name, func(t *testing.T) {
			if diff := cmp.Diff(row.want, row.d.args(row.k, evil)); diff != "" {
				t.Error(diff)
			}
		})
	}
	for _, k := range []kind{askPIN, askLeave, tell, choose} {
		args := osascriptArgs(k, evil)
		if args[0] != "-e" || strings.Contains(args[1], "do shell script") || args[2] != "Raccordo" || !slices.Contains(args[2:], "60") {
			t.Errorf("osascript: a text is part of the script, or none is an argument: %q", args)
		}
		if hidden := strings.Contains(args[1], "with hidden answer"); hidden != (k == askPIN) {
			t.Errorf("osascript: kind %d, hidden answer %v", k, hidden)
		}
	}
}

func TestDialogOutcomes(t *testing.T) {
	for _, row := range []struct {
		name, script string
		d            dialog
		pin          string
		want         error
	}{
		{"typed", `echo 12345`, zenity, "12345", nil},
		{"typed without a newline", `printf 12345`, kdialog, "12345", nil},
		{"typed nothing", `echo`, zenity, "", nil},
		{"spaces stay", `echo " 1 "`, zenity, " 1 ", nil},
		{"closed", `echo 123; exit 1`, zenity, "", ErrCancelled},
		{"closed by Escape", `exit 2`, kdialog, "", ErrCancelled},
		{"its own timeout", `exit 5`, zenity, "", ErrTimeout},
		{"no display", `echo "Gtk-WARNING: cannot open display: :7" >&2; exit 1`, zenity, "", ErrUnavailable},
		{"aborted", `kill -ABRT $$`, kdialog, "", ErrUnavailable},
		{"unknown option", `exit 255`, zenity, "", ErrUnavailable},
		{"floods", `exec cat /dev/zero`, zenity, "", ErrUnavailable},
		{"macOS closed", `echo "execution error: User canceled. (-128)" >&2; exit 1`, osascript, "", ErrCancelled},
		{"macOS gave up", `echo "execution error: (-1712)" >&2; exit 1`, osascript, "", ErrTimeout},
		{"macOS without a screen", `echo "execution error: No user interaction allowed. (-1713)" >&2; exit 1`, osascript, "", ErrUnavailable},
	} {
		t.Run(row.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "dialog")
			if err := os.WriteFile(path, []byte("#!/bin/sh\n"+row.script+"\n"), 0o700); err != nil {
				t.Fatal(err)
			}
			p := New("", time.Minute, zerolog.Nop())
			pin, err := p.dialog(row.d, path).ask(t.Context(), askPIN, longest)
			if string(pin) != row.pin || !errors.Is(err, row.want) {
				t.Errorf("%q, %v; want %q, %v", pin, err, row.pin, row.want)
			}
		})
	}
}

// Each program tells its third button in a way of its own.
func TestDialogChoices(t *testing.T) {
	for _, row := range []struct {
		name, script string
		d            dialog
		want         error
	}{
		{"zenity yes", ``, zenity, nil},
		{"zenity third", `echo Apri; exit 1`, zenity, errOther},
		{"zenity no", `exit 1`, zenity, ErrCancelled},
		{"zenity timeout", `exit 5`, zenity, ErrTimeout},
		{"zenity without a display", `echo "cannot open display: :7" >&2; exit 1`, zenity, ErrUnavailable},
		{"kdialog yes", ``, kdialog, nil},
		{"kdialog third", `echo "kf.i18n: a warning" >&2; exit 1`, kdialog, errOther},
		{"kdialog no", `exit 2`, kdialog, ErrCancelled},
		{"kdialog without a display", `echo "could not connect to display" >&2; exit 1`, kdialog, ErrUnavailable},
		{"macOS yes", `echo Firma`, osascript, nil},
		{"macOS third", `echo Apri`, osascript, errOther},
		{"macOS no", `echo "execution error: User canceled. (-128)" >&2; exit 1`, osascript, ErrCancelled},
	} {
		t.Run(row.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "dialog")
			if err := os.WriteFile(path, []byte("#!/bin/sh\n"+row.script+"\n"), 0o700); err != nil {
				t.Fatal(err)
			}
			_, err := New("", time.Minute, zerolog.Nop()).dialog(row.d, path).ask(t.Context(), choose, Request{OK: "Firma", Other: "Apri"})
			if !errors.Is(err, row.want) || (err == nil) != (row.want == nil) {
				t.Errorf("%v, want %v", err, row.want)
			}
		})
	}
}

// A program that can not ask gives way to the next one; one that has asked does not.
func TestNextWindow(t *testing.T) {
	for _, row := range []struct {
		name, first string
		pin         string
		want        error
	}{
		{"first can not", `exit 1`, "777", nil},
		{"user refuses the first", `echo OK; while read -r l; do case $l in GETPIN) echo "ERR 83886179 no";; *) echo OK;; esac; done`, "", ErrCancelled},
	} {
		t.Run(row.name, func(t *testing.T) {
			bin := t.TempDir()
			for name, text := range map[string]string{"pinentry-qt": row.first, "zenity": "echo 777"} {
				if err := os.WriteFile(filepath.Join(bin, name), []byte("#!/bin/sh\n"+text+"\n"), 0o700); err != nil {
					t.Fatal(err)
				}
			}
			t.Setenv("DISPLAY", ":99")
			t.Setenv("PATH", bin)
			pin, err := New("", time.Minute, zerolog.Nop()).PIN(t.Context(), longest)
			if string(pin) != row.pin || !errors.Is(err, row.want) {
				t.Errorf("%q, %v; want %q, %v", pin, err, row.pin, row.want)
			}
		})
	}
}

func TestWrap(t *testing.T) {
	for _, row := range []struct{ name, in, want string }{
		{"short", "uno due", "uno due"},
		{"two lines", "perché così è", "perché|così è"},
		{"paragraphs", "a\n\nb", "a||b"},
		{"a long word stays whole", "x https://clinica.example y", "x|https://clinica.example|y"},
		{"nothing", "", ""},
	} {
		t.Run(row.name, func(t *testing.T) {
			if got := strings.Join(wrap(row.in, 7), "|"); got != row.want {
				t.Errorf("%q, want %q", got, row.want)
			}
		})
	}
}
