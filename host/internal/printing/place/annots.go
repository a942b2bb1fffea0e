package place

import (
	"slices"

	"raccordo/host/internal/pdf"
	"raccordo/host/internal/printing"
	"raccordo/host/internal/printing/place/marks"
	"raccordo/host/internal/wire"
)

// Flags of an annotation (table 165).
const (
	hidden   = 1 << 1
	printed  = 1 << 2
	unturned = 1 << 4 // NoRotate
)

// maxAnnots is how many annotations of a page are read.
const maxAnnots = 10_000

// maxParents is how many fields may be above a widget.
const maxParents = 32

// annot is an annotation that prints: a form, and where it goes.
type annot struct {
	form   pdf.Ref
	box    marks.Area   // of the form, transformed by its own matrix
	matrix marks.Matrix // takes that to its place on the page
	layer  pdf.Object   // of optional content, or nil
}

func (a annot) area() marks.Area { return a.matrix.Area(a.box) }

// annotations are those of a page that come out on paper.
func annotations(file *pdf.File, page pdf.Page) ([]annot, error) {
	list, err := file.Array(page.Dict["Annots"])
	if err != nil {
		return nil, err
	}
	if len(list) > maxAnnots {
		return nil, printing.Fault(wire.ErrPDFBroken, "annotations", nil)
	}
	view, err := file.View(page)
	if err != nil {
		return nil, err
	}
	var found []annot
	for _, item := range list {
		d, err := file.Dict(item)
		if err != nil {
			return nil, err
		}
		flags, err := flagsOf(file, d)
		if err != nil {
			return nil, err
		}
		if flags&printed == 0 || flags&hidden != 0 || d["Subtype"] == pdf.Name("Popup") {
			continue
		}
		a, ok, err := appearance(file, d, view)
		if err != nil {
			return nil, err
		}
		if ok {
			found = append(found, a)
		} else if unseen(file, d) {
			return nil, printing.Fault(wire.ErrPrintScript, "annotation without an appearance", nil)
		}
	}
	return found, nil
}

// drawn are the annotations that readers make a picture of when they bring none along.
var drawn = []pdf.Name{
	"FreeText", "Line", "Square", "Circle", "Polygon", "PolyLine", "Highlight", "Underline", "Squiggly", "StrikeOut", "Caret", "Stamp", "Ink", "Redact", "Watermark",
}

// unseen tells that something belongs on the paper which each reader would draw in a way
// of its own: such an annotation without an appearance, or a field with a value or a border.
func unseen(file *pdf.File, d pdf.Dict) bool {
	kind, _ := d["Subtype"].(pdf.Name)
	if kind != "Widget" {
		return slices.Contains(drawn, kind)
	}
	if mk, _ := file.Dict(d["MK"]); mk["BC"] != nil || mk["BG"] != nil {
		return true
	}
	for range maxParents {
		switch v, _ := file.Resolve(d["V"]); v := v.(type) {
		case pdf.String:
			return len(v.Bytes) > 0
		case pdf.Array:
			return len(v) > 0
		case nil:
		default:
			return false // a signature that is not seen, a button that is off
		}
		up, err := file.Dict(d["Parent"])
		if err != nil || up == nil {
			return false
		}
		d = up
	}
	return false
}

// appearance finds the normal one and its place (section 12.5.5).
func appearance(file *pdf.File, d pdf.Dict, view pdf.View) (annot, bool, error) {
	ap, err := file.Dict(d["AP"])
	if err != nil {
		return annot{}, false, err
	}
	normal := ap["N"]
	if states, err := file.Dict(normal); err != nil {
		return annot{}, false, err
	} else if states != nil {
		state, _ := d["AS"].(pdf.Name)
		normal = states[state]
	}
	r, _ := normal.(pdf.Ref)
	o, err := file.Resolve(r)
	if err != nil {
		return annot{}, false, err
	}
	form, ok := o.(*pdf.Stream)
	if !ok {
		return annot{}, false, nil
	}
	rect, ok, err := file.Rectangle(d["Rect"])
	if err != nil || !ok {
		return annot{}, false, err
	}
	box, also, err := file.Rectangle(form.Dict["BBox"])
	if err != nil || !also {
		return annot{}, false, err
	}
	own, err := marks.FormMatrix(file, form)
	if err != nil {
		return annot{}, false, err
	}
	a := annot{form: r, layer: d["OC"], box: own.Area(marks.Area{Left: box[0], Bottom: box[1], Right: box[2], Top: box[3]})}
	if a.box.Empty() {
		return annot{}, false, nil
	}
	x, y := (rect[2]-rect[0])/(a.box.Right-a.box.Left), (rect[3]-rect[1])/(a.box.Top-a.box.Bottom)
	a.matrix = marks.Matrix{x, 0, 0, y, rect[0] - a.box.Left*x, rect[1] - a.box.Bottom*y}
	flags, err := flagsOf(file, d)
	if flags&unturned != 0 {
		a.matrix = a.matrix.Then(fixed(rect, view.Turned))
	}
	return a, true, err
}

func flagsOf(file *pdf.File, d pdf.Dict) (pdf.Integer, error) {
	o, err := file.Resolve(d["F"])
	flags, _ := o.(pdf.Integer)
	return flags, err
}

// fixed turns an annotation that stays upright, about its upper left corner (section 12.5.3).
func fixed(rect [4]float64, turned int) marks.Matrix {
	back := map[int]marks.Matrix{0: {1, 0, 0, 1}, 90: {0, 1, -1, 0}, 180: {-1, 0, 0, -1}, 270: {0, -1, 1, 0}}[turned]
	return marks.Matrix{1, 0, 0, 1, -rect[0], -rect[3]}.Then(back).Then(marks.Matrix{1, 0, 0, 1, rect[0], rect[3]})
}
