package pdf

import (
	"math"
	"strconv"
)

// View is how a page is looked at: the part that is shown, turned.
type View struct {
	Left, Bottom, Width, Height float64 // of what is shown, not turned, in units of the page
	Turned                      int     // 0, 90, 180, 270 clockwise
	Unit                        float64 // points
}

// View reads CropBox within MediaBox, Rotate and UserUnit (table 30).
func (f *File) View(page Page) (View, error) {
	media, ok, err := f.Rectangle(page.Value("MediaBox"))
	if err != nil {
		return View{}, err
	}
	if !ok {
		media = [4]float64{0, 0, 612, 792} // what readers take
	}
	crop, ok, err := f.Rectangle(page.Value("CropBox"))
	if err != nil {
		return View{}, err
	}
	if ok {
		cut := [4]float64{max(media[0], crop[0]), max(media[1], crop[1]), min(media[2], crop[2]), min(media[3], crop[3])}
		if cut[2] > cut[0] && cut[3] > cut[1] {
			media = cut
		}
	}
	v := View{Left: media[0], Bottom: media[1], Width: media[2] - media[0], Height: media[3] - media[1], Unit: 1}
	o, err := f.Resolve(page.Value("Rotate"))
	if err != nil {
		return View{}, err
	}
	if turn, ok := Number(o); ok && math.Mod(turn, 90) == 0 {
		v.Turned = (int(math.Mod(turn, 360)) + 360) % 360
	}
	o, err = f.Resolve(page.Dict["UserUnit"])
	if unit, ok := Number(o); ok && unit > 0 && unit < 1e6 {
		v.Unit = unit
	}
	return v, err
}

// Size is that of the page as it is looked at, in points.
func (v View) Size() (width, height float64) {
	if v.Turned%180 != 0 {
		return v.Height * v.Unit, v.Width * v.Unit
	}
	return v.Width * v.Unit, v.Height * v.Unit
}

// Rectangle reads one, its corners in order (section 7.9.5).
func (f *File) Rectangle(o Object) (r [4]float64, ok bool, err error) {
	list, err := f.Array(o)
	if err != nil || len(list) != 4 {
		return r, false, err
	}
	for i, item := range list {
		if item, err = f.Resolve(item); err != nil {
			return r, false, err
		}
		if r[i], ok = Number(item); !ok || math.Abs(r[i]) > 1e6 {
			return r, false, nil
		}
	}
	return [4]float64{min(r[0], r[2]), min(r[1], r[3]), max(r[0], r[2]), max(r[1], r[3])}, true, nil
}

// Number is the value of an Integer or a Real.
func Number(o Object) (float64, bool) {
	switch n := o.(type) {
	case Integer:
		return float64(n), true
	case Real:
		f, err := strconv.ParseFloat(string(n), 64)
		return f, err == nil
	}
	return 0, false
}

// Decimal writes a number with so many digits after the point.
func Decimal(n float64, digits int) Real { return Real(strconv.FormatFloat(n, 'f', digits, 64)) }
