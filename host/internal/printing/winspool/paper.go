package winspool

import (
	"cmp"
	"encoding/binary"
	"strconv"
	"strings"
	"unicode/utf16"

	"raccordo/host/internal/printing"
	"raccordo/host/internal/wire"
)

// Lengths of the names that DeviceCapabilities returns, in UTF-16 units.
const (
	paperName = 64 // DC_PAPERNAMES
	binName   = 24 // DC_BINNAMES
)

// Bins that leave the choice to the printer, which no tray at all does as well.
const (
	binAuto = 7  // DMBIN_AUTO
	binForm = 15 // DMBIN_FORMSOURCE
)

// binNames are for drivers that do not name theirs (wingdi.h, DMBIN_).
var binNames = map[int16]string{
	1: "Vassoio superiore", 2: "Vassoio inferiore", 3: "Vassoio centrale", 4: "Inserimento manuale",
	5: "Buste", 6: "Buste, inserimento manuale", 8: "Trattore", 9: "Fogli piccoli", 10: "Fogli grandi",
	11: "Vassoio di grande capacità", 14: "Cassetto",
}

// parsePapers reads the answers to DC_PAPERS (WORD), DC_PAPERNAMES and DC_PAPERSIZE (POINT).
// Drivers do not always return as many of each.
func parsePapers(ids, names, sizes []byte) []paper {
	var all []paper
	for i := range min(len(ids)/2, len(sizes)/8) {
		p := paper{
			ID:     int16(binary.LittleEndian.Uint16(ids[2*i:])),
			Width:  int(int32(binary.LittleEndian.Uint32(sizes[8*i:]))),
			Height: int(int32(binary.LittleEndian.Uint32(sizes[8*i+4:]))),
			Name:   fixed(names, i, paperName),
		}
		if p.Width > 0 && p.Height > 0 {
			all = append(all, p)
		}
	}
	return all
}

// parseBins reads the answers to DC_BINS (WORD) and DC_BINNAMES.
func parseBins(ids, names []byte) []bin {
	var all []bin
	for i := range len(ids) / 2 {
		id := int16(binary.LittleEndian.Uint16(ids[2*i:]))
		all = append(all, bin{ID: id, Name: fixed(names, i, binName)})
	}
	return all
}

// fixed reads the i-th of names of a fixed length, which end with a zero only when shorter.
func fixed(names []byte, i, length int) string {
	if len(names) < (i+1)*2*length {
		return ""
	}
	units := make([]uint16, 0, length)
	for at := i * 2 * length; at < (i+1)*2*length; at += 2 {
		u := binary.LittleEndian.Uint16(names[at:])
		if u == 0 {
			break
		}
		units = append(units, u)
	}
	return strings.TrimSpace(string(utf16.Decode(units)))
}

// sheets are the papers that lie upright: a turned one is the same sheet again.
func sheets(c capabilities) []wire.Paper {
	all := []wire.Paper{}
	seen := map[string]bool{}
	for _, p := range c.Papers {
		name := cmp.Or(isoName(p.Width, p.Height), p.Name)
		if p.Width > p.Height || name == "" || seen[name] {
			continue
		}
		seen[name] = true
		all = append(all, wire.Paper{Name: name, Width: p.Width, Height: p.Height})
	}
	return all
}

// isoName is the name of a sheet that has one.
func isoName(width, height int) string {
	for _, iso := range []printing.Sheet{printing.A4, printing.A5} {
		if abs(width-iso.Width) <= sameSheet && abs(height-iso.Height) <= sameSheet {
			return iso.Name
		}
	}
	return ""
}

func trays(c capabilities) []wire.Tray {
	all := []wire.Tray{}
	for _, b := range c.Bins {
		if b.ID == binAuto || b.ID == binForm {
			continue
		}
		name := cmp.Or(b.Name, binNames[b.ID], "Vassoio "+trayID(b))
		all = append(all, wire.Tray{ID: trayID(b), Name: name})
	}
	return all
}

func trayID(b bin) string { return strconv.Itoa(int(b.ID)) }
