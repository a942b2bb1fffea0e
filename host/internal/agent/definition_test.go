package agent

import (
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// A path is written so that systemd reads the same one (systemd.service(5),
// "Command lines"; systemd.unit(5), "Specifiers").
func TestUnit(t *testing.T) {
	for path, line := range map[string]string{
		"/usr/lib/raccordo/raccordo": `ExecStart="/usr/lib/raccordo/raccordo" agent --service`,
		"/home/rossi/My Apps/a":      `ExecStart="/home/rossi/My Apps/a" agent --service`,
		"/opt/100%h/a":               `ExecStart="/opt/100%%h/a" agent --service`,
		`/opt/"x"\y/a`:               `ExecStart="/opt/\"x\"\\y/a" agent --service`,
	} {
		text := unit(path)
		if !strings.Contains(text, "\n"+line+"\n") {
			t.Errorf("%s:\n%s", path, text)
		}
	}
}

// The property list is well-formed XML whatever the path, and restricted to
// sessions with a desktop.
func TestLaunchAgent(t *testing.T) {
	text := launchAgent("it.raccordo.agent", "/Users/rossi/<a> & b/raccordo")
	var texts []string
	for d := xml.NewDecoder(strings.NewReader(text)); ; {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		if c, ok := token.(xml.CharData); ok && strings.TrimSpace(string(c)) != "" {
			texts = append(texts, string(c))
		}
	}
	want := []string{"Label", "it.raccordo.agent", "ProgramArguments", "/Users/rossi/<a> & b/raccordo", "agent", "--service",
		"LimitLoadToSessionType", "Aqua", "RunAtLoad", "KeepAlive", "SuccessfulExit", "ThrottleInterval", "1",
		"ProcessType", "Interactive", "ExitTimeOut", "40"}
	if diff := cmp.Diff(want, texts); diff != "" {
		t.Error(diff)
	}
}
