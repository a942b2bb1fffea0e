// Package promemoria draws the reminder slip that the simulated Sistema TS
// returns in pdfPromemoria: A4 with everything in the upper half, so that it
// also fits A5 landscape, measured on a slip of the ministry's test system
// (September 2026). Three Code 39 bar codes without check character: NRE
// characters 1–5, NRE 6–15, patient. The codAutenticazione is never bar coded.
// It draws what it is given and decides nothing.
package promemoria

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
	"time"

	"codeberg.org/go-pdf/fpdf"

	"raccordo/host/internal/printing/sheet"
)

// Item is one line of the prescription.
type Item struct {
	Text     string // code and description
	Quantity int
	Note     string // AIFA note, empty: ---
}

// Slip is what is printed. Texts are UTF-8; what is outside Windows-1252 (the
// standard PDF fonts have no more) is spelt, or replaced by a question mark.
type Slip struct {
	RegionName, NRE, CodAutenticazione string
	PatientCF, PatientName, Address    string
	CAP, Town, Province                string
	Exemption, PatientProvince, ASL    string
	RegionalRule, Suggested, Other     string
	Priority, Diagnosis                string
	Kind                               string // tipoRic; empty: an ordinary prescription of the SSN
	Home                               bool   // tipoVisita D
	DPC                                bool   // drugs that are dispensed "per conto" (communication 0196)
	Compiled                           time.Time
	DoctorCF, DoctorName, Sentence     string
	Items                              []Item
}

// Page size and columns in points, from the upper left corner.
const (
	left, right     = 35.0, 560.0
	textLeft        = 37.0
	quantityColumn  = 497.0
	noteColumn      = 528.5
	tableTop        = 175.0
	rowHeight       = 17.5
	legalLine       = "Rilasciato ai sensi dell'art.11, comma 16 del DL 31 mag 2010,n.78 e dell'art.1, comma 4 del DM 2 nov 2011"
	dpcLine         = "CONTIENE FARMACI IN DPC NELLA REGIONE DI PRESCRIZIONE"
	simulatorNotice = "SIMULATORE - documento di prova senza alcun valore"
)

type page struct{ *fpdf.Fpdf }

// Draw returns the PDF.
func Draw(s Slip) ([]byte, error) {
	if len(s.NRE) != 15 {
		return nil, fmt.Errorf("promemoria: nre %q is not 15 characters", s.NRE)
	}
	pdf := fpdf.NewCustom(&fpdf.InitType{UnitStr: "pt", Size: fpdf.SizeType{Wd: 595, Ht: 842}})
	pdf.SetAutoPageBreak(false, 0)
	pdf.SetCatalogSort(true) // same slip, same bytes
	pdf.SetTitle("Prescrizione elettronica "+s.NRE, true)
	pdf.SetAuthor("Raccordo simulato (SOLO PROVA)", true)
	pdf.SetCreationDate(s.Compiled)
	pdf.SetModificationDate(s.Compiled)
	pdf.AddPage()
	p := page{pdf}
	if err := p.head(s); err != nil {
		return nil, err
	}
	p.middle(s)
	p.table(s)
	p.foot(s)
	var out bytes.Buffer
	err := pdf.Output(&out)
	return out.Bytes(), err
}

func (p page) put(x, y, size float64, style, text string) {
	p.SetFont("Helvetica", style, size)
	p.Text(x, y, latin(text))
}

// fit shortens text until it is no wider than width.
func (p page) fit(width, size float64, text string) string {
	p.SetFont("Helvetica", "", size)
	if p.GetStringWidth(latin(text)) <= width {
		return text
	}
	runes := []rune(text)
	for len(runes) > 0 && p.GetStringWidth(latin(string(runes)+"...")) > width {
		runes = runes[:len(runes)-1]
	}
	return string(runes) + "..."
}

func (p page) head(s Slip) error {
	p.put(textLeft, 30, 10, "", "SERVIZIO SANITARIO NAZIONALE")
	p.put(278.3, 30, 10, "", "RICETTA ELETTRONICA - PROMEMORIA PER L'ASSISTITO")
	p.SetLineWidth(0.8)
	p.Rect(left, 32, right-left, 38, "D")
	p.Line(192, 32, 192, 70)
	p.put(textLeft, 44, 10, "", "Regione "+s.RegionName)
	p.put(textLeft, 64, 6, "", simulatorNotice)
	for _, b := range []struct {
		text string
		x, y float64
	}{{s.NRE[:5], 289.71, 34}, {s.NRE[5:], 376.25, 34}, {s.PatientCF, 367.05, 85.65}} {
		if b.text == "" {
			continue
		}
		if err := p.code39(b.x, b.y, b.text); err != nil {
			return err
		}
	}
	return nil
}

