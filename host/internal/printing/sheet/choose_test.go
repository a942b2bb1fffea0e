package sheet_test

import (
	"testing"

	"raccordo/host/internal/printing/sheet"
	"raccordo/host/internal/wire"
)

func TestChoose(t *testing.T) {
	all := layouts(t)
	for name, row := range map[string]struct {
		id   string
		set  wire.PrinterSettings
		want string
	}{
		"red form upright":            {"rossa", wire.PrinterSettings{Kind: wire.SheetRossa, Paper: "A5", Orientation: "portrait"}, "rossa"},
		"red form as its layout says": {"rossa", wire.PrinterSettings{Kind: wire.SheetRossa, Paper: "A5", Orientation: "auto"}, "rossa"},
		"red form lying":              {"rossa", wire.PrinterSettings{Kind: wire.SheetRossa, Paper: "A5", Orientation: "landscape"}, "rossa-orizzontale"},
		"the region's is lying":       {"rossa-orizzontale", wire.PrinterSettings{Kind: wire.SheetRossa, Paper: "A5", Orientation: "auto"}, "rossa-orizzontale"},
		"red form within A4":          {"rossa", wire.PrinterSettings{Kind: wire.SheetRossa, Paper: "A4", Orientation: "portrait"}, "rossa"},
		"white on A5":                 {"bianca", wire.PrinterSettings{Kind: wire.SheetBianca, Paper: "A5", Orientation: "auto"}, "bianca"},
		"white on A5 upright":         {"bianca", wire.PrinterSettings{Kind: wire.SheetBianca, Paper: "A5", Orientation: "portrait"}, "bianca-verticale"},
		"white on A4":                 {"bianca", wire.PrinterSettings{Kind: wire.SheetBianca, Paper: "A4", Orientation: "auto"}, "bianca"},
		"white on a card":             {"bianca", wire.PrinterSettings{Kind: wire.SheetBianca, Paper: "custom", Width: 1000, Height: 1500, Orientation: "auto"}, "bianca"},
		"promemoria on A5":            {"promemoria", wire.PrinterSettings{Kind: wire.SheetPromemoria, Paper: "A5", Orientation: "auto"}, "promemoria"},
	} {
		t.Run(name, func(t *testing.T) {
			l, err := sheet.Choose(all, row.id, row.set)
			if err != nil || l.ID != row.want {
				t.Errorf("%s, %v; want %s", l.ID, err, row.want)
			}
		})
	}
	_, err := sheet.Choose(all, "rosso", wire.PrinterSettings{Kind: wire.SheetRossa, Paper: "A5"})
	refused(t, err, wire.ErrPrintForm, "rosso")
	_, err = sheet.Choose(all, "bianca", wire.PrinterSettings{Kind: wire.SheetRossa, Paper: "A5"})
	refused(t, err, wire.ErrPrintForm, "bianca")
}
