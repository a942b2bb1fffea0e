package sac

import (
	"regexp"
	"strings"

	"raccordo/host/internal/wire"
)

// Fault is a SOAP 1.1 fault.
type Fault struct {
	Code string // without prefix: Client, Server, VersionMismatch, MustUnderstand
	Text string
}

func (f *Fault) Error() string { return "soap fault " + f.Code }

// Client tells that the request itself was refused: repeating it is useless,
// and it had no effect.
func (f *Fault) Client() bool {
	return f.Code == "Client" || f.Code == "VersionMismatch" || f.Code == "MustUnderstand"
}

// Notice tells the fault to the doctor: the field that a validator names and
// what is wrong with it, in Italian, or the service's own words.
func (f *Fault) Notice() wire.Notice {
	n := wire.Notice{Code: shortCode(f.Code), Text: f.Text}
	if !strings.Contains(f.Text, "cvc-") {
		return n
	}
	name, missing := accused(f.Text)
	field, known := schemaFields[name]
	if !known {
		return n
	}
	n.Field = field.wire
	switch {
	case missing:
		n.Text = "Nella richiesta manca un dato obbligatorio: " + field.label + "."
	case field.rule != "":
		n.Text = "Il servizio non accetta il valore di questo dato: " + field.label + " (" + field.rule + ")."
	default:
		n.Text = "Il servizio non accetta il valore di questo dato: " + field.label + "."
	}
	n.Remedy = "Correggere il dato e inviare di nuovo la ricetta."
	if field.doctor {
		n.Remedy = "Verificare i dati del medico nelle impostazioni di Raccordo."
	}
	return n
}

// shortCode bounds a code that the service chose.
func shortCode(code string) string {
	if len(code) > 40 {
		return "codice non previsto"
	}
	return code
}

// What validators say of a message: Xerces (XML Schema part 1, appendix C: the
// cvc- rules), and the gateway in front of Sistema TS, which words some of them
// in its own way.
var (
	// … found 'x'. One of '{"namespace":a, "namespace":b}' is expected. The last
	// one is mandatory: the optional ones before it may be absent.
	expectedList = regexp.MustCompile(`One of '\{([^}]*)\}' is expected`)
	// … but next item should be {namespace}a
	nextItem = regexp.MustCompile(`next item should be (?:\{[^}]*\})?<?([A-Za-z0-9_:]+)`)
	// element {namespace}a is not a valid instance; value of element 'p:a' is not
	// valid.
	ofElement = regexp.MustCompile(`[Ee]lement (?:\{[^}]*\})?'?([A-Za-z0-9_:]+)`)
	// not facet-valid … for type 'a'
	ofType = regexp.MustCompile(`for (?:type|element) '(?:#AnonType_)?([A-Za-z0-9_:]+)'`)
)

// accused is the element that a validator complains of, and whether it is
// missing; empty when the text does not say.
func accused(text string) (name string, missing bool) {
	if m := expectedList.FindStringSubmatch(text); m != nil {
		list := m[1]
		return local(list[strings.LastIndexAny(list, ", ")+1:]), true
	}
	if m := nextItem.FindStringSubmatch(text); m != nil {
		return local(m[1]), true
	}
	if m := ofElement.FindStringSubmatch(text); m != nil && !strings.Contains(text, "cvc-complex-type") {
		return local(m[1]), false
	}
	if m := ofType.FindStringSubmatch(text); m != nil {
		return typeFields[local(m[1])], false
	}
	return "", false
}

// local drops what stands before the last colon: a prefix, or a namespace in
// quotes.
func local(name string) string { return name[strings.LastIndexByte(name, ':')+1:] }
