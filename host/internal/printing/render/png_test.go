package render_test

import (
	"bytes"
	"image"
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
	if body, err := render.PNG(noise(2300, 2300)); err == nil {
		t.Errorf("noise of five million pixels in %d bytes", len(body))
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
