package winspool

import (
	"encoding/binary"
	"testing"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"raccordo/host/internal/wire"
)

// padded is text in a field of so many UTF-16 units.
func padded(units int, all ...string) []byte {
	var b []byte
	for _, s := range all {
		field := make([]uint16, units)
		copy(field, utf16.Encode([]rune(s)))
		for _, u := range field {
			b = binary.LittleEndian.AppendUint16(b, u)
		}
	}
	return b
}

func words(all ...uint16) []byte {
	var b []byte
	for _, w := range all {
		b = binary.LittleEndian.AppendUint16(b, w)
	}
	return b
}

func points(all ...int32) []byte {
	var b []byte
	for _, p := range all {
		b = binary.LittleEndian.AppendUint32(b, uint32(p))
	}
	return b
}

func TestPapers(t *testing.T) {
	long := "Una carta il cui nome riempie tutto il campo che Windows le dà.." // 64, without a zero
	names := padded(paperName, "A4", "A5 (148 x 210 mm)", "A5 girato", "Modulo", "A4 piccolo", long)
	sizes := points(2100, 2970, 1485, 2099, 2100, 1480, 2000, 3000, 2100, 2970, 900, 1000)
	got := parsePapers(words(9, 11, 78, 300, 10, 301), names, sizes)
	if len(got) != 6 || got[5].Name != long || got[3] != (paper{300, "Modulo", 2000, 3000}) {
		t.Errorf("%+v", got)
	}
	want := []wire.Paper{
		{Name: "A4", Width: 2100, Height: 2970}, {Name: "A5", Width: 1485, Height: 2099},
		{Name: "Modulo", Width: 2000, Height: 3000}, {Name: long, Width: 900, Height: 1000},
	}
	if diff := cmp.Diff(want, sheets(capabilities{Papers: got})); diff != "" {
		t.Error(diff)
	}
	// A driver that names fewer than it has, and one paper without a size.
	got = parsePapers(words(9, 11), names[:2*paperName], points(2100, 2970, 0, 0))
	if diff := cmp.Diff([]paper{{9, "A4", 2100, 2970}}, got); diff != "" {
		t.Error(diff)
	}
}

func TestTrays(t *testing.T) {
	bins := parseBins(words(7, 15, 1, 4, 258, 0xFFFE), padded(binName, "Automatico", "Carta", "Cassetto 1 ", "", "Opzionale"))
	want := []wire.Tray{
		{ID: "1", Name: "Cassetto 1"}, {ID: "4", Name: "Inserimento manuale"},
		{ID: "258", Name: "Opzionale"}, {ID: "-2", Name: "Vassoio -2"},
	}
	if diff := cmp.Diff(want, trays(capabilities{Bins: bins})); diff != "" {
		t.Error(diff)
	}
}

func FuzzPapers(f *testing.F) {
	f.Add(words(9, 11), padded(paperName, "A4", "A5"), points(2100, 2970, 1480, 2100))
	f.Add([]byte{1}, []byte{0, 0xd8}, []byte{})
	f.Fuzz(func(t *testing.T, ids, names, sizes []byte) {
		c := capabilities{Papers: parsePapers(ids, names, sizes), Bins: parseBins(ids, names)}
		for _, p := range sheets(c) {
			if p.Width <= 0 || p.Height < p.Width || p.Name == "" || !utf8.ValidString(p.Name) {
				t.Errorf("%+v", p)
			}
		}
		for _, tray := range trays(c) {
			if tray.ID == "" || tray.Name == "" || !utf8.ValidString(tray.Name) {
				t.Errorf("%+v", tray)
			}
		}
	})
}
