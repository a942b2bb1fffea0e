//go:build cgo

package main

import (
	"context"
	"errors"
	"fmt"
	"image/png"
	"io/fs"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"raccordo/host/internal/sim/lab"
	"raccordo/host/internal/sim/paper"
	"raccordo/host/internal/wire"
)

// office is a lab with a print room and a running agent.
type office struct {
	*desk
	room    *paper.Server
	process *exec.Cmd // the agent
}

func newOffice(t *testing.T) *office {
	t.Helper()
	l, err := lab.Start(t.Context(), lab.Options{Bin: programs(t), Printers: []paper.Printer{
		{Name: "Studio", Papers: []string{"A4", "A5"}, Trays: paper.Trays}, {Name: "Ago", Papers: []string{"A5"}},
	}})
	if err != nil {
		t.Fatal(err)
	}
	o := &office{desk: &desk{l, t, t.TempDir()}, room: l.Paper}
	o.must(rendererOf(l))
	t.Cleanup(func() {
		if t.Failed() {
			log, _ := os.ReadFile(l.AgentLog())
			t.Logf("%s", log)
		}
		o.kill()
		if err := l.Close(); err != nil {
			t.Error(err)
		}
	})
	o.start()
	return o
}

// rendererOf gives the lab what the tests of the renderer have compiled on this PC, if
// they have: it takes seconds each time.
func rendererOf(l *lab.Lab) error {
	cache, err := os.UserCacheDir()
	if err != nil {
		return err
	}
	to := filepath.Join(l.Dir, "state", "raccordo", "render")
	err = os.CopyFS(to, os.DirFS(filepath.Join(cache, "raccordo-render-test")))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return errors.Join(err, os.Chmod(to, 0o700))
}

