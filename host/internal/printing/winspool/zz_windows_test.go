package winspool

import (
	"fmt"
	"os"
	"testing"
	"time"

	"github.com/rs/zerolog"
	"raccordo/host/internal/printing"
	"raccordo/host/internal/printing/render"
)

type file struct{ *os.File }

func (f file) Size() int64 { i, _ := f.Stat(); return i.Size() }

func TestZZ(t *testing.T) {
	r := render.New(render.Options{Command: []string{os.Getenv("R")}, Cache: os.Getenv("C"), Log: zerolog.New(os.Stderr)})
	defer r.Close()
	t0 := time.Now()
	fmt.Println(r.Warm(t.Context()), time.Since(t0))
	s := New(Options{Renderer: r})
	for range 3 {
	tk := printing.Ticket{Printer: os.Getenv("P"), Name: "Raccordo 12345678", Sheet: printing.A4, Copies: 1, Pages: 1}
	t0 = time.Now()
	job, err := s.Create(t.Context(), tk)
	fmt.Println(job, err, time.Since(t0))
	f, err := os.Open(os.Getenv("F"))
	if err != nil { t.Fatal(err) }
	t0 = time.Now()
	fmt.Println(s.Send(t.Context(), tk, job, file{f}), time.Since(t0))
	}
	t0 = time.Now()
	g, err := r.Render(t.Context(), func() printing.Source { f, _ := os.Open(os.Getenv("F")); return file{f} }(), 0, 600)
	fmt.Println(g != nil, err, time.Since(t0))
	if g != nil {
	t0 = time.Now()
	b := layout(g, 600, surface{600,600,4961,7016,100,100,4761,6816})
	fmt.Println(len(b), time.Since(t0), hasTones(g))
	}
}
