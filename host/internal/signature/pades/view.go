package pades

import (
	"raccordo/host/internal/pdf"
	"raccordo/host/internal/signature"
	"raccordo/host/internal/wire"
)

// view is how a page is looked at.
type view struct{ pdf.View }

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

// box finds the place of a field in the coordinates of the page.
func (v view) box(f signature.Field) (box, error) {
	width, height := v.Size()
	// A point of room: people round.
	if !(f.X >= -1 && f.Y >= -1 && f.Width > 0 && f.Height > 0 && f.X+f.Width <= width+1 && f.Y+f.Height <= height+1) {
		return box{}, &signature.Error{Code: wire.ErrParams, Detail: "field"}
	}
	x1, y1 := v.turn(f.X/v.Unit, f.Y/v.Unit)
	x2, y2 := v.turn((f.X+f.Width)/v.Unit, (f.Y+f.Height)/v.Unit)
	return box{
		left: v.Left + min(x1, x2), right: v.Left + max(x1, x2),
		bottom: v.Bottom + min(y1, y2), top: v.Bottom + max(y1, y2),
		width: f.Width, height: f.Height,
	}, nil
}

// turn takes a point from the page as it is looked at to the page as it is.
func (v view) turn(x, y float64) (float64, float64) {
	switch v.Turned {
	case 90:
		return v.Width - y, x
	case 180:
		return v.Width - x, v.Height - y
	case 270:
		return y, v.Height - x
	}
	return x, y
}

// matrix turns an appearance against the page.
func (v view) matrix() pdf.Array {
	switch v.Turned {
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
	rect, ok, err := r.file.Rectangle(w.dict["Rect"])
	if err != nil || !ok || rect[0] == rect[2] || rect[1] == rect[3] {
		return box{}, view{}, err
	}
	v := view{pdf.View{Unit: 1}}
	err = r.file.Pages(func(p pdf.Page) (bool, error) {
		if told, ok := w.dict["P"].(pdf.Ref); ok && told != p.Ref {
			return true, nil
		}
		list, err := r.file.Array(p.Dict["Annots"])
		for _, item := range list {
			if item == w.ref {
				v.View, err = r.file.View(p)
				return false, err
			}
		}
		return err == nil, err
	})
	b := box{left: rect[0], bottom: rect[1], right: rect[2], top: rect[3]}
	b.width, b.height = (rect[2]-rect[0])*v.Unit, (rect[3]-rect[1])*v.Unit
	if v.Turned%180 != 0 {
		b.width, b.height = b.height, b.width
	}
	return b, v, err
}

func (b box) rect() pdf.Array {
	return pdf.Array{decimal(b.left), decimal(b.bottom), decimal(b.right), decimal(b.top)}
}

func decimal(n float64) pdf.Object { return pdf.Decimal(n, 3) }
