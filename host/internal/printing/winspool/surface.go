package winspool

import (
	"fmt"
	"math"

	"raccordo/host/internal/printing"
	"raccordo/host/internal/wire"
)

// surface is the page of a device context, in its pixels (GetDeviceCaps). A page is drawn from
// the corner of its printable area, which begins left and top within the sheet.
type surface struct {
	DPIX, DPIY    int // LOGPIXELSX, LOGPIXELSY
	Width, Height int // PHYSICALWIDTH, PHYSICALHEIGHT: the sheet
	Left, Top     int // PHYSICALOFFSETX, PHYSICALOFFSETY
	Wide, High    int // HORZRES, VERTRES: the printable area
}

// finest is the most pixels to the inch that a page is drawn with: a sheet of A4 is 35 MB of
// grey then, and no eye or scanner sees more.
const finest = 600

// check refuses a surface that is not the sheet, before a page of it is spoilt.
func (s surface) check(sheet printing.Sheet) error {
	if s.DPIX <= 0 || s.DPIY <= 0 || s.Wide <= 0 || s.High <= 0 {
		return printing.Fault(wire.ErrPrintRefused, "GetDeviceCaps", fmt.Errorf("a surface of %+v", s))
	}
	width, height := tenths(s.Width, s.DPIX), tenths(s.Height, s.DPIY)
	if abs(width-sheet.Width) > sameSurface || abs(height-sheet.Height) > sameSurface {
		return printing.Fault(wire.ErrPrintMedia, fmt.Sprintf("%d×%d became %d×%d", sheet.Width, sheet.Height, width, height), nil)
	}
	return nil
}

func tenths(pixels, dpi int) int { return int(math.Round(float64(pixels) * 254 / float64(dpi))) }

// resolution is what pages are drawn with: the printer's own as far as it goes, else a whole
// part of it, so that each pixel becomes as many dots as its neighbour.
func (s surface) resolution() int {
	parts := (s.DPIX + finest - 1) / finest
	if s.DPIX%parts != 0 {
		return finest
	}
	return s.DPIX / parts
}

// column is where a pixel's left edge comes to lie; row its upper one.
func (s surface) column(x, dpi int) int { return scale(x, s.DPIX, dpi) - s.Left }
func (s surface) row(y, dpi int) int    { return scale(y, s.DPIY, dpi) - s.Top }

// visible is the part of a picture of the sheet that the printer can print.
func (s surface) visible(dpi int) (left, top, right, bottom int) {
	return s.Left * dpi / s.DPIX, s.Top * dpi / s.DPIY,
		up((s.Left+s.Wide)*dpi, s.DPIX), up((s.Top+s.High)*dpi, s.DPIY)
}

func scale(n, by, of int) int { return int(math.Round(float64(n) * float64(by) / float64(of))) }

func up(n, by int) int { return (n + by - 1) / by }
