package sheet

import (
	"errors"
	"fmt"
	"math"
	"strings"
	"time"

	"raccordo/host/internal/printing"
	"raccordo/host/internal/wire"
)

// errTooMuch: it does not fit where it belongs.
var errTooMuch = errors.New("it does not fit")

// errUnprintable: the fonts have no such character.
var errUnprintable = errors.New("a character has no printable form")

// values is what a sheet says, by the names of its fields.
type values struct {
	fields map[string]string
	rows   []row // of its list
}

// row is what one line of a list says, by the names of its columns.
type row map[string]string

// draw puts values where the layout wants them. A value that the layout has no
// place for is not printed: what must be there is checked by who calls.
func draw(l Layout, v values, title string, made time.Time) ([]byte, error) {
	p := newPen(l.Width, l.Height, title, made)
	sheets, err := p.sheets(l, v.rows)
	if err != nil {
		return nil, err
	}
	for i, part := range sheets {
		if len(sheets) > 1 {
			v.fields["foglio"] = fmt.Sprintf("Foglio %d di %d", i+1, len(sheets))
		}
		p.AddPage()
		p.own(l, v)
		for _, f := range l.Fields {
			if err := p.field(f, v.fields[f.Name]); err != nil {
				return nil, blame(f.Name, err)
			}
		}
		part.draw(p)
	}
	return p.bytes()
}

// blame names the field, never what it says.
func blame(field string, err error) error {
	code := wire.ErrPrintLayout
	if errors.Is(err, errUnprintable) {
		code = wire.ErrPrintGlyph
	}
	return printing.Fault(code, field, err)
}

// own draws what own paper has and a form has not.
func (p pen) own(l Layout, v values) {
	for _, r := range l.Rules {
		if r.With == "" || v.fields[r.With] != "" {
			p.rule(r)
		}
	}
	for _, t := range l.Texts {
		if t.With != "" && v.fields[t.With] == "" {
			continue
		}
		p.with(t.Type, t.Size)
		text, _ := Latin(t.Text)
		p.put(t.X, t.Y, 0, t.Align, text)
	}
}

func (p pen) rule(r Rule) {
	p.SetLineWidth(r.Line)
	if r.Dash > 0 {
		p.SetDashPattern([]float64{r.Dash, r.Dash / 2}, 0)
		defer p.SetDashPattern(nil, 0)
	}
	if r.Width > 0 && r.Height > 0 {
		p.Rect(r.X, r.Y, r.Width, r.Height, "D")
		return
	}
	p.Line(r.X, r.Y, r.X+r.Width, r.Y+r.Height)
}

func (p pen) field(f Field, value string) error {
	value = strings.TrimSpace(value)
	if value == "" && !f.Always {
		return nil
	}
	if f.Code39 != nil {
		return p.code39(f, value)
	}
	text, err := printable(strings.TrimSpace(f.Prefix + value))
	switch {
	case err != nil:
		return err
	case f.Cells > 0:
		return p.cells(f, text)
	}
	lines, size, err := p.fit(f, text)
	if err != nil {
		return err
	}
	p.with(f.Type, size)
	capital := caps[families[f.Font]] * size * point
	y := f.Y + capital
	if f.Lines == 1 {
		y = f.Y + (f.Height+capital)/2
	}
	for i, line := range lines {
		p.put(f.X, y+float64(i)*size*point*leading, f.Width, f.Align, line)
	}
	return nil
}

// printable is text in the fonts' characters, its lines apart.
func printable(text string) (string, error) {
	parts := strings.Split(strings.ReplaceAll(text, "\r\n", "\n"), "\n")
	for i, part := range parts {
		out, ok := Latin(part)
		if !ok {
			return "", errUnprintable
		}
		parts[i] = out
	}
	return strings.Join(parts, "\n"), nil
}

// cells writes each letter in the middle of its cell.
func (p pen) cells(f Field, text string) error {
	if len(text) > f.Cells {
		return errTooMuch
	}
	p.with(f.Type, f.Size)
	cell := f.Width / float64(f.Cells)
	first := 0
	if f.Align == "right" {
		first = f.Cells - len(text)
	}
	y := f.Y + (f.Height+caps[families[f.Font]]*f.Size*point)/2
	for i := range len(text) {
		p.put(f.X+float64(first+i)*cell, y, cell, "center", text[i:i+1])
	}
	return nil
}

// fit finds the greatest size at which text fits its box.
func (p pen) fit(f Field, text string) (lines []string, size float64, err error) {
	for size = f.Size; ; size = math.Max(size-0.25, f.MinSize) {
		p.with(f.Type, size)
		lines = p.paragraphs(text, f.Width)
		if len(lines) <= f.room(size) {
			return lines, size, nil
		}
		if size <= f.MinSize {
			break
		}
	}
	if !f.Shorten {
		return nil, 0, errTooMuch
	}
	lines = lines[:f.room(size)]
	last := &lines[len(lines)-1]
	*last = p.shorten(*last, f.Width)
	return lines, size, nil
}

// room is how many lines the box has at a size.
func (f Field) room(size float64) int {
	if f.Lines == 1 {
		return 1
	}
	line := size * point * leading
	return max(1, min(f.Lines, 1+int((f.Height-size*point*caps[families[f.Font]]+0.01)/line)))
}

// shorten ends text with an ellipsis within width.
func (p pen) shorten(text string, width float64) string {
	for text != "" && p.wide(text+"\x85") > width {
		text = text[:len(text)-1]
	}
	return strings.TrimRight(text, " ") + "\x85"
}
