//go:build cgo

package papertrail

import (
	"encoding/base64"
	"slices"
	"testing"

	"raccordo/host/internal/sim/anagrafe"
	"raccordo/host/internal/sim/pdftest"
	"raccordo/host/internal/wire"
)

var patient = anagrafe.Patients()[0]

var author = &wire.PrintDoctor{Name: "Dott.ssa Prova Giulia", Lines: []string{"Medico di medicina generale", "Via di Prova 1, 50123 Firenze", "tel. 055 0000000"}}

// prescription is one that fills most of a form.
func prescription(id string) wire.Prescription {
	return wire.Prescription{
		ClientID: id, TipoPrescrizione: "F", CodiceAssistito: patient.CF, TipoVisita: "A", CodEsenzione: "031", ProvinciaAssistito: "FI", ASLAssistito: "201",
		CognomeNome: patient.Surname + " " + patient.Name, Indirizzo: "VIA GARIBALDI 12, 50123 FIRENZE (FI)",
		Dettagli: []wire.PrescriptionItem{{
			CodProdPrest: "037123015", DescrProdPrest: "RAMIPRIL 5 MG 28 COMPRESSE", CodGruppoEquival: "H6A",
			DescrGruppoEquival: "RAMIPRIL 5 MG 28 UNITÀ USO ORALE", Quantita: 2, Note: "1 compressa al mattino",
		}},
	}
}

var white = &wire.WhitePrescription{
	CodiceFiscale: patient.CF, Name: "BIANCHI LUCIA", Address: "Via Garibaldi 12, Firenze", Date: "2026-11-23", NRBE: "1300B4019294833", PIN: "1234",
	Items: []wire.WhiteItem{{Text: "Melatonina 1 mg compresse", Quantity: 1, Dosage: "1 compressa la sera", Times: 3}, {Text: "Lacrime artificiali collirio", Quantity: 2}},
	Note:  "Controllo tra un mese: perché è così.",
}

// letter is a document of somebody else's, made by librsvg and cairo.
const letter = `<svg xmlns="http://www.w3.org/2000/svg" width="793.7" height="1122.5" viewBox="0 0 210 297"><g font-family="DejaVu Sans" font-size="4">` +
	`<text x="25" y="30">Relazione per lo specialista, perché è così</text><text x="25" y="150">In mezzo al foglio sta questa riga</text>` +
	`<text x="25" y="280">Ultima riga della prima pagina</text></g><rect x="12" y="12" width="6" height="6"/><rect x="190" y="12" width="6" height="3"/>` +
	`<rect x="12" y="278" width="3" height="6"/><path d="M30 60 H180 V120 H30 Z M30 60 L180 120" fill="none" stroke="#000" stroke-width=".5"/></svg>`

// kind is one kind of sheet as it is printed.
type kind struct {
	name   string
	item   wire.PrintItem
	set    wire.PrinterSettings // without a printer
	lying  bool                 // read with the paper's longer side across
	codes  []string             // bar codes
	texts  []string             // that must be read on it
	from   []byte               // what was sent; nil: the agent draws it
	layout string               // by which the agent draws it
	values map[string]string    // of the layout's fields that are measured
	image  string               // docs/img/print-….png
}

// received are the promemoria as the region gave it, and the one that it did not give.
func (o *office) received() []kind {
	t := o.t
	nre, auth := o.sends(prescription("ricevuto"))
	given := o.region.last()
	o.region.keep(true)
	own := prescription("disegnato")
	drawn, drawnAuth := o.sends(own)
	o.region.keep(false)
	if r := asked[wire.SendResult](o, o.lab.Clinic.URL, "prescription.send", wire.SendParams{Prescriptions: []wire.Prescription{own}}).Results[0]; r.HasPromemoria {
		t.Error("the agent has a promemoria that it was not given")
	}
	slip := wire.PrintItem{Kind: "promemoria", NRE: nre}
	codes := func(nre string) []string { return []string{nre[5:], nre[:5], patient.CF} }
	texts := []string{patient.CF, auth, "RAMIPRIL 5 MG 28 COMPRESSE", "promemoria per l'assistito"}
	return []kind{
		{name: "Promemoria ricevuto, A4", item: slip, set: settings(wire.SheetPromemoria, "A4", "auto"), codes: codes(nre), from: given, texts: texts},
		{name: "Promemoria ricevuto, A5", item: slip, set: settings(wire.SheetPromemoria, "A5", "auto"), lying: true, codes: codes(nre), from: given, texts: texts, image: "promemoria"},
		{
			name: "Promemoria disegnato, A4", item: wire.PrintItem{Kind: "promemoria", NRE: drawn, Prescription: &own}, set: settings(wire.SheetPromemoria, "A4", "auto"),
			codes: codes(drawn), texts: []string{patient.CF, drawnAuth, "RAMIPRIL 5 MG 28", "PROMEMORIA PER L'ASSISTITO"}, image: "promemoria-disegnato",
			layout: "promemoria", values: map[string]string{"nre_1": drawn[:5], "nre_2": drawn[5:], "codice_fiscale_barre": patient.CF},
		},
	}
}

