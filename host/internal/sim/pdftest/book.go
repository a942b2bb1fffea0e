// Package pdftest is what tests of PDFs share: documents written by hand, as no
// producer makes them, documents made by programs of others, and pictures of their
// pages to measure in. A program that is missing fails the test.
package pdftest

import (
	"bytes"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Book is a PDF that is written by hand.
type Book struct {
	bytes.Buffer
	Offsets map[int]int // of its objects
}

// Bare has no header yet.
func Bare() *Book { return &Book{Offsets: map[int]int{}} }

// New starts one.
func New() *Book {
	b := Bare()
	b.WriteString("%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
	return b
}

// Object writes one.
func (b *Book) Object(number int, body string) {
	b.Offsets[number] = b.Len()
	fmt.Fprintf(b, "%d 0 obj\n%s\nendobj\n", number, body)
}

// Stream writes one.
func (b *Book) Stream(number int, dict, data string) {
	b.Object(number, fmt.Sprintf("<<%s /Length %d>>\nstream\n%s\nendstream", dict, len(data), data))
}

// Rows are those of a table; hidden objects are free in it.
func (b *Book) Rows(hidden ...int) string {
	var text strings.Builder
	text.WriteString("xref\n0 1\n0000000000 65535 f \n")
	for _, n := range slices.Sorted(maps.Keys(b.Offsets)) {
		if slices.Contains(hidden, n) {
			fmt.Fprintf(&text, "%d 1\n0000000000 00000 f \n", n)
			continue
		}
		fmt.Fprintf(&text, "%d 1\n%010d 00000 n \n", n, b.Offsets[n])
	}
	return text.String()
}

// End writes table and trailer; the catalog is object 1.
func (b *Book) End(trailer string) []byte {
	at := b.Len()
	size := slices.Max(slices.Collect(maps.Keys(b.Offsets))) + 1
	fmt.Fprintf(b, "%strailer\n<</Root 1 0 R /Size %d %s>>\nstartxref\n%d\n%%%%EOF\n", b.Rows(), size, trailer, at)
	return b.Bytes()
}

// Text is what Pages draws.
const Text = "BT /F1 18 Tf 60 700 Td (Documento di prova) Tj ET"

// Pages writes catalog, one page and its contents: objects 1 to 5. More is added to the
// dictionaries of catalog and page.
func (b *Book) Pages(catalog, page string) { b.Drawn(catalog, page, "", Text) }

// Drawn writes the same with other resources, beside the font /F1, and other contents.
func (b *Book) Drawn(catalog, page, resources, contents string) {
	b.Object(1, "<</Type /Catalog /Pages 2 0 R "+catalog+">>")
	b.Object(2, "<</Type /Pages /Kids [3 0 R] /Count 1 /MediaBox [0 0 595 842]>>")
	b.Object(3, "<</Type /Page /Parent 2 0 R /Contents 4 0 R /Resources <</Font <</F1 5 0 R>> "+resources+">> "+page+">>")
	b.Stream(4, "", contents)
	b.Object(5, "<</Type /Font /Subtype /Type1 /BaseFont /Helvetica>>")
}

// Simple is a document of one page.
func Simple(catalog, page string) []byte {
	b := New()
	b.Pages(catalog, page)
	return b.End("")
}

// Hybrid hides an object, the page's contents, from readers of PDF 1.4.
func Hybrid() []byte {
	b := New()
	b.Pages("", "")
	at := b.Len()
	offset := b.Offsets[4]
	row := string([]byte{1, byte(offset >> 8), byte(offset), 0})
	b.Stream(11, "/Type /XRef /W [1 2 1] /Index [4 1] /Size 12 /Root 1 0 R", row)
	delete(b.Offsets, 11)
	table := b.Len()
	fmt.Fprintf(b, "%strailer\n<</Root 1 0 R /Size 12 /XRefStm %d>>\nstartxref\n%d\n%%%%EOF\n", b.Rows(4), at, table)
	return b.Bytes()
}
