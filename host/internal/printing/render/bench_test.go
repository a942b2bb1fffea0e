package render_test

import (
	"bytes"
	"io"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/rs/zerolog"

	"raccordo/host/internal/printing/render"
)

// BenchmarkCold is the first page on a PC; BenchmarkStart is the first page after a
// while, BenchmarkPage each further one. MB is the peak of the process that draws.
func BenchmarkCold(b *testing.B) {
	pdf := slip(b)
	for i := 0; b.Loop(); i++ {
		first(b, pdf, filepath.Join(b.TempDir(), strconv.Itoa(i)))
	}
}

func BenchmarkStart(b *testing.B) {
	pdf, dir := slip(b), filled(b)
	for b.Loop() {
		first(b, pdf, dir)
	}
}

func first(b *testing.B, pdf []byte, dir string) {
	r := render.New(render.Options{Command: []string{program}, Cache: dir, Log: zerolog.Nop()})
	draw(b, r, pdf, 0, 150)
	b.StopTimer()
	b.ReportMetric(float64(watch(b, r.Pid())())/1e6, "MB")
	r.Close()
	b.StartTimer()
}

var resolutions = []int{100, 150, 300, 600}

func BenchmarkPage(b *testing.B) {
	pdf := slip(b)
	for _, dpi := range resolutions {
		b.Run(strconv.Itoa(dpi), func(b *testing.B) {
			r := open(b)
			draw(b, r, form(b), 0, 50)
			for i := 0; b.Loop(); i++ {
				draw(b, r, append(pdf, strconv.Itoa(i)...), 0, dpi) // another document each time
			}
			b.ReportMetric(float64(watch(b, r.Pid())())/1e6, "MB")
		})
	}
}

// BenchmarkPoppler is pdftoppm with the same page; its pixels go nowhere.
func BenchmarkPoppler(b *testing.B) {
	pdf := slip(b)
	for _, dpi := range resolutions {
		b.Run(strconv.Itoa(dpi), func(b *testing.B) {
			var peak int64
			for b.Loop() {
				cmd := exec.Command("pdftoppm", "-gray", "-r", strconv.Itoa(dpi), "-singlefile", "-")
				cmd.Stdin, cmd.Stdout = bytes.NewReader(pdf), io.Discard
				must(b, cmd.Start())
				most := watch(b, cmd.Process.Pid)
				must(b, cmd.Wait())
				peak = max(peak, most())
			}
			b.ReportMetric(float64(peak)/1e6, "MB")
		})
	}
}

func BenchmarkPNG(b *testing.B) {
	img := draw(b, open(b), slip(b), 0, 150)
	for b.Loop() {
		if _, err := render.PNG(img); err != nil {
			b.Fatal(err)
		}
	}
}
