package pdftest

import (
	"bytes"
	"image"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"raccordo/host/internal/sim/signtest"
)

// Dark is how dark ink is, of 255: what is between it and white is the soft edge of something.
const Dark = 128

// Pixels to the inch and to the millimetre in which pictures are measured.
const (
	DPI        = 127
	Millimetre = 5
)

// Picture is a page (from 1) as poppler draws it: what is seen of it, grey.
func Picture(t testing.TB, doc []byte, page, dpi int) *image.Gray {
	t.Helper()
	dir := t.TempDir()
	out := filepath.Join(dir, "page")
	number := strconv.Itoa(page)
	signtest.Holds(t, "pdftoppm", "-r", strconv.Itoa(dpi), "-cropbox", "-gray", "-singlefile", "-f", number, "-l", number,
		Write(t, dir, "in.pdf", doc), out)
	return decode(t, out+".pgm")
}

// Other draws the same with ghostscript or mupdf.
func Other(t testing.TB, program string, doc []byte, page, dpi int) *image.Gray {
	t.Helper()
	dir := t.TempDir()
	in, out := Write(t, dir, "in.pdf", doc), filepath.Join(dir, "out.pgm")
	number, resolution := strconv.Itoa(page), strconv.Itoa(dpi)
	if program == "mupdf" {
		signtest.Holds(t, "mutool", "draw", "-q", "-r", resolution, "-c", "gray", "-o", out, in, number)
	} else {
		signtest.Holds(t, "gs", "-q", "-dBATCH", "-dNOPAUSE", "-dUseCropBox", "-sDEVICE=pgmraw", "-r"+resolution, "-dGraphicsAlphaBits=4", "-dTextAlphaBits=4",
			"-dFirstPage="+number, "-dLastPage="+number, "-sOutputFile="+out, in)
	}
	return decode(t, out)
}

// decode reads a PGM of 8 bits, which costs less than a PNG.
func decode(t testing.TB, path string) *image.Gray {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var head [4]string // P5, width, height, 255
	for i := range head {
		for data[0] == '#' || data[0] <= ' ' {
			if n := bytes.IndexByte(data, '\n'); data[0] == '#' {
				data = data[n:]
			}
			data = data[1:]
		}
		n := bytes.IndexAny(data, " \n")
		head[i], data = string(data[:n]), data[n:]
	}
	wide, _ := strconv.Atoi(head[1])
	tall, _ := strconv.Atoi(head[2])
	if data = data[1:]; head[0] != "P5" || head[3] != "255" || len(data) < wide*tall {
		t.Fatalf("%s: %q, %d bytes", path, head, len(data))
	}
	return &image.Gray{Pix: data[:wide*tall], Stride: wide, Rect: image.Rect(0, 0, wide, tall)}
}

// Clockwise turns a picture by 90°.
func Clockwise(p *image.Gray) *image.Gray {
	b := p.Bounds()
	turned := image.NewGray(image.Rect(0, 0, b.Dy(), b.Dx()))
	for y := range b.Dy() {
		for x := range b.Dx() {
			turned.Pix[x*turned.Stride+b.Dy()-1-y] = p.Pix[y*p.Stride+x]
		}
	}
	return turned
}

// Ink is where a picture, or a part of it, is dark.
func Ink(p *image.Gray, within image.Rectangle) image.Rectangle {
	ink := image.Rectangle{Min: within.Max, Max: within.Min}
	within = within.Intersect(p.Bounds())
	for y := within.Min.Y; y < within.Max.Y; y++ {
		for x := within.Min.X; x < within.Max.X; x++ {
			if p.Pix[y*p.Stride+x] < Dark {
				ink.Min.X, ink.Min.Y = min(ink.Min.X, x), min(ink.Min.Y, y)
				ink.Max.X, ink.Max.Y = max(ink.Max.X, x+1), max(ink.Max.Y, y+1)
			}
		}
	}
	if ink.Empty() {
		return image.Rectangle{}
	}
	return ink
}

// Differ is how many pixels of a picture another one has nowhere near, darker or lighter by
// half: lines that fall between pixels look a little different.
func Differ(a, b *image.Gray) int {
	n := 0
	size := a.Bounds().Intersect(b.Bounds())
	for y := range size.Dy() {
		for x := range size.Dx() {
			// Most pixels are alike at their place.
			if d := int(a.Pix[y*a.Stride+x]) - int(b.Pix[y*b.Stride+x]); (d >= Dark || d <= -Dark) && !near(b, x, y, int(a.Pix[y*a.Stride+x])) {
				n++
			}
		}
	}
	return n
}

func near(p *image.Gray, x, y, grey int) bool {
	for v := max(y-1, 0); v <= min(y+1, p.Rect.Dy()-1); v++ {
		for u := max(x-1, 0); u <= min(x+1, p.Rect.Dx()-1); u++ {
			if d := int(p.Pix[v*p.Stride+u]) - grey; d < Dark && d > -Dark {
				return true
			}
		}
	}
	return false
}
