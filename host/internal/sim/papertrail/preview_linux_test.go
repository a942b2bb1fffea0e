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
	"raccordo/host/internal/sim/pdftest"
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
	width, height := k.size(t, onPDF)
	if k.lying {
		width, height = height, width
	}
	dpi := int(math.Round(float64(grey.Rect.Dx()) / width * 25.4))
	page := first(t, s, dpi).Gray
	if k.lying {
		page = pdftest.Clockwise(page)
	}
	if dpi < 100 || math.Abs(float64(grey.Rect.Dy())/height*25.4-float64(dpi)) > 0.5 {
		t.Fatalf("a preview of %v", grey.Rect)
	}
	few := k.few()
	if k.item.Kind == "test" {
		few = 12 // PDFium dashes outlines from another corner than poppler, and lines are one pixel here
	}
	match{dpi: dpi, few: few}.alike(t, page, grey)
}
