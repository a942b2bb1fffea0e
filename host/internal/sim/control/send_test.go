package control_test

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"net/http"
	"strings"
	"testing"

	"raccordo/host/internal/sim/anagrafe"
)

// open opens the doctor's session and returns its id.
func (s *stand) open() string {
	s.t.Helper()
	q, err := http.NewRequest(http.MethodPost, s.region.SARURL()+"/sessione/v1", nil)
	if err != nil {
		s.t.Fatal(err)
	}
	_, header, _ := s.do(s.doctor, q)
	return strings.TrimPrefix(header.Get("Location"), "/sessione/v1/")
}

// send sends a prescription and returns the answer.
func (s *stand) send(session string) string {
	s.t.Helper()
	d, p := anagrafe.Doctors()[0], anagrafe.Patients()[0]
	body := `<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><i:InvioPrescrittoRichiesta xmlns:i="http://invioprescrittorichiesta.xsd.dem.sanita.finanze.it" xmlns:t="http://tipodati.xsd.dem.sanita.finanze.it">` +
		`<i:pinCode>` + s.seal(d.PinCode) + `</i:pinCode><i:cfMedico1>` + d.CF + `</i:cfMedico1><i:codRegione>090</i:codRegione><i:codASLAo>201</i:codASLAo><i:codSpecializzazione>F</i:codSpecializzazione>` +
		`<i:codiceAss>` + s.seal(p.CF) + `</i:codiceAss><i:cognNome>BIANCHI LUCIA</i:cognNome><i:tipoPrescrizione>F</i:tipoPrescrizione><i:nonEsente>1</i:nonEsente><i:dataCompilazione>2026-11-23 09:00:00</i:dataCompilazione><i:tipoVisita>A</i:tipoVisita>` +
		`<i:ElencoDettagliPrescrizioni><t:DettaglioPrescrizione><t:codGruppoEquival>G3B</t:codGruppoEquival><t:descrGruppoEquival>LEVETIRACETAM 500MG 60 UNITA' USO ORALE</t:descrGruppoEquival><t:quantita>1</t:quantita></t:DettaglioPrescrizione></i:ElencoDettagliPrescrizioni></i:InvioPrescrittoRichiesta></s:Body></s:Envelope>`
	q, err := http.NewRequest(http.MethodPost, s.region.SARURL()+"/DemRicettaPrescrittoServicesWeb/services/demInvioPrescritto", strings.NewReader(body))
	if err != nil {
		s.t.Fatal(err)
	}
	q.Header = http.Header{"Content-Type": {"text/xml"}, "Soapaction": {`"http://invioprescritto.wsdl.dem.sanita.finanze.it/InvioPrescritto"`}, "Authorization": {"Bearer " + session}}
	_, _, answer := s.do(s.doctor, q)
	return answer
}

func (s *stand) seal(clear string) string {
	s.t.Helper()
	block, _ := pem.Decode(s.region.CipherCertificatePEM())
	cert, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		s.t.Fatal(err)
	}
	//lint:ignore SA1019 the ministry's format
	sealed, err := rsa.EncryptPKCS1v15(rand.Reader, cert.PublicKey.(*rsa.PublicKey), []byte(clear))
	if err != nil {
		s.t.Fatal(err)
	}
	return base64.StdEncoding.EncodeToString(sealed)
}

