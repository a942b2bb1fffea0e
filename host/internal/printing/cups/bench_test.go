package cups

import (
	"io"
	"os"
	"path/filepath"
	"testing"
	"time"

	"raccordo/host/internal/printing"
	"raccordo/host/internal/sim/paper"
)

// BenchmarkHandOver measures from Create until Release is accepted, beside lp printing
// the same file with the same service, turn by turn. The printer is paused, so that
// neither pays for the other's filters.
func BenchmarkHandOver(b *testing.B) {
	ctx := b.Context()
	r, s := room(b, paper.Options{Printers: one})
	ok(b, r.Pause(ctx, "uno"))
	pdf := document(b, printing.A5, 1)
	path := filepath.Join(b.TempDir(), "foglio.pdf")
	ok(b, os.WriteFile(path, must[[]byte](b)(io.ReadAll(io.NewSectionReader(pdf, 0, pdf.Size()))), 0o600))
	var ours, theirs time.Duration
	for b.Loop() {
		start := time.Now()
		job := must[string](b)(s.Create(ctx, ticketA5))
		ok(b, s.Send(ctx, ticketA5, job, pdf))
		ok(b, s.Release(ctx, ticketA5, job))
		ours += time.Since(start)
		start = time.Now()
		must[string](b)(r.Tool(ctx, "lp", "-d", "uno", "-o", "media=A5", path))
		theirs += time.Since(start)
		b.StopTimer()
		must[string](b)(r.Tool(ctx, "cancel", "-a", "-x", "uno"))
		b.StartTimer()
	}
	b.ReportMetric(0, "ns/op") // both together: of no interest
	b.ReportMetric(float64(ours.Microseconds())/float64(b.N), "µs/handover")
	b.ReportMetric(float64(theirs.Microseconds())/float64(b.N), "µs/lp")
	b.ReportMetric(float64(ours)/float64(theirs), "×lp")
}
