package pades

import (
	"math"
	"strconv"

	"raccordo/host/internal/pdf"
	"raccordo/host/internal/signature"
	"raccordo/host/internal/wire"
)

// view is how a page is looked at: the part that is shown, turned.
type view struct {
	left, bottom, width, height float64 // of what is shown, not turned, in units of the page
	turned                      int     // 0, 90, 180, 270 clockwise
	unit                        float64 // points
}

// box is a rectangle on a page. Width and height are as it is looked at.
type box struct {
	left, bottom, right, top float64
	width, height            float64 // points
}

// page is where the signature is shown, or belongs when it is not.
func (r *revision) page() (pdf.Page, error) {
	number := 1
	if r.opt.Field != nil {
		number = r.opt.Field.Page
	}
	if number == -1 {
		return r.file.LastPage()
	}
	var found *pdf.Page
	err := r.file.Pages(func(p pdf.Page) (bool, error) {
		if number--; number == 0 {
			found = &p
		}
		return found == nil && number > 0, nil
	})
	if err != nil {
		return pdf.Page{}, err
	}
	if found == nil {
		return pdf.Page{}, &signature.Error{Code: wire.ErrParams, Detail: "field.page"}
	}
	return *found, nil
}

// viewOf reads CropBox within MediaBox, Rotate and UserUnit (table 30).
func viewOf(file *pdf.File, page pdf.Page) (view, error) {
	media, ok, err := rectangle(file, page.Value("MediaBox"))
	if err != nil {
		return view{}, err
	}
	if !ok {
		media = [4]float64{0, 0, 612, 792} // what readers take
	}
	crop, ok, err := rectangle(file, page.Value("CropBox"))
	if err != nil {
		return view{}, err
	}
	if ok {
		cut := [4]float64{max(media[0], crop[0]), max(media[1], crop[1]), min(media[2], crop[2]), min(media[3], crop[3])}
		if cut[2] > cut[0] && cut[3] > cut[1] {
			media = cut
		}
	}
	v := view{left: media[0], bottom: media[1], width: media[2] - media[0], height: media[3] - media[1], unit: 1}
	o, err := file.Resolve(page.Value("Rotate"))
	if err != nil {
		return view{}, err
	}
	if turn, ok := number(o); ok && math.Mod(turn, 90) == 0 {
		v.turned = ((int(math.Mod(turn, 360))) + 360) % 360
	}
	o, err = file.Resolve(page.Dict["UserUnit"])
	if unit, ok := number(o); ok && unit > 0 && unit < 1e6 {
		v.unit = unit
	}
	return v, err
}

// box finds the place of a field in the coordinates of the page.
func (v view) box(f signature.Field) (box, error) {
	width, height := v.width*v.unit, v.height*v.unit
	if v.turned%180 != 0 {
		width, height = height, width
	}
	// A point of room: people round.
	if !(f.X >= -1 && f.Y >= -1 && f.Width > 0 && f.Height > 0 && f.X+f.Width <= width+1 && f.Y+f.Height <= height+1) {
		return box{}, &signature.Error{Code: wire.ErrParams, Detail: "field"}
	}
	x1, y1 := v.turn(f.X/v.unit, f.Y/v.unit)
	x2, y2 := v.turn((f.X+f.Width)/v.unit, (f.Y+f.Height)/v.unit)
	return box{
		left: v.left + min(x1, x2), right: v.left + max(x1, x2),
		bottom: v.bottom + min(y1, y2), top: v.bottom + max(y1, y2),
		width: f.Width, height: f.Height,
	}, nil
}

// turn takes a point from the page as it is looked at to the page as it is.
func (v view) turn(x, y float64) (float64, float64) {
	switch v.turned {
	case 90:
		return v.width - y, x
	case 180:
		return v.width - x, v.height - y
	case 270:
		return y, v.height - x
	}
	return x, y
}

// matrix turns an appearance against the page.
func (v view) matrix() pdf.Array {
	switch v.turned {
	case 90:
		return pdf.Array{pdf.Integer(0), pdf.Integer(1), pdf.Integer(-1), pdf.Integer(0), pdf.Integer(0), pdf.Integer(0)}
	case 180:
		return pdf.Array{pdf.Integer(-1), pdf.Integer(0), pdf.Integer(0), pdf.Integer(-1), pdf.Integer(0), pdf.Integer(0)}
	case 270:
		return pdf.Array{pdf.Integer(0), pdf.Integer(-1), pdf.Integer(1), pdf.Integer(0), pdf.Integer(0), pdf.Integer(0)}
	}
	return nil
}

// box reads where the widget of a field is; on what page, it says or is looked for.
func (r *revision) box(w widget) (box, view, error) {
	rect, ok, err := rectangle(r.file, w.dict["Rect"])
	if err != nil || !ok || rect[0] == rect[2] || rect[1] == rect[3] {
		return box{}, view{}, err
	}
	v := view{unit: 1}
	err = r.file.Pages(func(p pdf.Page) (bool, error) {
		if told, ok := w.dict["P"].(pdf.Ref); ok && told != p.Ref {
			return true, nil
		}
		list, err := r.file.Array(p.Dict["Annots"])
		for _, item := range list {
			if item == w.ref {
				v, err = viewOf(r.file, p)
				return false, err
			}
		}
		return err == nil, err
	})
	b := box{left: rect[0], bottom: rect[1], right: rect[2], top: rect[3]}
	b.width, b.height = (rect[2]-rect[0])*v.unit, (rect[3]-rect[1])*v.unit
	if v.turned%180 != 0 {
		b.width, b.height = b.height, b.width
	}
	return b, v, err
}

func (b box) rect() pdf.Array {
	return pdf.Array{decimal(b.left), decimal(b.bottom), decimal(b.right), decimal(b.top)}
}

func decimal(n float64) pdf.Object { return pdf.Real(strconv.FormatFloat(n, 'f', 3, 64)) }

// rectangle reads one, its corners in order (section 7.9.5).
func rectangle(file *pdf.File, o pdf.Object) (r [4]float64, ok bool, err error) {
	list, err := file.Array(o)
	if err != nil || len(list) != 4 {
		return r, false, err
	}
	for i, item := range list {
		if item, err = file.Resolve(item); err != nil {
			return r, false, err
		}
		if r[i], ok = number(item); !ok || math.Abs(r[i]) > 1e6 {
			return r, false, nil
		}
	}
	return [4]float64{min(r[0], r[2]), min(r[1], r[3]), max(r[0], r[2]), max(r[1], r[3])}, true, nil
}

func number(o pdf.Object) (float64, bool) {
	switch n := o.(type) {
	case pdf.Integer:
		return float64(n), true
	case pdf.Real:
		f, err := strconv.ParseFloat(string(n), 64)
		return f, err == nil
	}
	return 0, false
}
