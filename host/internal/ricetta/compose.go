package ricetta

import (
	"slices"
	"strings"

	"raccordo/host/internal/wire"
)

// erogDPC tells the SAC that a drug is dispensed "per conto" (SPEC24 section
// 4.2.1, DPC).
const erogDPC = "EROGDPC"

// MotivazNote is the motivazNote of a drug: the doctor's note, then posology
// and his telephone and address where given. The note on narcotics wants all of
// them there, in any order and with no fixed words (SPEC24, nota STUP).
func MotivazNote(d wire.PrescriptionItem) string {
	var parts []string
	for _, part := range []struct{ label, text string }{
		{"", d.Note}, {"Posologia: ", d.Posologia}, {"Recapito medico: ", d.RecapitoMedico},
	} {
		if text := strings.TrimRight(oneLine(part.text), " ;"); text != "" {
			parts = append(parts, part.label+text)
		}
	}
	return strings.Join(parts, "; ")
}

// TestoLiberoNote is the descrTestoLiberoNote of a specialist service.
func TestoLiberoNote(d wire.PrescriptionItem) string { return oneLine(d.Note) }

// oneLine joins the lines of a free text: the promemoria has one.
func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

// Testata1 names the AIFA therapeutic plan; it always ends with a semicolon
// (SPEC24, Piano Terapeutico).
func Testata1(p wire.Prescription) string {
	if p.PianoTerapeutico == "" {
		return ""
	}
	return "PT=" + p.PianoTerapeutico + ";"
}

// Testata2 is the region's own header. Where the region keeps the list of
// excluded drugs itself (dpcHeader), a drug dispensed "per conto" is told after
// what stands there already, with a semicolon between (SPEC24, DPC).
func Testata2(p wire.Prescription, dpcHeader bool) string {
	header := p.Testata2
	if !p.DPC || !dpcHeader || slices.Contains(strings.Split(header, ";"), erogDPC) {
		return header
	}
	if header != "" && !strings.HasSuffix(header, ";") {
		header += ";"
	}
	return header + erogDPC
}

// Prescrizione1 says that a service can be given by video (SPEC24, TELEVISITA).
func Prescrizione1(d wire.PrescriptionItem) string {
	if d.Televisita {
		return "TV;"
	}
	return ""
}

// Reddito is the flag of those exempt by income: the application says so, or
// the national code does.
func Reddito(p wire.Prescription) bool {
	return p.EsenteReddito || slices.Contains(incomeCodes, p.CodEsenzione)
}

// NonEsente is the flag of those who pay the co-payment. The specification has
// it in every prescription of a patient without exemption.
func NonEsente(p wire.Prescription) bool {
	return (p.CodEsenzione == "" || p.CodEsenzione == noExemption) && !Reddito(p)
}

// Altro is the value of the field of that name, kept for uses to come.
func Altro(p wire.Prescription) string {
	if p.Altro {
		return "A"
	}
	return ""
}
