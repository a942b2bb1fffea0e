package cups

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"raccordo/host/internal/printing"
	"raccordo/host/internal/sim/paper"
	"raccordo/host/internal/wire"
)

// Every fault of a printer is told, for the job and in the list of printers, and the
// sheet comes out once by itself when it is over.
func TestFaultsOfAPrinter(t *testing.T) {
	rows := []struct {
		fault paper.Fault
		code  wire.ErrorCode
	}{
		{paper.PaperOut, wire.ErrPrintPaper},
		{"media-needed", wire.ErrPrintPaper},
		{paper.Jam, wire.ErrPrintJam},
		{paper.Cover, wire.ErrPrintAttention},
		{paper.Toner, wire.ErrPrintAttention},
		{"some-vendors-own-error", wire.ErrPrintAttention},
		{paper.Offline, wire.ErrPrintOffline},
		{"cups-missing-filter-warning", wire.ErrPrintRefused},
	}
	r, s := room(t, paper.Options{Printers: one})
	for i, row := range rows {
		t.Run(string(row.fault), func(t *testing.T) {
			ok(t, r.Set("uno", row.fault))
			job := printed(t, s, ticketA5)
			want := printing.Look{State: wire.PrintHeld, Problem: row.code, Detail: string(row.fault)}
			if diff := cmp.Diff(want, await(t, s, "uno", job, is(wire.PrintHeld))); diff != "" {
				t.Errorf("job (-want +got):\n%s", diff)
			}
			if p := printer(t, s, "uno"); p.Problem != row.code || p.State != "printing" {
				t.Errorf("printer %s %q", p.State, p.Problem)
			}
			ok(t, r.Set("uno", paper.Fine))
			await(t, s, "uno", job, is(wire.PrintPrinted))
			if got := jobs(t, r, "uno"); len(got) != i+1 {
				t.Errorf("sheets %v", got)
			}
		})
	}
}

// What a printer only reports keeps nothing from being printed.
func TestReportsAreNoFaults(t *testing.T) {
	for _, fault := range []paper.Fault{paper.TonerLow, paper.Connecting, "media-low-warning", paper.Slow} {
		t.Run(string(fault), func(t *testing.T) {
			t.Parallel()
			r, s := room(t, paper.Options{Printers: one})
			ok(t, r.Set("uno", fault))
			job := printed(t, s, ticketA5)
			look := await(t, s, "uno", job, func(l printing.Look) bool { return l.State != wire.PrintAccepted })
			if diff := cmp.Diff(printing.Look{State: wire.PrintPrinting}, look); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			ok(t, r.Set("uno", paper.Fine))
			await(t, s, "uno", job, is(wire.PrintPrinted))
		})
	}
}

func printer(t *testing.T, s *Spooler, name string) wire.Printer {
	t.Helper()
	for _, p := range must[[]wire.Printer](t)(s.Printers(t.Context())) {
		if p.Name == name {
			return p
		}
	}
	t.Fatalf("no printer %s", name)
	return wire.Printer{}
}

func TestAPausedPrinter(t *testing.T) {
	ctx := t.Context()
	r, s := room(t, paper.Options{Printers: one})
	ok(t, r.Pause(ctx, "uno"))
	job := printed(t, s, ticketA5)
	want := printing.Look{State: wire.PrintHeld, Problem: wire.ErrPrintStopped, Detail: "paused"}
	if diff := cmp.Diff(want, must[printing.Look](t)(s.Look(ctx, "uno", job))); diff != "" {
		t.Errorf("job (-want +got):\n%s", diff)
	}
	if p := printer(t, s, "uno"); p.Problem != wire.ErrPrintStopped || p.State != "stopped" || !p.Accepting {
		t.Errorf("%+v", p)
	}
	ok(t, r.Resume(ctx, "uno"))
	await(t, s, "uno", job, is(wire.PrintPrinted))
}

func TestAPrinterThatTakesNoJobs(t *testing.T) {
	ctx := t.Context()
	r, s := room(t, paper.Options{Printers: one})
	held := sent(t, s, ticketA5)
	ok(t, r.Reject(ctx, "uno"))
	_, err := s.Create(ctx, ticketA5)
	wantFault(t, err, wire.ErrPrintReject)
	if p := printer(t, s, "uno"); p.Problem != wire.ErrPrintReject || p.Accepting {
		t.Errorf("%+v", p)
	}
	ok(t, s.Release(ctx, ticketA5, held)) // what it has taken it prints
	await(t, s, "uno", held, is(wire.PrintPrinted))
	ok(t, r.Accept(ctx, "uno"))
	must[string](t)(s.Create(ctx, ticketA5))
}

