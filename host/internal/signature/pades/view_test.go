package pades_test

import (
	"image"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"raccordo/host/internal/signature"
	"raccordo/host/internal/sim/pdftest"
	"raccordo/host/internal/sim/signtest"
)

// The field is where it was asked for, as the page is looked at, and upright.
func TestView(t *testing.T) {
	h := newHouse(t)
	for _, row := range []struct {
		name, page string
	}{
		{"as it is", ""},
		{"turned by 90", "/Rotate 90"},
		{"turned by 180", "/Rotate 180"},
		{"turned by 270", "/Rotate -90"},
		{"cut", "/CropBox [100 200 500 700]"},
		{"cut and turned", "/CropBox [100 200 500 700] /Rotate 90"},
		{"cut and turned the other way", "/CropBox [500 700 100 200] /Rotate 630"},
		{"corners below zero", "/MediaBox [-300 -400 300 400] /Rotate 180"},
	} {
		t.Run(row.name, func(t *testing.T) {
			field := signature.Field{Page: 1, X: 40, Y: 60, Width: 200, Height: 70}
			signed := sign(t, h.doctor, pdftest.Simple("", row.page), signature.Options{Field: &field, Reason: "Approvazione"})
			h.holds(t, signed, 1)
			picture := render(t, h, signed)
			height := picture.Bounds().Dy()
			left, right := image.Pt(41, height-95), image.Pt(238, height-95)
			if r, g, b, _ := picture.At(left.X, left.Y).RGBA(); r>>8 > 0x20 || b>>8 < 0xa0 || g>>8 > 0x90 {
				t.Errorf("no bar at the left of the field: %x %x %x", r>>8, g>>8, b>>8)
			}
			if r, _, _, _ := picture.At(right.X, right.Y).RGBA(); r>>8 < 0xe0 {
				t.Error("something at the right of the field")
			}
			text := signtest.Holds(t, "pdftotext", h.Temp(t, signed), "-")
			for _, want := range []string{"Firmato digitalmente da", "Nicolò Provà Ștefănescu", "il 14/07/2026 alle ore 18:05:09 (CEST)", "Motivo: Approvazione"} {
				if !strings.Contains(text, want) {
					t.Errorf("%q is not in %q", want, text)
				}
			}
		})
	}
}

// render draws the first page, a point a pixel.
func render(t *testing.T, h *house, doc []byte) image.Image {
	t.Helper()
	out := filepath.Join(t.TempDir(), "page")
	signtest.Holds(t, "pdftoppm", "-r", "72", "-cropbox", "-singlefile", "-png", h.Temp(t, doc), out)
	f, err := os.Open(out + ".png")
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
