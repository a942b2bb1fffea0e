package sheet

import (
	"strings"

	"github.com/boombuler/barcode/code39"
)

// Bar is a dark stripe of a bar code, in narrow widths.
type Bar struct{ From, Width int }

// Code39 is the bars of text between its two asterisks and how wide they are
// together, in narrow widths: 13 for each character. There is no check character,
// as on the ministry's slip. A character that Code 39 has not is an error.
func Code39(text string) (bars []Bar, width int, err error) {
	code, err := code39.Encode(text, false, false)
	if err != nil {
		return nil, 0, errUnprintable // the library's words repeat the text
	}
	width = code.Bounds().Dx()
	for i := range width {
		if r, _, _, _ := code.At(i, 0).RGBA(); r != 0 {
			continue
		}
		if n := len(bars); n > 0 && bars[n-1].From+bars[n-1].Width == i {
			bars[n-1].Width++
			continue
		}
		bars = append(bars, Bar{i, 1})
	}
	return bars, width, nil
}

// spread is what a bar is drawn narrower, in mm: printers' filters blacken every dot
// that it touches (PostScript Language Reference, section 7.5), which at 300 dpi is
// half a module of the space beside it.
const spread = 0.03

// code39 draws text as vector bars, exact at any resolution. Quiet zones are the
// layout's affair.
func (p pen) code39(f Field, text string) error {
	bars, modules, err := Code39(text)
	if err != nil {
		return err
	}
	width := float64(modules) * f.Code39.Module
	if width > f.Width+0.01 {
		return errTooMuch
	}
	left, high := f.X, f.Height
	switch f.Align {
	case "center":
		left += (f.Width - width) / 2
	case "right":
		left += f.Width - width
	}
	if f.Code39.Text > 0 {
		high -= f.Code39.Text * point
		p.with(f.Type, f.Code39.Text)
		p.put(left, f.Y+f.Height, width, "center", "*"+text+"*")
	}
	for _, bar := range bars {
		p.Rect(left+float64(bar.From)*f.Code39.Module+spread/2, f.Y, float64(bar.Width)*f.Code39.Module-spread, high, "F")
	}
	return nil
}

// barred tells whether Code 39 has every character of text.
func barred(text string) bool {
	return strings.Trim(text, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-. $/+%") == ""
}
