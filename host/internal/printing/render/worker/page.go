package worker

import (
	"fmt"
	"io"
	"math"

	"github.com/klippa-app/go-pdfium/enums"
	"github.com/klippa-app/go-pdfium/references"
	"github.com/klippa-app/go-pdfium/requests"

	"raccordo/host/internal/printing/render/protocol"
)

// fine is at how many dots to the inch pages are drawn at least. PDFium widens each
// filled rectangle to whole pixels: at 100 dpi a bar code would have hardly a gap, at
// 300 dpi bars a fifth too wide, which is about all that a scanner bears (ISO/IEC
// 16388). What is wanted coarser is drawn so and then averaged.
const fine = 600

// bandBytes is how much is drawn at a time.
const bandBytes = 8 << 20

// geometry is a page in pixels; each side is drawn factor times as large, which is one
// or even.
type geometry struct{ width, height, factor int }

// measure is what a page of points comes to.
func measure(width, height float64, dpi int) (geometry, bool) {
	scale := float64(dpi) / 72
	w, h := math.Round(width*scale), math.Round(height*scale)
	if !(w >= 1 && h >= 1 && w <= protocol.MaxSide && h <= protocol.MaxSide && w*h <= protocol.MaxPixels) {
		return geometry{}, false
	}
	g := geometry{int(w), int(h), 1}
	for f := 2; f <= maxFactor && g.factor*dpi < fine; f += 2 {
		if max(g.width, g.height)*f > protocol.MaxSide || g.width*g.height*f*f > protocol.MaxPixels {
			break
		}
		g.factor = f
	}
	return g, true
}

// draw writes the answer and the rows.
func (p *pdfia) draw(index, dpi int, out io.Writer) (protocol.Fault, error) {
	if index < 0 || index >= p.pages || dpi <= 0 {
		return protocol.NoPage, nil
	}
	size, err := p.instance.FPDF_GetPageSizeByIndex(&requests.FPDF_GetPageSizeByIndex{Document: p.document, Index: index})
	if err != nil {
		return "", err
	}
	g, ok := measure(size.Width, size.Height, dpi)
	if !ok {
		return protocol.TooLarge, nil
	}
	page, err := p.load(index)
	if err != nil {
		return "", err
	}
	if err := p.bands(page, g, out); err != nil {
		return "", err
	}
	return "", p.unload(page)
}

// bands draws from top to bottom. The answer goes out with the first rows, when most
// of what can fail has not.
func (p *pdfia) bands(page references.FPDF_PAGE, g geometry, pipe io.Writer) error {
	rows := min(g.height, max(1, bandBytes/(g.width*g.factor*g.factor)))
	made, err := p.instance.FPDFBitmap_CreateEx(&requests.FPDFBitmap_CreateEx{
		Width: g.width * g.factor, Height: rows * g.factor, Format: enums.FPDF_BITMAP_FORMAT_GRAY, Pointer: uint64(0)})
	if err != nil {
		return err
	}
	stride, err := p.instance.FPDFBitmap_GetStride(&requests.FPDFBitmap_GetStride{Bitmap: made.Bitmap})
	if err != nil {
		return err
	}
	out := make([]byte, g.width*rows)
	for y := 0; y < g.height; y += rows {
		drawn, err := p.band(made.Bitmap, page, g, y, rows)
		if err != nil {
			return err
		}
		if y == 0 {
			if err := protocol.Say(pipe, protocol.Answer{Width: g.width, Height: g.height}); err != nil {
				return err
			}
		}
		part := out[:g.width*min(rows, g.height-y)]
		shrink(part, drawn, stride.Stride, g.width, g.factor)
		if _, err := pipe.Write(part); err != nil {
			return err
		}
	}
	_, err = p.instance.FPDFBitmap_Destroy(&requests.FPDFBitmap_Destroy{Bitmap: made.Bitmap})
	return err
}

// flags: what is meant for paper, of annotations too (fpdfview.h, FPDF_ANNOT, FPDF_PRINTING).
const flags = enums.FPDF_RENDER_FLAG(0x01 | 0x800)

// band draws some rows from y on. What it returns is PDFium's memory.
func (p *pdfia) band(bitmap references.FPDF_BITMAP, page references.FPDF_PAGE, g geometry, y, rows int) ([]byte, error) {
	width, height := g.width*g.factor, g.height*g.factor
	if _, err := p.instance.FPDFBitmap_FillRect(&requests.FPDFBitmap_FillRect{
		Bitmap: bitmap, Width: width, Height: rows * g.factor, Color: 0xFFFFFFFF}); err != nil {
		return nil, err
	}
	if _, err := p.instance.FPDF_RenderPageBitmap(&requests.FPDF_RenderPageBitmap{
		Bitmap: bitmap, Page: requests.Page{ByReference: &page},
		StartY: -y * g.factor, SizeX: width, SizeY: height, Flags: flags}); err != nil {
		return nil, err
	}
	buffer, err := p.instance.FPDFBitmap_GetBuffer(&requests.FPDFBitmap_GetBuffer{Bitmap: bitmap})
	if err != nil {
		return nil, fmt.Errorf("reading the picture: %w", err)
	}
	return buffer.Buffer, nil
}
