package cups

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"raccordo/host/internal/printing"
	"raccordo/host/internal/sim/paper"
	"raccordo/host/internal/wire"
)

// A service that is stopped and started in good order forgets nothing, wherever a job
// stands.
func TestRestartBetweenTheSteps(t *testing.T) {
	rows := map[string]func(t *testing.T, r *paper.Server, s *Spooler, again func()) string{
		"after create": func(t *testing.T, _ *paper.Server, s *Spooler, again func()) string {
			job := must[string](t)(s.Create(t.Context(), ticketA5))
			again()
			ok(t, s.Send(t.Context(), ticketA5, job, document(t, printing.A5, 1)))
			ok(t, s.Release(t.Context(), ticketA5, job))
			return job
		},
		"after send": func(t *testing.T, _ *paper.Server, s *Spooler, again func()) string {
			job := sent(t, s, ticketA5)
			again()
			if look := must[printing.Look](t)(s.Look(t.Context(), "uno", job)); !look.Held {
				t.Errorf("%+v", look)
			}
			if found := must[[]string](t)(s.Find(t.Context(), "uno", ticketA5.Name)); !cmp.Equal(found, []string{job}) {
				t.Errorf("found %q", found)
			}
			ok(t, s.Release(t.Context(), ticketA5, job))
			return job
		},
		"while it waits for paper": func(t *testing.T, r *paper.Server, s *Spooler, again func()) string {
			ok(t, r.Set("uno", paper.PaperOut))
			job := printed(t, s, ticketA5)
			await(t, s, "uno", job, is(wire.PrintHeld))
			again()
			ok(t, r.Set("uno", paper.Fine))
			return job
		},
		"after it printed": func(t *testing.T, _ *paper.Server, s *Spooler, again func()) string {
			job := printed(t, s, ticketA5)
			await(t, s, "uno", job, is(wire.PrintPrinted))
			again()
			return job
		},
	}
	for name, do := range rows {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r, s := room(t, paper.Options{Printers: one})
			job := do(t, r, s, func() { ok(t, r.Restart(t.Context())) })
			await(t, s, "uno", job, is(wire.PrintPrinted))
			passed(t.Context(), t, r, "uno")
			if diff := cmp.Diff([]int{1, 2}, jobs(t, r, "uno")); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// What a service that is killed knows afterwards is what it has written, which it does
// when it has nothing else to do: a job may be gone, or held again although it came
// out. It is never told to be printed when it was not.
func TestAKilledServiceForgets(t *testing.T) {
	t.Run("a job that was not written yet is gone", func(t *testing.T) {
		t.Parallel()
		r, s := room(t, paper.Options{Printers: one})
		job := sent(t, s, ticketA5)
		ok(t, r.Kill())
		ok(t, r.Restart(t.Context()))
		gone(t, s, ticketA5, job)
	})
	t.Run("a job that was written before its release is held again", func(t *testing.T) {
		t.Parallel()
		r, s := room(t, paper.Options{Printers: one, Settings: "DirtyCleanInterval 1"})
		job := sent(t, s, ticketA5)
		written(t.Context(), t, r, "c00001")
		ok(t, s.Release(t.Context(), ticketA5, job))
		must[[]paper.Sheet](t)(r.Await(t.Context(), "uno", 1))
		ok(t, r.Kill())
		ok(t, r.Restart(t.Context()))
		look, err := s.Look(t.Context(), "uno", job)
		if err == nil && look.State == wire.PrintPrinted {
			return // it had the time
		}
		if err != nil || !look.Held {
			t.Errorf("%+v, %v", look, err)
		}
	})
}

// written waits for a file of the service's spool.
func written(ctx context.Context, t *testing.T, r *paper.Server, name string) {
	t.Helper()
	path := filepath.Join(r.Dir(), "spool", name)
	for {
		if _, err := os.Stat(path); err == nil {
			return
		} else if !errors.Is(err, os.ErrNotExist) {
			t.Fatal(err)
		}
		select {
		case <-ctx.Done():
			t.Fatal(ctx.Err())
		case <-time.After(5 * time.Millisecond):
		}
	}
}
