package sheet_test

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"

	"raccordo/host/internal/printing"
	"raccordo/host/internal/printing/sheet"
	"raccordo/host/internal/wire"
)

// TestSheetsAreSoundAndOfTheirSize by others' readers.
func TestSheetsAreSoundAndOfTheirSize(t *testing.T) {
	for id, l := range layouts(t) {
		t.Run(id, func(t *testing.T) {
			pdf := sample(t, l)
			name := file(t, pdf)
			if out := run(t, "qpdf", "--check", name); !strings.Contains(out, "No syntax or stream encoding errors") {
				t.Error(out)
			}
			info := run(t, "pdfinfo", "-box", name)
			var width, height float64
			for line := range strings.Lines(info) {
				if rest, ok := strings.CutPrefix(line, "Page size:"); ok {
					if _, err := fmt.Sscanf(strings.TrimSpace(rest), "%f x %f pts", &width, &height); err != nil {
						t.Fatal(err)
					}
				}
			}
			if w, h := width*25.4/72, height*25.4/72; w < l.Width-0.05 || w > l.Width+0.05 || h < l.Height-0.05 || h > l.Height+0.05 {
				t.Errorf("%.2f × %.2f mm, want %g × %g", w, h, l.Width, l.Height)
			}
			for _, private := range []string{"BIANCHI", "BNCLCU", "0900A", "Verdi"} {
				if strings.Contains(info, private) {
					t.Errorf("the document's properties tell %q", private)
				}
			}
			if !bytes.Equal(pdf, sample(t, l)) {
				t.Error("drawn again it has other bytes")
			}
			if len(pdf) > 12<<10 {
				t.Errorf("%d bytes", len(pdf))
			}
		})
	}
}

// FuzzParse: a layout is foreign: it is refused, or a sheet comes out of it.
func FuzzParse(f *testing.F) {
	f.Add([]byte(good))
	for _, l := range []string{"rossa", "bianca", "promemoria"} {
		f.Add([]byte(strings.Replace(good, `"bianca"`, `"`+l+`"`, 1)))
	}
	f.Add([]byte("kind = \"rossa\"\nwidth = inf\nheight = 1e308"))
	f.Fuzz(func(t *testing.T, data []byte) {
		l, err := sheet.Parse("fuzz", data)
		if err != nil {
			return
		}
		var pdf []byte
		switch l.Kind {
		case wire.SheetBianca:
			pdf, err = sheet.Bianca(l, white(), doctor(), morning)
		case wire.SheetPromemoria:
			pdf, err = sheet.Promemoria(l, drugs(), doctor(), slip())
		case wire.SheetRossa:
			pdf, err = sheet.Rossa(l, drugs(), doctor(), morning)
		}
		drawnOrRefused(t, pdf, err)
		pdf, err = sheet.Test(l, wire.PrinterSettings{Kind: l.Kind, Paper: "A5", Orientation: "auto", OffsetX: 12, OffsetY: -500})
		drawnOrRefused(t, pdf, err)
	})
}

// FuzzRossa: what a page sends is drawn, or refused with a code.
func FuzzRossa(f *testing.F) {
	f.Add("BIANCHI LUCIA", "BNCLCU50A41X002E", "E01", "è in terapia", "LEVETIRACETAM", "1 cpr\nx 2", 2)
	f.Add("漢", "\xff", "\x00", "\u202e", strings.Repeat("W", 1000), "Â\u00a0", -1)
	l := layouts(f)
	f.Fuzz(func(t *testing.T, name, code, exemption, diagnosis, drug, dosage string, quantity int) {
		p := wire.Prescription{TipoPrescrizione: "F", CognomeNome: name, Indirizzo: diagnosis, CodiceAssistito: code, CodEsenzione: exemption, DescrizioneDiagnosi: diagnosis, ClassePriorita: exemption, DataNascitaEstero: name}
		p.Dettagli = []wire.PrescriptionItem{{DescrProdPrest: drug, Posologia: dosage, Quantita: quantity, Stupefacente: "TDL"}, {CodProdPrest: drug, Quantita: quantity, NotaAIFA: dosage}}
		pdf, err := sheet.Rossa(l["rossa"], p, doctor(), morning)
		drawnOrRefused(t, pdf, err)
		w := wire.WhitePrescription{Name: name, CodiceFiscale: code, Note: diagnosis, NRBE: exemption, Items: []wire.WhiteItem{{Text: drug, Dosage: dosage, Quantity: quantity, Times: quantity}}}
		pdf, err = sheet.Bianca(l["bianca"], w, doctor(), morning)
		drawnOrRefused(t, pdf, err)
	})
}

func drawnOrRefused(t *testing.T, pdf []byte, err error) {
	t.Helper()
	var fault *printing.Error
	switch {
	case err == nil && !bytes.HasPrefix(pdf, []byte("%PDF-")):
		t.Error("neither a document nor an error")
	case err != nil && !errors.As(err, &fault):
		t.Errorf("an error without a code: %v", err)
	}
}
