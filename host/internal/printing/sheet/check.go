package sheet

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"raccordo/host/internal/wire"
)

// Bounds of what a layout may ask for.
const (
	least, most       = 50, 600 // edges of a sheet, millimetres
	smallest, largest = 4, 40   // letters, points
	manyParts         = 400
)

const defaultSize = 9

func (l *Layout) defaults() {
	for i := range l.Fields {
		f := &l.Fields[i]
		f.Type.defaults()
		f.Lines = max(f.Lines, 1)
	}
	for i := range l.Lists {
		l.Lists[i].Type.defaults()
	}
	for i := range l.Texts {
		l.Texts[i].Type.defaults()
	}
	for i := range l.Rules {
		if l.Rules[i].Line == 0 {
			l.Rules[i].Line = 0.2
		}
	}
}

func (t *Type) defaults() {
	if t.Size == 0 {
		t.Size = defaultSize
	}
	if t.MinSize == 0 {
		t.MinSize = t.Size
	}
}

// check tells the first thing that makes the layout unusable.
func (l Layout) check() error {
	if !slices.Contains(wire.SheetKinds, l.Kind) {
		return fmt.Errorf("kind %q is not one of %v", l.Kind, wire.SheetKinds)
	}
	if !between(l.Width, least, most) || !between(l.Height, least, most) {
		return fmt.Errorf("a sheet of %g × %g mm: from %d to %d", l.Width, l.Height, least, most)
	}
	if len(l.Fields)+len(l.Texts)+len(l.Rules) > manyParts || len(l.Lists) > 1 {
		return fmt.Errorf("more than %d parts, or more than one list", manyParts)
	}
	for i, f := range l.Fields {
		if err := l.checkField(f); err != nil {
			return fmt.Errorf("field %d (%s): %w", i+1, f.Name, err)
		}
	}
	for _, name := range wanted[l.Kind] {
		if !slices.ContainsFunc(l.Fields, func(f Field) bool { return f.Name == name }) {
			return fmt.Errorf("the field %s is wanted", name)
		}
	}
	if len(l.Lists) == 0 {
		return fmt.Errorf("the list %s is wanted", rowsName[l.Kind])
	}
	for _, list := range l.Lists {
		if err := l.checkList(list); err != nil {
			return fmt.Errorf("list %s: %w", list.Name, err)
		}
	}
	for i, t := range l.Texts {
		if _, ok := Latin(t.Text); !ok {
			return fmt.Errorf("text %d: %w", i+1, errUnprintable)
		}
		if err := errors.Join(l.inside(Box{t.X, t.Y, 0, 0}), t.Type.check(), checkAlign(t.Align), l.known(t.With)); err != nil {
			return fmt.Errorf("text %d: %w", i+1, err)
		}
	}
	for i, r := range l.Rules {
		if err := errors.Join(l.inside(r.Box), l.known(r.With)); err != nil {
			return fmt.Errorf("rule %d: %w", i+1, err)
		}
		if !between(r.Line, 0.05, 5) || !between(r.Dash, 0, 50) {
			return fmt.Errorf("rule %d: line %g, dash %g", i+1, r.Line, r.Dash)
		}
	}
	return nil
}

func (l Layout) checkField(f Field) error {
	if !slices.Contains(fieldNames[l.Kind], f.Name) {
		return fmt.Errorf("no such field; there are %v", fieldNames[l.Kind])
	}
	if err := errors.Join(l.inside(f.Box), f.Type.check(), checkAlign(f.Align)); err != nil {
		return err
	}
	if _, ok := Latin(f.Prefix); !ok {
		return errUnprintable
	}
	if f.Width <= 0 || f.Height <= 0 {
		return errors.New("width and height are wanted")
	}
	if f.Cells < 0 || f.Cells > 64 || f.Lines > 40 || f.Cells > 0 && f.Lines > 1 {
		return fmt.Errorf("cells %d, lines %d", f.Cells, f.Lines)
	}
	if f.Code39 != nil && (f.Always || !between(f.Code39.Module, 0.1, 2) || f.Code39.Text != 0 && !between(f.Code39.Text, smallest, largest)) {
		return fmt.Errorf("bar code with bars of %g mm", f.Code39.Module)
	}
	return nil
}

func (l Layout) checkList(list List) error {
	if list.Name != rowsName[l.Kind] {
		return fmt.Errorf("the rows are called %s", rowsName[l.Kind])
	}
	if err := errors.Join(l.inside(list.Box), list.Type.check()); err != nil {
		return err
	}
	if list.Width <= 0 || list.Height <= 0 || len(list.Columns) == 0 || !between(list.Gap, 0, 50) || !between(list.Row, 0, 200) {
		return errors.New("width, height and columns are wanted")
	}
	if list.Pages && l.Kind != wire.SheetBianca {
		return errors.New("pages: a form is one sheet")
	}
	for i, c := range list.Columns {
		if c.Below && i == 0 {
			return fmt.Errorf("column %s: nothing stands before it", c.Name)
		}
		if !slices.Contains(columnNames[l.Kind], c.Name) {
			return fmt.Errorf("no column %q; there are %v", c.Name, columnNames[l.Kind])
		}
		if c.Width <= 0 || c.X < list.X-0.01 || c.X+c.Width > list.X+list.Width+0.01 || math.IsNaN(c.X+c.Width) {
			return fmt.Errorf("column %s is not within the list", c.Name)
		}
		if err := errors.Join(checkAlign(c.Align), Type{Style: c.Style, Size: list.Size, MinSize: list.MinSize}.check()); err != nil {
			return fmt.Errorf("column %s: %w", c.Name, err)
		}
	}
	return nil
}

// known tells whether a value may be referred to.
func (l Layout) known(field string) error {
	if field != "" && !slices.Contains(fieldNames[l.Kind], field) {
		return fmt.Errorf("no field %q", field)
	}
	return nil
}

func (l Layout) inside(b Box) error {
	if !between(b.X, 0, l.Width) || !between(b.Y, 0, l.Height) || !between(b.Width, 0, l.Width-b.X+0.01) || !between(b.Height, 0, l.Height-b.Y+0.01) {
		return fmt.Errorf("x %g, y %g, width %g, height %g is not on the sheet", b.X, b.Y, b.Width, b.Height)
	}
	return nil
}

func (t Type) check() error {
	if _, ok := families[t.Font]; !ok {
		return fmt.Errorf("font %q is not helvetica, courier or times", t.Font)
	}
	if _, ok := styles[t.Style]; !ok {
		return fmt.Errorf("style %q is not bold or italic", t.Style)
	}
	if !between(t.Size, smallest, largest) || !between(t.MinSize, smallest, t.Size) {
		return fmt.Errorf("size %g, min_size %g: from %d to %d points", t.Size, t.MinSize, smallest, largest)
	}
	return nil
}

func checkAlign(a string) error {
	if !slices.Contains([]string{"", "left", "center", "right"}, a) {
		return fmt.Errorf("align %q is not left, center or right", a)
	}
	return nil
}

// between is false for what is no number.
func between(v, from, to float64) bool { return v >= from && v <= to }
