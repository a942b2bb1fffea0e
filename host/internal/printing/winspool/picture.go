package winspool

import (
	"bytes"
	"image"
)

const (
	white = 0xff
	// Of a grey edge, what is darker is ink: thin strokes stay whole.
	ink = 160
	// A square of this many pixels a side without black or white is a tone: edges are thinner.
	toneSide = 4
	// So many such squares make a picture.
	tones = 8
)

// hasTones says whether a page has pictures or grey areas. Text and bar codes have grey on
// their edges only, which a printer of two colours would make ragged.
func hasTones(page *image.Gray) bool {
	found := 0
	b := page.Rect
	for y := b.Min.Y; y+toneSide <= b.Max.Y; y += toneSide {
		row := page.Pix[page.PixOffset(b.Min.X, y):][:b.Dx()]
		for x := 0; x+toneSide <= len(row); x += toneSide {
			if !grey(row[x]) || !tone(page, b.Min.X+x, y) {
				continue
			}
			if found++; found >= tones {
				return true
			}
		}
	}
	return false
}

func tone(page *image.Gray, x, y int) bool {
	for dy := range toneSide {
		for _, p := range page.Pix[page.PixOffset(x, y+dy):][:toneSide] {
			if !grey(p) {
				return false
			}
		}
	}
	return true
}

func grey(p uint8) bool { return p >= 8 && p < 248 }

// halve averages squares of two by two pixels.
func halve(page *image.Gray) *image.Gray {
	b := page.Rect
	half := image.NewGray(image.Rect(0, 0, b.Dx()/2, b.Dy()/2))
	for y := range half.Rect.Dy() {
		one := page.Pix[page.PixOffset(b.Min.X, b.Min.Y+2*y):]
		two := page.Pix[page.PixOffset(b.Min.X, b.Min.Y+2*y+1):]
		to := half.Pix[y*half.Stride:][:half.Rect.Dx()]
		for x := range to {
			sum := int(one[2*x]) + int(one[2*x+1]) + int(two[2*x]) + int(two[2*x+1])
			to[x] = uint8((sum + 2) / 4)
		}
	}
	return half
}

// blank says whether nothing is in some pixels of a row.
func blank(row []byte) bool {
	for len(row) > len(empty) {
		if !bytes.Equal(row[:len(empty)], empty[:]) {
			return false
		}
		row = row[len(empty):]
	}
	return bytes.Equal(row, empty[:len(row)])
}

var empty = [64]byte(bytes.Repeat([]byte{white}, 64))
