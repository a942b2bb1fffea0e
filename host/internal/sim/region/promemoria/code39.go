package promemoria

import (
	"fmt"
	"image"

	"github.com/boombuler/barcode/code39"
)

// Geometry of the ministry's slip: narrow bar 0.8 pt, bars 24 pt high, 8 pt
// human text with its asterisks 8 pt below.
const (
	narrowBar = 0.8
	barHeight = 24.0
)

// code39 draws text with its upper left corner at x, y as vector bars: exact at
// any printer resolution.
func (p page) code39(x, y float64, text string) error {
	code, err := code39.Encode(text, false, false)
	if err != nil {
		return fmt.Errorf("promemoria: bar code %q: %w", text, err)
	}
	width := code.Bounds().Dx()
	for i := 0; i < width; {
		if !dark(code, i) {
			i++
			continue
		}
		start := i
		for i < width && dark(code, i) {
			i++
		}
		p.Rect(x+float64(start)*narrowBar, y, float64(i-start)*narrowBar, barHeight, "F")
	}
	human := "*" + text + "*"
	p.SetFont("Helvetica", "", 8)
	p.put(x+(float64(width)*narrowBar-p.GetStringWidth(human))/2, y+barHeight+8, 8, "", human)
	return nil
}

func dark(code image.Image, x int) bool {
	r, _, _, _ := code.At(x, 0).RGBA()
	return r == 0
}