// start starts an agent that prints in the print room.
func (o *office) start() {
	o.t.Helper()
	o.process = o.Command(context.Background(), "raccordo", "agent")
	o.must(o.process.Start())
	for range 500 {
		if _, code := o.run("print", "jobs"); code == 0 {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	o.t.Fatal("the agent does not answer")
}

// kill ends the agent as a crash does.
func (o *office) kill() {
	_ = o.process.Process.Kill()
	_ = o.process.Wait()
}

// out waits for so many sheets of a printer.
func (o *office) out(printer string, n int) []paper.Sheet {
	o.t.Helper()
	ctx, cancel := context.WithTimeout(o.t.Context(), time.Minute)
	defer cancel()
	sheets, err := o.room.Await(ctx, printer, n)
	o.must(err)
	return sheets
}

func (o *office) sheets(printer string) []paper.Sheet {
	o.t.Helper()
	sheets, err := o.room.Sheets(printer)
	o.must(err)
	return sheets
}

// settled waits until nothing is on its way and gives the list of jobs.
func (o *office) settled() string {
	o.t.Helper()
	for {
		out, code := o.run("print", "jobs")
		if code != 0 || o.t.Context().Err() != nil {
			o.t.Fatalf("%d %s", code, out)
		}
		if !strings.Contains(out, ": in attesa") && !strings.Contains(out, ": alla stampante") && !strings.Contains(out, ": in stampa") {
			return out
		}
		time.Sleep(100 * time.Millisecond)
	}
}

// text is what a sheet says.
func (o *office) text(s paper.Sheet) string {
	o.t.Helper()
	text, err := exec.Command("pdftotext", s.Path, "-").Output()
	o.must(err)
	return strings.TrimSpace(string(text))
}

// set chooses printers on which documents are printed as they are.
func (o *office) set(args ...string) {
	o.t.Helper()
	if out, code := o.run(append([]string{"printers", "set"}, args...)...); code != 0 {
		o.t.Fatalf("%d %s", code, out)
	}
}

// From the command line to a real print service, without a window.
func TestPrintFile(t *testing.T) {
	o := newOffice(t)
	o.write("referto.pdf", pdf("Referto di prova"))
	if out, code := o.run("print", "referto.pdf"); code != 2 || !strings.Contains(out, "print.no_printer") {
		t.Fatalf("without a printer: %d %s", code, out)
	}
	if out, code := o.run("printers"); code != 0 || !strings.Contains(out, "Studio (predefinita)") || !strings.Contains(out, "raccordo printers set bianca --printer=Studio") {
		t.Errorf("%d %s", code, out)
	}
	o.set("bianca", "--printer=Studio", "--paper=A4")
	o.set("rossa", "--printer=Ago", "--offset-x=-2,5", "--offset-y=5")
	out, code := o.run("print", "referto.pdf")
	if code != 0 || !strings.Contains(out, "referto.pdf") || !strings.Contains(out, "Studio") {
		t.Fatalf("%d %s", code, out)
	}
	sheet := o.out("Studio", 1)[0]
	if text := o.text(sheet); text != "Referto di prova" || !strings.HasPrefix(sheet.Title, "Raccordo ") || strings.Contains(sheet.Title, "referto") {
		t.Errorf("%q, named %q", text, sheet.Title)
	}
	if out, code := o.run("printers", "test", "rossa"); code != 0 {
		t.Fatalf("%d %s", code, out)
	}
	if text := o.text(o.out("Ago", 1)[0]); !strings.Contains(text, "2,5") {
		t.Errorf("the test page says %q", text)
	}
	out, code = o.run("print", "jobs")
	if code != 0 || strings.Count(out, "Pagina di prova") != 1 || strings.Count(out, "referto.pdf") != 1 {
		t.Errorf("%d %s", code, out)
	}
	if out, code := o.run("print", "--preview=foglio.png", "referto.pdf"); code != 0 || !strings.Contains(out, "foglio 1 di 1") {
		t.Fatalf("%d %s", code, out)
	}
	f, err := os.Open(filepath.Join(o.dir, "foglio.png"))
	o.must(err)
	defer f.Close()
	picture, err := png.Decode(f)
	if err != nil || picture.Bounds().Dx() < 1000 || picture.Bounds().Dx() > picture.Bounds().Dy() {
		t.Errorf("%v %v", err, picture.Bounds())
	}
	o.waits()
	o.ports()
	o.killed()
}

// waits: what is wrong at the printer is told, and mended without a second request.
func (o *office) waits() {
	t, came := o.t, 1
	for _, row := range []struct {
		name          string
		wrong, mended func() error
		state, want   string
	}{
		{"rejecting", func() error { return o.room.Reject(t.Context(), "Studio") }, func() error { return o.room.Accept(t.Context(), "Studio") }, "in attesa", "print.printer_rejects"},
		{"paused", func() error { return o.room.Pause(t.Context(), "Studio") }, func() error { return o.room.Resume(t.Context(), "Studio") }, "ferma", "print.printer_stopped"},
		{"without paper", func() error { return o.room.Set("Studio", paper.PaperOut) }, func() error { return o.room.Set("Studio", paper.Fine) }, "ferma", "print.paper_out"},
		{"jammed", func() error { return o.room.Set("Studio", paper.Jam) }, func() error { return o.room.Set("Studio", paper.Fine) }, "ferma", "print.paper_jam"},
		{"without a print service", o.room.Halt, func() error { return o.room.Restart(t.Context()) }, "in attesa", "print.spooler_down"},
	} {
		o.must(row.wrong())
		if out, code := o.run("print", "referto.pdf"); code != 0 {
			t.Errorf("%s: %d %s", row.name, code, out)
		}
		o.tells(row.name, row.state, row.want)
		o.must(row.mended())
		came++
		o.out("Studio", came)
		o.settled() // with its printer the service forgets its jobs
	}
	o.must(o.room.Remove(t.Context(), "Studio"))
	out, code := o.run("print", "referto.pdf")
	if code != 0 || !strings.Contains(out, "print.printer_missing") {
		t.Errorf("removed: %d %s", code, out)
	}
	id, _, _ := strings.Cut(out, " ")
	if out, code := o.run("print", "cancel", id); code != 0 || !strings.Contains(out, "annullata") {
		t.Errorf("cancel: %d %s", code, out)
	}
	o.must(o.room.Add(t.Context(), paper.Printer{Name: "Studio", Papers: []string{"A4", "A5"}}))
}

// tells waits until the newest job stands as wanted, for a reason.
func (o *office) tells(name, state, code string) {
	o.t.Helper()
	for began := time.Now(); ; time.Sleep(50 * time.Millisecond) {
		out, _ := o.run("print", "jobs")
		newest, _, _ := strings.Cut(out, "]")
		if strings.Contains(newest, ": "+state) && strings.Contains(newest, "["+code) {
			return
		}
		if time.Since(began) > time.Minute {
			o.t.Fatalf("%s: %s", name, out)
		}
	}
}

// ports: neither the agent nor what it starts listens on the network while it prints.
func (o *office) ports() {
	t := o.t
	agent, err := o.AgentPID()
	o.must(err)
	relay := o.Command(t.Context(), "raccordo-host")
	hold, err := relay.StdinPipe()
	o.must(err)
	o.must(relay.Start())
	defer func() { _ = hold.Close(); _ = relay.Wait() }()
	before := len(o.sheets("Studio"))
	printing := make(chan struct{})
	var group sync.WaitGroup
	group.Go(func() {
		defer close(printing)
		for range 3 {
			o.run("print", "referto.pdf")
			o.run("print", "--preview=foglio.png", "referto.pdf")
		}
	})
	if len(listening(t, os.Getpid())) == 0 { // the simulated region listens in this process
		t.Error("who listens is not seen")
	}
	seen := 0
	for running := true; running; {
		select {
		case <-printing:
			running = false
		case <-time.After(20 * time.Millisecond):
		}
		for _, pid := range append(children(t, agent), agent, relay.Process.Pid) {
			seen++
			if open := listening(t, pid); len(open) > 0 {
				t.Errorf("process %d listens: %v", pid, open)
			}
		}
	}
	group.Wait()
	o.out("Studio", before+3)
	if seen < 10 {
		t.Errorf("%d looks at processes", seen)
	}
}

// children are the processes that one has started.
func children(t *testing.T, pid int) (all []int) {
	t.Helper()
	tasks, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", pid))
	if err != nil || len(tasks) == 0 {
		t.Fatalf("%v %v", tasks, err)
	}
	for _, file := range tasks {
		text, _ := os.ReadFile(file) // a thread may have ended
		for _, field := range strings.Fields(string(text)) {
			var n int
			if _, err := fmt.Sscan(field, &n); err == nil {
				all = append(append(all, n), children(t, n)...)
			}
		}
	}
	return all
}

// listening are the TCP sockets of a process that wait for connections, and its UDP
// sockets (proc(5), /proc/PID/net/tcp; state 0A is LISTEN).
func listening(t *testing.T, pid int) (open []string) {
	t.Helper()
	mine := map[string]bool{}
	fds, _ := filepath.Glob(fmt.Sprintf("/proc/%d/fd/*", pid))
	for _, fd := range fds {
		if to, err := os.Readlink(fd); err == nil && strings.HasPrefix(to, "socket:[") {
			mine[strings.Trim(to, "socket:[]")] = true
		}
	}
	for _, protocol := range []string{"tcp", "tcp6", "udp", "udp6"} {
		table, _ := os.ReadFile(fmt.Sprintf("/proc/%d/net/%s", pid, protocol))
		for line := range strings.Lines(string(table)) {
			f := strings.Fields(line)
			if len(f) > 9 && mine[f[9]] && (f[3] == "0A" || strings.HasPrefix(protocol, "udp")) {
				open = append(open, protocol+" "+f[1])
			}
		}
	}
	return open
}

// killed: an agent that is killed while it prints, at whatever moment, leaves no sheet
// out and prints none twice.
func (o *office) killed() {
	const rounds, each = 10, 4
	t := o.t
	before := len(o.sheets("Studio"))
	var files []string
	for i := range rounds * each {
		name := fmt.Sprintf("foglio%d.pdf", i)
		o.write(name, pdf(fmt.Sprintf("Foglio numero %d.", i)))
		files = append(files, name)
	}
	dice := rand.New(rand.NewPCG(7, 7))
	for part := range slices.Chunk(files, each) {
		var group sync.WaitGroup
		for _, f := range part {
			group.Go(func() { o.run("print", "--once=prova", f) })
		}
		time.Sleep(time.Duration(dice.IntN(120)) * time.Millisecond)
		o.kill()
		group.Wait()
		o.start()
		for _, f := range part { // whoever had no answer asks again
			if out, code := o.run("print", "--once=prova", f); code != 0 {
				t.Fatalf("%s: %d %s", f, code, out)
			}
		}
	}
	o.out("Studio", before+len(files))
	if out := o.settled(); strings.Contains(out, string(wire.ErrPrintUnclear)) || strings.Count(out, "foglio") != len(files) {
		t.Error(out)
	}
	came := map[string]int{}
	for _, s := range o.out("Studio", before+len(files))[before:] {
		came[o.text(s)]++
	}
	for i := range files {
		if n := came[fmt.Sprintf("Foglio numero %d.", i)]; n != 1 {
			t.Errorf("sheet %d came out %d times", i, n)
		}
	}
	if n := len(o.sheets("Studio")); n != before+len(files) {
		t.Errorf("%d sheets of %d", n-before, len(files))
	}
}
