package sheet_test

import (
	"errors"
	"reflect"
	"strings"
	"testing"

	"raccordo/host/internal/printing"
	"raccordo/host/internal/printing/sheet"
	"raccordo/host/internal/wire"
)

// onPaper is, for each field of a prescription, what the red form then says; "" is
// for what does not belong there.
var onPaper = map[string]struct {
	value any
	want  string
}{
	"ClientID":            {"intento-1", ""},
	"TipoPrescrizione":    {"F", ""}, // one form for both
	"TipoRicetta":         {"NX", "N X"},
	"CodiceAssistito":     {"BNCLCU50A41X002E", "B N C L C U 5 0 A 4 1 X 0 0 2 E"},
	"CognomeNome":         {"BIANCHI LUCÌA", "BIANCHI LUCÌA"},
	"Indirizzo":           {"VIA ROMA 1|50123|FIRENZE|FI", "VIA ROMA 1, 50123 FIRENZE (FI)"},
	"OscuramentoDati":     {false, ""}, // TestRossaHides
	"NumeroTesseraSASN":   {"SASN77", "tessera SASN SASN77"},
	"SocietaNavigazione":  {"Tirrenia", "società di navigazione Tirrenia"},
	"RicettaInterna":      {true, "Ricetta interna"},
	"CodEsenzione":        {"E01", "E 0 1"},
	"EsenteReddito":       {true, "X"},
	"CodDiagnosi":         {"401.9", "401.9 ipertensione"},
	"DescrizioneDiagnosi": {"ipertensione\n è nota", "401.9 ipertensione è nota"},
	"TipoVisita":          {"D", "Visita domiciliare"},
	"DisposizioniReg":     {"R07", "R07"},
	"ProvinciaAssistito":  {"PI", "P I"},
	"ASLAssistito":        {"203", "2 0 3"},
	"IndicazionePrescr":   {"S", "X"},
	"Altro":               {true, "X"},
	"ClassePriorita":      {"U", "X"},
	"PianoTerapeutico":    {"98765", "Piano terapeutico AIFA 98765"},
	"Testata2":            {"EROGDPC;", ""}, // between computers
	"DPC":                 {true, "DPC"},
	"StatoEstero":         {"DE", "Stato DE"},
	"IstituzioneEstera":   {"108416214", "istituzione 108416214"},
	"NumeroPersonale":     {"A123456780", "n. personale A123456780"},
	"NumeroTessera":       {"80276000", "n. tessera 80276000"},
	"DataNascitaEstero":   {"1950-01-31", "nascita 31/01/1950"},
	"DataScadenzaTessera": {"2027-12-01", "scadenza tessera 01/12/2027"},
	"Dettagli":            {nil, ""}, // itemsOnPaper
}

var itemsOnPaper = map[string]struct {
	value any
	want  string
}{
	"CodProdPrest":       {"035911018", "035911018 - EUTIROX"},
	"DescrProdPrest":     {"EUTIROX 75 µg", "EUTIROX 75 µg"},
	"CodGruppoEquival":   {"", ""}, // TestRossaNamesTheGroup
	"DescrGruppoEquival": {"", ""},
	"Note":               {"nota libera", "nota libera"},
	"NonSostituibile":    {true, "NON SOSTITUIBILE [2]"},
	"CodMotivazione":     {"2", "[2]"},
	"NotaAIFA":           {"13", "13"},
	"Quantita":           {2, "quantità: 2 (due)"},
	"TipoAccesso":        {"1", "Primo accesso"},
	"PNGLA":              {true, ""}, // "Altro accesso" alone hangs on it
	"Televisita":         {true, "Televisita"},
	"Prescrizione2":      {"X;", ""}, // between computers
	"CodCatalogo":        {"CC12", "Codice catalogo CC12"},
	"NumeroNota":         {"88", "Nota 88"},
	"CondErogabilita":    {"43", "Condizione di erogabilità 43"},
	"ApproprPrescr":      {"21", "Appropriatezza prescrittiva 21"},
	"Patologia":          {"7", "Patologia 7"},
	"Ciclica":            {true, ""},
	"NumeroSedute":       {6, "Sedute: 6"},
	"Stupefacente":       {"TDL", ""}, // makes the quantity be written in words
	"Posologia":          {"1 al dì", "Posologia: 1 al dì"},
	"RecapitoMedico":     {"Via Verdi 1, 055 123", "Recapito medico: Via Verdi 1, 055 123"},
}

