package sheet_test

import (
	"strconv"
	"testing"

	"github.com/google/go-cmp/cmp"

	"raccordo/host/internal/printing/sheet"
	"raccordo/host/internal/wire"
)

// TestEveryPatientsCodeIsRead by a scanner's software from what a laser printer
// makes: black or white dots, without grey.
func TestEveryPatientsCodeIsRead(t *testing.T) {
	for name, code := range map[string]string{
		"omocodia":       "BNCLCURLAQMXLLNK",
		"provisional":    "12345678903",
		"STP":            "STP0900101234567",
		"ENI":            "ENI0900107654321",
		"widest letters": "WWWWWWWWWWWWWWWW",
		"signs":          "0-1. 2$3/4+5%",
	} {
		t.Run(name, func(t *testing.T) {
			p := drugs()
			p.CodiceAssistito = code
			pdf, err := sheet.Rossa(layouts(t)["rossa"], p, doctor(), morning)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff([]string{code}, scan(t, pdf, 300, 70)); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func TestEverySheetsCodesAreRead(t *testing.T) {
	l := layouts(t)
	for name, want := range map[string][]string{
		"rossa": {"BNCLCU50A41X002E"}, "rossa-orizzontale": {"BNCLCU50A41X002E"},
		"bianca": {"0900B0000000123", "7F3K", "BNCLCU50A41X002E"}, "bianca-verticale": {"0900B0000000123", "7F3K", "BNCLCU50A41X002E"},
		"promemoria": {"0000000107", "0900A", "BNCLCU50A41X002E"},
	} {
		down := 70
		if name == "bianca-verticale" {
			down = 190
		}
		for _, dpi := range []int{300, 600} {
			t.Run(name+" at "+strconv.Itoa(dpi), func(t *testing.T) {
				if diff := cmp.Diff(want, scan(t, sample(t, l[name]), dpi, down)); diff != "" {
					t.Errorf("-want +got:\n%s", diff)
				}
			})
		}
	}
}

// scan reads the part of a page, so many millimetres from above, where its bar
// codes stand.
func scan(t *testing.T, pdf []byte, dpi, down int) []string {
	t.Helper()
	return codes(t, raster(t, pdf, dpi, ".pbm", "-mono", "-x", "0", "-y", "0", "-W", strconv.Itoa(210*dpi*10/254), "-H", strconv.Itoa(down*dpi*10/254)))
}

// sample is a sheet of a layout.
func sample(t testing.TB, l sheet.Layout) []byte {
	t.Helper()
	var pdf []byte
	var err error
	switch l.Kind {
	case wire.SheetBianca:
		pdf, err = sheet.Bianca(l, white(), doctor(), morning)
	case wire.SheetPromemoria:
		pdf, err = sheet.Promemoria(l, drugs(), doctor(), slip())
	default:
		pdf, err = sheet.Rossa(l, drugs(), doctor(), morning)
	}
	if err != nil {
		t.Fatal(err)
	}
	return pdf
}
