package a2f

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"raccordo/host/internal/sim/anagrafe"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var noon = time.Date(2026, 11, 22, 11, 20, 4, 123e6, time.UTC) // 12:20:04 in Rome

// stand is a service without encryption: what is sealed is in brackets.
type stand struct {
	*Service
	t      *testing.T
	doctor anagrafe.Doctor
	now    time.Time
}

func newStand(t *testing.T) *stand {
	t.Helper()
	s := &stand{t: t, doctor: anagrafe.Doctors()[0], now: noon}
	s.Service = New(Options{Now: func() time.Time { return s.now }, Decrypt: func(sealed string) (string, error) {
		if clear, ok := strings.CutPrefix(sealed, "["); ok {
			return strings.TrimSuffix(clear, "]"), nil
		}
		return "", errors.New("not sealed")
	}})
	return s
}

// body is a request of the demo's doctor; token is empty for create.
func (s *stand) body(op, token string, pairs ...string) string {
	d, place := s.doctor, ""
	root := map[string]string{"create": "CreateAuthReq", "revoke": "RevokeAuthReq", "checkToken": "CheckTokenReq"}[op]
	if op == "create" {
		place = "<a:codRegione>" + d.Region + "</a:codRegione><a:codAslAo>" + d.ASL + "</a:codAslAo><a:codSsa>000000</a:codSsa><a:codiceStruttura></a:codiceStruttura>"
	} else {
		place = "<a:token>" + token + "</a:token>"
	}
	return strings.NewReplacer(pairs...).Replace(`<e:Envelope xmlns:e="` + nsSOAP + `" xmlns:a="` + nsAuth + `" xmlns:d="` + nsTypes + `"><e:Header/><e:Body><a:` + root + `><a:userId>` + d.CF + `</a:userId>` +
		`<a:identificativo><d:tipo>P</d:tipo><d:valore>[` + d.PinCode + `]</d:valore></a:identificativo><a:cfUtente>` + d.CF + `</a:cfUtente>` + place +
		`<a:contesto>RICETTA-DEM</a:contesto><a:applicazione>PRESCRITTORE</a:applicazione></a:` + root + `></e:Body></e:Envelope>`)
}

func (s *stand) request(op, body string) *http.Request {
	q := httptest.NewRequest(http.MethodPost, "https://ts"+Path, strings.NewReader(body))
	q.Header.Set("Content-Type", "text/xml;charset=UTF-8")
	q.Header.Set("SOAPAction", `"`+actions+op+`"`)
	q.SetBasicAuth(s.doctor.CF, Password(s.doctor))
	return q
}

func (s *stand) serve(q *http.Request) (int, http.Header, string) {
	w := httptest.NewRecorder()
	s.ServeHTTP(w, q)
	body, err := io.ReadAll(w.Result().Body)
	if err != nil {
		s.t.Fatal(err)
	}
	return w.Code, w.Result().Header, string(body)
}

func (s *stand) call(op, token string, pairs ...string) string {
	s.t.Helper()
	status, _, body := s.serve(s.request(op, s.body(op, token, pairs...)))
	if status != http.StatusOK {
		s.t.Fatalf("%d %s", status, body)
	}
	return body
}

func (s *stand) token() string {
	s.t.Helper()
	_, rest, ok := strings.Cut(s.call("create", ""), "<codice>token</codice><messaggio>")
	token, _, _ := strings.Cut(rest, "<")
	if !ok || len(token) != 36 {
		s.t.Fatal("no token")
	}
	return token
}

// inside is the answer without what every answer has.
func inside(answer, name string) string {
	open := fmt.Sprintf(`<soapenv:Envelope xmlns:soapenv="%s"><soapenv:Body><ns2:%s xmlns:ns2="%s" xmlns="%s">`, nsSOAP, name, nsAuth, nsTypes)
	answer, ok := strings.CutPrefix(answer, open)
	if !ok {
		return "not an answer: " + answer
	}
	return strings.TrimSuffix(answer, "</ns2:"+name+"></soapenv:Body></soapenv:Envelope>")
}

const verbose = "<comunicazione><codice>working-mode</codice><messaggio>TEST</messaggio></comunicazione><comunicazione><codice>client-ip</codice><messaggio>192.0.2.1</messaggio></comunicazione>" +
	"<comunicazione><codice>execution-time-in-seconds</codice><messaggio>0,083</messaggio></comunicazione>"

func refusal(kind, code, text string) string {
	return "<ns2:codEsito>1</ns2:codEsito><ns2:errori><errore><tipoErrore>" + kind + "</tipoErrore><codEsito>" + code + "</codEsito><descrEsito>" + text + "</descrEsito></errore></ns2:errori>"
}
