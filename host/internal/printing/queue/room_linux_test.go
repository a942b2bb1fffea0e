package queue

import (
	"context"
	"sync"
	"testing"

	"github.com/rs/zerolog"

	"raccordo/host/internal/printing/cups"
	"raccordo/host/internal/sim/paper"
	"raccordo/host/internal/wire"
)

// press is a queue at work in a print room.
type press struct {
	*Queue
	room    *paper.Server
	spooler *cups.Spooler
	t       *testing.T
}

func newPress(t *testing.T) *press {
	t.Helper()
	room, err := paper.Start(t.Context(), paper.Options{Printers: []paper.Printer{{Name: "uno", Kind: paper.Raw}, {Name: "due", Kind: paper.Raw}}})
	if err != nil {
		t.Fatal(err)
	}
	q, spooler, err := real(t.TempDir(), room.Socket(), zerolog.New(zerolog.NewTestWriter(t)))
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	var running sync.WaitGroup
	running.Go(func() { q.Run(ctx) })
	t.Cleanup(func() {
		cancel()
		running.Wait()
		spooler.Close()
		if err := room.Stop(); err != nil {
			t.Error(err)
		}
	})
	return &press{q, room, spooler, t}
}

// submit hands in the n-th sheet, which is for the printer "uno".
func (p *press) submit(n int) string {
	p.t.Helper()
	r := numbered(n)
	r.Profile = wire.SheetPromemoria
	row, err := p.Submit(p.t.Context(), r)
	if err != nil {
		p.t.Fatal(err)
	}
	return row.ID
}

// until waits for a state, and a problem if one is named; the test's own deadline is
// the limit.
func (p *press) until(id string, state wire.PrintState, problem wire.ErrorCode) {
	p.t.Helper()
	row, err := p.await(p.t.Context(), id, func(e *entry) bool { return e.State == state && e.Problem == problem })
	if err != nil {
		p.t.Fatalf("%s %v, not %s %q: %v", row.State, row.Problem, state, problem, err)
	}
}

func (p *press) ok(err error) {
	p.t.Helper()
	if err != nil {
		p.t.Fatal(err)
	}
}

// sheets is how many came out.
func (p *press) sheets(want int) {
	p.t.Helper()
	sheets, err := p.room.Sheets("uno")
	p.ok(err)
	if len(sheets) != want {
		p.t.Errorf("%d sheets, not %d", len(sheets), want)
	}
}

// What happens to printers, as the doctor is told it; each sheet comes out once.
func TestRoom(t *testing.T) {
	tests := map[string]struct {
		before, after func(ctx context.Context, r *paper.Server) error
		state         wire.PrintState
		problem       wire.ErrorCode
	}{
		"no paper": {func(_ context.Context, r *paper.Server) error { return r.Set("uno", paper.PaperOut) },
			func(_ context.Context, r *paper.Server) error { return r.Set("uno", paper.Fine) }, wire.PrintHeld, wire.ErrPrintPaper},
		"jam": {func(_ context.Context, r *paper.Server) error { return r.Set("uno", paper.Jam) },
			func(_ context.Context, r *paper.Server) error { return r.Set("uno", paper.Fine) }, wire.PrintHeld, wire.ErrPrintJam},
		"paused": {func(ctx context.Context, r *paper.Server) error { return r.Pause(ctx, "uno") },
			func(ctx context.Context, r *paper.Server) error { return r.Resume(ctx, "uno") }, wire.PrintHeld, wire.ErrPrintStopped},
		"takes no jobs": {func(ctx context.Context, r *paper.Server) error { return r.Reject(ctx, "uno") },
			func(ctx context.Context, r *paper.Server) error { return r.Accept(ctx, "uno") }, wire.PrintQueued, wire.ErrPrintReject},
		"removed": {func(ctx context.Context, r *paper.Server) error { return r.Remove(ctx, "uno") },
			func(ctx context.Context, r *paper.Server) error {
				return r.Add(ctx, paper.Printer{Name: "uno", Kind: paper.Raw})
			}, wire.PrintQueued, wire.ErrPrintMissing},
		"service stopped": {func(_ context.Context, r *paper.Server) error { return r.Halt() },
			func(ctx context.Context, r *paper.Server) error { return r.Restart(ctx) }, wire.PrintQueued, wire.ErrPrintSpooler},
	}
	for name, row := range tests {
		t.Run(name, func(t *testing.T) {
			p := newPress(t)
			p.ok(row.before(t.Context(), p.room))
			first, second := p.submit(1), p.submit(2)
			p.until(first, row.state, row.problem)
			p.ok(row.after(t.Context(), p.room))
			p.Retry()
			p.until(first, wire.PrintPrinted, "")
			p.until(second, wire.PrintPrinted, "")
			p.sheets(2)
		})
	}
}

// A job that the spooler has can be given up, also by others.
func TestRoomCancel(t *testing.T) {
	p := newPress(t)
	p.ok(p.room.Pause(t.Context(), "uno"))
	ours, others := p.submit(1), p.submit(2)
	p.until(others, wire.PrintHeld, wire.ErrPrintStopped)
	if row, err := p.Cancel(t.Context(), ours); err != nil || row.State != wire.PrintCancelled {
		t.Errorf("%+v, %v", row, err)
	}
	_, err := p.room.Tool(t.Context(), "cancel", "-a", "uno")
	p.ok(err)
	p.until(others, wire.PrintCancelled, "")
	p.ok(p.room.Resume(t.Context(), "uno"))
	again, err := p.Again(t.Context(), others)
	p.ok(err)
	p.until(again.ID, wire.PrintPrinted, "")
	p.sheets(1)
}

// A service that is killed may have forgotten what it was given last. Nobody is
// told that such a sheet came out, and it does not come out twice.
func TestRoomKilled(t *testing.T) {
	p := newPress(t)
	p.ok(p.room.Pause(t.Context(), "uno"))
	id := p.submit(1)
	p.until(id, wire.PrintHeld, wire.ErrPrintStopped)
	p.ok(p.room.Kill())
	p.until(id, wire.PrintHeld, wire.ErrPrintSpooler)
	p.ok(p.room.Restart(t.Context()))
	p.ok(p.room.Resume(t.Context(), "uno"))
	p.Retry()
	row, err := p.await(t.Context(), id, func(e *entry) bool { return e.Stage == finished })
	p.ok(err)
	switch {
	case row.State == wire.PrintPrinted:
		p.sheets(1)
	case row.State == wire.PrintFailed && row.Problem.Data.Code == wire.ErrPrintUnclear:
		p.sheets(0)
	default:
		t.Errorf("%+v", row)
	}
}
