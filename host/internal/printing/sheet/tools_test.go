package sheet_test

import (
	"encoding/xml"
	"fmt"
	"image"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// run fails the test when a tool (packages poppler-utils, zbar-tools, qpdf) is missing.
func run(t testing.TB, name string, args ...string) string {
	t.Helper()
	out, err := exec.Command(name, args...).Output()
	if err != nil {
		t.Fatalf("%s %v: %v", name, args, err)
	}
	return string(out)
}

// file keeps a PDF for tools that read files.
func file(t testing.TB, pdf []byte) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "sheet.pdf")
	if err := os.WriteFile(name, pdf, 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

// picture is one page as a printer of so many dots to the inch has it.
func picture(t testing.TB, pdf []byte, dpi int) *image.Gray {
	t.Helper()
	data, err := os.ReadFile(raster(t, pdf, dpi, ".pgm", "-gray"))
	if err != nil {
		t.Fatal(err)
	}
	var width, height int
	if _, err := fmt.Sscanf(string(data[:min(len(data), 40)]), "P5\n%d %d\n255\n", &width, &height); err != nil {
		t.Fatal(err)
	}
	page := image.NewGray(image.Rect(0, 0, width, height))
	copy(page.Pix, data[len(data)-width*height:])
	return page
}

// raster has pdftoppm draw the first page into a file.
func raster(t testing.TB, pdf []byte, dpi int, ending string, options ...string) (name string) {
	t.Helper()
	source := file(t, pdf)
	base := strings.TrimSuffix(source, ".pdf")
	run(t, "pdftoppm", append([]string{"-r", strconv.Itoa(dpi), "-singlefile"}, append(options, source, base)...)...)
	return base + ending
}

// codes are what a scanner reads off a picture.
func codes(t testing.TB, name string) []string {
	t.Helper()
	var read []string
	for line := range strings.Lines(run(t, "zbarimg", "-q", name)) {
		read = append(read, strings.TrimPrefix(strings.TrimRight(line, "\n"), "CODE-39:"))
	}
	slices.Sort(read)
	return read
}

// ink is the extent of what is dark within an area, in millimetres.
func ink(page *image.Gray, dpi int, x, y, width, height float64) (left, top, right, bottom float64) {
	dots := float64(dpi) / 25.4
	left, top = 1e9, 1e9
	for j := int(y * dots); j < int((y+height)*dots); j++ {
		for i := int(x * dots); i < int((x+width)*dots); i++ {
			if page.GrayAt(i, j).Y >= 0x80 {
				continue
			}
			left, right = min(left, float64(i)/dots), max(right, float64(i+1)/dots)
			top, bottom = min(top, float64(j)/dots), max(bottom, float64(j+1)/dots)
		}
	}
	return left, top, right, bottom
}

// word is one word of a page, in millimetres.
type word struct {
	left, top, right, bottom float64
	text                     string
}

// words is what pdftotext -bbox sees on the pages, in their order.
func words(t testing.TB, pdf []byte) []word {
	t.Helper()
	var doc struct {
		Words []struct {
			XMin float64 `xml:"xMin,attr"`
			YMin float64 `xml:"yMin,attr"`
			XMax float64 `xml:"xMax,attr"`
			YMax float64 `xml:"yMax,attr"`
			Text string  `xml:",chardata"`
		} `xml:"body>doc>page>word"`
	}
	if err := xml.Unmarshal([]byte(run(t, "pdftotext", "-bbox", file(t, pdf), "-")), &doc); err != nil {
		t.Fatal(err)
	}
	const mm = 25.4 / 72
	var out []word
	for _, w := range doc.Words {
		out = append(out, word{w.XMin * mm, w.YMin * mm, w.XMax * mm, w.YMax * mm, w.Text})
	}
	return out
}

// text is the words of a document in reading order, one space between them.
func text(t testing.TB, pdf []byte) string {
	t.Helper()
	return strings.Join(strings.Fields(run(t, "pdftotext", "-raw", file(t, pdf), "-")), " ")
}

// pages is how many there are.
func pages(t testing.TB, pdf []byte) int {
	t.Helper()
	for line := range strings.Lines(run(t, "pdfinfo", file(t, pdf))) {
		if rest, ok := strings.CutPrefix(line, "Pages:"); ok {
			n, err := strconv.Atoi(strings.TrimSpace(rest))
			if err != nil {
				t.Fatal(err)
			}
			return n
		}
	}
	t.Fatal("pdfinfo does not tell the pages")
	return 0
}
