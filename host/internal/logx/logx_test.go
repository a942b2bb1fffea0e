package logx_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"raccordo/host/internal/logx"
)

func TestLevels(t *testing.T) {
	tests := map[string]struct{ level, want string }{
		"debug":            {"debug", "dcba"},
		"info":             {"info", "cba"},
		"warn":             {"warn", "ba"},
		"error":            {"error", "a"},
		"none is info":     {"", "cba"},
		"nonsense is info": {"loud", "cba"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			var out bytes.Buffer
			log := logx.New(&out, tt.level)
			log.Debug().Str("k", "d").Send()
			log.Info().Str("k", "c").Send()
			log.Warn().Str("k", "b").Send()
			log.Error().Str("k", "a").Send()
			got := ""
			for _, k := range []string{"d", "c", "b", "a"} {
				if strings.Contains(out.String(), `"k":"`+k+`"`) {
					got += k
				}
			}
			if got != tt.want {
				t.Errorf("%q, not %q", got, tt.want)
			}
		})
	}
}

func TestFile(t *testing.T) {
	state := filepath.Join(t.TempDir(), "state")
	appendLine := func(text string) {
		t.Helper()
		f, err := logx.File(state, "agent")
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		if _, err := f.WriteString(text); err != nil {
			t.Fatal(err)
		}
	}
	read := func(name string) string {
		t.Helper()
		b, err := os.ReadFile(filepath.Join(state, "log", name))
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
	appendLine("one\n")
	appendLine("two\n")
	if got := read("agent.log"); got != "one\ntwo\n" {
		t.Errorf("%q", got)
	}
	for _, name := range []string{"log", "log/agent.log"} {
		info, err := os.Stat(filepath.Join(state, name))
		if err != nil {
			t.Fatal(err)
		}
		if info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s has mode %v", name, info.Mode())
		}
	}
	full := strings.Repeat("x", 4<<20) + "\n"
	appendLine(full)
	appendLine("fresh\n") // the large one is put aside
	if got := read("agent.log"); got != "fresh\n" {
		t.Errorf("%d bytes in the new file", len(got))
	}
	if got := read("agent.log.1"); got != "one\ntwo\n"+full {
		t.Errorf("%d bytes put aside", len(got))
	}
}
