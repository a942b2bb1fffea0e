package sheet_test

import (
	"image"
	"math"
	"slices"
	"testing"

	"raccordo/host/internal/printing/sheet"
)

// near is what a form allows: 0.3 mm.
const near = 0.3

// TestRossaStandsWhereTheLayoutSays measures letters, ticks and bars.
func TestRossaStandsWhereTheLayoutSays(t *testing.T) {
	for _, id := range []string{"rossa", "rossa-orizzontale"} {
		t.Run(id, func(t *testing.T) {
			l := layouts(t)[id]
			p := visits()
			p.CodEsenzione, p.IndicazionePrescr, p.Altro, p.EsenteReddito, p.TipoRicetta = "048", "H", true, true, "UE"
			pdf, err := sheet.Rossa(l, p, doctor(), morning)
			if err != nil {
				t.Fatal(err)
			}
			const dpi = 400
			page := picture(t, pdf, dpi)
			seen := words(t, pdf)
			says := map[string]string{
				"codice_fiscale": p.CodiceAssistito, "esenzione": "048", "sigla_provincia": "FI", "asl": "201", "numero_confezioni": " 8",
				"tipo_ricetta": "UE", "data_cifre": "231126", "reddito": "X", "ricovero": "X", "altro": "X", "priorita_b": "X",
				"cognome_nome": "ROSSI", "indirizzo": "PIAZZA",
			}
			for _, f := range l.Fields {
				want := says[f.Name]
				switch {
				case f.Name == "codice_fiscale_barre":
					measureBars(t, page, dpi, f)
				case want == "":
				case f.Cells > 0:
					for i, letter := range want {
						cell := f.Width / float64(f.Cells)
						at(t, f.Name, seen, string(letter), f.X+(float64(i)+0.5)*cell, f.Y+f.Height/2)
					}
				case want == "X":
					at(t, f.Name, seen, want, f.X+f.Width/2, f.Y+f.Height/2)
				default:
					_, top, _, bottom := ink(page, dpi, f.X-1, f.Y-0.5, f.Width, f.Height+1)
					if math.Abs((top+bottom)/2-(f.Y+f.Height/2)) > near {
						t.Errorf("%s: its middle is at %.2f, want %.2f", f.Name, (top+bottom)/2, f.Y+f.Height/2)
					}
					if !slices.ContainsFunc(seen, func(w word) bool { return w.text == want && math.Abs(w.left-f.X) <= near }) {
						t.Errorf("%s: nothing begins at %.2f", f.Name, f.X)
					}
				}
			}
		})
	}
}

// at looks for a word that stands in the middle of a place. A letter's box reaches
// from its ascent to its descent: its middle is not that of the ink, so there is
// half a millimetre more in height.
func at(t *testing.T, field string, seen []word, text string, x, y float64) {
	t.Helper()
	if text == " " {
		return
	}
	for _, w := range seen {
		if w.text == text && math.Abs((w.left+w.right)/2-x) <= near && math.Abs((w.top+w.bottom)/2-y) <= near+0.5 {
			return
		}
	}
	t.Errorf("%s: no %q at %.2f, %.2f", field, text, x, y)
}

// measureBars: a Code 39 of 16 characters has 233 narrow widths (13 for each
// character with its gap, two asterisks more, no gap at the end).
func measureBars(t *testing.T, page *image.Gray, dpi int, f sheet.Field) {
	t.Helper()
	left, top, right, bottom := ink(page, dpi, f.X-2, f.Y-2, f.Width+4, f.Height+2.5)
	wide := 233 * f.Code39.Module
	begin := f.X
	if f.Align == "right" {
		begin = f.X + f.Width - wide
	}
	for what, pair := range map[string][2]float64{"left": {left, begin}, "right": {right, begin + wide}, "top": {top, f.Y}, "bottom": {bottom, f.Y + f.Height}} {
		if math.Abs(pair[0]-pair[1]) > 0.1 {
			t.Errorf("bar code, %s at %.2f, want %.2f", what, pair[0], pair[1])
		}
	}
}
