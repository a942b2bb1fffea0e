package winspool

import (
	"image"
	"testing"

	"raccordo/host/internal/printing"
)

// BenchmarkLayout makes the bands of an A4 sheet of text at 600 dpi.
func BenchmarkLayout(b *testing.B) {
	var lines []image.Rectangle
	for y := 200; y < 2800; y += 50 {
		for x := 200; x < 1900; x += 30 {
			lines = append(lines, image.Rect(x, y, x+20, y+25))
		}
	}
	page, s := sheetOf(printing.A4, 600, lines...), surfaceOf(printing.A4, 600, 600, 42)
	for b.Loop() {
		layout(page, 600, s)
	}
}
