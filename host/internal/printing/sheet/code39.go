package sheet

import (
	"image"
	"strings"

	"github.com/boombuler/barcode/code39"
)

// code39 draws text as vector bars, exact at any resolution, with the upper left
// corner of the bars at the box's. No check character (as on the ministry's slip);
// quiet zones are the layout's affair.
func (p pen) code39(f Field, text string) error {
	code, err := code39.Encode(text, false, false)
	if err != nil {
		return errUnprintable
	}
	modules := code.Bounds().Dx()
	width := float64(modules) * f.Code39.Module
	if width > f.Width+0.01 {
		return errTooMuch
	}
	left := f.X
	switch f.Align {
	case "center":
		left += (f.Width - width) / 2
	case "right":
		left += f.Width - width
	}
	bars := f.Height
	if f.Code39.Text > 0 {
		bars -= f.Code39.Text * point
		p.with(f.Type, f.Code39.Text)
		p.put(left, f.Y+f.Height, width, "center", "*"+text+"*")
	}
	for i := 0; i < modules; {
		start := i
		for i < modules && dark(code, i) {
			i++
		}
		if i > start {
			p.Rect(left+float64(start)*f.Code39.Module, f.Y, float64(i-start)*f.Code39.Module, bars, "F")
		}
		i = max(i, start+1)
	}
	return nil
}

// barred tells whether Code 39 has every character of text.
func barred(text string) bool {
	return strings.Trim(text, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-. $/+%") == ""
}

func dark(code image.Image, x int) bool {
	r, _, _, _ := code.At(x, 0).RGBA()
	return r == 0
}