// TestRossaSaysEverything fails when a new field of the wire was not thought of.
func TestRossaSaysEverything(t *testing.T) {
	var item wire.PrescriptionItem
	fill(t, &item, itemsOnPaper)
	var p wire.Prescription
	fill(t, &p, onPaper)
	p.Dettagli = []wire.PrescriptionItem{item}
	for _, id := range []string{"rossa", "rossa-orizzontale"} {
		pdf, err := sheet.Rossa(layouts(t)[id], p, doctor(), morning)
		if err != nil {
			t.Fatal(err)
		}
		all := text(t, pdf)
		for name, row := range onPaper {
			if !strings.Contains(all, row.want) {
				t.Errorf("%s: %s: %q is missing in:\n%s", id, name, row.want, all)
			}
		}
		for name, row := range itemsOnPaper {
			if !strings.Contains(all, row.want) {
				t.Errorf("%s: item, %s: %q is missing in:\n%s", id, name, row.want, all)
			}
		}
		contains(t, all, "Dott.ssa Giulia Verdi", "VRDGLI75C41X000Q", "2 3 1 1 2 6")
		if strings.Count(all, "X") < 5 { // income, suggested, other, urgent, in NX
			t.Errorf("%s: too few ticks in:\n%s", id, all)
		}
	}
}

func fill(t *testing.T, into any, values map[string]struct {
	value any
	want  string
}) {
	t.Helper()
	v := reflect.ValueOf(into).Elem()
	for _, f := range reflect.VisibleFields(v.Type()) {
		row, ok := values[f.Name]
		if !ok {
			t.Errorf("%s: does it belong on paper?", f.Name)
		}
		if row.value != nil {
			v.FieldByIndex(f.Index).Set(reflect.ValueOf(row.value))
		}
	}
}

func TestRossaNamesTheGroup(t *testing.T) {
	pdf, err := sheet.Rossa(layouts(t)["rossa"], drugs(), doctor(), morning)
	if err != nil {
		t.Fatal(err)
	}
	contains(t, text(t, pdf), "G3B - LEVETIRACETAM 500 MG 60 UNITÀ USO ORALE")
}

// TestRossaHides: initials where the patient asked for it, no address.
func TestRossaHides(t *testing.T) {
	p := drugs()
	p.OscuramentoDati = true
	pdf, err := sheet.Rossa(layouts(t)["rossa"], p, doctor(), morning)
	if err != nil {
		t.Fatal(err)
	}
	all := text(t, pdf)
	contains(t, all, "B. L.")
	if strings.Contains(all, "BIANCHI") || strings.Contains(all, "FIRENZE") {
		t.Errorf("name or address is to be read in:\n%s", all)
	}
}

// TestRossaOfAForeigner without a codice fiscale has no bars, and says who pays.
func TestRossaOfAForeigner(t *testing.T) {
	p := drugs()
	p.CodiceAssistito, p.TipoRicetta, p.StatoEstero, p.IstituzioneEstera, p.NumeroPersonale = "", "UE", "FR", "75", "2850175056084"
	for _, id := range []string{"rossa", "rossa-orizzontale"} {
		pdf, err := sheet.Rossa(layouts(t)[id], p, doctor(), morning)
		if err != nil {
			t.Fatal(err)
		}
		contains(t, text(t, pdf), "U E", "Stato FR; istituzione 75; n. personale 2850175056084")
		page := picture(t, pdf, 150)
		for _, f := range layouts(t)[id].Fields {
			if _, _, right, _ := ink(page, 150, f.X, f.Y, f.Width, f.Height); strings.HasPrefix(f.Name, "codice_fiscale") && right > 0 {
				t.Errorf("%s: something stands at %s", id, f.Name)
			}
		}
	}
}

// TestRossaTicksOneExemptionBox: who pays, who is exempt by income, by a code.
func TestRossaTicksOneExemptionBox(t *testing.T) {
	l := layouts(t)["rossa"]
	for name, row := range map[string]struct {
		code   string
		income bool
		want   map[string]bool
	}{
		"pays":            {"", false, map[string]bool{"non_esente": true}},
		"by illness":      {"048", false, map[string]bool{}},
		"by income":       {"E01", true, map[string]bool{"reddito": true}},
		"income, no code": {"", true, map[string]bool{"reddito": true}},
	} {
		t.Run(name, func(t *testing.T) {
			p := drugs()
			p.CodEsenzione, p.EsenteReddito, p.IndicazionePrescr = row.code, row.income, ""
			pdf, err := sheet.Rossa(l, p, doctor(), morning)
			if err != nil {
				t.Fatal(err)
			}
			page := picture(t, pdf, 150)
			for _, f := range l.Fields {
				if f.Name != "non_esente" && f.Name != "reddito" {
					continue
				}
				_, _, right, _ := ink(page, 150, f.X, f.Y, f.Width, f.Height)
				if (right > 0) != row.want[f.Name] {
					t.Errorf("%s ticked: %v", f.Name, right > 0)
				}
			}
		})
	}
}

