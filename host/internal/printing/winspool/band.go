package winspool

import (
	"encoding/binary"
	"image"
)

// band is a strip of a page as a device independent bitmap, and where it goes. It is drawn as
// a whole: drivers are known to go wrong with a part of a bitmap, and with one from the top down.
type band struct {
	X, Y, Width, Height int    // on the surface
	Columns, Rows       int    // of the bitmap
	Info                []byte // BITMAPINFO: header and palette
	Bits                []byte // from the bottom up, rows of whole DWORDs
}

const (
	bandBytes = 1 << 20 // of one bitmap
	gap       = 64      // white rows that end a band
)

// layout makes the bands of a page that was drawn with dpi pixels to the inch: two colours
// where it has no more, greys at half the resolution where it has. White strips are left out.
func layout(page *image.Gray, dpi int, s surface) []band {
	bits := 1
	if hasTones(page) {
		bits = 8
		if dpi > finest/2 && dpi%2 == 0 {
			page, dpi = halve(page), dpi/2
		}
	}
	left, top, right, bottom := s.visible(dpi)
	area := image.Rect(left, top, right, bottom).Add(page.Rect.Min).Intersect(page.Rect)
	if area.Empty() {
		return nil
	}
	most := max(1, bandBytes/stride(area.Dx(), bits))
	var all []band
	for y := area.Min.Y; y < area.Max.Y; {
		strip, next := inked(page, area, y, most)
		if !strip.Empty() {
			all = append(all, bitmap(page, strip, dpi, bits, s))
		}
		y = next
	}
	return all
}

// inked is the next strip that is not white, from row y on, and the row behind it.
func inked(page *image.Gray, area image.Rectangle, y, most int) (image.Rectangle, int) {
	first, last := -1, y
	for ; y < area.Max.Y; y++ {
		if first >= 0 && (y-first >= most || y-last > gap) {
			break
		}
		if blank(page.Pix[page.PixOffset(area.Min.X, y):][:area.Dx()]) {
			continue
		}
		if first < 0 {
			first = y
		}
		last = y
	}
	if first < 0 {
		return image.Rectangle{}, y
	}
	return image.Rect(area.Min.X, first, area.Max.X, last+1), y
}

func bitmap(page *image.Gray, strip image.Rectangle, dpi, bits int, s surface) band {
	origin := page.Rect.Min
	x, y := s.column(strip.Min.X-origin.X, dpi), s.row(strip.Min.Y-origin.Y, dpi)
	b := band{
		X: x, Y: y,
		Width:   s.column(strip.Max.X-origin.X, dpi) - x,
		Height:  s.row(strip.Max.Y-origin.Y, dpi) - y,
		Columns: strip.Dx(), Rows: strip.Dy(),
		Info: header(strip.Dx(), strip.Dy(), bits),
	}
	line := stride(b.Columns, bits)
	b.Bits = make([]byte, line*b.Rows)
	for row := range b.Rows {
		from := page.Pix[page.PixOffset(strip.Min.X, strip.Max.Y-1-row):][:b.Columns]
		to := b.Bits[row*line:][:line]
		if bits == 8 {
			copy(to, from)
			continue
		}
		for x, p := range from {
			if p > ink {
				to[x/8] |= 0x80 >> (x % 8)
			}
		}
	}
	return b
}

// stride is the length of a bitmap's row: whole DWORDs.
func stride(columns, bits int) int { return (columns*bits + 31) / 32 * 4 }

// header is a BITMAPINFO with a palette from black to white (wingdi.h, BITMAPINFOHEADER).
func header(columns, rows, bits int) []byte {
	colours := 1 << bits
	h := make([]byte, 40, 40+4*colours)
	for at, v := range map[int]int{0: 40, 4: columns, 8: rows, 32: colours} {
		binary.LittleEndian.PutUint32(h[at:], uint32(v))
	}
	binary.LittleEndian.PutUint16(h[12:], 1)
	binary.LittleEndian.PutUint16(h[14:], uint16(bits))
	for c := range colours {
		v := uint8(c * white / (colours - 1))
		h = append(h, v, v, v, 0)
	}
	return h
}
