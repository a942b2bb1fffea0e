package place

import (
	"slices"

	"raccordo/host/internal/pdf"
	"raccordo/host/internal/printing"
	"raccordo/host/internal/wire"
)

// maxObjects is how many objects a document may consist of.
const maxObjects = 500_000

// harmless are the actions that neither run nor fetch nor send anything by
// themselves (table 198). Links to pages of the web are never followed.
var harmless = []pdf.Name{"GoTo", "URI", "Named", "Thread", "Hide", "SetOCGState", "ResetForm", "Trans"}

// actions are all others that are known.
var actions = []pdf.Name{
	"JavaScript", "Launch", "GoToR", "GoToE", "GoTo3DView", "SubmitForm", "ImportData", "Rendition", "Sound", "Movie", "RichMediaExecute", "GoToDp",
}

// media are annotations that play something or bring a file along.
var media = []pdf.Name{"RichMedia", "Screen", "Movie", "Sound", "3D", "FileAttachment"}

// inert refuses a document that would do something, has another file in it, or wants one
// from elsewhere: whatever its catalog leads to is looked at. The tree of its structure is
// left out, it is for those who do not see.
func inert(file *pdf.File) error {
	_, catalog, err := file.Catalog()
	if err != nil {
		return err
	}
	form, err := file.Dict(catalog["AcroForm"])
	if err != nil {
		return err
	}
	if form["XFA"] != nil {
		return active("XFA")
	}
	if err := opening(file, catalog["OpenAction"]); err != nil {
		return err
	}
	w := &walk{file: file, seen: map[int64]bool{}}
	if err := w.look(pdf.Dict(catalog)); err != nil {
		return err
	}
	// Wave after wave, each in the order of the numbers: object streams are unpacked once.
	for len(w.next) > 0 {
		wave := w.next
		w.next = nil
		slices.SortFunc(wave, func(a, b pdf.Ref) int { return int(a.Number - b.Number) })
		for _, r := range wave {
			o, err := file.Get(r)
			if err != nil {
				return err
			}
			if err := w.look(o); err != nil {
				return err
			}
		}
	}
	return nil
}

func active(what string) error { return printing.Fault(wire.ErrPrintScript, what, nil) }

// walk goes over all objects.
type walk struct {
	file *pdf.File
	seen map[int64]bool
	next []pdf.Ref
}

// look looks at an object and remembers what it refers to. Its depth is that of the file's syntax.
func (w *walk) look(o pdf.Object) error {
	switch o := o.(type) {
	case pdf.Ref:
		if !w.seen[o.Number] {
			if len(w.seen) == maxObjects {
				return printing.Fault(wire.ErrPDFBroken, "too many objects", nil)
			}
			w.seen[o.Number] = true
			w.next = append(w.next, o)
		}
	case pdf.Array:
		for _, item := range o {
			if err := w.look(item); err != nil {
				return err
			}
		}
	case *pdf.Stream:
		if o.Dict["F"] != nil {
			return active("external stream")
		}
		if o.Dict["Type"] == pdf.Name("EmbeddedFile") {
			return active("embedded file")
		}
		if o.Dict["Subtype"] == pdf.Name("Form") && o.Dict["Ref"] != nil {
			return active("reference to another document")
		}
		return w.look(o.Dict)
	case pdf.Dict:
		if err := w.does(o); err != nil {
			return err
		}
		for key, value := range o {
			if key == "StructTreeRoot" {
				continue
			}
			if err := w.look(value); err != nil {
				return err
			}
		}
	}
	return nil
}

// does tells what a dictionary would do.
func (w *walk) does(d pdf.Dict) error {
	o, err := w.file.Resolve(d["S"])
	if err != nil {
		return err
	}
	if s, ok := o.(pdf.Name); ok && (d["Type"] == nil || d["Type"] == pdf.Name("Action")) {
		if slices.Contains(actions, s) {
			return active(string(s))
		}
		if d["Type"] != nil && !slices.Contains(harmless, s) {
			return active("unknown action")
		}
		if s == "Named" && d["N"] == pdf.Name("Print") {
			return active("print command")
		}
	}
	if s, ok := d["Subtype"].(pdf.Name); ok && slices.Contains(media, s) && d["Rect"] != nil {
		return active(string(s))
	}
	if js, err := w.file.Resolve(d["JS"]); err != nil {
		return err
	} else if js != nil {
		if _, font := js.(pdf.Dict); !font { // resources may have any name
			return active("JavaScript")
		}
	}
	if files, err := w.file.Dict(d["EF"]); err != nil {
		return err
	} else if files != nil && (d["F"] != nil || d["UF"] != nil) {
		return active("embedded file")
	}
	return w.triggers(d["AA"])
}

// triggers looks at additional actions (section 12.6.3).
func (w *walk) triggers(o pdf.Object) error {
	d, err := w.file.Dict(o)
	if err != nil {
		return err
	}
	for _, o := range d {
		if err := opening(w.file, o); err != nil {
			return err
		}
	}
	return nil
}

// opening is what happens by itself: only a view may be chosen.
func opening(file *pdf.File, o pdf.Object) error {
	d, err := file.Dict(o)
	if err != nil || d == nil || d["S"] == nil {
		return err
	}
	if s, _ := d["S"].(pdf.Name); s != "GoTo" && s != "Named" {
		return active("action of its own")
	}
	return nil
}
