package sheet_test

import (
	"fmt"
	"image"
	"math"
	"strings"
	"testing"

	"raccordo/host/internal/printing/sheet"
	"raccordo/host/internal/wire"
)

// exact is what a ruler is allowed: less than two dots at 600 to the inch.
const exact = 0.08

func TestRulersAreExact(t *testing.T) {
	for name, row := range map[string]struct {
		set           wire.PrinterSettings
		width, height float64
	}{
		"A5 upright": {wire.PrinterSettings{Kind: wire.SheetRossa, Paper: "A5", Orientation: "portrait", OffsetX: 31, OffsetY: -17}, 148, 210},
		"A5 lying":   {wire.PrinterSettings{Kind: wire.SheetBianca, Paper: "A5", Orientation: "auto"}, 210, 148},
		"a form":     {wire.PrinterSettings{Kind: wire.SheetPromemoria, Paper: "custom", Width: 1055, Height: 1500, Orientation: "auto"}, 105.5, 150},
	} {
		t.Run(name, func(t *testing.T) {
			pdf, err := sheet.Test(layouts(t)[string(row.set.Kind)], row.set)
			if err != nil {
				t.Fatal(err)
			}
			const dpi = 600
			page := picture(t, pdf, dpi)
			// 3 mm from each edge only the ruler's own ticks are crossed
			onScale(t, "upper", ticks(page, dpi, 0.5, 3, row.width-12, true), 1)
			onScale(t, "lower", ticks(page, dpi, 12, row.height-3, row.width-1, true), 12)
			onScale(t, "left", ticks(page, dpi, 3, 12, row.height-1, false), 12)
			onScale(t, "right", ticks(page, dpi, row.width-3, 0.5, row.height-12, false), 1)
		})
	}
}

// ticks are the middles of the strokes that a line crosses, in millimetres.
func ticks(page *image.Gray, dpi int, x, y, end float64, across bool) (found []float64) {
	dots := float64(dpi) / 25.4
	along, fixed := x, y
	if !across {
		along, fixed = y, x
	}
	start := -1
	for i := int(along * dots); i < int(end*dots); i++ {
		px, py := i, int(fixed*dots)
		if !across {
			px, py = int(fixed*dots), i
		}
		switch dark := page.GrayAt(px, py).Y < 0xc0; {
		case dark && start < 0:
			start = i
		case !dark && start >= 0:
			found = append(found, float64(start+i)/2/dots)
			start = -1
		}
	}
	return found
}

func onScale(t *testing.T, edge string, found []float64, first int) {
	t.Helper()
	if len(found) < 60 {
		t.Fatalf("%s: %d ticks", edge, len(found))
	}
	for i, at := range found {
		if want := float64(first + i); math.Abs(at-want) > exact {
			t.Fatalf("%s: a tick at %.3f mm, want %.0f", edge, at, want)
		}
	}
}

// TestTheCrosshairMovesByTheOffset: +5 to the right and -3 down are so much.
func TestTheCrosshairMovesByTheOffset(t *testing.T) {
	for name, offset := range map[string][2]int{"none": {0, 0}, "+5 -3": {50, -30}, "-0.7 +1.2": {-7, 12}} {
		t.Run(name, func(t *testing.T) {
			set := wire.PrinterSettings{Kind: wire.SheetBianca, Paper: "A5", Orientation: "portrait", OffsetX: offset[0], OffsetY: offset[1]}
			pdf, err := sheet.Test(layouts(t)["bianca"], set)
			if err != nil {
				t.Fatal(err)
			}
			const dpi = 300
			page := picture(t, pdf, dpi)
			for _, nominal := range [][2]float64{{20, 20}, {74, 105}} {
				x, y := nominal[0]+float64(offset[0])/10, nominal[1]+float64(offset[1])/10
				left, top, right, bottom := ink(page, dpi, x-6.2, y-6.2, 12.4, 12.4)
				if math.Abs((left+right)/2-x) > 0.15 || math.Abs((top+bottom)/2-y) > 0.15 {
					t.Errorf("middle at %.2f, %.2f; want %.2f, %.2f", (left+right)/2, (top+bottom)/2, x, y)
				}
			}
		})
	}
}

func TestTestPageSaysItsSettings(t *testing.T) {
	set := wire.PrinterSettings{Kind: wire.SheetRossa, Printer: "HP LaserJet studio", Paper: "A5", Tray: "Tray-2", Orientation: "auto", Copies: 2, Scale: 97, OffsetX: 300, OffsetY: -3}
	pdf, err := sheet.Test(layouts(t)["rossa"], set)
	if err != nil {
		t.Fatal(err)
	}
	contains(t, text(t, pdf), "Pagina di prova: Rosse cartacee (Modulo SSN)", "Stampante: HP LaserJet studio", "Carta: A5, 148,0 × 210,0 mm, letta in verticale", "Vassoio: Tray-2",
		"Copie: 2", "Scala: 97 %", "Spostamento orizzontale: +30,0 mm (a destra)", "Spostamento verticale: -0,3 mm (in alto)", "verso di inserimento",
		"Nuovo spostamento = spostamento attuale", "escono dal foglio: codice_fiscale_barre", "cognome_nome")
	pdf, err = sheet.Test(layouts(t)["rossa-orizzontale"], wire.PrinterSettings{Kind: wire.SheetRossa, Paper: "A5", Orientation: "auto"})
	if err != nil {
		t.Fatal(err)
	}
	contains(t, text(t, pdf), "210,0 × 148,0 mm, letta in orizzontale", "Stampante: non scelta", "scelto dalla stampante", "Spostamento orizzontale: 0,0 mm", "100 %, ridotta solo se")
}

// TestTestPageOfAnySettings: whatever can be configured has a page, all on the sheet.
func TestTestPageOfAnySettings(t *testing.T) {
	for _, kind := range wire.SheetKinds {
		for _, paper := range []string{"A4", "A5", "custom"} {
			for _, orientation := range []string{"auto", "portrait", "landscape"} {
				for _, offset := range []int{-500, 0, 500} {
					set := wire.PrinterSettings{Kind: kind, Paper: paper, Width: 700, Height: 4000, Orientation: orientation, OffsetX: offset, OffsetY: -offset, Printer: strings.Repeat("漢 stampante ", 20)}
					if paper == "custom" && orientation == "auto" {
						set.Width, set.Height = 500, 500
					}
					if _, err := sheet.Test(layouts(t)[string(kind)], set); err == nil {
						t.Errorf("%+v: a name that no font has", set)
					}
					set.Printer = fmt.Sprint("Ufficio ", strings.Repeat("lungo ", 40))
					if _, err := sheet.Test(layouts(t)[string(kind)], set); err != nil {
						t.Errorf("%+v: %v", set, err)
					}
				}
			}
		}
	}
	if _, err := sheet.Test(layouts(t)["bianca"], wire.PrinterSettings{Kind: wire.SheetBianca, Paper: "custom", Width: 10, Height: 10}); err == nil {
		t.Error("a stamp has a test page")
	}
}
