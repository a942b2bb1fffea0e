package ricetta

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"raccordo/host/internal/wire"
)

// section is a group of fields that stands in some kinds of prescription only.
type section struct {
	fields []string
	at     func(*wire.Prescription) []*string
}

var (
	foreignSection = section{
		[]string{"stato_estero", "istituzione_competente", "numero_identificazione_personale", "data_nascita_estero", "numero_identificazione_tessera", "data_scadenza_tessera"},
		func(p *wire.Prescription) []*string {
			return []*string{&p.StatoEstero, &p.IstituzioneEstera, &p.NumeroPersonale, &p.DataNascitaEstero, &p.NumeroTessera, &p.DataScadenzaTessera}
		},
	}
	sasnSection = section{
		[]string{"numero_tessera_sasn", "societa_navigazione"},
		func(p *wire.Prescription) []*string {
			return []*string{&p.NumeroTesseraSASN, &p.SocietaNavigazione}
		},
	}
)

// full is a prescription of a kind with every section filled that o (has to)
// and f (may) let in; - keeps it out. The order is code, foreign, SASN.
func full(tipo, needs string) wire.Prescription {
	p := abroad(tipo)
	p.CodiceAssistito, p.NumeroTesseraSASN, p.SocietaNavigazione = drug().CodiceAssistito, "123456", "NAVIGAZIONE DI PROVA"
	if tipo == "ND" {
		p.TipoVisita = "D"
	}
	if needs[0] == '-' {
		p.CodiceAssistito = ""
	}
	if needs[1] == '-' {
		empty(foreignSection, &p)
	}
	if needs[2] == '-' {
		empty(sasnSection, &p)
	}
	return p
}

func empty(s section, p *wire.Prescription) {
	for _, v := range s.at(p) {
		*v = ""
	}
}

func refusedFields(p wire.Prescription) (fields []string) {
	for _, n := range Validate(p, noon) {
		fields = append(fields, n.Field)
	}
	slices.Sort(fields)
	return fields
}

func sorted(fields ...string) []string {
	fields = slices.Clone(fields)
	slices.Sort(fields)
	return fields
}

// Every kind of prescription with every section there, missing, alone and in
// part: the table of docs/ricetta.md.
func TestKinds(t *testing.T) {
	for tipo, needs := range map[string]string{
		"": "o--", "NA": "o-o", "ND": "o-o", "NE": "fof", "NX": "ffo", "UE": "-o-", "EE": "-o-", "ST": "ff-",
	} {
		check := func(what string, change func(*wire.Prescription), want ...string) {
			t.Helper()
			p := full(tipo, needs)
			change(&p)
			if d := cmp.Diff(sorted(want...), refusedFields(p)); d != "" {
				t.Errorf("type %q, %s: %s", tipo, what, d)
			}
		}
		check("all that may be", func(*wire.Prescription) {})
		noCode := func(p *wire.Prescription) { p.CodiceAssistito = "" }
		switch needs[0] {
		case 'o':
			check("no code", noCode, "codice_assistito")
		case 'f':
			check("no code", noCode)
		case '-':
			check("a code", func(p *wire.Prescription) { p.CodiceAssistito = drug().CodiceAssistito }, "codice_assistito")
		}
		checkForeign(needs[1], check)
		checkSASN(needs[2], check)
	}
}

type checkKind func(what string, change func(*wire.Prescription), want ...string)

func checkForeign(need byte, check checkKind) {
	s := foreignSection
	mandatory := s.fields[:4]
	none := func(p *wire.Prescription) { empty(s, p) }
	switch need {
	case 'o':
		check("no foreign section", none, mandatory...)
	case 'f':
		check("no foreign section", none)
	}
	for i, field := range s.fields {
		alone := func(p *wire.Prescription) {
			empty(s, p)
			*s.at(p)[i] = "2026-11-23" // a value that all six take
		}
		without := func(p *wire.Prescription) { *s.at(p)[i] = "" }
		if need == '-' {
			check(field, alone, field)
			continue
		}
		wanted := slices.DeleteFunc(slices.Clone(mandatory), func(f string) bool { return f == field })
		if field == "numero_identificazione_tessera" {
			wanted = append(wanted, "data_scadenza_tessera")
		}
		check(field+" alone", alone, wanted...)
		if field == "numero_identificazione_tessera" {
			check("no "+field, without)
		} else {
			check("no "+field, without, field)
		}
	}
}

func checkSASN(need byte, check checkKind) {
	s := sasnSection
	for i, field := range s.fields {
		alone := func(p *wire.Prescription) { *s.at(p)[i] = "1" }
		without := func(p *wire.Prescription) { *s.at(p)[i] = " " }
		switch need {
		case 'o':
			check("no "+field, without, field)
		case 'f':
			check("no "+field, without)
		case '-':
			check(field, alone, field)
		}
	}
}

// Free texts may have lines; all else is one line.
func TestLines(t *testing.T) {
	var got []string
	for _, x := range slices.Concat(headerTexts(wire.Prescription{}), itemTexts(wire.PrescriptionItem{})) {
		c := &checker{}
		x.value = "a\r\n\tb"
		if c.texts([]text{x}); len(c.notices) == 0 {
			got = append(got, x.field)
		}
	}
	if d := cmp.Diff([]string{"descrizione_diagnosi", "note", "posologia", "recapito_medico"}, got); d != "" {
		t.Error(d)
	}
}
