package appearance

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"slices"
)

// Subset is a TrueType file with the used glyphs only. The faces have none that are
// made of others.
func (f *Font) Subset() []byte {
	var glyf, loca, hmtx []byte
	for _, glyph := range f.used {
		loca = binary.BigEndian.AppendUint32(loca, uint32(len(glyf)))
		glyf = append(glyf, f.outline(glyph)...)
		for len(glyf)%4 != 0 {
			glyf = append(glyf, 0)
		}
		metric := 4 * min(glyph, u16(f.tables["hhea"], 34)-1)
		hmtx = append(hmtx, f.tables["hmtx"][metric:metric+4]...)
	}
	loca = binary.BigEndian.AppendUint32(loca, uint32(len(glyf)))
	head, hhea, maxp := slices.Clone(f.tables["head"]), slices.Clone(f.tables["hhea"]), slices.Clone(f.tables["maxp"])
	binary.BigEndian.PutUint32(head[8:], 0)
	binary.BigEndian.PutUint16(head[50:], 1) // offsets of four bytes
	binary.BigEndian.PutUint16(hhea[34:], uint16(len(f.used)))
	binary.BigEndian.PutUint16(maxp[4:], uint16(len(f.used)))
	return assemble(map[string][]byte{"glyf": glyf, "head": head, "hhea": hhea, "hmtx": hmtx, "loca": loca, "maxp": maxp})
}

func (f *Font) outline(glyph int) []byte {
	loca := f.tables["loca"]
	return f.tables["glyf"][2*u16(loca, 2*glyph) : 2*u16(loca, 2*glyph+2)]
}

// assemble writes the file (OpenType, table directory).
func assemble(tables map[string][]byte) []byte {
	names := []string{"glyf", "head", "hhea", "hmtx", "loca", "maxp"}
	file := []byte{0, 1, 0, 0, 0, 6, 0, 64, 0, 2, 0, 32}
	at := 12 + 16*len(names)
	var body []byte
	headAt := 0
	for _, name := range names {
		t := tables[name]
		if name == "head" {
			headAt = at
		}
		file = append(file, name...)
		file = binary.BigEndian.AppendUint32(file, sum(t))
		file = binary.BigEndian.AppendUint32(file, uint32(at))
		file = binary.BigEndian.AppendUint32(file, uint32(len(t)))
		t = append(slices.Clone(t), make([]byte, -len(t)&3)...)
		body, at = append(body, t...), at+len(t)
	}
	file = append(file, body...)
	binary.BigEndian.PutUint32(file[headAt+8:], 0xb1b0afba-sum(file))
	return file
}

func sum(t []byte) uint32 {
	t = append(slices.Clone(t), make([]byte, -len(t)&3)...)
	total := uint32(0)
	for ; len(t) > 0; t = t[4:] {
		total += binary.BigEndian.Uint32(t)
	}
	return total
}

// ToUnicode maps the new numbers back to characters, so that the text can be
// searched and copied (ISO 32000-1, section 9.10.3).
func (f *Font) ToUnicode() []byte {
	var b bytes.Buffer
	b.WriteString("/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n" +
		"/CIDSystemInfo <</Registry (Adobe) /Ordering (UCS) /Supplement 0>> def\n" +
		"/CMapName /Adobe-Identity-UCS def\n/CMapType 2 def\n" +
		"1 begincodespacerange\n<0000> <FFFF>\nendcodespacerange\n")
	var codes []int
	for n := range f.runes {
		codes = append(codes, n)
	}
	slices.Sort(codes)
	for group := range slices.Chunk(codes, 100) {
		fmt.Fprintf(&b, "%d beginbfchar\n", len(group))
		for _, n := range group {
			fmt.Fprintf(&b, "<%04X> <%04X>\n", n, f.runes[n])
		}
		b.WriteString("endbfchar\n")
	}
	b.WriteString("endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend\n")
	return b.Bytes()
}
