package sheet_test

import (
	"fmt"
	"strings"
	"testing"

	"raccordo/host/internal/printing/sheet"
	"raccordo/host/internal/wire"
)

func TestBiancaSaysEverything(t *testing.T) {
	for _, id := range []string{"bianca", "bianca-verticale"} {
		w := white()
		w.Date = "2026-12-08"
		pdf, err := sheet.Bianca(layouts(t)[id], w, doctor(), morning)
		if err != nil {
			t.Fatal(err)
		}
		contains(t, text(t, pdf),
			"Dott.ssa Giulia Verdi", "Medico di medicina generale", "Riceve: lunedì–venerdì 9–12", "Codice fiscale del medico: VRDGLI75C41X000Q",
			"Bianchi Lucia", "Via dell'Unità d'Italia 12, 50123 Firenze (FI)", "BNCLCU50A41X002E",
			"1.", "AMOXICILLINA + ACIDO CLAVULANICO 875 mg + 125 mg, 12 compresse rivestite", "N. 2 (due)", "S. 1 compressa ogni 12 ore per 6 giorni, dopo i pasti", "Da dispensare una sola volta",
			"2.", "PARACETAMOLO", "N. 1 (una)", "Ripetibile: da dispensare al massimo cinque volte",
			"Note: Sospendere", "08/12/2026", "RICETTA BIANCA ELETTRONICA", "NRBE 0900B0000000123", "PIN 7F3K", "Timbro e firma del medico")
		if n := pages(t, pdf); n != 1 {
			t.Errorf("%s: %d sheets", id, n)
		}
	}
}

// TestBiancaWithoutAnything: only what the wire wants.
func TestBiancaWithoutAnything(t *testing.T) {
	w := wire.WhitePrescription{Name: "Rossi Mario", Items: []wire.WhiteItem{{Text: "Fisioterapia"}}}
	pdf, err := sheet.Bianca(layouts(t)["bianca"], w, wire.PrintDoctor{Name: "Dott. Ugo Neri"}, morning)
	if err != nil {
		t.Fatal(err)
	}
	all := text(t, pdf)
	contains(t, all, "Dott. Ugo Neri", "Rossi Mario", "Fisioterapia", "23/11/2026")
	for _, absent := range []string{"NRBE", "PIN", "ELETTRONICA", "Note", "Foglio", "N. ", "Ripetibile", "Codice fiscale"} {
		if strings.Contains(all, absent) {
			t.Errorf("%q in:\n%s", absent, all)
		}
	}
}

// TestBiancaGoesOnOnAFurtherSheet: each has its doctor, patient and number.
func TestBiancaGoesOnOnAFurtherSheet(t *testing.T) {
	w := white()
	w.Items = nil
	for i := range 10 {
		w.Items = append(w.Items, wire.WhiteItem{Text: fmt.Sprintf("FARMACO%d ", i+1) + strings.Repeat("con un nome assai lungo ", 6), Quantity: 1, Dosage: strings.Repeat("una compressa ", 12), Times: 10})
	}
	pdf, err := sheet.Bianca(layouts(t)["bianca"], w, doctor(), morning)
	if err != nil {
		t.Fatal(err)
	}
	all, n := text(t, pdf), pages(t, pdf)
	if n < 3 || n > 6 {
		t.Errorf("%d sheets", n)
	}
	for i := range n {
		contains(t, all, fmt.Sprintf("Foglio %d di %d", i+1, n))
	}
	for i := range w.Items {
		if strings.Count(all, fmt.Sprintf("FARMACO%d ", i+1)) != 1 {
			t.Errorf("item %d is not there once", i+1)
		}
	}
	for _, each := range []string{"Dott.ssa Giulia Verdi", "Bianchi Lucia", "Timbro e firma", "23/11/2026"} {
		if strings.Count(all, each) != n {
			t.Errorf("%q is not on each of %d sheets", each, n)
		}
	}
}

func TestBiancaRefuses(t *testing.T) {
	for name, row := range map[string]struct {
		spoil func(*wire.WhitePrescription)
		code  wire.ErrorCode
		field string
	}{
		"a long name":    {func(w *wire.WhitePrescription) { w.Name = strings.Repeat("PAROLA ", 17) }, wire.ErrPrintLayout, "paziente"},
		"a long note":    {func(w *wire.WhitePrescription) { w.Note = strings.Repeat("nota\n", 12) }, wire.ErrPrintLayout, "nota"},
		"Chinese drugs":  {func(w *wire.WhitePrescription) { w.Items[1].Text = "漢方" }, wire.ErrPrintGlyph, "righe[2].testo"},
		"a number lower": {func(w *wire.WhitePrescription) { w.NRBE = "abcde" }, wire.ErrPrintGlyph, "nrbe_barre"},
	} {
		t.Run(name, func(t *testing.T) {
			w := white()
			row.spoil(&w)
			_, err := sheet.Bianca(layouts(t)["bianca"], w, doctor(), morning)
			refused(t, err, row.code, row.field)
		})
	}
	w := white()
	w.Date = "2026-13-45"
	if _, err := sheet.Bianca(layouts(t)["bianca"], w, doctor(), morning); err == nil {
		t.Error("a date that does not exist is printed")
	}
}

// TestBiancaOfAForeigner: a code that Code 39 has no letters for is written only.
func TestBiancaOfAForeigner(t *testing.T) {
	w := white()
	w.CodiceFiscale, w.NRBE, w.PIN = "pass. x-12/é", "", ""
	pdf, err := sheet.Bianca(layouts(t)["bianca"], w, doctor(), morning)
	if err != nil {
		t.Fatal(err)
	}
	contains(t, text(t, pdf), w.CodiceFiscale)
}