func (p page) middle(s Slip) {
	p.put(textLeft, 96, 8, "", "COGNOME E")
	p.put(textLeft, 104, 8, "", "NOME:")
	p.put(92, 104, 9, "B", p.fit(265, 9, s.PatientName))
	p.put(textLeft, 129.5, 8, "", p.fit(right-textLeft, 8, fmt.Sprintf("INDIRIZZO: %s   CAP: %s   COMUNE: %s   PROV: %s", s.Address, s.CAP, s.Town, s.Province)))
	p.SetDashPattern([]float64{4, 2}, 0)
	p.Line(left, 147, right, 147)
	p.SetDashPattern(nil, 0)
	for _, f := range []struct {
		x, y float64
		text string
	}{
		{textLeft, 157, "ESENZIONE: " + s.Exemption}, {168.25, 157, "SIGLA PROVINCIA: " + s.PatientProvince},
		{273.25, 157, "CODICE ASL: " + s.ASL}, {362.5, 157, "DISPOSIZIONI REGIONALI: " + s.RegionalRule},
		{textLeft, 167, "TIPOLOGIA PRESCRIZIONE(S,H): " + s.Suggested}, {168.25, 167, "ALTRO: " + s.Other},
		{273.25, 167, "PRIORITA' PRESCRIZIONE(U,B,D,P): " + s.Priority},
	} {
		p.put(f.x, f.y, 6, "", f.text)
	}
}

func (p page) table(s Slip) {
	bottom := tableTop + 9.5 + rowHeight*float64(len(s.Items))
	p.Rect(left, tableTop, right-left, bottom-tableTop, "D")
	p.Line(left, tableTop+9.5, right, tableTop+9.5)
	p.Line(quantityColumn, tableTop, quantityColumn, bottom)
	p.Line(noteColumn, tableTop, noteColumn, bottom)
	p.put(243.5, 182, 6, "", "PRESCRIZIONE")
	p.put(506, 182, 6, "", "QTA'")
	p.put(535.9, 182, 6, "", "NOTA")
	for i, item := range s.Items {
		top := tableTop + 9.5 + rowHeight*float64(i)
		if i > 0 {
			p.Line(left, top, right, top)
		}
		note := item.Note
		if note == "" {
			note = "---"
		}
		size, first, second := p.twoLines(quantityColumn-textLeft-3, item.Text)
		p.put(textLeft, top+8, size, "", first)
		p.put(textLeft, top+15.5, size, "", second)
		p.put(510.5, top+9.5, 8, "", strconv.Itoa(item.Quantity))
		p.put(538, top+9.5, 8, "", note)
	}
}

// twoLines breaks text at a space, in a smaller size when it is long, and cuts
// what is still too much. Not fpdf's SplitText: it indexes widths by rune and
// the standard fonts have 256 of them.
func (p page) twoLines(width float64, text string) (size float64, first, second string) {
	for _, size = range []float64{7.5, 6} {
		first, second = p.breakAt(width, size, text)
		if p.fit(width, size, second) == second {
			break
		}
	}
	return size, p.fit(width, size, first), p.fit(width, size, second)
}

func (p page) breakAt(width, size float64, text string) (first, second string) {
	words := strings.Fields(text)
	p.SetFont("Helvetica", "", size)
	for i, word := range words {
		longer := strings.TrimSpace(first + " " + word)
		if i > 0 && p.GetStringWidth(latin(longer)) > width {
			return first, strings.Join(words[i:], " ")
		}
		first = longer
	}
	return first, ""
}

func (p page) foot(s Slip) {
	packs := 0
	for _, item := range s.Items {
		packs += item.Quantity
	}
	kind := "Assist.SSN"
	if s.Kind != "" {
		kind = "Assist. " + s.Kind
	}
	if s.Home {
		kind += " dom."
	}
	p.put(textLeft, 342, 8, "", p.fit(right-textLeft, 8, "QUESITO DIAGNOSTICO: "+s.Diagnosis))
	p.put(textLeft, 354, 8, "", "N.CONFEZIONI/PRESTAZIONI: "+strconv.Itoa(packs))
	p.put(177, 354, 8, "", "TIPO RICETTA: "+kind)
	p.put(287.8, 354, 8, "", "DATA: "+s.Compiled.Format("02/01/2006"))
	p.put(369.5, 354, 8, "", "CODICE FISCALE MEDICO: "+s.DoctorCF)
	p.put(textLeft, 366, 8, "I", "CODICE AUTENTICAZIONE: "+s.CodAutenticazione)
	p.put(299.5, 366, 8, "", p.fit(right-299.5, 8, "COGNOME E NOME DEL MEDICO: "+s.DoctorName))
	p.put(107.4, 378, 8, "I", legalLine)
	below := 390.0
	if s.DPC {
		p.put(textLeft, below, 8, "", dpcLine)
		below += 10
	}
	p.put(textLeft, below, 8, "", p.fit(right-textLeft, 8, s.Sentence))
}

func latin(text string) string {
	out, _ := sheet.Latin(text)
	return out
}