// TestOrderedAnswer: what the panel orders, the next send gets, and the log
// shows.
func TestOrderedAnswer(t *testing.T) {
	s := start(t)
	session := s.open()
	doctor := anagrafe.Doctors()[0].CF
	for body, want := range map[string]int{
		`{"codice":"1176","medico":"` + doctor + `"}`: 201, `{"codice":"12"}`: 422, `{"codice":"1176","servizio":"lotto"}`: 422, `{"codice":"1176","volte":-1}`: 422, `{"altro":1}`: 400,
	} {
		if status, answer := s.json("/v1/rifiuti", body); status != want {
			t.Errorf("%s: %d %s", body, status, answer)
		}
	}
	if _, _, body := s.call(http.MethodGet, "/v1/rifiuti", ""); !strings.Contains(body, `{"servizio":"invio","medico":"`+doctor+`","codice":"1176","testo":"Nota AIFA obbligatoria per il farmaco prescritto","volte":1}`) {
		t.Error(body)
	}
	if answer := s.send(session); !strings.Contains(answer, "<ns2:codEsito>1176<") {
		t.Errorf("ordered: %s", answer)
	}
	if answer := s.send(session); !strings.Contains(answer, "<codAutenticazione>") {
		t.Errorf("then: %s", answer)
	}
	s.json("/v1/rifiuti", `{"codice":"1198"}`)
	if status, _, _ := s.call(http.MethodDelete, "/v1/rifiuti", ""); status != http.StatusNoContent {
		t.Errorf("delete: %d", status)
	}
	if answer := s.send(session); !strings.Contains(answer, "<codAutenticazione>") {
		t.Errorf("cancelled order: %s", answer)
	}
	_, _, log := s.call(http.MethodGet, "/v1/registro?esito=1176&limite=5", "")
	if strings.Count(log, `"servizio":"invio"`) != 1 || !strings.Contains(log, `"esito":"9999 1176"`) || !strings.Contains(log, `"medico":"`+doctor+`"`) || !strings.Contains(log, `"ultimo":4`) {
		t.Errorf("log: %s", log)
	}
	if status, _, _ := s.call(http.MethodGet, "/v1/registro?limite=x", ""); status != http.StatusUnprocessableEntity {
		t.Errorf("a limit that is no number: %d", status)
	}
	if _, _, load := s.call(http.MethodGet, "/v1/carico", ""); !strings.Contains(load, `"servizi":{"invio":`) && !strings.Contains(load, `"invio":`) {
		t.Errorf("load: %s", load)
	}
	if got := s.state(); len(got.Refusals) != 0 || got.Requests["invio"] != 3 {
		t.Errorf("state: %+v", got)
	}
}

// TestPrescriptions: listed, dispensed step by step, and on their page.
func TestPrescriptions(t *testing.T) {
	s := start(t)
	s.send(s.open())
	nre := "0900A4000000001"
	for _, step := range []struct {
		body   string
		status int
		says   string
	}{
		{`{"nre":"` + nre + `","azione":"eroga"}`, 409, "stato-non-adatto"}, {`{"nre":"` + nre + `","azione":"prendi-in-carico"}`, 200, `"stato":"5"`},
		{`{"nre":"` + nre + `","azione":"altro"}`, 422, "azione-sconosciuta"}, {`{"nre":"0900A4000000009","azione":"eroga"}`, 404, "ricetta-assente"},
	} {
		if status, body := s.json("/v1/ricette", step.body); status != step.status || !strings.Contains(body, step.says) {
			t.Errorf("%s: %d %s", step.body, status, body)
		}
	}
	_, _, list := s.call(http.MethodGet, "/v1/ricette?medico="+anagrafe.Doctors()[0].CF+"&vive=1", "")
	for _, part := range []string{`"nre":"` + nre + `"`, `"stato":"5","stato_testo":"In carico all'erogatore"`, `"assistito":"` + anagrafe.Patients()[0].CF, `"data_compilazione":"2026-11-23 09:00:00"`, `"azioni":["rilascia","sospendi",`} {
		if !strings.Contains(list, part) {
			t.Errorf("%s is missing in %s", part, list)
		}
	}
	if _, _, list := s.call(http.MethodGet, "/v1/ricette?assistito=x", ""); list != `{"ricette":[]}`+"\n" {
		t.Error(list)
	}
	if status, header, _ := s.form("/ricette", "nre="+nre+"&azione=eroga"); status != http.StatusSeeOther || header.Get("Location") != "/ricette" {
		t.Errorf("form: %d %s", status, header.Get("Location"))
	}
	_, _, page := s.call(http.MethodGet, "/ricette", "")
	has(t, page, nre, "8 – Erogata", `value="annulla-erogazione"`, "LEVETIRACETAM")
	_, _, page = s.call(http.MethodGet, "/registro?servizio=invio", "")
	has(t, page, nre, "&lt;i:pinCode&gt;…&lt;/i:pinCode&gt;", "con esito 0000")
}
