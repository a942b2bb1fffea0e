// Package paper draws the documents that the demo clinic has its doctor sign:
// the "profilo sanitario sintetico" of a patient (DPCM 178/2015, article 3), a
// certificate and a letter to a specialist. A4 by fpdf, made anew at each
// request; what they say is invented and follows from the patient's exemptions.
//
// Each leaves Field free at the foot of its last page for a signature that is
// seen. It signs nothing.
package paper

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"time"

	"codeberg.org/go-pdf/fpdf"

	"raccordo/host/internal/sim/anagrafe"
)

// Kind of a document, part of its address.
type Kind string

// The kinds.
const (
	Profile     Kind = "profilo"
	Certificate Kind = "certificato"
	Letter      Kind = "lettera"
)

// Titles are the kinds as people read them.
var Titles = map[Kind]string{
	Profile:     "Profilo sanitario sintetico",
	Certificate: "Certificato di idoneità non agonistica",
	Letter:      "Lettera per visita specialistica",
}

// ErrKind says that there is no such document.
var ErrKind = errors.New("paper: unknown kind")

// Field is where a signature may be shown, in points from the lower left corner.
var Field = struct {
	X, Y, Width, Height float64
}{330, 84, 210, 56}

const (
	left, right, line = 56.0, 540.0, 15.0
	pageHeight        = 842.0
	notice            = "SIMULATORE - documento di prova senza alcun valore"
)

type sheet struct {
	*fpdf.Fpdf
	latin func(string) string // the standard fonts know Windows-1252
}

// Draw returns the PDF. now is the time that stands on it, in its own zone.
func Draw(kind Kind, p anagrafe.Patient, d anagrafe.Doctor, now time.Time) ([]byte, error) {
	title, ok := Titles[kind]
	if !ok {
		return nil, fmt.Errorf("%w: %q", ErrKind, kind)
	}
	pdf := fpdf.NewCustom(&fpdf.InitType{UnitStr: "pt", Size: fpdf.SizeType{Wd: 595, Ht: pageHeight}})
	pdf.SetMargins(left, 56, 595-right)
	pdf.SetAutoPageBreak(false, 0)
	pdf.SetCatalogSort(true)
	pdf.SetTitle(title, true)
	pdf.SetLang("it")
	pdf.SetCreationDate(now)
	pdf.SetModificationDate(now)
	pdf.AddPage()
	s := sheet{pdf, pdf.UnicodeTranslatorFromDescriptor("")}
	s.head(title, p, d, now)
	for _, part := range parts(kind, p) {
		s.part(part)
	}
	s.foot(d)
	var out bytes.Buffer
	err := pdf.Output(&out)
	return out.Bytes(), err
}

func (s sheet) head(title string, p anagrafe.Patient, d anagrafe.Doctor, now time.Time) {
	s.SetTextColor(90, 90, 90)
	s.text("", 9, notice)
	s.SetTextColor(20, 40, 45)
	s.text("", 10, fmt.Sprintf("%s, medico di medicina generale - codice fiscale %s", signed(d), d.CF))
	s.Ln(10)
	s.text("B", 18, title)
	s.Ln(6)
	s.text("", 11, fmt.Sprintf("%s %s, %s il %s a %s", p.Surname, p.Name, born(p.Sex), italian(p.BirthDate), p.BirthPlace))
	s.text("", 11, "Codice fiscale "+p.CF)
	s.text("", 11, fmt.Sprintf("%s, %s %s (%s)", p.Street, p.CAP, p.Town, p.Province))
	s.text("", 11, "Compilato il "+now.Format("02/01/2006 15:04"))
	s.SetDrawColor(11, 107, 107)
	s.Line(left, s.GetY()+8, right, s.GetY()+8)
	s.Ln(16)
}

func (s sheet) part(p part) {
	s.text("B", 12, p.title)
	for _, row := range p.rows {
		s.text("", 11, row)
	}
	s.Ln(8)
}

func (s sheet) text(style string, size float64, words string) {
	s.SetFont("Helvetica", style, size)
	s.MultiCell(right-left, max(line, size*1.35), s.latin(words), "", "L", false)
}

// foot leaves Field empty under the doctor's name.
func (s sheet) foot(d anagrafe.Doctor) {
	s.SetFont("Helvetica", "", 9)
	s.SetDrawColor(160, 170, 175)
	top := pageHeight - Field.Y - Field.Height
	s.Text(Field.X, top-6, s.latin("Il medico: "+signed(d)))
	s.Rect(Field.X, top, Field.Width, Field.Height, "D")
}

func signed(d anagrafe.Doctor) string {
	if d.Sex == "F" {
		return "Dott.ssa " + d.Name + " " + d.Surname
	}
	return "Dott. " + d.Name + " " + d.Surname
}

func born(sex string) string {
	if sex == "F" {
		return "nata"
	}
	return "nato"
}

// italian turns YYYY-MM-DD into DD/MM/YYYY.
func italian(day string) string {
	if y, rest, ok := strings.Cut(day, "-"); ok {
		if m, d, ok := strings.Cut(rest, "-"); ok {
			return d + "/" + m + "/" + y
		}
	}
	return day
}
