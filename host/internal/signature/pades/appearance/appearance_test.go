package appearance

import (
	"encoding/binary"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

var words = Words{
	Name: "Nicolò Provà Ștefănescu", At: time.Date(2026, 7, 14, 18, 5, 9, 0, time.FixedZone("CEST", 7200)),
	Reason: "Approvazione del profilo sanitario sintetico: perché è così", Location: "Torino",
}

func painted(t testing.TB, width, height float64) *painter {
	t.Helper()
	regular, err := load("regular.ttf", "R")
	if err != nil {
		t.Fatal(err)
	}
	bold, err := load("semibold.ttf", "B")
	if err != nil {
		t.Fatal(err)
	}
	return &painter{width: width, height: height, regular: regular, bold: bold}
}

// Whatever the box, the lines are in it, and the name is among them.
func TestFit(t *testing.T) {
	for width := 30.0; width < 600; width += 37 {
		for height := 10.0; height < 300; height += 19 {
			p := painted(t, width, height)
			lines, tall := p.fit(words, width, height)
			if len(lines) == 0 || tall > height+0.01 {
				t.Errorf("%v x %v: %d lines, %v high", width, height, len(lines), tall)
			}
			text := ""
			for _, l := range lines {
				text += l.text
				if w := l.font.Width(l.text, l.size); w > width+0.01 {
					t.Errorf("%v x %v: %q is %v wide", width, height, l.text, w)
				}
			}
			if width > 100 && !strings.Contains(text, "Nicolò") {
				t.Errorf("%v x %v: no name in %q", width, height, text)
			}
		}
	}
}

func TestWrap(t *testing.T) {
	p := painted(t, 100, 100)
	for _, row := range []struct {
		text  string
		width float64
		most  int
		want  []string
		whole bool
	}{
		{"uno due tre", 1000, 1, []string{"uno due tre"}, true},
		{"uno due tre", 40, 3, []string{"uno due", "tre"}, true},
		{"uno due tre", 40, 1, []string{"uno du…"}, false},
		{"Supercalifragilistico", 60, 3, []string{"Supercalifragil", "istico"}, true},
		{"", 60, 3, []string{""}, true},
		{"àà", 1, 3, []string{"à", "à"}, true},
	} {
		got, whole := wrap(row.text, p.regular, 10, row.width, row.most)
		if diff := cmp.Diff(row.want, got); diff != "" || whole != row.whole {
			t.Errorf("%q in %v: %v %s", row.text, row.width, whole, diff)
		}
	}
}

// The embedded font has the letters that are used.
func TestSubset(t *testing.T) {
	f := painted(t, 1, 1).regular
	codes := f.encode("Più àà")
	file := f.Subset()
	if n := int(binary.BigEndian.Uint16(codes[8:])); n == 0 || f.runes[n] != 'à' {
		t.Errorf("à is glyph %d, %q", n, f.runes[n])
	}
	if len(file) > 4000 || len(f.Widths()) != len(f.used) || sum(file) != 0xb1b0afba {
		t.Errorf("%d bytes, %d widths of %d glyphs, sum %x", len(file), len(f.Widths()), len(f.used), sum(file))
	}
	for _, c := range "Piùà " {
		if want := fmt.Sprintf("<%04X>", c); !strings.Contains(string(f.ToUnicode()), want) {
			t.Errorf("no %s", want)
		}
	}
}

// What names in Italy are written with; no glyph is made of others.
func TestLetters(t *testing.T) {
	p := painted(t, 1, 1)
	for _, f := range []*Font{p.regular, p.bold} {
		for c, glyph := range f.glyphs {
			if o := f.outline(glyph); len(o) > 0 && o[0] >= 0x80 {
				t.Errorf("%s: %c is made of other glyphs", f.Name, c)
			}
		}
		for _, c := range "ÀÈÉÌÍÎÒÓÙÚàèéìíîòóùúÄÖÜäöüßÇçÑñŠšŽžČčĆćĐđŁłŞşȘșȚțĂăÂâĞğİıŐőŰű’–…€" {
			if f.glyphs[c] == 0 {
				t.Errorf("%s has no %c", f.Name, c)
			}
		}
	}
}
