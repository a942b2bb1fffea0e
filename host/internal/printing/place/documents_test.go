package place_test

import (
	"bytes"
	"fmt"
	"image"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"codeberg.org/go-pdf/fpdf"

	"raccordo/host/internal/printing"
	"raccordo/host/internal/printing/place"
	"raccordo/host/internal/sim/pdftest"
	"raccordo/host/internal/sim/signtest"
)

// book has so many pages of A4, each with its number.
func book(t testing.TB, pages int) []byte {
	t.Helper()
	pdf := fpdf.New("P", "mm", "A4", "")
	pdf.SetCompression(false) // it is slow with the race detector
	pdf.SetFont("Helvetica", "", 14)
	for i := range pages {
		pdf.AddPage()
		pdf.Cell(40, 10, fmt.Sprintf("Pagina %d", i+1))
	}
	var b bytes.Buffer
	if err := pdf.Output(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func kept(t testing.TB, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("../../signature/pades/testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

const postscript = "%!PS\n<</PageSize [595 842]>> setpagedevice /Helvetica findfont 18 scalefont setfont 72 700 moveto (Documento di prova) show " +
	"10 10 moveto 585 10 lineto 585 832 lineto stroke showpage\n"

const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="793" height="1122"><defs><linearGradient id="g"><stop offset="0"/><stop offset="1" stop-color="#fff"/></linearGradient>` +
	`<pattern id="p" width="30" height="30" patternUnits="userSpaceOnUse"><rect width="12" height="15"/></pattern></defs>` +
	`<rect x="50" y="100" width="300" height="80" fill="url(#g)"/><rect x="50" y="300" width="300" height="200" fill="url(#p)"/><text x="20" y="50">Età: è così</text></svg>`

const html = `<!doctype html><meta charset="utf-8"><style>@page{size:A4;margin:0}body{margin:40px}div{width:300px;height:90px;background:linear-gradient(90deg,#000,#fff)}</style>` +
	`<h1>Profilo sanitario</h1><p>Perché è così.<div></div><a href="https://example.org">legame</a>`

// The documents of many producers look on the sheet as they did before.
func TestProducers(t *testing.T) {
	libre := kept(t, "libreoffice.pdf")
	for i, row := range []struct {
		name string
		doc  []byte
	}{
		{"LibreOffice", libre},
		{"LibreOffice, PDF/A-2", kept(t, "libreoffice-pdfa.pdf")},
		{"pdfTeX, object streams", kept(t, "tex.pdf")},
		{"ghostscript", pdftest.Ghostscript(t, postscript)},
		{"librsvg and cairo", pdftest.Cairo(t, svg)},
		{"Chromium", pdftest.Chromium(t, html)},
		{"fpdf", leaf(t, 210, 297, mark{10, 10}, mark{150, 200})},
		{"qpdf, object streams", pdftest.QPDF(t, libre, "--object-streams=generate")},
		{"qpdf, linearised", pdftest.QPDF(t, libre, "--linearize")},
		{"qpdf, QDF", pdftest.QPDF(t, kept(t, "tex.pdf"), "--qdf")},
		{"PDF 2.0", pdftest.QPDF(t, libre, "--force-version=2.0")},
		{"text before its header", append([]byte("Content-Type: x\r\n\r\n"), pdftest.Simple("", "")...)},
		{"hybrid", pdftest.Hybrid()},
		{"without white space at its end", bytes.TrimSpace(pdftest.Simple("", ""))},
		{"startxref wrong", bytes.Replace(pdftest.Simple("", ""), []byte("startxref\n"), []byte("startxref\n9"), 1)},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			seen, err := place.Inspect(bytes.NewReader(row.doc))
			if err != nil {
				t.Fatal(err)
			}
			p := seen.Pages[0]
			picture := pdftest.Picture(t, row.doc, 1, 72)
			ink := pdftest.Ink(picture, picture.Bounds())
			marked := image.Rect(int(p.Marked.Left), int(p.Marked.Top), int(p.Marked.Right+1), int(p.Marked.Bottom+1))
			if !p.Certain || !ink.In(marked.Inset(-1)) || marked.Dy() > ink.Dy()+60 {
				t.Errorf("%+v; ink at %v", p, ink)
			}
			same(t, row.doc, 1, place.Wish{Sheet: far, Orientation: []string{"landscape", "portrait"}[i%2]}, []string{"ghostscript", "mupdf"}[i/2%2])
		})
	}
}

// A hundred pages are a hundred sheets, in order.
func TestHundred(t *testing.T) {
	for name, doc := range map[string][]byte{"plain": book(t, 100), "object streams": pdftest.QPDF(t, book(t, 100), "--object-streams=generate")} {
		out, placed := onto(t, doc, place.Wish{Sheet: printing.A5, Orientation: "portrait"})
		if placed.Pages != 100 || placed.Same || len(placed.Notices) != 1 {
			t.Errorf("%s: %+v", name, placed)
		}
		sheetOf(t, out, printing.A5, 100)
		text := strings.Fields(signtest.Holds(t, "pdftotext", pdftest.Write(t, t.TempDir(), "out.pdf", out), "-"))
		if len(text) != 200 || text[199] != "100" || text[1] != "1" {
			t.Errorf("%s: %d words, %v", name, len(text), text[:min(len(text), 8)])
		}
	}
}

// Pages of one size come out alike, whatever is on each; others as they need it.
func TestMixed(t *testing.T) {
	b := pdftest.New()
	b.Object(1, "<</Type /Catalog /Pages 2 0 R>>")
	b.Object(2, "<</Type /Pages /Kids [3 0 R 6 0 R 7 0 R] /Count 3 /MediaBox [0 0 595.28 841.89]>>")
	b.Object(3, "<</Type /Page /Parent 2 0 R /Contents 4 0 R>>")
	b.Object(6, "<</Type /Page /Parent 2 0 R /Contents 5 0 R>>")
	b.Object(7, "<</Type /Page /Parent 2 0 R /Contents 8 0 R /MediaBox [0 0 595.28 419.53]>>")
	b.Stream(4, "", square(500, 100))
	b.Stream(8, "", square(500, 360))
	b.Stream(5, "", square(30, 800))
	doc := b.End("")
	out, placed := onto(t, doc, place.Wish{Sheet: printing.A5, Orientation: "auto"})
	if fmt.Sprint(placed.Lying) != "[false false true]" || placed.Turned || placed.Scale > 0.71 {
		t.Errorf("%+v", placed)
	}
	sheetOf(t, out, printing.A5, 3)
	const point = 25.4 / 72
	for page, at := range map[int]mark{1: {500 * point, (841.89 - 100) * point}, 2: {30 * point, (841.89 - 800) * point}} {
		shows(t, read(t, out, page, placed), at.x*placed.Scale, at.y*placed.Scale, placed.Scale)
	}
	shows(t, read(t, out, 3, placed), 500*point, (419.53-360)*point, 1)
}

// One page that is not understood keeps those of its size from being cut.
func TestMixedUnclear(t *testing.T) {
	for contents, want := range map[string]string{square(30, 800): "<nil>", "unknown": "print.does_not_fit"} {
		b := pdftest.New()
		b.Object(1, "<</Type /Catalog /Pages 2 0 R>>")
		b.Object(2, "<</Type /Pages /Kids [3 0 R 6 0 R] /Count 2 /MediaBox [0 0 595.28 841.89]>>")
		b.Object(3, "<</Type /Page /Parent 2 0 R /Contents 4 0 R>>")
		b.Object(6, "<</Type /Page /Parent 2 0 R /Contents 5 0 R>>")
		b.Stream(4, "", contents)
		b.Stream(5, "", square(30, 800))
		if _, _, err := try(b.End(""), place.Wish{Sheet: printing.A5, Orientation: "landscape"}); code(err) != want {
			t.Errorf("%s: %v", contents, err)
		}
		_, placed, err := try(b.Bytes(), place.Wish{Sheet: printing.A4, OffsetX: 30})
		if err != nil || len(placed.Notices) == 0 != (want == "<nil>") {
			t.Errorf("%s, moved: %v %+v", contents, err, placed)
		}
	}
}
