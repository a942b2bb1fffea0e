package ricetta

import (
	"strings"

	"raccordo/host/internal/wire"
)

// The communications that come with every answer to a send (SPEC24 section
// 4.2.1, notes marked *).
const (
	codeDoctorSurname = "0199"
	codeDoctorName    = "0198"
	codeSentence      = "0197"
	codeDPC           = "0196"
)

// nothingToSay are "Nessuna comunicazione" of send, view, cancel and list.
var nothingToSay = map[string]bool{"0100": true, "0200": true, "0300": true, "0400": true}

// Communications is an ElencoComunicazioni, understood.
type Communications struct {
	DoctorSurname, DoctorName string        // to be printed on a promemoria of our own
	Sentence                  string        // of the region, for its last line
	DPC                       bool          // holds drugs that are dispensed "per conto" in the region
	Others                    []wire.Notice // what is left to tell the doctor, DPC among it
}

// ReadCommunications sorts the communications of one answer.
func ReadCommunications(list []wire.Notice) Communications {
	c := Communications{Others: []wire.Notice{}}
	for _, n := range list {
		switch {
		case n.Code == codeDoctorSurname:
			c.DoctorSurname = afterEquals(n.Text)
		case n.Code == codeDoctorName:
			c.DoctorName = afterEquals(n.Text)
		case n.Code == codeSentence:
			c.Sentence = strings.TrimSpace(n.Text)
		case nothingToSay[n.Code]:
		default:
			c.DPC = c.DPC || n.Code == codeDPC
			n.Text = strings.TrimSpace(n.Text)
			c.Others = append(c.Others, n)
		}
	}
	FillRemedies(c.Others)
	return c
}

// afterEquals reads COGNOME_MEDICO=ROSSI.
func afterEquals(s string) string {
	if _, value, ok := strings.Cut(s, "="); ok {
		s = value
	}
	return strings.TrimSpace(s)
}
