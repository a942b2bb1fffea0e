package ricetta

import (
	"fmt"
	"strings"
	"time"

	"raccordo/host/internal/wire"
)

// Validate tells everything that is wrong with a prescription, at once and
// before anything is sent. Each notice names the field as package wire spells
// it, the item (counted from 1) and, in Italian, rule and remedy. No notice
// means that the prescription may be sent. Now is the instant of compilation,
// against which the dates of an insured abroad are held.
func Validate(p wire.Prescription, now time.Time) []wire.Notice {
	c := &checker{today: now.In(Rome())}
	c.patient(p)
	c.exemption(p)
	c.header(p)
	c.diagnosis(p)
	c.priority(p)
	c.texts(headerTexts(p))
	if len(p.Dettagli) == 0 {
		c.add("dettagli", "La ricetta non contiene prescrizioni: aggiungere almeno un farmaco o una prestazione.")
	}
	if len(p.Dettagli) > maxItems {
		c.add("dettagli", "La ricetta contiene più di 8 prescrizioni: dividerla in più ricette.")
	}
	for i, d := range p.Dettagli {
		c.item = i + 1
		switch p.TipoPrescrizione {
		case "F":
			c.drug(d)
			c.repeated(p.Dettagli[:i], d)
		case "P":
			c.service(d)
		}
		c.quantity(p.TipoPrescrizione, d)
		c.texts(itemTexts(d))
	}
	return c.notices
}

// maxItems is what one prescription holds: eight lines.
const maxItems = 8

// checker gathers the notices; item is the one looked at, 0 for the whole.
type checker struct {
	today   time.Time
	item    int
	notices []wire.Notice
}

func (c *checker) add(field, text string) {
	c.notices = append(c.notices, wire.Notice{Field: field, Item: c.item, Text: text})
}

// only lists fields that belong to the other kind of prescription.
type only struct {
	field, label string
	set          bool
}

// reserved complains of each field that is set although only the other kind of
// prescription has it.
func (c *checker) reserved(whose string, fields []only) {
	for _, f := range fields {
		if f.set {
			c.add(f.field, fmt.Sprintf("%s vale solo per %s: togliere il dato o cambiare il tipo di prescrizione.", f.label, whose))
		}
	}
}

const (
	forDrugs    = "le ricette farmaceutiche"
	forServices = "le ricette specialistiche"
)

// quantity is one digit in the XSD. A service is repeated up to eight times in
// a prescription, a cycle is written once for each line (SPEC24, N.SEDUTE).
func (c *checker) quantity(kind string, d wire.PrescriptionItem) {
	switch {
	case d.Ciclica && kind == "P":
		if d.Quantita != 1 {
			c.add("quantita", "Per una prestazione ciclica la quantità è sempre 1: scrivere 1 e, per più cicli, ripetere la riga.")
		}
	case kind == "P" && (d.Quantita < 1 || d.Quantita > 8):
		c.add("quantita", "La quantità di una prestazione deve essere compresa tra 1 e 8: correggerla o dividere la prescrizione in più ricette.")
	case d.Quantita < 1 || d.Quantita > 9:
		c.add("quantita", "La quantità deve essere compresa tra 1 e 9: correggerla o dividere la prescrizione in più ricette.")
	}
}

// repeated: the same drug on two lines is a quantity.
func (c *checker) repeated(before []wire.PrescriptionItem, d wire.PrescriptionItem) {
	for _, other := range before {
		sameProduct := d.CodProdPrest != "" && d.CodProdPrest == other.CodProdPrest
		sameGroup := d.CodProdPrest == "" && other.CodProdPrest == "" && d.CodGruppoEquival != "" && d.CodGruppoEquival == other.CodGruppoEquival
		if sameProduct || sameGroup {
			c.add("dettagli", "Lo stesso farmaco è già in un'altra riga della ricetta: togliere la riga e aumentare la quantità.")
			return
		}
	}
}

func blank(s string) bool { return strings.TrimSpace(s) == "" }
