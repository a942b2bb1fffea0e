package paper

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"image"
	"io"
	"math"
)

// Where a page's header has what is needed (cups/raster.h, cups_page_header2_t).
const (
	rasterHeader = 1796
	atDuplex     = 272
	atDPI        = 276
	atMedia      = 324
	atWidth      = 372
	atHeight     = 376
	atBits       = 388
	atStride     = 392
	atSpace      = 400
	atPage       = 428 // width and height of the sheet, points
	atBox        = 436 // left, bottom, right, top of the raster on it, points
)

const (
	spaceSGray = 18 // CUPS_CSPACE_SW
	maxSide    = 20000
)

// readRaster reads CUPS raster of version 3, which is not compressed, in grey. What a
// driver can not reach at the edges is white.
func readRaster(r io.Reader) ([]Picture, error) {
	sync := make([]byte, 4)
	if _, err := io.ReadFull(r, sync); err != nil {
		return nil, err
	}
	var order binary.ByteOrder
	switch string(sync) {
	case "3SaR":
		order = binary.LittleEndian
	case "RaS3":
		order = binary.BigEndian
	default:
		return nil, fmt.Errorf("no raster of version 3: %q", sync)
	}
	var all []Picture
	for head := make([]byte, rasterHeader); ; {
		if _, err := io.ReadFull(r, head); err == io.EOF {
			return all, nil
		} else if err != nil {
			return nil, err
		}
		p, err := readPage(r, header{head, order})
		if err != nil {
			return nil, err
		}
		all = append(all, p)
	}
}

type header struct {
	b     []byte
	order binary.ByteOrder
}

func (h header) int(at int) int { return int(h.order.Uint32(h.b[at:])) }

// dots turns points into dots.
func (h header) dots(at, dpi int) int {
	return int(math.Round(float64(math.Float32frombits(h.order.Uint32(h.b[at:]))) * float64(dpi) / 72))
}

func readPage(r io.Reader, h header) (Picture, error) {
	w, high, dpi := h.int(atWidth), h.int(atHeight), h.int(atDPI)
	sheet := image.Rect(0, 0, h.dots(atPage, dpi), h.dots(atPage+4, dpi))
	if h.int(atBits) != 8 || h.int(atSpace) != spaceSGray || h.int(atStride) != w || max(w, high, sheet.Max.X, sheet.Max.Y) > maxSide {
		return Picture{}, fmt.Errorf("page of %d×%d, %d bits, colour space %d: not read here", w, high, h.int(atBits), h.int(atSpace))
	}
	left, top := h.dots(atBox, dpi), sheet.Max.Y-h.dots(atBox+12, dpi)
	if left < 0 || top < 0 || left+w > sheet.Max.X || top+high > sheet.Max.Y {
		return Picture{}, fmt.Errorf("raster of %d×%d at (%d, %d) is not on its sheet of %v", w, high, left, top, sheet.Max)
	}
	page := &image.Gray{Pix: bytes.Repeat([]byte{0xff}, sheet.Max.X*sheet.Max.Y), Stride: sheet.Max.X, Rect: sheet}
	for y := range high {
		if _, err := io.ReadFull(r, page.Pix[page.PixOffset(left, top+y):][:w]); err != nil {
			return Picture{}, err
		}
	}
	return Picture{Gray: page, DPI: dpi, Tray: h.int(atMedia), Duplex: h.int(atDuplex) != 0}, nil
}
