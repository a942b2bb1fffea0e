//go:build cgo

package papertrail

import (
	"encoding/base64"
	"image"
	"math"
	"os"
	"slices"
	"strings"
	"testing"

	"raccordo/host/internal/sim/anagrafe"
	"raccordo/host/internal/sim/paper"
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
		Dettagli: []wire.PrescriptionItem{
			{CodProdPrest: "037123015", DescrProdPrest: "RAMIPRIL 5 MG 28 COMPRESSE", CodGruppoEquival: "H6A", DescrGruppoEquival: "RAMIPRIL 5 MG 28 UNITÀ USO ORALE", Quantita: 2, Note: "1 compressa al mattino"},
		},
	}
}

var white = &wire.WhitePrescription{
	CodiceFiscale: patient.CF, Name: "BIANCHI LUCIA", Address: "Via Garibaldi 12, Firenze", Date: "2026-11-23", NRBE: "1300B4019294833", PIN: "1234",
	Items: []wire.WhiteItem{{Text: "Melatonina 1 mg compresse", Quantity: 1, Dosage: "1 compressa la sera", Times: 3}, {Text: "Lacrime artificiali collirio", Quantity: 2}},
	Note:  "Controllo tra un mese.",
}

// letter is a document of somebody else's, made by librsvg and cairo.
const letter = `<svg xmlns="http://www.w3.org/2000/svg" width="793.7" height="1122.5" viewBox="0 0 210 297"><g font-family="DejaVu Sans" font-size="4">` +
	`<text x="25" y="30">Relazione per lo specialista, perché è così</text><text x="25" y="150">In mezzo al foglio sta questa riga</text>` +
	`<text x="25" y="280">Ultima riga della prima pagina</text></g><rect x="12" y="12" width="6" height="6"/><rect x="190" y="12" width="6" height="3"/>` +
	`<rect x="12" y="278" width="3" height="6"/><path d="M30 60 H180 V120 H30 Z M30 60 L180 120" fill="none" stroke="#000" stroke-width=".5"/></svg>`

// kind is one kind of sheet as it is printed.
type kind struct {
	name  string
	item  wire.PrintItem
	set   wire.PrinterSettings // without a printer
	lying bool
	codes []string
	from  []byte // what was sent; nil: it is drawn by the agent
	right float64
	down  float64
	image string // docs/img/print-….png
}

func (k kind) size() (width, height float64) {
	if k.set.Paper == "A5" {
		return 148, 210
	}
	return 210, 297
}

// read is the first page of a sheet as somebody holds it who reads it.
func (k kind) read(t testing.TB, s paper.Sheet, dpi int) *image.Gray {
	t.Helper()
	page := first(t, s, dpi)
	k.fills(t, float64(page.Rect.Dx())/float64(page.DPI)*25.4, float64(page.Rect.Dy())/float64(page.DPI)*25.4)
	if page.Duplex {
		t.Error("on both sides")
	}
	if k.lying {
		return pdftest.Clockwise(page.Gray)
	}
	return page.Gray
}

// fills says that a size is the paper's, upright as it is fed.
func (k kind) fills(t testing.TB, width, height float64) {
	t.Helper()
	if w, h := k.size(); math.Abs(width-w) > near || math.Abs(height-h) > near {
		t.Errorf("%s came out as %.2f × %.2f mm", k.set.Paper, width, height)
	}
}

// words are those of a PDF as it is read.
func (k kind) words(t testing.TB, file string) []word {
	t.Helper()
	if _, h := k.size(); k.lying {
		return upright(words(t, file), h)
	}
	return words(t, file)
}

