package render_test

import (
	"bytes"
	"compress/zlib"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"strings"
	"testing"

	"codeberg.org/go-pdf/fpdf"
	"github.com/boombuler/barcode/code39"
)

// written is a PDF of our own objects, number 1 the catalogue.
func written(objects ...string) []byte {
	var b bytes.Buffer
	b.WriteString("%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
	at := make([]int, len(objects))
	for i, o := range objects {
		at[i] = b.Len()
		fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", i+1, o)
	}
	start := b.Len()
	fmt.Fprintf(&b, "xref\n0 %d\n0000000000 65535 f \n", len(objects)+1)
	for _, n := range at {
		fmt.Fprintf(&b, "%010d 00000 n \n", n)
	}
	fmt.Fprintf(&b, "trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n", len(objects)+1, start)
	return b.Bytes()
}

func stream(dict, body string) string {
	return fmt.Sprintf("<< %s /Length %d >>\nstream\n%s\nendstream", dict, len(body), body)
}

// onePage is a page with these contents; its dictionary may have more, and further
// objects are number 5 and so on.
func onePage(box, more, contents string, objects ...string) []byte {
	return written(append([]string{
		"<< /Type /Catalog /Pages 2 0 R >>",
		"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
		fmt.Sprintf("<< /Type /Page /Parent 2 0 R /MediaBox [%s] /Contents 4 0 R %s >>", box, more),
		stream("", contents)}, objects...)...)
}

const a5 = "0 0 419.53 595.28"

func deflated(b []byte) string {
	var out bytes.Buffer
	w := zlib.NewWriter(&out)
	w.Write(b)
	w.Close()
	return out.String()
}

// slip is like what the regions send: A4, marks in the upper half, fonts that are not
// embedded, bar codes of filled rectangles of 0.8 pt.
func slip(t testing.TB) []byte {
	p := fpdf.New("P", "pt", "A4", "")
	p.AddPage()
	p.SetFont("Helvetica", "", 11)
	p.Text(38, 40, "SERVIZIO SANITARIO NAZIONALE")
	p.SetFont("Helvetica", "B", 9)
	latin := p.UnicodeTranslatorFromDescriptor("")
	p.Text(38, 90, latin("COGNOME E NOME: BIANCHI LUCIA, VIA SANTA LUCIA 3, FORLÌ – priorità «D», €"))
	p.SetFont("Helvetica", "", 6)
	p.Text(38, 100, "G3B - LEVETIRACETAM 500MG 60 UNITA' USO ORALE, PRIMA VISITA CARDIOLOGICA CON ELETTROCARDIOGRAMMA")
	p.Rect(35, 110, 525, 70, "D")
	p.SetDashPattern([]float64{4, 2}, 0)
	p.Line(35, 200, 560, 200)
	bars(t, p, 290, 34, "0900A")
	bars(t, p, 380, 34, "0000000107")
	bars(t, p, 350, 120, "BNCLCU50A41X002E")
	return output(t, p)
}

func bars(t testing.TB, p *fpdf.Fpdf, x, y float64, text string) {
	t.Helper()
	code, err := code39.Encode(text, false, false)
	if err != nil {
		t.Fatal(err)
	}
	const narrow = 0.8
	for i := 0; i < code.Bounds().Dx(); i++ {
		start := i
		for i < code.Bounds().Dx() && code.At(i, 0) == color.Color(color.Gray16Model.Convert(color.Black)) {
			i++
		}
		if i > start {
			p.Rect(x+float64(start)*narrow, y, float64(i-start)*narrow, 24, "F")
		}
	}
}

// form is an A5 sheet with the fourteen fonts that every reader has, and others that
// are neither embedded nor here.
func form(testing.TB) []byte {
	fonts := []string{"Helvetica", "Helvetica-Bold", "Helvetica-Oblique", "Helvetica-BoldOblique", "Times-Roman", "Times-Bold",
		"Times-Italic", "Times-BoldItalic", "Courier", "Courier-Bold", "Courier-Oblique", "Courier-BoldOblique",
		"Symbol", "ZapfDingbats", "Arial", "ArialMT", "Arial,Bold", "TimesNewRomanPSMT", "CourierNew", "Verdana"}
	var list, text strings.Builder
	for i, f := range fonts {
		encoding := "/Encoding /WinAnsiEncoding"
		if f == "Symbol" || f == "ZapfDingbats" {
			encoding = ""
		}
		fmt.Fprintf(&list, "/F%d << /Type /Font /Subtype /Type1 /BaseFont /%s %s >> ", i, f, encoding)
		fmt.Fprintf(&text, "BT /F%d 12 Tf 30 %d Td (%s: Ricetta n. 0900A4, priorit\xe0 B \x80 12,50) Tj ET\n", i, 560-i*26, strings.ReplaceAll(f, ",", " "))
	}
	return onePage(a5, "/Resources << /Font << "+list.String()+" >> >>", text.String())
}

// colours has what is no text: pictures, transparency, a shading, a pattern, clipping.
func colours(t testing.TB) []byte {
	photo := image.NewRGBA(image.Rect(0, 0, 200, 150))
	for y := range 150 {
		for x := range 200 {
			photo.Set(x, y, color.RGBA{uint8(x), uint8(y), uint8(255 - x), 255})
		}
	}
	var jpg bytes.Buffer
	if err := jpeg.Encode(&jpg, photo, &jpeg.Options{Quality: 95}); err != nil {
		t.Fatal(err)
	}
	p := fpdf.New("P", "pt", "A5", "")
	p.AddPage()
	p.RegisterImageOptionsReader("photo", fpdf.ImageOptions{ImageType: "jpg"}, &jpg)
	p.ImageOptions("photo", 40, 40, 200, 150, false, fpdf.ImageOptions{}, 0, "")
	p.LinearGradient(40, 220, 300, 80, 255, 0, 0, 0, 0, 255, 0, 0, 1, 0)
	p.SetFillColor(20, 120, 20)
	p.SetAlpha(0.5, "Multiply")
	p.Rect(150, 150, 120, 120, "F")
	p.SetAlpha(0.4, "Normal")
	p.Circle(200, 330, 60, "FD")
	p.SetAlpha(1, "Normal")
	p.ClipCircle(200, 470, 50, true)
	p.SetFillColor(200, 30, 30)
	p.Rect(100, 420, 100, 100, "F")
	p.ClipEnd()
	return output(t, p)
}

func output(t testing.TB, p *fpdf.Fpdf) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := p.Output(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// locked can not be read without its password.
func locked(t testing.TB) []byte {
	p := fpdf.New("P", "pt", "A5", "")
	p.SetProtection(0, "parola", "d'ordine")
	p.AddPage()
	return output(t, p)
}
