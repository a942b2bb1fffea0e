package pades_test

import (
	"bytes"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// book writes PDFs by hand, so that they are as no producer here makes them.
type book struct {
	bytes.Buffer
	offsets map[int]int
}

func newBook() *book {
	b := &book{offsets: map[int]int{}}
	b.WriteString("%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
	return b
}

func (b *book) object(number int, body string) {
	b.offsets[number] = b.Len()
	fmt.Fprintf(b, "%d 0 obj\n%s\nendobj\n", number, body)
}

func (b *book) stream(number int, dict, data string) {
	b.object(number, fmt.Sprintf("<<%s /Length %d>>\nstream\n%s\nendstream", dict, len(data), data))
}

// rows are those of a table; hidden objects are free in it.
func (b *book) rows(hidden ...int) string {
	var text strings.Builder
	text.WriteString("xref\n0 1\n0000000000 65535 f \n")
	var numbers []int
	for n := range b.offsets {
		numbers = append(numbers, n)
	}
	slices.Sort(numbers)
	for _, n := range numbers {
		if slices.Contains(hidden, n) {
			fmt.Fprintf(&text, "%d 1\n0000000000 00000 f \n", n)
			continue
		}
		fmt.Fprintf(&text, "%d 1\n%010d 00000 n \n", n, b.offsets[n])
	}
	return text.String()
}

// end writes table and trailer.
func (b *book) end(trailer string) []byte {
	at := b.Len()
	size := slices.Max(slices.Collect(maps.Keys(b.offsets))) + 1
	fmt.Fprintf(b, "%strailer\n<</Root 1 0 R /Size %d %s>>\nstartxref\n%d\n%%%%EOF\n", b.rows(), size, trailer, at)
	return b.Bytes()
}

const text = "BT /F1 18 Tf 60 700 Td (Documento di prova) Tj ET"

// pages writes catalog, one page and its contents: objects 1 to 5. More is added to the
// dictionaries of catalog and page.
func (b *book) pages(catalog, page string) {
	b.object(1, "<</Type /Catalog /Pages 2 0 R "+catalog+">>")
	b.object(2, "<</Type /Pages /Kids [3 0 R] /Count 1 /MediaBox [0 0 595 842]>>")
	b.object(3, "<</Type /Page /Parent 2 0 R /Contents 4 0 R /Resources <</Font <</F1 5 0 R>>>> "+page+">>")
	b.stream(4, "", text)
	b.object(5, "<</Type /Font /Subtype /Type1 /BaseFont /Helvetica>>")
}

// simple is a document of one page.
func simple(catalog, page string) []byte {
	b := newBook()
	b.pages(catalog, page)
	return b.end("")
}

// withForm has a text field, and a field that waits for a signature.
func withForm(lock string) []byte {
	b := newBook()
	b.pages("/AcroForm 6 0 R", "/Annots 10 0 R")
	b.object(6, "<</Fields 7 0 R /DA (/Helv 0 Tf 0 g) /DR <</Font <</Helv 5 0 R>>>>>>")
	b.object(7, "[8 0 R 9 0 R]")
	b.object(8, "<</Type /Annot /Subtype /Widget /FT /Tx /T (nota) /V (vuota) /Rect [60 600 300 620] /P 3 0 R /F 4 /DA (/Helv 10 Tf 0 g)>>")
	b.object(9, "<</Type /Annot /Subtype /Widget /FT /Sig /T (medico) /Rect [60 100 300 170] /P 3 0 R /F 4 "+lock+">>")
	b.object(10, "[8 0 R 9 0 R]")
	return b.end("/ID [<00112233445566778899aabbccddeeff> <00112233445566778899aabbccddeeff>]")
}

// hybrid hides an object, the page's contents, from readers of PDF 1.4.
func hybrid() []byte {
	b := newBook()
	b.pages("", "")
	at := b.Len()
	offset := b.offsets[4]
	row := string([]byte{1, byte(offset >> 8), byte(offset), 0})
	b.stream(11, "/Type /XRef /W [1 2 1] /Index [4 1] /Size 12 /Root 1 0 R", row)
	delete(b.offsets, 11)
	table := b.Len()
	fmt.Fprintf(b, "%strailer\n<</Root 1 0 R /Size 12 /XRefStm %d>>\nstartxref\n%d\n%%%%EOF\n", b.rows(4), at, table)
	return b.Bytes()
}
