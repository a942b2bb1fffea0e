package promemoria

import (
	"fmt"

	"raccordo/host/internal/printing/sheet"
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
	bars, width, err := sheet.Code39(text)
	if err != nil {
		return fmt.Errorf("promemoria: bar code %q: %w", text, err)
	}
	for _, bar := range bars {
		p.Rect(x+float64(bar.From)*narrowBar, y, float64(bar.Width)*narrowBar, barHeight, "F")
	}
	human := "*" + text + "*"
	p.SetFont("Helvetica", "", 8)
	p.put(x+(float64(width)*narrowBar-p.GetStringWidth(human))/2, y+barHeight+8, 8, "", human)
	return nil
}
