//go:build cgo

package lab_test

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// PINs that nothing else in a process looks like.
const (
	rightPIN = "58203941"
	wrongPIN = "93157026"
)

func holds(text []byte) bool {
	return bytes.Contains(text, []byte(rightPIN)) || bytes.Contains(text, []byte(wrongPIN))
}

// A real login with a wrong and the right PIN: where do they go, and where do
// they stay?
func TestPINGoesNowhereElse(t *testing.T) {
	p := open(t)
	p.login(wrongPIN)
	if !strings.Contains(p.output.String(), "card.pin_wrong") {
		t.Errorf("wrong PIN: %s", p.output.String())
	}
	p.login(rightPIN)
	if !strings.Contains(p.output.String(), "collegata") {
		t.Errorf("right PIN: %s", p.output.String())
	}
	if holds(p.output.Bytes()) {
		t.Errorf("PIN on the terminal: %s", p.output.String())
	}
	agent, err := p.AgentPID()
	p.must(err)
	if found := memory(t, agent); len(found) > 0 {
		t.Errorf("PIN in the agent's memory: %q", found)
	}
	if kept := []byte(rightPIN); len(memory(t, os.Getpid())) == 0 {
		t.Errorf("the search does not find %q in this process either", kept)
	}
	for _, pid := range p.workers() {
		t.Logf("module process %d holds %d copies while logged in", pid, len(memory(t, pid)))
	}
	p.end()
	p.files()
	p.written()
}

// memory looks through everything that the process can write to, as a core of
// it would hold it.
func memory(t *testing.T, pid int) (found []string) {
	t.Helper()
	maps, err := os.ReadFile(fmt.Sprintf("/proc/%d/maps", pid))
	if err != nil {
		t.Fatal(err)
	}
	mem, err := os.Open(fmt.Sprintf("/proc/%d/mem", pid))
	if err != nil {
		t.Fatal(err)
	}
	defer mem.Close()
	var read int
	for _, line := range strings.Split(string(maps), "\n") {
		var start, end int64
		var mode string
		if n, _ := fmt.Sscanf(line, "%x-%x %s", &start, &end, &mode); n < 3 || !strings.HasPrefix(mode, "rw") {
			continue
		}
		body := make([]byte, end-start)
		n, _ := mem.ReadAt(body, start) // parts that were never touched can not be read
		read += n
		for _, pin := range []string{rightPIN, wrongPIN} {
			wide := strings.Join(strings.Split(pin, ""), "\x00")
			for _, form := range []string{pin, wide} {
				for at := 0; ; {
					i := bytes.Index(body[at:n], []byte(form))
					if i < 0 {
						break
					}
					at += i
					found = append(found, fmt.Sprintf("%x: %q", start+int64(at), body[max(0, at-40):min(n, at+40)]))
					at++
				}
			}
		}
	}
	if read < 1<<20 {
		t.Fatalf("only %d bytes of process %d could be read", read, pid)
	}
	return found
}

// files are all that the product has written: log, outbox, settings.
func (p *practice) files() {
	p.t.Helper()
	seen := 0
	for _, dir := range []string{"state", "home", "run", "tmp"} {
		p.must(filepath.WalkDir(filepath.Join(p.Dir, dir), func(path string, d fs.DirEntry, err error) error {
			if err != nil || !d.Type().IsRegular() {
				return err
			}
			seen++
			text, err := os.ReadFile(path)
			if holds(text) {
				p.t.Errorf("PIN in %s", path)
			}
			return err
		}))
	}
	if text, err := os.ReadFile(p.AgentLog()); err != nil || seen == 0 || !bytes.Contains(text, []byte("pin_wrong")) {
		p.t.Errorf("%d files; the log does not tell of the wrong PIN: %v", seen, err)
	}
}

// call is one line of strace: thread, its name, the call, and what the
// descriptor leads to.
var call = regexp.MustCompile(`^(\d+)<([^>]*)> (\w+)\((?:\d+<([A-Za-z-]*:\[[^>]*)>)?`)

// calls are strace's lines, with those put together that another thread's call
// came between.
func calls(text string) (whole []string) {
	begun := map[string]string{}
	for line := range strings.Lines(text) {
		line = strings.TrimSuffix(line, "\n")
		thread, _, _ := strings.Cut(line, "<")
		if start, ok := strings.CutSuffix(line, " <unfinished ...>"); ok {
			begun[thread] = start
			continue
		}
		if _, rest, ok := strings.Cut(line, " resumed>"); ok && begun[thread] != "" {
			line = begun[thread] + rest
			delete(begun, thread)
		}
		whole = append(whole, line)
	}
	for _, start := range begun {
		whole = append(whole, start)
	}
	return whole
}

// written looks at each system call that carries a PIN: from the window into
// the agent's pipe, from there into the worker's, from there to pcscd.
func (p *practice) written() {
	p.t.Helper()
	text, err := os.ReadFile(p.trace)
	p.must(err)
	count, pipes := map[string]int{}, map[string]string{}
	for _, line := range calls(string(text)) {
		m := call.FindStringSubmatch(line)
		if m == nil {
			if holds([]byte(line)) {
				p.t.Errorf("not understood: %s", line)
			}
			continue
		}
		who := p.tasks[m[1]]
		if m[2] == "raccordo-sim" {
			who = "window"
		}
		if who == "worker" && m[3] == "connect" && !strings.Contains(line, p.PCSC.Socket()) {
			p.t.Errorf("the worker connects elsewhere: %s", line)
		}
		if !holds([]byte(line)) {
			continue
		}
		kind, _, _ := strings.Cut(m[4], ":")
		step := who + " " + m[3] + " " + kind
		count[step]++
		switch step {
		case "window read ", "window write pipe", "agent read pipe", "worker sendto UNIX-STREAM":
		case "agent write pipe", "worker read pipe":
			pipes[step] = m[4]
		default:
			p.t.Errorf("%s: %s", step, line)
		}
	}
	for _, step := range []string{"agent write pipe", "worker read pipe", "worker sendto UNIX-STREAM"} {
		if count[step] != 2 {
			p.t.Errorf("%s: %d times, want once for each PIN; all: %v", step, count[step], count)
		}
	}
	p.t.Logf("system calls with a PIN: %v", count)
	if pipes["agent write pipe"] != pipes["worker read pipe"] {
		p.t.Errorf("two pipes: %v", pipes)
	}
}
