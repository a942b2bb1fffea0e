//go:build unix

package engine

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/rs/zerolog"

	"raccordo/host/internal/card"
	"raccordo/host/internal/prompt"
	"raccordo/host/internal/session"
	"raccordo/host/internal/wire"
)

// typist is an engine in front of which somebody types the PINs one after the
// other. It is the end of the window when none is left.
func typist(t *testing.T, pins ...string) (e *Engine, dir string) {
	t.Helper()
	dir = t.TempDir()
	script := `#!/bin/sh
cd "$(dirname "$0")" || exit 1
echo OK
while read -r verb rest; do
	echo "$verb $rest" >>lines
	if [ "$verb" = GETPIN ]; then
		if read -r pin <pins; then
			sed -i 1d pins
			echo "D $pin"
		else
			echo "ERR 83886179 cancelled"
			continue
		fi
	fi
	echo OK
done
`
	program := filepath.Join(dir, "pinentry")
	for file, text := range map[string]string{program: script, filepath.Join(dir, "pins"): strings.Join(append(pins, ""), "\n")} {
		if err := os.WriteFile(file, []byte(text), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	e = &Engine{
		log: zerolog.Nop(), now: nowForTest, session: session.New("logout", time.UTC),
		prompts: prompt.New(program, time.Minute, zerolog.Nop()), grants: map[string]bool{},
	}
	if err := e.session.Begin("card"); err != nil {
		t.Fatal(err)
	}
	return e, dir
}

// lines are those that the windows got with a verb.
func lines(t *testing.T, dir, verb string) (found []string) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, "lines"))
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		if rest, ok := strings.CutPrefix(strings.TrimSpace(line), verb); ok {
			found = append(found, strings.TrimSpace(rest))
		}
	}
	return found
}

