package render

import (
	"bytes"
	"errors"
	"image"
	"image/color"
	"image/png"
	"math"

	"raccordo/host/internal/printing"
)

// MaxPNG is the largest picture that PNG makes, in bytes.
const MaxPNG = 600 << 10

// previewPixels is what fits into MaxPNG whatever is on the page, at two bits each.
const previewPixels = 2_200_000

// PreviewDPI is how fine a sheet can be shown: 150 for A4, 200 at most.
func PreviewDPI(s printing.Sheet) int {
	area := float64(s.Width) / 254 * float64(s.Height) / 254 // square inches
	if area <= 0 {
		return 100
	}
	return min(200, int(math.Sqrt(previewPixels/area))/10*10)
}

// errPNG: more pixels than fit.
var errPNG = errors.New("a picture too large for a PNG of 600 KiB")

// PNG encodes a picture in at most MaxPNG bytes: in all its greys, or in 16, 4 or 2 of
// them, as they fit. With text and lines 16 are as good as all.
func PNG(img *image.Gray) ([]byte, error) {
	encoder := png.Encoder{CompressionLevel: png.BestSpeed}
	for _, greys := range []int{256, 16, 4, 2} {
		var out bytes.Buffer
		if err := encoder.Encode(&out, reduced(img, greys)); err != nil {
			return nil, err
		}
		if out.Len() <= MaxPNG {
			return out.Bytes(), nil
		}
		encoder.CompressionLevel = png.DefaultCompression
	}
	return nil, errPNG
}

// reduced has so many greys only, evenly from black to white.
func reduced(img *image.Gray, greys int) image.Image {
	if greys == 256 {
		return img
	}
	palette := make(color.Palette, greys)
	for i := range palette {
		palette[i] = color.Gray{Y: uint8(i * 255 / (greys - 1))}
	}
	out := image.NewPaletted(img.Rect, palette)
	for y := range img.Rect.Dy() {
		from, to := img.Pix[y*img.Stride:], out.Pix[y*out.Stride:]
		for x := range img.Rect.Dx() {
			round := 127
			if greys <= 4 { // else pictures would become blots
				round = bayer[y&3][x&3]
			}
			to[x] = uint8((int(from[x])*(greys-1) + round) / 255)
		}
	}
	return out
}

// bayer spreads the rounding over squares of four pixels a side (ordered dithering).
var bayer = [4][4]int{{7, 135, 39, 167}, {199, 71, 231, 103}, {55, 183, 23, 151}, {247, 119, 215, 87}}
