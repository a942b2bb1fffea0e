package sheet

import (
	"bytes"
	"fmt"
	"strings"
	"time"

	"codeberg.org/go-pdf/fpdf"
)

// The standard fonts, which every renderer has with the same widths.
var families = map[string]string{"": "Helvetica", "helvetica": "Helvetica", "courier": "Courier", "times": "Times"}

var styles = map[string]string{"": "", "bold": "B", "italic": "I"}

// caps is the height of a capital letter in parts of the size (Adobe font metrics).
var caps = map[string]float64{"Helvetica": 0.718, "Courier": 0.562, "Times": 0.662}

const (
	point   = 25.4 / 72 // millimetres
	leading = 1.15      // of a line, in parts of the size
)

// pen writes one document. Lengths are millimetres from the upper left corner.
type pen struct {
	*fpdf.Fpdf
	width, height float64
}

// newPen begins a document. Nothing in it says whom it is about.
func newPen(width, height float64, title string, made time.Time) pen {
	pdf := fpdf.NewCustom(&fpdf.InitType{UnitStr: "mm", Size: fpdf.SizeType{Wd: width, Ht: height}})
	pdf.SetAutoPageBreak(false, 0)
	pdf.SetMargins(0, 0, 0)
	pdf.SetCellMargin(0)
	pdf.SetCatalogSort(true) // the same sheet has the same bytes
	pdf.SetTitle(title, true)
	pdf.SetProducer("Raccordo", true)
	pdf.SetCreationDate(made)
	pdf.SetModificationDate(made)
	return pen{pdf, width, height}
}

func (p pen) bytes() ([]byte, error) {
	var out bytes.Buffer
	if err := p.Output(&out); err != nil {
		return nil, fmt.Errorf("draw the sheet: %w", err)
	}
	return out.Bytes(), nil
}

// with chooses letters of a size.
func (p pen) with(t Type, size float64) { p.SetFont(families[t.Font], styles[t.Style], size) }

// wide is how wide text is that Latin has made.
func (p pen) wide(text string) float64 { return p.GetStringWidth(text) }

// put writes text that Latin has made within x and width, standing on y.
func (p pen) put(x, y, width float64, align, text string) {
	switch align {
	case "center":
		x += (width - p.wide(text)) / 2
	case "right":
		x += width - p.wide(text)
	}
	if text != "" {
		p.Text(x, y, text)
	}
}

// wrap breaks text into lines no wider than width: at spaces, and within a word
// only when the word alone is wider.
func (p pen) wrap(text string, width float64) []string {
	var lines []string
	line := ""
	for word := range strings.SplitSeq(text, " ") {
		if word == "" {
			continue
		}
		longer := word
		if line != "" {
			longer = line + " " + word
		}
		if p.wide(longer) <= width {
			line = longer
			continue
		}
		if line != "" {
			lines = append(lines, line)
		}
		for line = word; len(line) > 1 && p.wide(line) > width; {
			n := 1
			for p.wide(line[:n+1]) <= width { // from the front: a word may be long, a line is not
				n++
			}
			lines, line = append(lines, line[:n]), line[n:]
		}
	}
	if line != "" {
		lines = append(lines, line)
	}
	return lines
}

// paragraphs wraps each line of text by itself. A line that fits stays as it is.
func (p pen) paragraphs(text string, width float64) []string {
	var lines []string
	for part := range strings.SplitSeq(text, "\n") {
		if p.wide(part) <= width {
			lines = append(lines, part)
			continue
		}
		lines = append(lines, p.wrap(part, width)...)
	}
	return lines
}
