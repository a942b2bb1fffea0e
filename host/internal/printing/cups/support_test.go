package cups

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"go.uber.org/goleak"

	"raccordo/host/internal/printing"
	"raccordo/host/internal/sim/paper"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// source is a document in memory.
type source struct{ *bytes.Reader }

func (s source) Size() int64 { return s.Reader.Size() }

// document is a PDF of sheets with one square each, its upper left corner 20 mm from
// the edges, made by hand so that nothing else decides where it lies.
func document(t testing.TB, s printing.Sheet, pages int) printing.Source {
	t.Helper()
	points := func(tenths int) float64 { return float64(tenths) * 72 / 254 }
	side := points(100)
	mark := fmt.Sprintf("0 g %.3f %.3f %.3f %.3f re f", points(200), points(s.Height-200)-side, side, side)
	objects := []string{"<</Type/Catalog/Pages 2 0 R>>", "", fmt.Sprintf("<</Length %d>>stream\n%s\nendstream", len(mark), mark)}
	var kids string
	for i := range pages {
		kids += fmt.Sprintf("%d 0 R ", i+4)
		objects = append(objects, fmt.Sprintf("<</Type/Page/Parent 2 0 R/MediaBox[0 0 %.3f %.3f]/Contents 3 0 R/Resources<<>>>>", points(s.Width), points(s.Height)))
	}
	objects[1] = fmt.Sprintf("<</Type/Pages/Count %d/Kids[%s]>>", pages, kids)
	var b, table bytes.Buffer
	b.WriteString("%PDF-1.4\n")
	for i, o := range objects {
		fmt.Fprintf(&table, "%010d 00000 n \n", b.Len())
		fmt.Fprintf(&b, "%d 0 obj%s\nendobj\n", i+1, o)
	}
	start := b.Len()
	fmt.Fprintf(&b, "xref\n0 %d\n0000000000 65535 f \n%strailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n", len(objects)+1, table.String(), len(objects)+1, start)
	return text(b.String())
}

// room opens a print room for one test.
func room(t testing.TB, opt paper.Options) (*paper.Server, *Spooler) {
	t.Helper()
	r, err := paper.Start(t.Context(), opt)
	if err != nil {
		t.Fatal(err)
	}
	s := New(Options{Server: r.Socket()})
	t.Cleanup(func() {
		s.Close()
		if err := r.Stop(); err != nil {
			t.Error(err)
		}
	})
	return r, s
}

func must[T any](t testing.TB) func(T, error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func ok(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

var ticketA5 = printing.Ticket{Printer: "uno", Name: "Raccordo 0a1b2c3d", Sheet: printing.A5, Copies: 1, Pages: 1}

// sent makes a held job with its pages.
func sent(t testing.TB, s *Spooler, tk printing.Ticket) string {
	t.Helper()
	job := must[string](t)(s.Create(t.Context(), tk))
	ok(t, s.Send(t.Context(), tk, job, document(t, tk.Sheet, max(tk.Pages, 1))))
	return job
}

// printed hands a job over.
func printed(t testing.TB, s *Spooler, tk printing.Ticket) string {
	t.Helper()
	job := sent(t, s, tk)
	ok(t, s.Release(t.Context(), tk, job))
	return job
}

// await looks at a job until it is as wanted; the test's own deadline is the limit.
func await(t testing.TB, s *Spooler, printer, job string, wanted func(printing.Look) bool) printing.Look {
	t.Helper()
	for {
		look, err := s.Look(t.Context(), printer, job)
		if err != nil {
			t.Fatal(err)
		}
		if wanted(look) {
			return look
		}
		time.Sleep(5 * time.Millisecond)
	}
}

// jobs are the numbers of what a printer has put out.
func jobs(t testing.TB, r *paper.Server, printer string) []int {
	t.Helper()
	numbers := []int{}
	for _, sheet := range must[[]paper.Sheet](t)(r.Sheets(printer)) {
		numbers = append(numbers, sheet.Job)
	}
	slices.Sort(numbers)
	return numbers
}

// passed proves that whatever could print has: a later job of somebody else came out.
func passed(ctx context.Context, t testing.TB, r *paper.Server, printer string) {
	t.Helper()
	before := len(jobs(t, r, printer))
	if _, err := r.Tool(ctx, "lp", "-d", printer, "-t", "altro", "/etc/hostname"); err != nil {
		t.Fatal(err)
	}
	must[[]paper.Sheet](t)(r.Await(ctx, printer, before+1))
}

// text is a document of any bytes.
func text(s string) printing.Source { return source{bytes.NewReader([]byte(s))} }