func TestAskPIN(t *testing.T) {
	one := 1
	cns := card.PINRequest{Card: wire.Card{Kind: wire.KindTSCNS, Serial: "6090010000000012"}, Reader: "Lettore", Purpose: "auth", MinLen: 5, MaxLen: 8, Digits: true}
	last := cns
	last.FinalTry, last.AttemptsLeft = true, &one
	free := card.PINRequest{Reader: "Lettore"}
	const costsNothing = "Nessun tentativo è stato consumato."
	for _, row := range []struct {
		name    string
		req     card.PINRequest
		typed   []string
		pin     string
		code    wire.ErrorCode
		windows int
		faults  []string
	}{
		{"right at once", cns, []string{"12345", "1"}, "12345", "", 1, nil},
		{"mended once", cns, []string{"123", "12345"}, "12345", "", 2, []string{"PIN non valido: da 5 a 8 cifre. " + costsNothing}},
		{"letters", cns, []string{"12a45", "12345"}, "12345", "", 2, []string{"PIN non valido: da 5 a 8 cifre. " + costsNothing}},
		{"mended twice", cns, []string{"", "123456789", "12345678"}, "12345678", "", 3,
			[]string{"PIN non valido: da 5 a 8 cifre. " + costsNothing, "PIN non valido: da 5 a 8 cifre. " + costsNothing}},
		{"never mended", cns, []string{"1", "2", "3", "12345"}, "", wire.ErrPINFormat, 3,
			[]string{"PIN non valido: da 5 a 8 cifre. " + costsNothing, "PIN non valido: da 5 a 8 cifre. " + costsNothing}},
		{"given up", cns, []string{"1"}, "", wire.ErrPromptCancel, 2, []string{"PIN non valido: da 5 a 8 cifre. " + costsNothing}},
		{"last try", last, []string{"1", "12345"}, "12345", "", 2,
			[]string{"Ultimo tentativo: un altro PIN errato blocca la carta.", "PIN non valido: da 5 a 8 cifre. " + costsNothing + " Ultimo tentativo: un altro PIN errato blocca la carta."}},
		{"a card without rules", free, []string{"", "pässword"}, "pässword", "", 2, []string{"PIN non valido: almeno un carattere. " + costsNothing}},
	} {
		t.Run(row.name, func(t *testing.T) {
			e, dir := typist(t, row.typed...)
			pin, err := e.askPIN("Collegamento.")(t.Context(), row.req)
			if err != nil && codeOf(err) != row.code || err == nil && row.code != "" || string(pin) != row.pin {
				t.Errorf("%q, %v; want %q, %s", pin, err, row.pin, row.code)
			}
			if n := len(lines(t, dir, "GETPIN")); n != row.windows {
				t.Errorf("%d windows, want %d", n, row.windows)
			}
			if diff := cmp.Diff(row.faults, lines(t, dir, "SETERROR")); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestPINTexts(t *testing.T) {
	for _, row := range []struct {
		name        string
		req         card.PINRequest
		card, label string
	}{
		{"CNS", card.PINRequest{Card: wire.Card{Kind: wire.KindCNS, Serial: "7"}, Reader: "R", MinLen: 5, MaxLen: 8, Digits: true}, "Carta nazionale dei servizi n. 7, lettore R.", "PIN (da 5 a 8 cifre):"},
		{"CIE", card.PINRequest{Card: wire.Card{Kind: wire.KindCIE}, Reader: "R", MinLen: 4, MaxLen: 4, Digits: true}, "Carta d’identità elettronica, lettore R. Della CIE bastano le ultime 4 cifre del PIN.", "PIN (4 cifre):"},
		{"signature", card.PINRequest{Card: wire.Card{Kind: wire.KindOperator}, Reader: "R", Purpose: "sign", Digits: true}, "Carta operatore, lettore R. Serve il PIN di firma.", "PIN di firma (solo cifre):"},
		{"unknown card", card.PINRequest{Card: wire.Card{Kind: wire.KindOther}, Reader: "R"}, "Carta, lettore R.", "PIN:"},
	} {
		t.Run(row.name, func(t *testing.T) {
			if got := cardText(row.req); got != row.card {
				t.Errorf("card: %q, want %q", got, row.card)
			}
			if got := pinLabel(row.req); got != row.label {
				t.Errorf("label: %q, want %q", got, row.label)
			}
		})
	}
}

// The notice for a keypad is there at once, and gone when the reader is done.
func TestPinpad(t *testing.T) {
	e, dir := typist(t)
	done := make(chan struct{})
	pin, err := e.askPIN("Collegamento.")(t.Context(), card.PINRequest{Pinpad: true, Reader: "R", Done: done})
	if pin != nil || err != nil {
		t.Fatalf("%q, %v", pin, err)
	}
	if step := e.session.Snapshot().Step; step != "pinpad" {
		t.Errorf("step %q", step)
	}
	wait := func(what string, there func() bool) {
		t.Helper()
		for deadline := time.Now().Add(5 * time.Second); !there(); time.Sleep(5 * time.Millisecond) {
			if time.Now().After(deadline) {
				t.Fatal(what)
			}
		}
	}
	wait("no notice", func() bool { return len(lines(t, dir, "MESSAGE")) == 1 })
	if text := lines(t, dir, "SETDESC"); len(text) != 1 || !strings.HasPrefix(text[0], "Inserire il PIN sul lettore.") {
		t.Errorf("notice %q", text)
	}
	close(done)
	wait("step stays", func() bool { return e.session.Snapshot().Step == "region" })
	if len(lines(t, dir, "GETPIN")) != 0 {
		t.Error("a PIN was asked for in a window")
	}
}

func TestScreenLocked(t *testing.T) {
	e, _ := typist(t)
	e.resume = &resume{serial: "1"}
	e.screenLocked(context.Background())
	if got := e.session.Snapshot(); got.State != wire.Disconnected || got.Reason != wire.ErrSessionLock || e.resume != nil {
		t.Errorf("%+v", got)
	}
	e.session.End("")
	e.screenLocked(context.Background())
	if got := e.session.Snapshot(); got.Reason != "" {
		t.Errorf("a lock without a session is told of: %+v", got)
	}
}
