package queue

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"raccordo/host/internal/sim/paper"
	"raccordo/host/internal/wire"
)

// middle is the median of times in milliseconds.
func middle(times []time.Duration) float64 {
	slices.Sort(times)
	return float64(times[len(times)/2].Microseconds()) / 1000
}

// BenchmarkRoom is the time from the click until CUPS has the job released, beside
// lp with the same file.
func BenchmarkRoom(b *testing.B) {
	room, err := paper.Start(b.Context(), paper.Options{Printers: []paper.Printer{{Name: "uno"}, {Name: "due"}}})
	if err != nil {
		b.Fatal(err)
	}
	dir := b.TempDir()
	q, spooler, err := real(dir, room.Socket(), zerolog.Nop())
	if err != nil {
		b.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	var running sync.WaitGroup
	running.Go(func() { q.Run(ctx) })
	b.Cleanup(func() {
		cancel()
		running.Wait()
		spooler.Close()
		if err := room.Stop(); err != nil {
			b.Error(err)
		}
	})
	file := filepath.Join(dir, "sheet.pdf")
	if err := os.WriteFile(file, numbered(1).PDF, 0o600); err != nil {
		b.Fatal(err)
	}
	if err := room.Pause(b.Context(), "uno"); err != nil { // the filters are not what is measured
		b.Fatal(err)
	}
	var ours, lp []time.Duration
	for i := 0; b.Loop(); i++ {
		r := request(fmt.Sprint(i))
		r.Profile, r.PDF = wire.SheetPromemoria, numbered(1).PDF
		from := time.Now()
		row, err := q.Submit(b.Context(), r)
		if err != nil {
			b.Fatal(err)
		}
		q.Wait(b.Context(), row.ID)
		ours = append(ours, time.Since(from))
		from = time.Now()
		if _, err := room.Tool(b.Context(), "lp", "-d", "uno", file); err != nil {
			b.Fatal(err)
		}
		lp = append(lp, time.Since(from))
	}
	b.ReportMetric(middle(ours), "ms-p50")
	b.ReportMetric(middle(lp), "ms-p50-lp")
}
