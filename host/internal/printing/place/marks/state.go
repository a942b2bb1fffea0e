package marks

// state is the graphics state (section 8.4), as far as it says where something is painted.
type state struct {
	ctm          Matrix
	clip         Area // around what is not clipped away
	width, miter float64
	mitred       bool // joins of lines are pointed
	fill, stroke ink
	blended      bool // white may be seen
	text         textState
}

// textState is that of section 9.3.
type textState struct {
	font                          *font
	size, char, word, lead, raise float64
	stretch                       float64 // 1 is 100 %
	mode                          int
}

// start is the state at the beginning of a page.
func start(visible Area) state {
	return state{ctm: identity, clip: visible, width: 1, miter: 10, mitred: true, fill: black, stroke: black, text: textState{stretch: 1}}
}
