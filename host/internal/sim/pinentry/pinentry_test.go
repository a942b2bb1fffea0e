package pinentry_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"raccordo/host/internal/sim/pinentry"
)

// converse gives Run the lines and returns its answers.
func converse(t *testing.T, dir string, lines ...string) string {
	t.Helper()
	var out bytes.Buffer
	if err := pinentry.Run(dir, strings.NewReader(strings.Join(lines, "\n")+"\n"), &out); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func TestRun(t *testing.T) {
	const hello = "OK Pleased to meet you\n"
	tests := map[string]struct {
		script pinentry.Script
		lines  []string
		want   string
		shown  []pinentry.Window
	}{
		"PIN":     {pinentry.Script{PIN: "12345"}, []string{"SETDESC a%0Ab%25", "GETPIN"}, hello + "OK\nD 12345\nOK\n", []pinentry.Window{{Kind: "GETPIN", Description: "a\nb%"}}},
		"escaped": {pinentry.Script{PIN: "1%2\n3"}, []string{"GETPIN"}, hello + "D 1%252%0A3\nOK\n", []pinentry.Window{{Kind: "GETPIN"}}},
		"confirm": {pinentry.Script{PIN: "12345"}, []string{"SETTITLE T", "CONFIRM"}, hello + "OK\nOK\n", []pinentry.Window{{Kind: "CONFIRM", Title: "T"}}},
		"cancel":  {pinentry.Script{Cancel: true}, []string{"SETERROR no", "SETPROMPT PIN:", "GETPIN"}, hello + "OK\nOK\nERR 83886179 Operation cancelled <Pinentry>\n", []pinentry.Window{{Kind: "GETPIN", Fault: "no", Label: "PIN:"}}},
		"goodbye": {pinentry.Script{}, []string{"OPTION grab", "BYE", "GETPIN"}, hello + "OK\nOK closing connection\n", nil},
		"twice":   {pinentry.Script{PIN: "1"}, []string{"GETPIN", "CONFIRM"}, hello + "D 1\nOK\nOK\n", []pinentry.Window{{Kind: "GETPIN"}, {Kind: "CONFIRM"}}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			if err := pinentry.Set(dir, tt.script); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, converse(t, dir, tt.lines...)); diff != "" {
				t.Error(diff)
			}
			got, err := pinentry.Shown(dir)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.shown, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// A test that forgot to say how the person behaves must not pass for a person
// who says yes.
func TestRunWithoutScript(t *testing.T) {
	var out bytes.Buffer
	if err := pinentry.Run(t.TempDir(), strings.NewReader("CONFIRM\n"), &out); err == nil {
		t.Errorf("answered %q", out.String())
	}
}
