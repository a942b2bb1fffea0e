package pdftest

import (
	"image"
	"image/png"
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
	DPI        = 254
	Millimetre = 10
)

// Picture is a page (from 1) as poppler draws it: what is seen of it, grey.
func Picture(t testing.TB, doc []byte, page, dpi int) image.Image {
	t.Helper()
	dir := t.TempDir()
	out := filepath.Join(dir, "page")
	number := strconv.Itoa(page)
	signtest.Holds(t, "pdftoppm", "-r", strconv.Itoa(dpi), "-cropbox", "-gray", "-singlefile", "-f", number, "-l", number, "-png",
		Write(t, dir, "in.pdf", doc), out)
	return decode(t, out+".png")
}

// Others are the pictures of ghostscript and mupdf.
func Others(t testing.TB, doc []byte, page, dpi int) map[string]image.Image {
	t.Helper()
	dir := t.TempDir()
	in := Write(t, dir, "in.pdf", doc)
	number, resolution := strconv.Itoa(page), strconv.Itoa(dpi)
	gs, mu := filepath.Join(dir, "gs.png"), filepath.Join(dir, "mu.png")
	signtest.Holds(t, "gs", "-q", "-dBATCH", "-dNOPAUSE", "-dUseCropBox", "-sDEVICE=pnggray", "-r"+resolution, "-dGraphicsAlphaBits=4", "-dTextAlphaBits=4",
		"-dFirstPage="+number, "-dLastPage="+number, "-sOutputFile="+gs, in)
	signtest.Holds(t, "mutool", "draw", "-q", "-r", resolution, "-c", "gray", "-o", mu, in, number)
	return map[string]image.Image{"ghostscript": decode(t, gs), "mupdf": decode(t, mu)}
}

func decode(t testing.TB, path string) image.Image {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	picture, err := png.Decode(f)
	if err != nil {
		t.Fatal(err)
	}
	return picture
}

// Ink is where a picture, or a part of it, is dark.
func Ink(picture image.Image, within image.Rectangle) image.Rectangle {
	var ink image.Rectangle
	within = within.Intersect(picture.Bounds())
	for y := within.Min.Y; y < within.Max.Y; y++ {
		for x := within.Min.X; x < within.Max.X; x++ {
			if r, _, _, _ := picture.At(x, y).RGBA(); r>>8 < Dark {
				ink = ink.Union(image.Rect(x, y, x+1, y+1))
			}
		}
	}
	return ink
}
