package arss

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"mime"
	"net/http"
	"path"

	"raccordo/host/internal/sim/signing/vault"
)

const (
	soapNamespace = "http://schemas.xmlsoap.org/soap/envelope/"
	maxRequest    = 16 << 20 // bytes
)

// serve answers in the language of the question.
func (s *Service) serve(w http.ResponseWriter, q *http.Request) {
	kind, _, err := mime.ParseMediaType(q.Header.Get("Content-Type"))
	if err != nil {
		kind = ""
	}
	raw, err := io.ReadAll(http.MaxBytesReader(w, q.Body, maxRequest))
	if err != nil {
		http.Error(w, "too large", http.StatusRequestEntityTooLarge)
		return
	}
	switch kind {
	case "text/xml":
		s.serveSOAP(w, raw)
	case "application/json":
		s.serveJSON(w, path.Base(q.URL.Path), raw)
	default:
		http.Error(w, "text/xml or application/json is wanted", http.StatusUnsupportedMediaType)
	}
}

func (s *Service) do(name string, decode func(any) error) (any, error) {
	s.mu.Lock()
	s.calls[name]++
	s.mu.Unlock()
	var first *fault
	if o, ok := s.vault.Take(vault.Refuse, name); ok {
		first = ordered(o)
	}
	if whole[name] {
		if first == nil {
			first = refusal(codeGeneric, "Operazione non offerta dal simulatore: usare signhash")
		}
		return told(first), nil
	}
	do := operations[name]
	if do == nil {
		return nil, errOperation
	}
	return do(s, decode, first)
}

var errOperation = errors.New("no such operation")

func (s *Service) serveJSON(w http.ResponseWriter, name string, raw []byte) {
	answer, err := s.do(name, func(into any) error { return json.Unmarshal(raw, into) })
	status := http.StatusOK
	switch {
	case errors.Is(err, errOperation):
		status, answer = http.StatusNotFound, told(refusal(codeGeneric, "Operazione inesistente"))
	case err != nil:
		status, answer = http.StatusBadRequest, told(refusal(codeParameters, "La richiesta non è leggibile"))
	}
	if text, ok := answer.(string); ok {
		answer = map[string]string{"return": text}
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(answer) // a client that went away is no error of ours
}

func (s *Service) serveSOAP(w http.ResponseWriter, raw []byte) {
	element, err := find(raw)
	if err != nil {
		soapFault(w, "Client", err.Error())
		return
	}
	if element.Name.Space != Namespace {
		soapFault(w, "Client", "Unexpected wrapper element {"+element.Name.Space+"}"+element.Name.Local+" found. Expected namespace "+Namespace)
		return
	}
	answer, err := s.do(element.Name.Local, element.decode)
	switch {
	case errors.Is(err, errOperation):
		soapFault(w, "Client", "No binding operation info for {"+Namespace+"}"+element.Name.Local)
		return
	case err != nil:
		soapFault(w, "Client", "Unmarshalling Error")
		return
	}
	var body bytes.Buffer
	body.WriteString(`<soap:Envelope xmlns:soap="` + soapNamespace + `"><soap:Body><ns2:` + element.Name.Local + `Response xmlns:ns2="` + Namespace + `">`)
	if err := xml.NewEncoder(&body).EncodeElement(answer, xml.StartElement{Name: xml.Name{Local: "return"}}); err != nil {
		soapFault(w, "Server", "Marshalling Error")
		return
	}
	body.WriteString(`</ns2:` + element.Name.Local + `Response></soap:Body></soap:Envelope>`)
	w.Header().Set("Content-Type", "text/xml;charset=UTF-8")
	_, _ = w.Write(body.Bytes())
}

// request is the one element in an envelope's body.
type request struct {
	xml.StartElement
	from *xml.Decoder
}

func (r request) decode(into any) error { return r.from.DecodeElement(into, &r.StartElement) }

// find reads up to the element in the body. A document type is refused, and so
// are parameters in a namespace: the schema has none, and the real service reads
// such ones as absent.
func find(raw []byte) (request, error) {
	d := xml.NewDecoder(bytes.NewReader(raw))
	var depth []xml.Name
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return request{}, errors.New("there is nothing in the envelope's body")
		}
		if err != nil {
			return request{}, errors.New("the envelope can not be read")
		}
		switch token := token.(type) {
		case xml.Directive:
			return request{}, errors.New("a document type is not allowed")
		case xml.StartElement:
			if len(depth) == 2 && depth[0].Space == soapNamespace && depth[1] == (xml.Name{Space: soapNamespace, Local: "Body"}) {
				return request{token.Copy(), d}, unqualified(raw)
			}
			depth = append(depth, token.Name)
		case xml.EndElement:
			depth = depth[:len(depth)-1]
		}
	}
}

// unqualified looks through all that is deeper than the operation.
func unqualified(raw []byte) error {
	d := xml.NewDecoder(bytes.NewReader(raw))
	for depth := 0; ; {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return errors.New("the envelope can not be read")
		}
		switch token := token.(type) {
		case xml.StartElement:
			if depth >= 3 && token.Name.Space != "" {
				return errors.New("unexpected element {" + token.Name.Space + "}" + token.Name.Local)
			}
			depth++
		case xml.EndElement:
			depth--
		}
	}
}

func soapFault(w http.ResponseWriter, code, text string) {
	var escaped bytes.Buffer
	_ = xml.EscapeText(&escaped, []byte(text)) // a buffer takes everything
	w.Header().Set("Content-Type", "text/xml;charset=UTF-8")
	w.WriteHeader(http.StatusInternalServerError)
	_, _ = io.WriteString(w, `<soap:Envelope xmlns:soap="`+soapNamespace+`"><soap:Body><soap:Fault><faultcode>soap:`+code+`</faultcode><faultstring>`+escaped.String()+`</faultstring></soap:Fault></soap:Body></soap:Envelope>`)
}
