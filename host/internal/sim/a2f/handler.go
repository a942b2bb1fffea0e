package a2f

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"mime"
	"net"
	"net/http"
	"strings"

	"raccordo/host/internal/sim/anagrafe"
	"raccordo/host/internal/sim/region/xsd"
)

const maxRequest = 64 << 10 // bytes; the largest valid request has about 8 KiB

// call is one authenticated request.
type call struct {
	op     operation
	doctor anagrafe.Doctor // of the Basic credentials
	*xsd.Node
}

var _ http.Handler = (*Service)(nil)

// ServeHTTP answers at any path.
func (s *Service) ServeHTTP(w http.ResponseWriter, q *http.Request) {
	s.mutex.Lock()
	down := s.down
	s.mutex.Unlock()
	if down {
		panic(http.ErrAbortHandler)
	}
	if q.Method != http.MethodPost {
		w.Header().Set("Allow", http.MethodPost)
		http.Error(w, "Method Not Allowed", http.StatusMethodNotAllowed)
		return
	}
	if media, _, err := mime.ParseMediaType(q.Header.Get("Content-Type")); err != nil || media != "text/xml" {
		http.Error(w, "Unsupported Media Type: text/xml is required", http.StatusUnsupportedMediaType)
		return
	}
	doctor, ok := Authenticate(w, q)
	if !ok {
		return
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, q.Body, maxRequest))
	if err != nil {
		http.Error(w, "Request Entity Too Large", http.StatusRequestEntityTooLarge)
		return
	}
	c, err := read(q.Header.Values("SOAPAction"), body)
	if err != nil {
		s.opt.Log.Info().Err(err).Msg("SOAP fault")
		writeFault(w, http.StatusInternalServerError, "Client", err.Error())
		return
	}
	c.doctor = doctor
	s.mutex.Lock()
	r := s.answer(c)
	if !s.production {
		r.remark("working-mode", "TEST")
		host, _, _ := net.SplitHostPort(q.RemoteAddr)
		r.remark("client-ip", host)
		r.remark("execution-time-in-seconds", "0,083")
	}
	s.mutex.Unlock()
	s.opt.Log.Info().Str("operation", c.op.name).Strs("codes", r.codes()).Msg("ID-SESSIONE service")
	w.Header().Set("Content-Type", "text/xml;charset=utf-8")
	_, _ = io.WriteString(w, r.envelope(c.op))
}

// answer gives the planned refusal, or the operation's own answer. The caller
// holds the mutex.
func (s *Service) answer(c call) reply {
	if len(s.planned) > 0 {
		code := s.planned[0]
		s.planned = s.planned[1:]
		return refuse(code)
	}
	return c.op.answerer(s, c)
}

// read finds the operation by its SOAPAction and the request that it takes.
func read(sent []string, body []byte) (call, error) {
	name, ours := strings.CutPrefix(strings.Trim(strings.Join(sent, ","), `"`), actions)
	for _, op := range operations {
		if !ours || op.name != name {
			continue
		}
		request, err := open(body)
		if err != nil {
			return call{}, err
		}
		structure := loose(*op.schema())
		return call{op: op, Node: request}, structure.Validate(request)
	}
	return call{}, fmt.Errorf("SOAP action %q not allowed", strings.Join(sent, ", "))
}

// open returns the only child of soap:Body.
func open(envelope []byte) (*xsd.Node, error) {
	root, err := xsd.Parse(envelope)
	if err != nil {
		return nil, err
	}
	if root.Name != (xml.Name{Space: nsSOAP, Local: "Envelope"}) || len(root.Children) == 0 {
		return nil, errors.New("a SOAP 1.1 envelope is required")
	}
	body := root.Children[len(root.Children)-1]
	if body.Name != (xml.Name{Space: nsSOAP, Local: "Body"}) || len(body.Children) != 1 {
		return nil, errors.New("the envelope must end with one soap:Body with one element")
	}
	return body.Children[0], nil
}

func writeFault(w http.ResponseWriter, status int, code, text string) {
	w.Header().Set("Content-Type", "text/xml")
	w.WriteHeader(status)
	_, _ = io.WriteString(w, `<?xml version="1.0" encoding="UTF-8"?>`+"\n"+`<env:Envelope xmlns:env="`+nsSOAP+`"><env:Body><env:Fault><faultcode>env:`+code+
		`</faultcode><faultstring>`+escape(text)+`</faultstring></env:Fault></env:Body></env:Envelope>`)
}
