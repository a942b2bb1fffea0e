package render_test

import (
	"bytes"
	"image"
	"image/color"
	"image/png"
	"math/rand/v2"
	"testing"

	"raccordo/host/internal/printing"
	"raccordo/host/internal/printing/render"
)

func TestPNG(t *testing.T) {
	r := open(t)
	noise := func(w, h int) *image.Gray {
		img, dice := image.NewGray(image.Rect(0, 0, w, h)), rand.New(rand.NewPCG(1, 2))
		for i := range img.Pix {
			img.Pix[i] = byte(dice.Uint32())
		}
		return img
	}
	for _, row := range []struct {
		name  string
		img   *image.Gray
		exact bool
	}{
		{"slip", draw(t, r, slip(t), 0, render.PreviewDPI(printing.A4)), true},
		{"fonts", draw(t, r, form(t), 0, render.PreviewDPI(printing.A5)), true},
		{"pictures", draw(t, r, colours(t), 0, render.PreviewDPI(printing.A5)), true},
		{"noise", noise(1240, 1754), false},
		{"small noise", noise(300, 400), true},
	} {
		t.Run(row.name, func(t *testing.T) {
			body, err := render.PNG(row.img)
			must(t, err)
			got, err := png.Decode(bytes.NewReader(body))
			must(t, err)
			t.Logf("%v: %d bytes", got.Bounds().Size(), len(body))
			if len(body) > render.MaxPNG || got.Bounds() != row.img.Rect {
				t.Errorf("%d bytes of %v", len(body), got.Bounds())
			}
			if _, grey := got.(*image.Gray); grey != row.exact {
				t.Errorf("a %T", got)
			}
		})
	}
	if body, err := render.PNG(noise(3000, 3000)); err == nil {
		t.Errorf("noise of nine million pixels in %d bytes", len(body))
	}
}

// With fewer greys a grey stays as light as it was.
func TestPNGKeepsLight(t *testing.T) {
	img, dice := image.NewGray(image.Rect(0, 0, 1240, 1754)), rand.New(rand.NewPCG(3, 4))
	for i := range img.Pix {
		img.Pix[i] = byte(100 + dice.IntN(80)) // too much for 16 greys
	}
	body, err := render.PNG(img)
	must(t, err)
	decoded, err := png.Decode(bytes.NewReader(body))
	must(t, err)
	got, ok := decoded.(*image.Paletted)
	if !ok || len(got.Palette) > 4 {
		t.Fatalf("a %T", decoded)
	}
	var before, after int
	for i := range img.Pix {
		before += int(img.Pix[i])
		after += int(got.Palette[got.Pix[i]].(color.RGBA).R)
	}
	if d := float64(after-before) / float64(len(img.Pix)); d > 2 || d < -2 {
		t.Errorf("lighter by %.1f of 255", d)
	}
}

func TestPreviewDPI(t *testing.T) {
	for _, row := range []struct {
		sheet printing.Sheet
		want  int
	}{
		{printing.A4, 150}, {printing.A5, 200}, {printing.Sheet{Width: 4200, Height: 5940}, 70}, {printing.Sheet{}, 100},
	} {
		if got := render.PreviewDPI(row.sheet); got != row.want {
			t.Errorf("%v: %d, not %d", row.sheet, got, row.want)
		}
	}
}