// kinds are all of them.
func (o *office) kinds() []kind {
	t := o.t
	slip, _ := o.sends(prescription("ricevuto"))
	received := o.region.last()
	o.region.keep(true)
	own := prescription("disegnato")
	drawn, _ := o.sends(own)
	likeIt := o.region.last()
	o.region.keep(false)
	form := prescription("carta")
	document := wire.PrintItem{Kind: "document", Content: base64.StdEncoding.EncodeToString(pdftest.Cairo(t, letter)), Name: "Relazione.pdf"}
	set := func(kind wire.SheetKind, paper, orientation string) wire.PrinterSettings {
		return wire.PrinterSettings{Kind: kind, Paper: paper, Orientation: orientation, Scale: 0}
	}
	promemoria := func(nre string) []string { return []string{nre[5:], nre[:5], patient.CF} }
	cf := []string{patient.CF}
	whiteCodes := []string{white.NRBE, white.PIN, patient.CF}
	rossa := wire.PrintItem{Kind: "rossa", Prescription: &form, Doctor: author}
	bianca := wire.PrintItem{Kind: "bianca", White: white, Doctor: author}
	moved := set(wire.SheetRossa, "A5", "portrait")
	moved.OffsetX, moved.OffsetY = 50, -30
	all := []kind{
		{name: "Promemoria ricevuto, A4", item: wire.PrintItem{Kind: "promemoria", NRE: slip}, set: set(wire.SheetPromemoria, "A4", "auto"), codes: promemoria(slip), from: received},
		{name: "Promemoria ricevuto, A5", item: wire.PrintItem{Kind: "promemoria", NRE: slip}, set: set(wire.SheetPromemoria, "A5", "auto"), lying: true, codes: promemoria(slip), from: received, image: "promemoria"},
		{name: "Promemoria disegnato, A4", item: wire.PrintItem{Kind: "promemoria", NRE: drawn, Prescription: &own}, set: set(wire.SheetPromemoria, "A4", "auto"), codes: promemoria(drawn), image: "promemoria-disegnato"},
		{name: "Ricetta rossa, A5 verticale", item: rossa, set: set(wire.SheetRossa, "A5", "auto"), codes: cf, image: "rossa"},
		{name: "Ricetta rossa, A5 orizzontale", item: rossa, set: set(wire.SheetRossa, "A5", "landscape"), lying: true, codes: cf, image: "rossa-orizzontale"},
		{name: "Ricetta rossa, spostata di +5,0 e −3,0 mm", item: rossa, set: moved, codes: cf},
		{name: "Ricetta bianca, A5", item: bianca, set: set(wire.SheetBianca, "A5", "auto"), lying: true, codes: whiteCodes, image: "bianca"},
		{name: "Ricetta bianca, A4", item: bianca, set: set(wire.SheetBianca, "A4", "auto"), codes: whiteCodes},
		{name: "PDF della pagina web, A4", item: document, set: set(wire.SheetBianca, "A4", "auto"), from: pdftest.Cairo(t, letter), image: "documento"},
		{name: "Pagina di prova, A5", item: wire.PrintItem{Kind: "test", Profile: wire.SheetRossa}, set: set(wire.SheetRossa, "A5", "auto"), image: "prova"},
	}
	_ = likeIt
	for i := range all {
		slices.Sort(all[i].codes)
	}
	return all
}

func TestThin(t *testing.T) {
	o := newOffice(t)
	o.login()
	for _, k := range o.kinds() {
		for _, m := range machines() {
			t.Run(k.name+" "+m.Name, func(t *testing.T) {
				k.set.Printer = m.Name
				o.set(k.set)
				s := o.sheet(k.item)
				t.Log(s.Path, s.Options)
				os.MkdirAll("/tmp/w/proof", 0o755)
				b2, _ := os.ReadFile(s.Path)
				os.WriteFile("/tmp/w/proof/"+strings.ReplaceAll(k.name+"-"+m.Name, " ", "_")+s.Path[len(s.Path)-4:], b2, 0o644)
				if strings.HasSuffix(s.Path, "pdf") {
					w, h, n := info(t, s.Path)
					t.Log(w, h, n)
					k.fills(t, w, h)
					if k.from != nil {
						follow(t, words(t, kept(t, k.from)), k.words(t, s.Path), 0, 0)
					}
				}
				page := k.read(t, s, 300)
				b3, _ := os.ReadFile(painted(t, page))
				os.WriteFile("/tmp/w/proof/"+strings.ReplaceAll(k.name+"-"+m.Name, " ", "_")+".png", b3, 0o644)
				if got := codes(t, painted(t, page)); !slices.Equal(got, k.codes) {
					t.Errorf("%v %v", got, k.codes)
				}
				if k.from != nil {
					b := must(os.ReadFile(drawn(t, kept(t, k.from), 300)))(t)
					want := first(t, paper.Sheet{Path: kept(t, k.from)}, 300)
					_ = b
					alike(t, want.Gray, page, 300, 0, 0)
				}
			})
		}
	}
}