func settings(kind wire.SheetKind, paper, orientation string) wire.PrinterSettings {
	return wire.PrinterSettings{Kind: kind, Paper: paper, Orientation: orientation}
}

// kinds are all of them.
func (o *office) kinds() []kind {
	t := o.t
	form := prescription("carta")
	rossa := wire.PrintItem{Kind: "rossa", Prescription: &form, Doctor: author}
	bianca := wire.PrintItem{Kind: "bianca", White: white, Doctor: author}
	document := pdftest.Cairo(t, letter)
	moved := settings(wire.SheetRossa, "A5", "portrait")
	moved.OffsetX, moved.OffsetY = 50, -30
	cells := map[string]string{"codice_fiscale": patient.CF, "codice_fiscale_barre": patient.CF, "esenzione": "031", "sigla_provincia": "FI", "asl": "201"}
	own := map[string]string{"nrbe_barre": white.NRBE, "pin_barre": white.PIN, "codice_fiscale_barre": patient.CF}
	onForm := []string{"BIANCHI LUCIA", "RAMIPRIL 5 MG 28", author.Name}
	onWhite := []string{white.Name, white.Items[0].Text, white.Items[1].Text, white.Items[0].Dosage, white.Note, author.Name, author.Lines[1], "NRBE " + white.NRBE, "23/11/2026"}
	onTest := []string{"Pagina di prova", "Carta: A5, 148,0 × 210,0 mm", "verso di inserimento", "mm"}
	all := append(o.received(), []kind{
		{name: "Ricetta rossa, A5 verticale", item: rossa, set: settings(wire.SheetRossa, "A5", "auto"), codes: []string{patient.CF}, texts: onForm, image: "rossa", layout: "rossa", values: cells},
		{name: "Ricetta rossa, A5 orizzontale", item: rossa, set: settings(wire.SheetRossa, "A5", "landscape"), lying: true, codes: []string{patient.CF}, texts: onForm, layout: "rossa-orizzontale", values: cells},
		{name: "Ricetta rossa spostata di +5,0 e −3,0 mm", item: rossa, set: moved, codes: []string{patient.CF}, texts: onForm, layout: "rossa", values: cells},
		{name: "Ricetta bianca, A5", item: bianca, set: settings(wire.SheetBianca, "A5", "auto"), lying: true, codes: []string{white.NRBE, white.PIN, patient.CF}, texts: onWhite, image: "bianca", layout: "bianca", values: own},
		{name: "Ricetta bianca, A4", item: bianca, set: settings(wire.SheetBianca, "A4", "auto"), codes: []string{white.NRBE, white.PIN, patient.CF}, texts: onWhite, layout: "bianca", values: own},
		{
			name: "PDF della pagina web, A4", item: wire.PrintItem{Kind: "document", Content: base64.StdEncoding.EncodeToString(document), Name: "Relazione.pdf"},
			set: settings(wire.SheetBianca, "A4", "auto"), from: document, texts: []string{"Relazione per lo specialista, perché è così", "Ultima riga della prima pagina"}, image: "documento",
		},
		{name: "Pagina di prova, A5", item: wire.PrintItem{Kind: "test", Profile: wire.SheetRossa}, set: settings(wire.SheetRossa, "A5", "auto"), texts: onTest, image: "prova"},
	}...)
	for i := range all {
		slices.Sort(all[i].codes)
	}
	return all
}

// moves is how far a kind is moved, in millimetres.
func (k kind) moves() (right, down float64) {
	return float64(k.set.OffsetX) / 10, float64(k.set.OffsetY) / 10
}

// size is that of the paper as a printer has it, upright. The driver of cups-pdf calls
// 421 × 595 points A5.
func (k kind) size(t testing.TB, printer string) (width, height float64) {
	t.Helper()
	switch {
	case k.set.Paper != "A5":
		return 210, 297
	case printer == onDriver:
		return 421 * perPoint, 595 * perPoint
	}
	return 148, 210
}
