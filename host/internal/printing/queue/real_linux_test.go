package queue

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"raccordo/host/internal/printing"
	"raccordo/host/internal/printing/cups"
	"raccordo/host/internal/secret"
	"raccordo/host/internal/sim/paper"
	"raccordo/host/internal/wire"
)

// The real print service of the system, and real processes that are killed.

const (
	sheetsOfAll = 200
	childVar    = "QUEUE_CHILD" // folder of the queue
	socketVar   = "QUEUE_SOCKET"
)

// real is a queue over the disk and a print room.
func real(dir, socket string, log zerolog.Logger) (*Queue, *cups.Spooler, error) {
	store, err := secret.Open(filepath.Join(dir, "secret"))
	if err != nil {
		return nil, nil, err
	}
	box, err := store.At(filepath.Join(dir, "printing"))
	if err != nil {
		return nil, nil, err
	}
	spooler := cups.New(cups.Options{Server: socket})
	printer := func(k wire.SheetKind) string {
		return map[wire.SheetKind]string{wire.SheetPromemoria: "uno", wire.SheetBianca: "due"}[k]
	}
	q, err := Open(Options{Spooler: spooler, Box: box, Printer: printer, Log: log, Pace: Pace{Look: 20 * time.Millisecond, Slow: 200 * time.Millisecond, Behind: 500 * time.Millisecond, Retry: 100 * time.Millisecond},
		Prepare: func(_ context.Context, j Job) (Prepared, error) {
			return Prepared{Ticket: printing.Ticket{Printer: printer(j.Profile), Sheet: printing.A4, Pages: 1}, PDF: source(j.PDF)}, nil
		}})
	return q, spooler, err
}

// numbered is the n-th sheet. A queue without a driver puts out these very bytes.
func numbered(n int) Request {
	r := Request{ClientID: fmt.Sprint("sheet ", n), Origin: page, Kind: "document", Profile: wire.SheetPromemoria, Title: fmt.Sprint("Sheet ", n), Copies: 1, Pages: 1}
	if n%3 == 0 {
		r.Profile = wire.SheetBianca
	}
	r.PDF = fmt.Appendf(nil, "%%PDF-1.4\n%% sheet %d\n1 0 obj<</Type/Catalog/Pages 2 0 R>>\nendobj\n2 0 obj<</Type/Pages/Count 0/Kids[]>>\nendobj\ntrailer<</Size 3/Root 1 0 R>>\n%%%%EOF\n", n)
	return r
}

// another tells whether this is the process that the tests kill.
func another() bool {
	dir := os.Getenv(childVar)
	if dir == "" {
		return false
	}
	if err := child(dir); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	return true
}

// child hands in all sheets, as a page does that does not know which of them were
// taken before, and ends when all are finished.
func child(dir string) error {
	q, spooler, err := real(dir, os.Getenv(socketVar), zerolog.New(os.Stderr))
	if err != nil {
		return err
	}
	defer spooler.Close()
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan struct{})
	defer cancel()
	go func() { q.Run(ctx); close(ended) }()
	fmt.Println("at work")
	for n := range sheetsOfAll {
		if _, err := q.Submit(ctx, numbered(n)); err != nil {
			return err
		}
		fmt.Println("taken", n)
	}
	for _, row := range q.List(Filter{}) {
		row, err := q.await(ctx, row.ID, func(e *entry) bool { return !e.open() })
		if err != nil {
			return err
		}
		fmt.Println(row.State, row.Title, row.Problem)
	}
	cancel()
	<-ended
	return nil
}

// TestKilled kills the process at any moment until all sheets are out.
func TestKilled(t *testing.T) {
	room, err := paper.Start(t.Context(), paper.Options{Printers: []paper.Printer{{Name: "uno", Kind: paper.Raw}, {Name: "due", Kind: paper.Raw}}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := room.Stop(); err != nil {
			t.Error(err)
		}
	})
	dir := t.TempDir()
	killed, out := 0, ""
	for alive := false; !alive; {
		kill := killed < 40
		if out, alive = life(t, dir, room.Socket(), kill); !alive {
			killed++
		}
	}
	t.Logf("killed %d times", killed)
	if killed < 10 {
		t.Error("hardly killed: nothing was tried")
	}
	if n := strings.Count(out, "printed Sheet "); n != sheetsOfAll {
		t.Errorf("%d are said to be printed:\n%s", n, without(out, "printed", "taken"))
	}
	requireAll(t, room)
}

// life runs the process, kills it a moment after it has begun its work if kill is
// set, and tells what it said and whether it came to its end.
func life(t *testing.T, dir, socket string, kill bool) (said string, alive bool) {
	t.Helper()
	var out, log bytes.Buffer
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), childVar+"="+dir, socketVar+"="+socket)
	cmd.Stderr = &log
	pipe, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	for lines := bufio.NewScanner(pipe); lines.Scan(); {
		if out.Len() == 0 && kill {
			time.AfterFunc(time.Duration(rand.IntN(50_000))*time.Microsecond, func() { cmd.Process.Kill() })
		}
		fmt.Fprintln(&out, lines.Text())
	}
	err = cmd.Wait()
	if err != nil && !strings.Contains(err.Error(), "killed") {
		t.Fatalf("%v\n%s", err, log.String())
	}
	return out.String(), err == nil
}

// requireAll: each sheet is on paper once, in the order in which it was handed in.
func requireAll(t *testing.T, room *paper.Server) {
	t.Helper()
	var want, got [2][]int
	for n := range sheetsOfAll {
		at := min(n%3, 1)
		want[at] = append(want[at], n)
	}
	for i, printer := range []string{"due", "uno"} {
		sheets, err := room.Sheets(printer)
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range sheets {
			b, err := os.ReadFile(s.Path)
			if err != nil {
				t.Fatal(err)
			}
			var n int
			if _, err := fmt.Sscanf(string(b), "%%PDF-1.4\n%% sheet %d\n", &n); err != nil || !bytes.Equal(b, numbered(n).PDF) {
				t.Fatalf("%s is none of the sheets: %v", s.Path, err)
			}
			got[i] = append(got[i], n)
		}
		if !slices.Equal(got[i], want[i]) {
			t.Errorf("%s has put out %d of %d sheets: %d", printer, len(got[i]), len(want[i]), got[i])
		}
	}
}

// without is text without the lines that begin with these words.
func without(text string, words ...string) string {
	var rest []string
	for s := bufio.NewScanner(strings.NewReader(text)); s.Scan(); {
		if !slices.ContainsFunc(words, func(w string) bool { return strings.HasPrefix(s.Text(), w) }) {
			rest = append(rest, s.Text())
		}
	}
	return strings.Join(rest, "\n")
}
