package sheet_test

import (
	"os"
	"testing"

	"raccordo/host/internal/printing/sheet"
	"raccordo/host/internal/wire"
)

func TestScratch(t *testing.T) {
	l := layouts(t)
	out := func(name string, b []byte, err error) {
		if err != nil {
			t.Errorf("%s: %v", name, err)
			return
		}
		os.WriteFile("/tmp/w/sheets/"+name+".pdf", b, 0o600)
	}
	b, err := sheet.Rossa(l["rossa"], drugs(), doctor(), morning)
	out("rossa-f", b, err)
	b, err = sheet.Rossa(l["rossa"], visits(), doctor(), morning)
	out("rossa-p", b, err)
	b, err = sheet.Rossa(l["rossa-orizzontale"], drugs(), doctor(), morning)
	out("rossao-f", b, err)
	b, err = sheet.Rossa(l["rossa-orizzontale"], visits(), doctor(), morning)
	out("rossao-p", b, err)
	b, err = sheet.Test(l["rossa-orizzontale"], wire.PrinterSettings{Kind: "rossa", Paper: "A5", Orientation: "auto", Copies: 1, OffsetX: 150})
	out("test-rossao", b, err)
	b, err = sheet.Bianca(l["bianca"], white(), doctor(), morning)
	out("bianca", b, err)
	b, err = sheet.Promemoria(l["promemoria"], drugs(), doctor(), slip())
	out("promemoria-f", b, err)
	b, err = sheet.Promemoria(l["promemoria"], visits(), doctor(), slip())
	out("promemoria-p", b, err)
	b, err = sheet.Test(l["rossa"], wire.PrinterSettings{Kind: "rossa", Paper: "A5", Printer: "HP LaserJet studio", Orientation: "portrait", Copies: 1, OffsetX: 25, OffsetY: -13})
	out("test-rossa", b, err)
	b, err = sheet.Test(l["bianca"], wire.PrinterSettings{Kind: "bianca", Paper: "A5", Orientation: "auto", Copies: 1})
	out("test-bianca", b, err)
	b, err = sheet.Test(l["promemoria"], wire.PrinterSettings{Kind: "promemoria", Paper: "A4", Orientation: "auto", Copies: 1})
	out("test-promemoria", b, err)
}