func TestTooMuchIsRefusedByName(t *testing.T) {
	long := strings.Repeat("PAROLA LUNGA ", 30)
	for field, spoil := range map[string]func(*wire.Prescription, *wire.PrintDoctor){
		"cognome_nome":           func(p *wire.Prescription, _ *wire.PrintDoctor) { p.CognomeNome = long },
		"indirizzo":              func(p *wire.Prescription, _ *wire.PrintDoctor) { p.Indirizzo = long },
		"codice_fiscale_barre":   func(p *wire.Prescription, _ *wire.PrintDoctor) { p.CodiceAssistito += "12345" },
		"esenzione":              func(p *wire.Prescription, _ *wire.PrintDoctor) { p.CodEsenzione = "E012345" },
		"asl":                    func(p *wire.Prescription, _ *wire.PrintDoctor) { p.ASLAssistito = "2010" },
		"disposizioni_regionali": func(p *wire.Prescription, _ *wire.PrintDoctor) { p.DisposizioniReg = long },
		"diagnosi":               func(p *wire.Prescription, _ *wire.PrintDoctor) { p.DescrizioneDiagnosi = long },
		"dettagli":               func(p *wire.Prescription, _ *wire.PrintDoctor) { p.Dettagli[0].Note = strings.Repeat(long, 5) },
		"numero_confezioni":      func(p *wire.Prescription, _ *wire.PrintDoctor) { p.Dettagli[0].Quantita = 200 },
		"estero":                 func(p *wire.Prescription, _ *wire.PrintDoctor) { p.SocietaNavigazione = long },
		"medico":                 func(_ *wire.Prescription, d *wire.PrintDoctor) { d.Name = long },
	} {
		t.Run(field, func(t *testing.T) {
			p, d := drugs(), doctor()
			spoil(&p, &d)
			_, err := sheet.Rossa(layouts(t)["rossa"], p, d, morning)
			refused(t, err, wire.ErrPrintLayout, field)
		})
	}
}

func TestManyItems(t *testing.T) {
	for _, id := range []string{"rossa", "rossa-orizzontale"} {
		p := visits()
		for i := range p.Dettagli {
			p.Dettagli[i].DescrProdPrest += " (CON DESCRIZIONE PIÙ LUNGA DEL SOLITO)"
		}
		pdf, err := sheet.Rossa(layouts(t)[id], p, doctor(), morning)
		if err != nil {
			t.Fatalf("%s: eight services: %v", id, err)
		}
		for _, item := range p.Dettagli {
			contains(t, text(t, pdf), item.CodProdPrest)
		}
		for range 4 {
			p.Dettagli = append(p.Dettagli, p.Dettagli...)
		}
		_, err = sheet.Rossa(layouts(t)[id], p, doctor(), morning)
		refused(t, err, wire.ErrPrintLayout, "dettagli")
	}
}

func TestUnprintableIsRefusedByName(t *testing.T) {
	for field, spoil := range map[string]func(*wire.Prescription){
		"cognome_nome":            func(p *wire.Prescription) { p.CognomeNome = "漢字" },
		"dettagli[2].descrizione": func(p *wire.Prescription) { p.Dettagli[1].DescrProdPrest = "ЛЕКАРСТВО" },
		"indirizzo":               func(p *wire.Prescription) { p.Indirizzo = "via \xff 1" },
		"codice_fiscale_barre":    func(p *wire.Prescription) { p.CodiceAssistito = "àbc" },
	} {
		t.Run(field, func(t *testing.T) {
			p := drugs()
			spoil(&p)
			_, err := sheet.Rossa(layouts(t)["rossa"], p, doctor(), morning)
			refused(t, err, wire.ErrPrintGlyph, field)
		})
	}
}

// refused wants a code and a place, and nothing of what was to be written.
func refused(t *testing.T, err error, code wire.ErrorCode, field string) {
	t.Helper()
	var fault *printing.Error
	if !errors.As(err, &fault) || fault.Code != code || fault.Detail != field {
		t.Fatalf("%v, want %s (%s)", err, code, field)
	}
	for _, private := range []string{"BIANCHI", "BNCLCU", "PAROLA", "Verdi"} {
		if strings.Contains(err.Error(), private) {
			t.Errorf("the error tells %q", private)
		}
	}
}