func TestAServiceThatHasNoRoom(t *testing.T) {
	_, s := room(t, paper.Options{Printers: one, Settings: "MaxJobs 1"})
	job := sent(t, s, ticketA5)
	_, err := s.Create(t.Context(), ticketA5)
	wantFault(t, err, wire.ErrPrintReject)
	ok(t, s.Cancel(t.Context(), "uno", job))
	sent(t, s, ticketA5)
}

// CUPS drops the jobs of a printer that is removed.
func TestAPrinterThatIsRemoved(t *testing.T) {
	ctx := t.Context()
	r, s := room(t, paper.Options{Printers: one})
	ok(t, r.Pause(ctx, "uno"))
	held, waiting := sent(t, s, ticketA5), printed(t, s, ticketA5)
	ok(t, r.Remove(ctx, "uno"))
	gone(t, s, ticketA5, held)
	gone(t, s, ticketA5, waiting)
	_, err := s.Create(ctx, ticketA5)
	wantFault(t, err, wire.ErrPrintMissing)
	_, err = s.Find(ctx, "uno", ticketA5.Name)
	wantFault(t, err, wire.ErrPrintMissing)
	if all := must[[]wire.Printer](t)(s.Printers(ctx)); len(all) != 0 {
		t.Errorf("%+v", all)
	}
	ok(t, r.Add(ctx, one[0])) // a new one of the same name starts with nothing
	if found := must[[]string](t)(s.Find(ctx, "uno", ticketA5.Name)); len(found) != 0 {
		t.Errorf("%q", found)
	}
	job := printed(t, s, ticketA5)
	await(t, s, "uno", job, is(wire.PrintPrinted))
}

// A backend that gives up leaves it to the queue's policy what becomes of the job.
func TestABackendThatGivesUp(t *testing.T) {
	rows := []struct {
		policy string
		want   printing.Look
		prints bool
	}{
		{"retry-job", printing.Look{State: wire.PrintHeld, Problem: wire.ErrPrintOffline, Detail: "resources-are-not-ready"}, true},
		{"retry-current-job", printing.Look{State: wire.PrintPrinting}, true},
		{"stop-printer", printing.Look{State: wire.PrintHeld, Problem: wire.ErrPrintStopped, Detail: "paused"}, true},
		{"abort-job", printing.Look{State: wire.PrintFailed, Problem: wire.ErrPrintRefused, Detail: "processing-to-stop-point"}, false},
	}
	for _, row := range rows {
		t.Run(row.policy, func(t *testing.T) {
			t.Parallel()
			r, s := room(t, paper.Options{Printers: []paper.Printer{{Name: "uno", ErrorPolicy: row.policy}}})
			ok(t, r.Set("uno", paper.Fail))
			job := printed(t, s, ticketA5)
			await(t, s, "uno", job, func(l printing.Look) bool { return l == row.want })
			ok(t, r.Set("uno", paper.Fine))
			want := []int{}
			if row.prints {
				await(t, s, "uno", job, func(l printing.Look) bool {
					ok(t, r.Resume(t.Context(), "uno")) // has cupsd look at its jobs
					return l.State == wire.PrintPrinted
				})
				want = []int{1}
			}
			if diff := cmp.Diff(want, jobs(t, r, "uno")); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestADriverOfWhichAPartIsMissing(t *testing.T) {
	ctx := t.Context()
	r, s := room(t, paper.Options{Printers: one})
	good := must[[]byte](t)(os.ReadFile(filepath.Join(r.Dir(), "conf", "ppd", "uno.ppd")))
	bad := strings.Replace(string(good), `"application/vnd.cups-pdf 0 -"`, `"application/vnd.cups-pdf 0 rastertonone"`, 1)
	path := filepath.Join(t.TempDir(), "bad.ppd")
	ok(t, os.WriteFile(path, []byte(bad), 0o600))
	ok(t, r.Add(ctx, paper.Printer{Name: "manca", PPD: path}))
	tk := ticketA5
	tk.Printer = "manca"
	job := printed(t, s, tk)
	look := await(t, s, "manca", job, is(wire.PrintHeld))
	if look.Problem != wire.ErrPrintRefused {
		t.Errorf("%+v", look)
	}
	ok(t, s.Cancel(ctx, "manca", job))
}

// What is no PDF never gets to the printer, and the job tells so.
func TestWhatIsNoPDF(t *testing.T) {
	r, s := room(t, paper.Options{Printers: one})
	job := must[string](t)(s.Create(t.Context(), ticketA5))
	ok(t, s.Send(t.Context(), ticketA5, job, text("%PDF-1.4\nniente\n")))
	ok(t, s.Release(t.Context(), ticketA5, job))
	look := await(t, s, "uno", job, func(l printing.Look) bool { return l.Problem != "" })
	if look.Problem != wire.ErrPrintRefused {
		t.Errorf("%+v", look)
	}
	if got := jobs(t, r, "uno"); len(got) != 0 {
		t.Errorf("sheets %v", got)
	}
}
