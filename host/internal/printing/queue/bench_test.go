package queue

import (
	"bytes"
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"raccordo/host/internal/printing"
	"raccordo/host/internal/secret"
	"raccordo/host/internal/wire"
)

// counted is a box that counts what is written.
type counted struct {
	Box
	mu   sync.Mutex
	puts int
}

func (c *counted) Put(name string, value []byte) error {
	c.mu.Lock()
	c.puts++
	c.mu.Unlock()
	return c.Box.Put(name, value)
}

// bench is a queue over a real disk and a spooler that answers at once.
func bench(b *testing.B) (q *Queue, d *desk, box *counted) {
	b.Helper()
	dir := b.TempDir()
	store, err := secret.Open(filepath.Join(dir, "secret"))
	if err != nil {
		b.Fatal(err)
	}
	folder, err := store.At(filepath.Join(dir, "printing"))
	if err != nil {
		b.Fatal(err)
	}
	d, box = newDesk(), &counted{Box: folder}
	opt := d.options()
	opt.Box, opt.Log = box, zerolog.Nop()
	if q, err = Open(opt); err != nil {
		b.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	var running sync.WaitGroup
	running.Go(func() { q.Run(ctx) })
	b.Cleanup(func() { cancel(); running.Wait() })
	return q, d, box
}

// promemoria is as large as one that a region sends.
var promemoria = bytes.Repeat([]byte("%PDF promemoria "), 6<<10) // 96 KiB

// BenchmarkSubmitToReleased is the time from the click to the spooler, without the
// spooler's own.
func BenchmarkSubmitToReleased(b *testing.B) {
	q, d, box := bench(b)
	d.during = func(request string, t printing.Ticket) {
		if request == "look" {
			d.stands(printing.Look{State: "printed"})
		}
	}
	var times []time.Duration
	for i := 0; b.Loop(); i++ {
		r := request(fmt.Sprint(i))
		r.PDF = promemoria
		from := time.Now()
		row, err := q.Submit(b.Context(), r)
		if err != nil {
			b.Fatal(err)
		}
		q.Wait(b.Context(), row.ID)
		times = append(times, time.Since(from))
	}
	slices.Sort(times)
	b.ReportMetric(float64(times[len(times)/2].Microseconds())/1000, "ms-p50")
	b.ReportMetric(float64(times[len(times)*99/100].Microseconds())/1000, "ms-p99")
	box.mu.Lock()
	b.ReportMetric(float64(box.puts)/float64(len(times)), "writes/job")
	box.mu.Unlock()
}

// BenchmarkHundred is a hundred sheets in one go, until the spooler has all.
func BenchmarkHundred(b *testing.B) {
	for b.Loop() {
		q, _, box := bench(b)
		var ids []string
		for i := range 100 {
			r := request(fmt.Sprint(i))
			r.PDF = promemoria
			row, err := q.Submit(b.Context(), r)
			if err != nil {
				b.Fatal(err)
			}
			ids = append(ids, row.ID)
		}
		b.ReportMetric(float64(b.Elapsed().Milliseconds()), "ms-submitted")
		for _, id := range ids {
			q.Wait(b.Context(), id)
		}
		box.mu.Lock()
		b.ReportMetric(float64(box.puts)/100, "writes/job")
		box.mu.Unlock()
	}
}

// BenchmarkOpen is the start over as many finished jobs as are kept.
func BenchmarkOpen(b *testing.B) {
	q, d, box := bench(b)
	for i := range mostFinished {
		r := request(fmt.Sprint(i))
		r.PDF = promemoria
		row, err := q.Submit(b.Context(), r)
		if err != nil {
			b.Fatal(err)
		}
		q.Wait(b.Context(), row.ID)
	}
	d.stands(printing.Look{State: wire.PrintPrinted})
	for _, row := range q.List(Filter{}) {
		if _, err := q.await(b.Context(), row.ID, func(e *entry) bool { return !e.open() }); err != nil {
			b.Fatal(err)
		}
	}
	opt := d.options()
	opt.Box, opt.Log = box, zerolog.Nop()
	for b.Loop() {
		again, err := Open(opt)
		if err != nil || len(again.order) != mostFinished {
			b.Fatal(len(again.order), err)
		}
	}
}
