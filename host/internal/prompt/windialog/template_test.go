package windialog

import (
	"encoding/binary"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/google/go-cmp/cmp"
)

// control is a DLGITEMTEMPLATE as it is read back.
type control struct {
	class, id           int
	style               uint32
	x, y, width, height int
	text                string
}

type reader struct {
	t *testing.T
	b []byte
	i int
}

func (r *reader) word() int {
	r.t.Helper()
	if r.i+2 > len(r.b) {
		r.t.Fatal("template too short")
	}
	r.i += 2
	return int(binary.LittleEndian.Uint16(r.b[r.i-2:]))
}
func (r *reader) long() uint32 { lo := r.word(); return uint32(lo) | uint32(r.word())<<16 }
func (r *reader) text() string {
	var all []uint16
	for {
		c := r.word()
		if c == 0 {
			return string(utf16.Decode(all))
		}
		all = append(all, uint16(c))
	}
}

// parse reads a template as Windows does.
func parse(t *testing.T, b []byte) (title string, width, height int, all []control) {
	t.Helper()
	r := &reader{t, b, 0}
	if style := r.long(); style&dsSetFont == 0 {
		t.Error("no font: the dialog would not follow the screen's resolution")
	}
	r.long()
	count := r.word()
	r.word()
	r.word()
	width, height = r.word(), r.word()
	if menu, class := r.word(), r.word(); menu != 0 || class != 0 {
		t.Error("menu or class")
	}
	title = r.text()
	if size, font := r.word(), r.text(); size != 9 || font != "MS Shell Dlg" {
		t.Errorf("font %q %d", font, size)
	}
	for range count {
		r.i = (r.i + 3) / 4 * 4
		c := control{style: r.long()}
		r.long()
		c.x, c.y, c.width, c.height, c.id = r.word(), r.word(), r.word(), r.word(), r.word()
		if r.word() != 0xFFFF {
			t.Fatal("a class by name")
		}
		c.class, c.text = r.word(), r.text()
		if r.word() != 0 {
			t.Error("creation data")
		}
		all = append(all, c)
	}
	if r.i != len(b) {
		t.Errorf("%d bytes left", len(b)-r.i)
	}
	return title, width, height, all
}

func TestTemplate(t *testing.T) {
	long := strings.Split(strings.Repeat("perché è così|", 12), "|")
	for _, row := range []struct {
		name   string
		layout Layout
		ids    []int
		enter  int
	}{
		{"PIN", Layout{Title: "Raccordo – PIN", Lines: long, Fault: []string{"Ultimo tentativo.", "Attenzione."}, Label: "PIN:", OK: "Collega", Cancel: "Annulla", Field: true},
			[]int{idFault, idText, idLabel, idField, idCancel, idOK}, idOK},
		{"no label", Layout{Title: "x", Lines: []string{"y"}, OK: "OK", Cancel: "Annulla", Field: true}, []int{idText, idField, idCancel, idOK}, idOK},
		{"leave", Layout{Title: "Consenso", Lines: long, OK: "Consenti", Cancel: "Annulla", CancelDefault: true}, []int{idText, idCancel, idOK}, idCancel},
		{"choice", Layout{Title: "Firma", Lines: long, OK: "Firma 200 documenti", Other: "Apri i documenti", Cancel: "Annulla", CancelDefault: true}, []int{idText, idOther, idCancel, idOK}, idCancel},
		{"message", Layout{Title: "Raccordo", Lines: []string{"Inserire il PIN sul lettore."}, OK: "Chiudi"}, []int{idText, idOK}, idOK},
	} {
		t.Run(row.name, func(t *testing.T) {
			title, width, height, all := parse(t, row.layout.template())
			if title != row.layout.Title {
				t.Errorf("title %q", title)
			}
			var ids []int
			for i, c := range all {
				ids = append(ids, c.id)
				if c.x < 0 || c.y < 0 || c.x+c.width > width || c.y+c.height > height {
					t.Errorf("control %d is not within the window: %+v of %d × %d", c.id, c, width, height)
				}
				for _, o := range all[:i] {
					if c.x < o.x+o.width && o.x < c.x+c.width && c.y < o.y+o.height && o.y < c.y+c.height {
						t.Errorf("controls %d and %d overlap", o.id, c.id)
					}
				}
				if c.class == classButton && (c.style&bsDefault != 0) != (c.id == row.enter) {
					t.Errorf("button %d: Enter presses another", c.id)
				}
				if hidden := c.style&esPassword != 0; c.class == classEdit && !hidden {
					t.Error("the PIN can be read on the screen")
				}
				if c.id == idText && c.text != strings.Join(row.layout.Lines, "\r\n") {
					t.Errorf("text %q", c.text)
				}
			}
			wantFirst := row.enter
			if row.layout.Field {
				wantFirst = idField
			}
			if first := int(row.layout.first()); first != wantFirst {
				t.Errorf("the keyboard writes to %d, want %d", first, wantFirst)
			}
			if diff := cmp.Diff(row.ids, ids); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestUTF8Of(t *testing.T) {
	for _, text := range []string{"", "12345", "pässwörd€", "😀1"} {
		got := utf8Of(utf16.Encode([]rune(text)))
		if string(got) != text {
			t.Errorf("%q, want %q", got, text)
		}
		if len(text) > 0 && cap(got) < 3*len(utf16.Encode([]rune(text))) {
			t.Error("grown: a copy was left behind")
		}
	}
	if got := utf8Of([]uint16{0xD83D}); string(got) != "�" {
		t.Errorf("half a pair: %q", got)
	}
}
