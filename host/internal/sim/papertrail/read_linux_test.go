//go:build cgo

package papertrail

import (
	"image"
	"math"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"raccordo/host/internal/sim/paper"
	"raccordo/host/internal/sim/pdftest"
)

// read is the first page of a sheet as somebody holds it who reads it.
func (k kind) read(t testing.TB, s paper.Sheet) *image.Gray {
	t.Helper()
	page := first(t, s, sharp)
	if page.Duplex {
		t.Error("printed on both sides")
	}
	picture, sides := page.Gray, []float64{float64(page.Rect.Dx()) / float64(page.DPI) * 25.4, float64(page.Rect.Dy()) / float64(page.DPI) * 25.4}
	if k.lying && s.Printer == onDriver {
		slices.Reverse(sides) // it turns pages to be read on a screen
	} else if k.lying {
		picture = pdftest.Clockwise(picture)
	}
	if w, h := k.size(t, s.Printer); math.Abs(sides[0]-w) > near || math.Abs(sides[1]-h) > near {
		t.Errorf("%s on %s: %.2f × %.2f mm", k.set.Paper, s.Printer, sides[0], sides[1])
	}
	return picture
}

// words are those of a PDF as it is read.
func (k kind) words(t testing.TB, s paper.Sheet) []word {
	t.Helper()
	if _, h := k.size(t, s.Printer); k.lying {
		return upright(words(t, s.Path), h)
	}
	return words(t, s.Path)
}

// says that the paper, the texts and the bar codes of a sheet are those that were asked for.
func (k kind) says(t testing.TB, s paper.Sheet, page *image.Gray) {
	t.Helper()
	if filepath.Ext(s.Path) == ".pdf" {
		w, h, turned, pages := info(t, s.Path)
		if width, height := k.size(t, s.Printer); pages != 1 || math.Abs(w-width) > near || math.Abs(h-height) > near || turned != 0 && s.Printer != onDriver {
			t.Errorf("%d pages of %.2f × %.2f mm, turned by %d", pages, w, h, turned)
		}
		text := strings.ToLower(strings.Join(strings.Fields(tool(t, "pdftotext", "-raw", s.Path, "-")), " "))
		for _, want := range k.texts {
			if !strings.Contains(text, strings.ToLower(want)) && !(k.from != nil && s.Printer == onDriver) { // fonts of others become pictures in PostScript
				t.Errorf("it does not say %q: %s", want, text)
			}
		}
	}
	if len(k.codes) == 0 {
		return
	}
	if got := codes(t, painted(t, page)); !slices.Equal(got, k.codes) && !(s.Printer == onRaster && unreadable(k)) {
		t.Errorf("at %d dpi zbar reads %q, not %q", sharp, got, k.codes)
	}
	if s.Printer == onPDF {
		if got := codes(t, drawn(t, s.Path, 2*sharp)); !slices.Equal(got, k.codes) {
			t.Errorf("at %d dpi zbar reads %q, not %q", 2*sharp, got, k.codes)
		}
	}
}

// ticket is what the driver was told.
func ticket(t testing.TB, k kind, s paper.Sheet) {
	t.Helper()
	want := map[string]string{"sides": "one-sided", "print-scaling": "none", "number-up": "1", "PageSize": k.set.Paper, "Duplex": "None"}
	if s.Printer == onDriver {
		delete(want, "Duplex") // it has none
	}
	for name, value := range want {
		if s.Options[name] != value {
			t.Errorf("%s=%q, not %q", name, s.Options[name], value)
		}
	}
	if !strings.HasPrefix(s.Title, "Raccordo ") || strings.Contains(s.Title, patient.Surname) {
		t.Errorf("named %q", s.Title)
	}
}
