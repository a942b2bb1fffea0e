//go:build cgo

package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"raccordo/host/internal/sim/lab"
	"raccordo/host/internal/sim/paper"
)

// office is a lab with a print room.
type office struct {
	*desk
	room *paper.Server
}

func newOffice(t *testing.T) *office {
	t.Helper()
	room, err := paper.Start(t.Context(), paper.Options{Printers: []paper.Printer{
		{Name: "Studio", Papers: []string{"A4", "A5"}, Trays: paper.Trays}, {Name: "Ago", Papers: []string{"A5"}},
	}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := room.Stop(); err != nil {
			t.Error(err)
		}
	})
	bin := t.TempDir()
	if out, err := exec.Command("go", "build", "-o", bin, "raccordo/host/cmd/...").CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	l, err := lab.Start(t.Context(), lab.Options{Bin: bin})
	if err != nil {
		t.Fatal(err)
	}
	o := &office{&desk{l, t, t.TempDir()}, room}
	t.Cleanup(func() {
		if t.Failed() {
			log, _ := os.ReadFile(l.AgentLog())
			t.Logf("%s", log)
		}
		if err := l.Close(); err != nil {
			t.Error(err)
		}
	})
	o.agent()
	return o
}

// agent starts one that prints in the print room.
func (o *office) agent() *exec.Cmd {
	o.t.Helper()
	agent := o.Command(context.Background(), "raccordo", "agent")
	agent.Env = append(agent.Env, o.room.Env()...)
	o.must(agent.Start())
	o.t.Cleanup(func() { _ = o.StopAgent(); _ = agent.Wait() })
	return agent
}

// out waits for so many sheets of a printer.
func (o *office) out(printer string, n int) []paper.Sheet {
	o.t.Helper()
	sheets, err := o.room.Await(o.t.Context(), printer, n)
	o.must(err)
	return sheets
}

func TestPrintFile(t *testing.T) {
	o := newOffice(t)
	o.write("referto.pdf", pdf("Referto di prova"))
	if out, code := o.run("print", "referto.pdf"); code != 2 || !strings.Contains(out, "print.no_printer") {
		t.Fatalf("without a printer: %d %s", code, out)
	}
	if out, code := o.run("printers", "set", "bianca", "--printer=Studio", "--paper=A4"); code != 0 {
		t.Fatalf("%d %s", code, out)
	}
	out, code := o.run("print", "referto.pdf")
	if code != 0 {
		t.Fatalf("%d %s", code, out)
	}
	sheets := o.out("Studio", 1)
	text, err := exec.Command("pdftotext", sheets[0].Path, "-").Output()
	if err != nil || !strings.Contains(string(text), "Referto di prova") {
		t.Errorf("%v %s", err, text)
	}
	out, code = o.run("print", "jobs")
	fmt.Println(out, code, sheets[0].Title, filepath.Base(sheets[0].Path))
}
