package render_test

import (
	"bytes"
	"image"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"

	"raccordo/host/internal/printing/render"
)

// poppler draws the page with a program that nobody here wrote.
func poppler(t testing.TB, pdf []byte, page, dpi int) *image.Gray {
	t.Helper()
	cmd := exec.Command("pdftoppm", "-gray", "-r", strconv.Itoa(dpi), "-f", strconv.Itoa(page+1), "-singlefile", "-")
	cmd.Stdin, cmd.Stderr = bytes.NewReader(pdf), os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	var w, h int
	head := bytes.SplitN(out, []byte("\n"), 4) // P5, size, 255, pixels
	if len(head) != 4 {
		t.Fatalf("pdftoppm made %d bytes", len(out))
	}
	size := bytes.Fields(head[1])
	w, _ = strconv.Atoi(string(size[0]))
	h, _ = strconv.Atoi(string(size[1]))
	return &image.Gray{Pix: head[3], Stride: w, Rect: image.Rect(0, 0, w, h)}
}

// ink is how much of the page is black, from 0 to 1.
func ink(img *image.Gray) float64 {
	var sum int
	for _, v := range img.Pix {
		sum += 255 - int(v)
	}
	return float64(sum) / 255 / float64(len(img.Pix))
}

// marked is the box of what is darker than white.
func marked(img *image.Gray) image.Rectangle {
	var box image.Rectangle
	for y := range img.Rect.Dy() {
		for x, v := range img.Pix[y*img.Stride : y*img.Stride+img.Rect.Dx()] {
			if v < 128 {
				box = box.Union(image.Rect(x, y, x+1, y+1))
			}
		}
	}
	return box
}

// differ is the mean difference of squares of a millimetre a side, which leaves out how
// edges are smoothed and how a fallback font is cut.
func differ(a, b *image.Gray, dpi int) float64 {
	side := max(1, dpi/25)
	w, h := min(a.Rect.Dx(), b.Rect.Dx())/side, min(a.Rect.Dy(), b.Rect.Dy())/side
	mean := func(img *image.Gray, x, y int) float64 {
		var s int
		for i := range side {
			for _, v := range img.Pix[(y*side+i)*img.Stride+x*side:][:side] {
				s += int(v)
			}
		}
		return float64(s) / float64(side*side)
	}
	var sum float64
	for y := range h {
		for x := range w {
			sum += math.Abs(mean(a, x, y) - mean(b, x, y))
		}
	}
	return sum / float64(w*h) / 255
}

// made is what a program of others made.
func made(name string) func(testing.TB) []byte {
	return func(t testing.TB) []byte {
		body, err := os.ReadFile(filepath.Join("..", "..", "signature", "pades", "testdata", name))
		must(t, err)
		return body
	}
}

func TestLikePoppler(t *testing.T) {
	r := open(t)
	for _, row := range []struct {
		name        string
		pdf         func(testing.TB) []byte
		differ, ink float64 // at most; ink relative
	}{
		{"slip", slip, 0.004, 0.06},
		{"fonts", form, 0.02, 0.1},
		{"colours", colours, 0.01, 0.03},
		{"TeX", made("tex.pdf"), 0.004, 0.1},
		{"LibreOffice", made("libreoffice.pdf"), 0.004, 0.1},
	} {
		for _, dpi := range []int{100, 300} {
			t.Run(row.name+"/"+strconv.Itoa(dpi), func(t *testing.T) {
				pdf := row.pdf(t)
				got, want := draw(t, r, pdf, 0, dpi), poppler(t, pdf, 0, dpi)
				if d := got.Rect.Size().Sub(want.Rect.Size()); d.X*d.X > 1 || d.Y*d.Y > 1 {
					t.Errorf("%v, not %v", got.Rect.Size(), want.Rect.Size())
				}
				box, ref := marked(got), marked(want)
				tolerance := 2 + dpi/100 // pixels, a quarter of a millimetre
				for _, d := range []int{box.Min.X - ref.Min.X, box.Min.Y - ref.Min.Y, box.Max.X - ref.Max.X, box.Max.Y - ref.Max.Y} {
					if d > tolerance || -d > tolerance {
						t.Errorf("marks lie in %v, not %v", box, ref)
					}
				}
				d, more := differ(got, want, dpi), ink(got)/ink(want)-1
				t.Logf("differs by %.4f, ink %+.3f", d, more)
				if d > row.differ || math.Abs(more) > row.ink {
					t.Errorf("differs by %.4f, ink %+.3f", d, more)
				}
				if dir := os.Getenv("PICTURES"); dir != "" {
					save(t, filepath.Join(dir, row.name+strconv.Itoa(dpi)+".png"), got)
					save(t, filepath.Join(dir, row.name+strconv.Itoa(dpi)+"-poppler.png"), want)
				}
			})
		}
	}
}

func save(t testing.TB, name string, img *image.Gray) {
	t.Helper()
	b, err := render.PNG(img)
	if err == nil {
		err = os.WriteFile(name, b, 0o644)
	}
	if err != nil {
		t.Error(err)
	}
}
