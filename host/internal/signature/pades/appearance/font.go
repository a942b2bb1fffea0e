package appearance

import (
	"embed"
	"encoding/binary"
	"errors"
)

//go:embed fonts/*.ttf
var fonts embed.FS

// Font is a TrueType face, and the glyphs of it that were used.
type Font struct {
	Name   string // of the face
	tables map[string][]byte
	units  float64 // to the em
	glyphs map[rune]int

	used  []int // glyphs in the order of their new numbers
	index map[int]int
	runes map[int]rune // by new number
}

var errFont = errors.New("font file is damaged")

func load(file, name string) (*Font, error) {
	data, err := fonts.ReadFile("fonts/" + file)
	if err != nil {
		return nil, err
	}
	f := &Font{Name: name, tables: map[string][]byte{}, index: map[int]int{}, runes: map[int]rune{}}
	for i := range int(binary.BigEndian.Uint16(data[4:])) {
		record := data[12+16*i:]
		at, size := binary.BigEndian.Uint32(record[8:]), binary.BigEndian.Uint32(record[12:])
		f.tables[string(record[:4])] = data[at : at+size]
	}
	f.units = float64(u16(f.tables["head"], 18))
	if f.glyphs = characters(f.tables["cmap"]); f.glyphs == nil || f.units == 0 || u16(f.tables["head"], 50) != 0 {
		return nil, errFont
	}
	f.use(0) // .notdef is always the first
	return f, nil
}

func u16(b []byte, at int) int { return int(binary.BigEndian.Uint16(b[at:])) }

// characters reads a cmap of format 4 (OpenType, cmap).
func characters(cmap []byte) map[rune]int {
	for i := range u16(cmap, 2) {
		at := int(binary.BigEndian.Uint32(cmap[4+8*i+4:]))
		t := cmap[at:]
		if u16(t, 0) != 4 {
			continue
		}
		glyphs := map[rune]int{}
		n := u16(t, 6) / 2
		ends, starts, deltas, offsets := 14, 16+2*n, 16+4*n, 16+6*n
		for s := range n {
			start, end := u16(t, starts+2*s), u16(t, ends+2*s)
			for c := start; c <= end && c != 0xffff; c++ {
				glyph := c
				if offset := u16(t, offsets+2*s); offset != 0 {
					glyph = u16(t, offsets+2*s+offset+2*(c-start))
				}
				glyphs[rune(c)] = (glyph + u16(t, deltas+2*s)) & 0xffff
			}
		}
		return glyphs
	}
	return nil
}

// advance is the width of a glyph, in thousandths of the size.
func (f *Font) advance(glyph int) float64 {
	glyph = min(glyph, u16(f.tables["hhea"], 34)-1)
	return float64(u16(f.tables["hmtx"], 4*glyph)) * 1000 / f.units
}

// Width is that of a text at a size.
func (f *Font) Width(text string, size float64) float64 {
	sum := 0.0
	for _, c := range text {
		sum += f.advance(f.glyphs[c])
	}
	return sum * size / 1000
}

// use gives a glyph its new number.
func (f *Font) use(glyph int) int {
	if n, ok := f.index[glyph]; ok {
		return n
	}
	n := len(f.used)
	f.index[glyph] = n
	f.used = append(f.used, glyph)
	return n
}

// encode is a text in the new numbers, two bytes each.
func (f *Font) encode(text string) []byte {
	var b []byte
	for _, c := range text {
		n := f.use(f.glyphs[c])
		if n > 0 {
			f.runes[n] = c
		}
		b = append(b, byte(n>>8), byte(n))
	}
	return b
}

// Widths are those of the used glyphs, in thousandths.
func (f *Font) Widths() []int {
	widths := make([]int, len(f.used))
	for i, glyph := range f.used {
		widths[i] = int(f.advance(glyph) + 0.5)
	}
	return widths
}

// Metrics are of the whole face, in thousandths: what a font descriptor tells.
func (f *Font) Metrics() (ascent, descent, capital int, bounds [4]int) {
	scale := func(n int) int { return int(float64(int16(n)) * 1000 / f.units) }
	head, hhea := f.tables["head"], f.tables["hhea"]
	for i := range bounds {
		bounds[i] = scale(u16(head, 36+2*i))
	}
	return scale(u16(hhea, 4)), scale(u16(hhea, 6)), scale(u16(f.tables["OS/2"], 88)), bounds
}
