package sheet

import "strconv"

// corner is the part of an edge that its neighbour's ruler takes.
const corner = 11

// rulers draws millimetres along the four edges, counted from the upper left corner.
// Each ruler begins at a corner and ends before the next, going round clockwise: so
// the first tick that is seen tells what the printer leaves white at each edge.
func (t testSheet) rulers() {
	t.SetFont("Helvetica", "", 5)
	for mm := 0; float64(mm) <= t.width; mm++ {
		x := float64(mm)
		if x < t.width-corner {
			t.tick(mm, x, 0, 0, 1)
		}
		if x > corner {
			t.tick(mm, x, t.height, 0, -1)
		}
	}
	for mm := 0; float64(mm) <= t.height; mm++ {
		y := float64(mm)
		if y < t.height-corner {
			t.tick(mm, t.width, y, -1, 0)
		}
		if y > corner {
			t.tick(mm, 0, y, 1, 0)
		}
	}
}

// tick draws the mark of a millimetre from an edge inwards, longer at 5, with its
// number at 10. It reaches further than printers leave white.
func (t testSheet) tick(mm int, x, y, inX, inY float64) {
	length, line := 5.5, 0.1
	switch {
	case mm%10 == 0:
		length, line = 9.5, 0.2
	case mm%5 == 0:
		length = 7
	}
	t.SetLineWidth(line)
	t.Line(x, y, x+inX*length, y+inY*length)
	if along := x*inY*inY + y*inX*inX; mm%10 != 0 || along < 3 || along > t.width*inY*inY+t.height*inX*inX-3 {
		return // a number would be cut
	}
	x, y = x+inX*(length+0.5), y+inY*(length+0.5)
	align, left := "center", x-4
	switch {
	case inX > 0:
		align, left = "left", x
	case inX < 0:
		align, left = "right", x-8
	}
	t.put(left, y+0.63+inY*0.63, 8, align, strconv.Itoa(mm))
}
