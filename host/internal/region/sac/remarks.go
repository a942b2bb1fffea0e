package sac

import (
	"fmt"
	"strconv"
	"strings"

	"raccordo/host/internal/ricetta"
	"raccordo/host/internal/wire"
)

// remarks are the remarks of an answer.
type remarks struct {
	outcome          string
	warnings, errors []wire.Notice
}

// remarkNames is where a service keeps its outcome and its errors.
type remarkNames struct {
	outcome, list, entry string
	spaces               []string
}

// prescriptionRemarks is where the services of the prescription do.
func prescriptionRemarks(outcome, space string) remarkNames {
	return remarkNames{outcome, "ElencoErroriRicette", "ErroreRicetta", []string{space, nsTypes}}
}

// readRemarks sorts errors, communications and notes. The specification says E
// and W, the real service "Bloccante", "Avviso" or nothing: what is not a
// warning for sure is blocking, unless the outcome says that all went well. A
// success carries an error 0000 of its own.
func readRemarks(n *node, names remarkNames) (remarks, error) {
	s := names.spaces
	r := remarks{outcome: n.value(names.outcome, s...), warnings: []wire.Notice{}, errors: []wire.Notice{}}
	if len(r.outcome) != 4 || strings.Trim(r.outcome, "0123456789") != "" {
		return r, fmt.Errorf("%w: no %s", ErrAnswer, names.outcome)
	}
	done := Done(r.outcome)
	for _, e := range n.child(names.list, s...).all(names.entry, s...) {
		code := e.value("codEsito", s...)
		if code == CodeDone {
			continue
		}
		notice := wire.Notice{Code: code, Item: item(e, s, "progPresc", "progrPresc"), Text: e.value("esito", s...)}
		switch strings.ToLower(e.value("tipoErrore", s...)) {
		case "w", "avviso":
			r.warnings = append(r.warnings, notice)
		default:
			if done {
				r.warnings = append(r.warnings, notice)
			} else {
				r.errors = append(r.errors, notice)
			}
		}
	}
	var told []wire.Notice
	for _, m := range n.child("ElencoComunicazioni", s...).all("Comunicazione", s...) {
		one := wire.Notice{Code: m.value("codice", s...), Text: m.value("messaggio", s...)}
		if !strings.HasPrefix(one.Text, "Nessuna comunicazione") { // each service has a code of its own for it
			told = append(told, one)
		}
	}
	r.warnings = append(r.warnings, ricetta.ReadCommunications(told).Others...)
	ricetta.FillRemedies(r.warnings)
	ricetta.FillRemedies(r.errors)
	r.notes(n, s)
	return r, nil
}

// notes reads ElencoNota: where a service may be given (obsolete since 2017,
// and still in the schema).
func (r *remarks) notes(n *node, s []string) {
	for _, note := range n.child("ElencoNota", s...).all("Nota", s...) {
		if kind := note.value("tipoAmbulatorio", s...); kind != "" {
			r.warnings = append(r.warnings, wire.Notice{Field: "tipo_ambulatorio", Item: item(note, s, "progrPresc", "progPresc"), Text: "Ambulatorio in cui la prestazione è erogabile: " + kind})
		}
	}
}

// item is the item of the prescription that is meant, counted from 1; 0: the
// whole. The specification and the schema spell the element differently.
func item(n *node, spaces []string, names ...string) int {
	for _, name := range names {
		if i, err := strconv.Atoi(n.value(name, spaces...)); err == nil && i > 0 {
			return i
		}
	}
	return 0
}

// Done tells an outcome by which what was asked for has happened.
func Done(outcome string) bool {
	return outcome == ricetta.OutcomeOK || outcome == ricetta.OutcomeWarnings || outcome == ricetta.CodeNotSSN
}
