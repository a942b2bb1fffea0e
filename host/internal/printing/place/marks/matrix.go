package marks

import "fmt"

// Matrix transforms points as PDF writes it (ISO 32000-1, section 8.3.3):
// x' = ax + cy + e, y' = bx + dy + f.
type Matrix [6]float64

var identity = Matrix{1, 0, 0, 1, 0, 0}

// Then is m and after it n.
func (m Matrix) Then(n Matrix) Matrix {
	return Matrix{
		m[0]*n[0] + m[1]*n[2], m[0]*n[1] + m[1]*n[3],
		m[2]*n[0] + m[3]*n[2], m[2]*n[1] + m[3]*n[3],
		m[4]*n[0] + m[5]*n[2] + n[4], m[4]*n[1] + m[5]*n[3] + n[5],
	}
}

func (m Matrix) point(x, y float64) (float64, float64) {
	return m[0]*x + m[2]*y + m[4], m[1]*x + m[3]*y + m[5]
}

// Area is the smallest upright one around a transformed area.
func (m Matrix) Area(a Area) Area {
	if a.Empty() {
		return Area{}
	}
	var b Area
	for i, corner := range [4][2]float64{{a.Left, a.Bottom}, {a.Right, a.Bottom}, {a.Left, a.Top}, {a.Right, a.Top}} {
		x, y := m.point(corner[0], corner[1])
		if i == 0 {
			b = Area{x, y, x, y}
		}
		b = Area{min(b.Left, x), min(b.Bottom, y), max(b.Right, x), max(b.Top, y)}
	}
	return b
}

// String is the operands of cm.
func (m Matrix) String() string {
	return fmt.Sprintf("%.6f %.6f %.6f %.6f %.5f %.5f", m[0], m[1], m[2], m[3], m[4], m[5])
}

// Area is a part of a page, from its lower left corner.
type Area struct{ Left, Bottom, Right, Top float64 }

// Empty tells that there is nothing in it.
func (a Area) Empty() bool { return !(a.Left < a.Right && a.Bottom < a.Top) }

// With is the smallest area around both.
func (a Area) With(b Area) Area {
	switch {
	case a.Empty():
		return b
	case b.Empty():
		return a
	}
	return Area{min(a.Left, b.Left), min(a.Bottom, b.Bottom), max(a.Right, b.Right), max(a.Top, b.Top)}
}

// Within is what both have.
func (a Area) Within(b Area) Area {
	c := Area{max(a.Left, b.Left), max(a.Bottom, b.Bottom), min(a.Right, b.Right), min(a.Top, b.Top)}
	if c.Empty() {
		return Area{}
	}
	return c
}
