// Package appearance draws a signature that is seen: who signed, when, and why,
// in Italian. It owns the words, the layout and the typeface, of which it
// embeds the letters that are used: no reader has to have a font, and archives
// (PDF/A) accept the document. It paints lines and letters only, no ground: what lies
// below stays readable.
//
// Standard: ISO 32000-1, sections 8 and 9, OpenType for the typeface.
package appearance

import (
	"bytes"
	"fmt"
	"time"
)

// Words are what is shown.
type Words struct {
	Name             string
	At               time.Time // in the zone in which it is shown
	Reason, Location string    // empty: not shown
}

// Drawing is a content stream and its fonts: /F0 and /F1.
type Drawing struct {
	Content []byte
	Fonts   []*Font
}

// Colours: text and accent of the Italian public administration's style.
const (
	ink    = "0.090 0.196 0.302"
	pale   = "0.353 0.408 0.447"
	accent = "0 0.4 0.8"
	border = "0.773 0.827 0.886"
)

// Draw fills a box of a width and height in points.
func Draw(w Words, width, height float64) (Drawing, error) {
	regular, err := load("regular.ttf", "TitilliumWeb-Regular")
	if err != nil {
		return Drawing{}, err
	}
	bold, err := load("semibold.ttf", "TitilliumWeb-SemiBold")
	if err != nil {
		return Drawing{}, err
	}
	p := &painter{width: width, height: height, regular: regular, bold: bold}
	p.frame()
	p.text(w)
	return Drawing{p.b.Bytes(), []*Font{regular, bold}}, nil
}

// painter writes the content stream.
type painter struct {
	b             bytes.Buffer
	width, height float64
	regular, bold *Font
}

// frame draws a fine border and a bar on the left.
func (p *painter) frame() {
	fmt.Fprintf(&p.b, "q %s RG 0.5 w 0.25 0.25 %.2f %.2f re S\n", border, max(p.width-0.5, 0.1), max(p.height-0.5, 0.1))
	fmt.Fprintf(&p.b, "%s rg 0 0 %.2f %.2f re f Q\n", accent, p.bar(), p.height)
}

func (p *painter) bar() float64 { return min(max(p.width*0.014, 1), 3) }

// pad is the room around the text.
func (p *painter) pad() float64 { return min(max(min(p.width, p.height)*0.1, 1.5), 8) }

// text writes the lines one below the other, in the middle of the height.
func (p *painter) text(w Words) {
	left := p.bar() + p.pad()
	lines, tall := p.fit(w, p.width-left-p.pad(), p.height-2*p.pad()*0.7)
	y := p.height/2 + tall/2
	fmt.Fprintf(&p.b, "q 0 0 %.2f %.2f re W n BT\n", p.width, p.height)
	for _, l := range lines {
		y -= l.before + l.size*ascent
		font := "F0"
		if l.font == p.bold {
			font = "F1"
		}
		fmt.Fprintf(&p.b, "/%s %.2f Tf %s rg 1 0 0 1 %.2f %.2f Tm <%X> Tj\n", font, l.size, l.colour, left, y, l.font.encode(l.text))
		y -= l.size * descent
	}
	p.b.WriteString("ET Q\n")
}
