package pades_test

import (
	"bytes"
	"fmt"
	"testing"

	"codeberg.org/go-pdf/fpdf"

	"raccordo/host/internal/signature"
	"raccordo/host/internal/sim/pdftest"
)

// producer makes a document with a program of others.
type producer struct {
	name string
	make func(t testing.TB) []byte
}

var producers = []producer{
	{"LibreOffice", kept("libreoffice.pdf")},
	{"LibreOffice, PDF/A-2", kept("libreoffice-pdfa.pdf")},
	{"pdfTeX, object streams", kept("tex.pdf")},
	{"pdfTeX, a form in object streams", kept("tex-form.pdf")},
	{"ghostscript", ghostscript},
	{"librsvg and cairo", cairo},
	{"Chromium", chromium},
	{"fpdf", func(t testing.TB) []byte { return goPDF(t, 1) }},
	{"2000 pages", func(t testing.TB) []byte { return goPDF(t, 2000) }},
	{"2000 pages, object streams, linearised", func(t testing.TB) []byte {
		return pdftest.QPDF(t, goPDF(t, 2000), "--object-streams=generate", "--linearize")
	}},
	{"qpdf, object streams", func(t testing.TB) []byte {
		return pdftest.QPDF(t, read(t, "libreoffice.pdf"), "--object-streams=generate")
	}},
	{"qpdf, linearised", func(t testing.TB) []byte { return pdftest.QPDF(t, read(t, "libreoffice.pdf"), "--linearize") }},
	{"qpdf, QDF", func(t testing.TB) []byte { return pdftest.QPDF(t, read(t, "tex.pdf"), "--qdf") }},
	{"PDF 2.0", func(t testing.TB) []byte { return pdftest.QPDF(t, read(t, "libreoffice.pdf"), "--force-version=2.0") }},
	{"form", func(testing.TB) []byte { return withForm("") }},
	{"hybrid", func(testing.TB) []byte { return pdftest.Hybrid() }},
	{"without white space at its end", func(testing.TB) []byte { return bytes.TrimSpace(pdftest.Simple("", "")) }},
	{"lines that end with CR", func(t testing.TB) []byte { return carriageReturns(pdftest.Simple("", "")) }},
	{"text after its end", func(testing.TB) []byte { return append(pdftest.Simple("", ""), bytes.Repeat([]byte{0}, 700)...) }},
	{"text before its header, offsets from the header", func(testing.TB) []byte { return append([]byte("Content-Type: x\r\n\r\n"), pdftest.Simple("", "")...) }},
	{"startxref wrong", func(testing.TB) []byte { return misled(pdftest.Simple("", "")) }},
	{"cut off before startxref", func(testing.TB) []byte {
		doc := pdftest.Simple("", "")
		return doc[:bytes.LastIndex(doc, []byte("startxref"))]
	}},
	{"startxref wrong, object streams", func(t testing.TB) []byte { return misled(read(t, "tex.pdf")) }},
	{"annotations in the page", func(testing.TB) []byte {
		return pdftest.Simple("/AcroForm <</Fields []>>", "/Annots [<</Type /Annot /Subtype /Link /Rect [1 1 9 9]>>]")
	}},
}

func kept(name string) func(testing.TB) []byte {
	return func(t testing.TB) []byte { return read(t, name) }
}

func ghostscript(t testing.TB) []byte {
	return pdftest.Ghostscript(t, "%!PS\n/Helvetica findfont 18 scalefont setfont 72 700 moveto (Documento di prova) show showpage\n")
}

func cairo(t testing.TB) []byte {
	return pdftest.Cairo(t, `<svg xmlns="http://www.w3.org/2000/svg" width="400" height="300"><text x="20" y="50">Età: è così</text></svg>`)
}

func chromium(t testing.TB) []byte {
	return pdftest.Chromium(t, `<!doctype html><meta charset="utf-8"><title>Prova</title><h1>Profilo sanitario</h1><p>Perché è così.`)
}

func goPDF(t testing.TB, pages int) []byte {
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

// Every producer's document is signed without being seen, and again on its last
// page: both signatures hold, for others too.
func TestProducers(t *testing.T) {
	h := newHouse(t)
	second := h.One(t, "P-256 SHA-256")
	for _, p := range producers {
		t.Run(p.name, func(t *testing.T) {
			once := sign(t, h.doctor, p.make(t), signature.Options{Reason: "Approvazione: è così"})
			h.holds(t, once, 1)
			twice := sign(t, second, once, signature.Options{Field: &signature.Field{Page: -1, X: 20, Y: 20, Width: 180, Height: 60}})
			h.holds(t, twice, 2)
		})
	}
}

// carriageReturns ends lines as old Macs did, but for the word stream, after which that is not allowed.
func carriageReturns(doc []byte) []byte {
	doc = bytes.ReplaceAll(doc, []byte("\n"), []byte("\r"))
	return bytes.ReplaceAll(doc, []byte("stream\r"), []byte("stream\n"))
}

// misled has a startxref that leads nowhere.
func misled(doc []byte) []byte {
	at := bytes.LastIndex(doc, []byte("startxref\n")) + len("startxref\n")
	return append(append(bytes.Clone(doc[:at]), '1'), doc[at:]...)
}

// Some writers count what they put before the header: poppler reads that, qpdf
// complains, before the signature and after.
func TestShifted(t *testing.T) {
	b := pdftest.Bare()
	b.WriteString("Content-Type: x\r\n\r\n%PDF-1.7\n")
	b.Pages("", "")
	h := newHouse(t)
	signed := sign(t, h.doctor, b.End(""), signature.Options{})
	h.readers(t, h.Temp(t, signed), 1)
	if found := verify(t, signed); len(found) != 1 || found[0].Broken != nil || found[0].Covers != signature.Whole {
		t.Errorf("%+v", found)
	}
}
