package a2f

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"raccordo/host/internal/region/sac"
	"raccordo/host/internal/ricetta"
)

// errAnswer is wrapped by every complaint about the bytes of an answer.
var errAnswer = errors.New("answer not understood")

// remark is one errore of an answer.
type remark struct{ code, text string }

// answer is any of the three answers.
type answer struct {
	done             bool // codEsito 0
	errors, warnings []remark
	info             map[string]string
	token            string     // comunicazione "token": test environments only
	validity         *tokenInfo // infoToken
}

type tokenInfo struct {
	state    State
	from, to time.Time
}

// element is one element of an answer: prefixes are gone, and what is unknown
// does no harm.
type element struct {
	XMLName  xml.Name
	Text     string    `xml:",chardata"`
	Children []element `xml:",any"`
}

// all finds children by local name in one of the service's two namespaces: the
// manual's examples do not agree which of them errori and its children have.
func (e *element) all(local string) (found []*element) {
	if e == nil {
		return nil
	}
	for i := range e.Children {
		if n := e.Children[i].XMLName; n.Local == local && (n.Space == nsAuth || n.Space == nsTypes) {
			found = append(found, &e.Children[i])
		}
	}
	return found
}

func (e *element) child(local string) *element {
	for _, c := range e.all(local) {
		return c
	}
	return nil
}

func (e *element) value(local string) string {
	if c := e.child(local); c != nil {
		return strings.TrimSpace(c.Text)
	}
	return ""
}

// decode reads the answer to op; a SOAP fault is a *sac.Fault.
func decode(body []byte, op operation) (answer, error) {
	if f := sac.FindFault(body); f != nil {
		return answer{}, f
	}
	root, err := parse(body)
	if err != nil {
		return answer{}, err
	}
	if root.XMLName != (xml.Name{Space: nsEnvelope, Local: "Envelope"}) {
		return answer{}, fmt.Errorf("%w: not a SOAP 1.1 envelope", errAnswer)
	}
	var res *element
	for i := range root.Children {
		if part := &root.Children[i]; part.XMLName == (xml.Name{Space: nsEnvelope, Local: "Body"}) && res == nil {
			res = part.child(op.answer)
		}
	}
	if res == nil {
		return answer{}, fmt.Errorf("%w: no %s", errAnswer, op.answer)
	}
	return read(res)
}

// parse reads exactly one document.
func parse(body []byte) (*element, error) {
	d := xml.NewDecoder(bytes.NewReader(body))
	d.CharsetReader = charset
	var root element
	err := d.Decode(&root)
	for err == nil {
		var t xml.Token
		if t, err = d.Token(); err == nil {
			if _, more := t.(xml.StartElement); more {
				return nil, fmt.Errorf("%w: two roots", errAnswer)
			}
		}
	}
	if !errors.Is(err, io.EOF) || root.XMLName.Local == "" {
		// The text of a syntax error can quote the answer: only its line is kept.
		line, _ := d.InputPos()
		return nil, fmt.Errorf("%w: not well-formed XML at line %d", errAnswer, line)
	}
	return &root, nil
}

// charset accepts ISO-8859-1, which the ministry's services tolerate.
func charset(label string, input io.Reader) (io.Reader, error) {
	switch strings.ToLower(label) {
	case "utf-8":
		return input, nil
	case "iso-8859-1", "latin1":
		raw, err := io.ReadAll(input)
		runes := make([]rune, len(raw))
		for i, b := range raw {
			runes[i] = rune(b)
		}
		return strings.NewReader(string(runes)), err
	}
	return nil, errAnswer
}

func read(res *element) (answer, error) {
	outcome, err := strconv.Atoi(res.value("codEsito"))
	if err != nil || outcome < 0 {
		return answer{}, fmt.Errorf("%w: no codEsito", errAnswer)
	}
	a := answer{done: outcome == 0, info: map[string]string{}}
	for _, e := range res.child("errori").all("errore") {
		r := remark{canonical(e.value("codEsito")), e.value("descrEsito")}
		// What is not a warning for sure is an error, unless the outcome is good.
		if a.done || strings.EqualFold(e.value("tipoErrore"), "W") {
			a.warnings = append(a.warnings, r)
		} else {
			a.errors = append(a.errors, r)
		}
	}
	for _, i := range res.all("info") {
		a.info[i.value("chiave")] = i.value("valore")
	}
	for _, c := range res.child("comunicazioni").all("comunicazione") {
		if strings.EqualFold(c.value("codice"), "token") {
			a.token = c.value("messaggio")
		}
	}
	if t := res.child("infoToken"); t != nil {
		a.validity, err = readToken(t)
	}
	return a, err
}

func readToken(t *element) (*tokenInfo, error) {
	state, err := strconv.Atoi(t.value("stato"))
	if err != nil || state < int(Valid) || state > int(Expired) {
		return nil, fmt.Errorf("%w: stato", errAnswer)
	}
	from, err := moment(t.value("dataInizioValidita"))
	if err != nil {
		return nil, fmt.Errorf("%w: dataInizioValidita", errAnswer)
	}
	to, err := moment(t.value("dataFineValidita"))
	if err != nil {
		return nil, fmt.Errorf("%w: dataFineValidita", errAnswer)
	}
	return &tokenInfo{State(state), from, to}, nil
}

// moment reads an xs:dateTime; without a zone it is the ministry's own time.
func moment(text string) (time.Time, error) {
	if t, err := time.Parse(time.RFC3339, text); err == nil {
		return t, nil
	}
	return time.ParseInLocation("2006-01-02T15:04:05", text, ricetta.Rome()) // takes a fraction too
}
