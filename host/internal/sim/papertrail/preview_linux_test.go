//go:build cgo

package papertrail

import (
	"bytes"
	"encoding/base64"
	"image"
	"image/draw"
	"image/png"
	"math"
	"testing"

	"raccordo/host/internal/sim/paper"
	"raccordo/host/internal/wire"
)

// preview is the picture that the agent shows of a kind before it is printed.
func (o *office) preview(k kind) []byte {
	o.t.Helper()
	k.set.Printer, k.set.Copies = onPDF, 1
	r := asked[wire.PreviewResult](o, "", "print.preview", wire.PreviewParams{Item: k.item, Settings: &k.set})
	return must(base64.StdEncoding.DecodeString(r.PNG))(o.t)
}

// previewed says that a preview shows what came out of the printer.
func (k kind) previewed(t *testing.T, picture []byte, s paper.Sheet) {
	p := must(png.Decode(bytes.NewReader(picture)))(t)
	grey := image.NewGray(p.Bounds())
	draw.Draw(grey, grey.Rect, p, p.Bounds().Min, draw.Src)
	page := k.read(t, s)
	dpi := float64(grey.Rect.Dx()) / float64(page.Rect.Dx()) * sharp
	if dpi < 100 || math.Abs(float64(grey.Rect.Dy())/float64(page.Rect.Dy())*sharp-dpi) > 1 {
		t.Fatalf("%v of %v", grey.Rect, page.Rect)
	}
	few := k.few()
	if k.item.Kind == "test" {
		few = 12 // PDFium dashes outlines from another corner than poppler, and their lines are one pixel here
	}
	alike(t, page, drawnAt(grey, sharp/dpi, page.Rect), few, 0, 0, 0)
}

// drawnAt is a picture larger by a factor, on a page.
func drawnAt(p *image.Gray, factor float64, page image.Rectangle) *image.Gray {
	q := image.NewGray(page)
	for y := range page.Dy() {
		v := min(int(float64(y)/factor), p.Rect.Dy()-1)
		for x := range page.Dx() {
			q.Pix[y*q.Stride+x] = p.Pix[v*p.Stride+min(int(float64(x)/factor), p.Rect.Dx()-1)]
		}
	}
	return q
}
