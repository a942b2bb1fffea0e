package winspool

import (
	"bytes"
	"encoding/binary"
	"testing"

	"github.com/google/go-cmp/cmp"

	"raccordo/host/internal/printing"
)

func TestAdapt(t *testing.T) {
	caps := pretend().caps
	own := caps
	own.Fields |= ownSize
	custom := printing.Sheet{Name: "custom", Width: 1050, Height: 1480}
	type fields struct {
		Fields                                uint32
		Orientation, Paper, Width, Length     int16
		Scale, Copies, Source, Duplex, Colour int16
		Nup                                   int
	}
	const always = dmOrientation | dmPaperSize | dmCopies | dmScale | dmDuplex | dmNup
	for name, row := range map[string]struct {
		ticket printing.Ticket
		caps   capabilities
		want   fields
	}{
		"A5": {printing.Ticket{Sheet: printing.A5}, caps,
			fields{Fields: always, Orientation: 1, Paper: 11, Scale: 100, Copies: 1, Duplex: 1, Nup: 2}},
		"A4 from a tray, twice": {printing.Ticket{Sheet: printing.A4, Tray: "4", Copies: 2, Pages: 1}, caps,
			fields{Fields: always | dmSource, Orientation: 1, Paper: 9, Scale: 100, Copies: 2, Source: 4, Duplex: 1, Nup: 2}},
		"a size of its own": {printing.Ticket{Sheet: custom}, own,
			fields{Fields: always | ownSize, Orientation: 1, Paper: 256, Width: 1050, Length: 1480, Scale: 100, Copies: 1, Duplex: 1, Nup: 2}},
		"a driver without words": {printing.Ticket{Sheet: printing.A5}, capabilities{},
			fields{Fields: always, Orientation: 1, Paper: 11, Scale: 100, Copies: 1, Duplex: 1, Nup: 2}},
		"in colour": {printing.Ticket{Sheet: printing.A5}, capabilities{Fields: dmColor},
			fields{Fields: always | dmColor, Orientation: 1, Paper: 11, Scale: 100, Copies: 1, Duplex: 1, Colour: 1, Nup: 2}},
	} {
		t.Run(name, func(t *testing.T) {
			user := fresh(16)
			before := bytes.Clone(user)
			d, _, err := adapt(user, row.ticket, row.caps)
			if err != nil {
				t.Fatal(err)
			}
			got := fields{
				d.fields(), d.get(atOrientation), d.get(atPaperSize), d.get(atPaperWidth), d.get(atPaperLength),
				d.get(atScale), d.get(atCopies), d.get(atSource), d.get(atDuplex), d.get(atColor),
				int(binary.LittleEndian.Uint32(d[atNup:])),
			}
			if diff := cmp.Diff(row.want, got); diff != "" {
				t.Error(diff)
			}
			if !bytes.Equal(d[220:], before[220:]) {
				t.Error("the driver's own bytes were touched")
			}
			if !bytes.Equal(user, before) {
				t.Error("the user's settings were changed")
			}
		})
	}
}

// An old driver has a shorter structure: what it does not have is not written.
func TestAdaptShort(t *testing.T) {
	const short = 148
	own := bytes.Repeat([]byte{7}, 60) // where a longer structure has dmNup
	user := append(fresh(0)[:short:short], own...)
	binary.LittleEndian.PutUint16(user[atSize:], short)
	binary.LittleEndian.PutUint16(user[atDriverExtra:], uint16(len(own)))
	d, _, err := adapt(user, printing.Ticket{Sheet: printing.A5}, pretend().caps)
	if err != nil || !bytes.Equal(d[short:], own) || d.get(atPaperSize) != paperA5 {
		t.Errorf("%v, %x", err, d)
	}
}

func TestChoose(t *testing.T) {
	list := []paper{
		{ID: 10, Width: 2100, Height: 2970},                  // DMPAPER_A4SMALL
		{ID: 9, Width: 2099, Height: 2970},                   //
		{ID: 500, Width: 1480, Height: 2100},                 // a maker's A5
		{ID: 501, Width: 1485, Height: 2099},                 //
		{ID: 70, Width: 1050, Height: 1480},                  // A6
		{ID: 78, Width: 2100, Height: 1480},                  // A5 turned
		{ID: 502, Name: "Modulo", Width: 2030, Height: 3300}, //
	}
	for name, row := range map[string]struct {
		sheet printing.Sheet
		list  []paper
		id    int16
		ok    bool
	}{
		"the standard's":        {printing.A4, list, 9, true},
		"the maker's":           {printing.A5, list, 500, true},
		"by size":               {printing.Sheet{Name: "custom", Width: 2025, Height: 3300}, list, 502, true},
		"none":                  {printing.Sheet{Name: "custom", Width: 2041, Height: 3300}, list, 0, false},
		"custom of size A4":     {printing.Sheet{Name: "custom", Width: 2100, Height: 2970}, list, 9, true},
		"no list":               {printing.A5, nil, 11, true},
		"no list, own size":     {printing.Sheet{Name: "custom", Width: 1, Height: 1}, nil, 0, false},
		"other size, same name": {printing.A5, []paper{{ID: 11, Width: 2159, Height: 2794}}, 0, false},
	} {
		t.Run(name, func(t *testing.T) {
			if id, ok := choose(row.sheet, capabilities{Papers: row.list}); ok != row.ok || ok && id != row.id {
				t.Errorf("%d, %v", id, ok)
			}
		})
	}
}

// Whatever a driver returns is refused or adapted, never read beyond its end.
func FuzzAdapt(f *testing.F) {
	f.Add([]byte(fresh(16)), "4", 1480, 2100)
	f.Add([]byte(fresh(0)[:80]), "", 10, 10)
	f.Fuzz(func(t *testing.T, raw []byte, tray string, width, height int) {
		c := pretend().caps
		c.Fields = ^uint32(0)
		tk := printing.Ticket{Sheet: printing.Sheet{Width: width, Height: height}, Tray: tray}
		d, _, err := adapt(raw, tk, c)
		if err != nil {
			return
		}
		if len(d) != len(raw) || d.get(atOrientation) != portrait || kept(d, tk) != nil {
			t.Errorf("%x", d)
		}
		if end := d.word(atSize); end <= len(d) && !bytes.Equal(d[end:], raw[end:]) {
			t.Error("the driver's own bytes were touched")
		}
	})
}
