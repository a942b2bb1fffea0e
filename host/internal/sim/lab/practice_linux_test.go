//go:build cgo

package lab_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"raccordo/host/internal/sim/lab"
	"raccordo/host/internal/sim/pinentry"
)

// practice is a lab whose agent runs under strace.
type practice struct {
	*lab.Lab
	t      *testing.T
	trace  string
	strace *exec.Cmd
	tasks  map[string]string // thread id: "agent" or "worker"
	output bytes.Buffer      // of the command line
}

func open(t *testing.T) *practice {
	t.Helper()
	bin := t.TempDir()
	build := exec.Command("go", "build", "-o", bin, "raccordo/host/cmd/...")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	l, err := lab.Start(t.Context(), lab.Options{Bin: bin, PIN: rightPIN})
	if err != nil {
		t.Fatal(err)
	}
	p := &practice{Lab: l, t: t, trace: filepath.Join(t.TempDir(), "trace"), tasks: map[string]string{}}
	agent := l.Command(context.Background(), "raccordo", "agent")
	p.strace = exec.Command("strace", append([]string{"-f", "-qq", "-Y", "-yy", "-s", "8192", "-o", p.trace,
		"-e", "trace=read,write,pwrite64,writev,sendto,sendmsg,execve,connect", "--"}, agent.Args...)...)
	p.strace.Env = agent.Env
	if err := p.strace.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		p.end()
		if err := l.Close(); err != nil {
			t.Error(err)
		}
	})
	p.must(l.Card.Insert(t.Context(), l.PCSC.Slot(0)))
	p.await("card read", func() bool {
		out, err := l.Command(t.Context(), "raccordo", "cards", "--json").CombinedOutput()
		return err == nil && strings.Contains(string(out), `"usable": true`)
	})
	return p
}

// end stops the agent, and with it strace.
func (p *practice) end() {
	if p.strace == nil {
		return
	}
	p.must(p.StopAgent())
	p.strace.Wait()
	p.strace = nil
}

func (p *practice) must(err error) {
	p.t.Helper()
	if err != nil {
		p.t.Fatal(err)
	}
}

func (p *practice) await(what string, done func() bool) {
	p.t.Helper()
	for deadline := time.Now().Add(30 * time.Second); !done(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			p.t.Fatalf("%s: not within 30 s", what)
		}
	}
}

// login runs the command line against a window that somebody answers with pin,
// and looks at every process while the window is open and after it.
func (p *practice) login(pin string) {
	p.t.Helper()
	p.must(p.Person(pinentry.Script{PIN: pin, Hold: true}))
	cmd := p.Command(p.t.Context(), "raccordo", "login")
	cmd.Stdout, cmd.Stderr = &p.output, &p.output
	p.must(cmd.Start())
	p.await("window", func() bool {
		all, err := p.PromptPIDs()
		return err == nil && len(all) > 0
	})
	p.visible("window open")
	p.must(p.Person(pinentry.Script{PIN: pin}))
	cmd.Wait()
	p.visible("after the login")
}

// visible looks for a PIN where ps and other programs of the user can see.
func (p *practice) visible(when string) {
	p.t.Helper()
	agent, err := p.AgentPID()
	p.must(err)
	workers := p.workers()
	prompts, err := p.PromptPIDs()
	p.must(err)
	if agent == 0 || len(workers) == 0 {
		p.t.Fatalf("%s: agent %d, workers %v", when, agent, workers)
	}
	for _, pid := range append(append([]int{agent, os.Getpid()}, workers...), prompts...) {
		for _, file := range []string{"cmdline", "environ"} {
			if text, err := os.ReadFile(fmt.Sprintf("/proc/%d/%s", pid, file)); err == nil && holds(text) {
				p.t.Errorf("%s: PIN in %s of process %d", when, file, pid)
			}
		}
	}
	p.remember("agent", agent)
	for _, pid := range workers {
		p.remember("worker", pid)
	}
}

func (p *practice) workers() []int {
	p.t.Helper()
	all, err := p.WorkerPIDs()
	p.must(err)
	return all
}

// remember notes the threads of a process, by which strace names it.
func (p *practice) remember(who string, pid int) {
	p.t.Helper()
	all, err := os.ReadDir(fmt.Sprintf("/proc/%d/task", pid))
	p.must(err)
	for _, task := range all {
		p.tasks[task.Name()] = who
	}
}
