package region

import (
	"encoding/base64"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"raccordo/host/internal/sim/anagrafe"
)

// TestMorning follows one prescription: lot, send, view, FSE, cancel, view, FSE.
// The answers are held to the shape of the ministry's recorded ones, byte for
// byte.
func TestMorning(t *testing.T) {
	r := startRegion(t)
	c := login(t, r, anagrafe.Doctors()[0])
	cf := anagrafe.Patients()[0].CF
	nre := c.newLot() + "07"
	if !nreGrammar.MatchString(nre) {
		t.Fatalf("nre %q", nre)
	}

	status, sent := c.call(ServiceSend, c.sendRequest(nre))
	if status != http.StatusOK {
		t.Fatalf("send: %d %s", status, sent)
	}
	code := between(sent, "codAutenticazione")
	if code != "221120261220041230000000000001" {
		t.Errorf("codAutenticazione %q", code)
	}
	pdf, err := base64.StdEncoding.DecodeString(between(sent, "pdfPromemoria"))
	if err != nil || !strings.HasPrefix(string(pdf), "%PDF-") {
		t.Errorf("pdfPromemoria is no PDF: %v", err)
	}
	shape := regexp.MustCompile(`<pdfPromemoria>[^<]*`).ReplaceAllString(sent, "<pdfPromemoria>PDF")
	if diff := cmp.Diff(wantSent(nre), shape); diff != "" {
		t.Errorf("send answer (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(wantView(nre, "3"), c.viewOf(nre)); diff != "" {
		t.Errorf("view answer (-want +got):\n%s", diff)
	}
	if page := getPage(t, r, cf); !strings.Contains(page, nre) || !strings.Contains(page, "LEVETIRACETAM") || !strings.Contains(page, "GIULIA VERDI") {
		t.Errorf("the FSE page lacks the prescription:\n%s", page)
	}

	if diff := cmp.Diff(wantCancelled(nre), c.cancelOf(nre)); diff != "" {
		t.Errorf("cancel answer (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(wantView(nre, "4"), c.viewOf(nre)); diff != "" {
		t.Errorf("view answer after cancelling (-want +got):\n%s", diff)
	}
	if page := getPage(t, r, cf); strings.Contains(page, nre) || !strings.Contains(page, "Nessuna ricetta") {
		t.Errorf("the FSE page still has the cancelled prescription:\n%s", page)
	}
	if again := c.cancelOf(nre); !strings.Contains(again, "<ns2:codEsito>1120</ns2:codEsito>") {
		t.Errorf("second cancellation: %s", again)
	}
	s := r.Stats()
	if s.FullHandshakes != 1 || s.Requests[ServiceSend] != 1 || s.Requests[ServiceCancel] != 2 || s.Requests[ServiceView] != 2 {
		t.Errorf("stats %+v", s)
	}
}

func wrap(body string) string {
	return `<?xml version="1.0" encoding="UTF-8"?>` + "\n" + `<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"><soapenv:Body>` + body + `</soapenv:Body></soapenv:Envelope>`
}

func wantSent(nre string) string {
	return wrap(`<InvioPrescrittoRicevuta xmlns:ns3="http://invioprescrittorichiesta.xsd.dem.sanita.finanze.it" xmlns:ns2="http://tipodati.xsd.dem.sanita.finanze.it" xmlns="http://invioprescrittoricevuta.xsd.dem.sanita.finanze.it">` +
		`<nre>` + nre + `</nre><codAutenticazione>221120261220041230000000000001</codAutenticazione><dataInserimento>2026-11-22 12:20:04</dataInserimento><codEsitoInserimento>0000</codEsitoInserimento>` +
		`<ElencoErroriRicette><ns2:ErroreRicetta><ns2:codEsito>0000</ns2:codEsito><ns2:esito>Operazione eseguita correttamente</ns2:esito><ns2:progPresc>0</ns2:progPresc></ns2:ErroreRicetta></ElencoErroriRicette>` +
		`<ElencoComunicazioni><ns2:Comunicazione><ns2:codice>0199</ns2:codice><ns2:messaggio>COGNOME_MEDICO=VERDI</ns2:messaggio></ns2:Comunicazione>` +
		`<ns2:Comunicazione><ns2:codice>0198</ns2:codice><ns2:messaggio>NOME_MEDICO=GIULIA</ns2:messaggio></ns2:Comunicazione>` +
		`<ns2:Comunicazione><ns2:codice>0197</ns2:codice><ns2:messaggio>` + regionalSentence + `</ns2:messaggio></ns2:Comunicazione>` +
		`<ns2:Comunicazione><ns2:codice>0100</ns2:codice><ns2:messaggio>Nessuna comunicazione.</ns2:messaggio></ns2:Comunicazione></ElencoComunicazioni>` +
		`<flagPromemoria>0</flagPromemoria><pdfPromemoria>PDF</pdfPromemoria></InvioPrescrittoRicevuta>`)
}

func wantView(nre, state string) string {
	doctor := anagrafe.Doctors()[0].CF
	return wrap(`<ns2:VisualizzaPrescrittoRicevuta xmlns:ns3="http://visualizzaprescrittorichiesta.xsd.dem.sanita.finanze.it" xmlns="http://tipodati.xsd.dem.sanita.finanze.it" xmlns:ns2="http://visualizzaprescrittoricevuta.xsd.dem.sanita.finanze.it">` +
		`<ns2:nre>` + nre + `</ns2:nre><ns2:cfMedico1>` + doctor + `</ns2:cfMedico1><ns2:codRegione>090</ns2:codRegione><ns2:codASLAo>201</ns2:codASLAo><ns2:codSpecializzazione>F</ns2:codSpecializzazione>` +
		`<ns2:testata1>COGNOME_MEDICO=VERDI;NOME_MEDICO=GIULIA</ns2:testata1><ns2:codiceAss/><ns2:cognNome>BIANCHI LUCIA</ns2:cognNome><ns2:indirizzo>|||</ns2:indirizzo><ns2:tipoPrescrizione>F</ns2:tipoPrescrizione><ns2:nonEsente>1</ns2:nonEsente>` +
		`<ns2:dataCompilazione>2026-11-22 12:20:00</ns2:dataCompilazione><ns2:tipoVisita>A</ns2:tipoVisita><ns2:provAssistito>FI</ns2:provAssistito><ns2:aslAssistito>201</ns2:aslAssistito>` +
		`<ns2:ElencoDettagliPrescrizioni><DettaglioPrescrizione><codGruppoEquival>G3B</codGruppoEquival><descrGruppoEquival>LEVETIRACETAM 500MG 60 UNITA' USO ORALE</descrGruppoEquival><quantita>1</quantita><numsedute>0</numsedute></DettaglioPrescrizione></ns2:ElencoDettagliPrescrizioni>` +
		`<ns2:statoProcesso>` + state + `</ns2:statoProcesso><ns2:codAutenticazione>221120261220041230000000000001</ns2:codAutenticazione><ns2:dataInserimento>2026-11-22 12:20:04</ns2:dataInserimento><ns2:codEsitoVisualizzazione>0000</ns2:codEsitoVisualizzazione>` +
		`<ns2:ElencoErroriRicette><ErroreRicetta><codEsito>0000</codEsito><esito>Operazione eseguita correttamente</esito><progPresc>0</progPresc><tipoErrore/></ErroreRicetta></ns2:ElencoErroriRicette>` +
		`<ns2:ElencoComunicazioni><Comunicazione><codice>0200</codice><messaggio>Nessuna comunicazione.</messaggio></Comunicazione></ns2:ElencoComunicazioni></ns2:VisualizzaPrescrittoRicevuta>`)
}

func wantCancelled(nre string) string {
	return wrap(`<AnnullaPrescrittoRicevuta xmlns:ns3="http://annullaprescrittorichiesta.xsd.dem.sanita.finanze.it" xmlns:ns2="http://tipodati.xsd.dem.sanita.finanze.it" xmlns="http://annullaprescrittoricevuta.xsd.dem.sanita.finanze.it">` +
		`<nre>` + nre + `</nre><codEsitoAnnullamento>0000</codEsitoAnnullamento><ElencoErroriRicette><ns2:ErroreRicetta><ns2:codEsito>0000</ns2:codEsito><ns2:esito>Operazione eseguita correttamente</ns2:esito><ns2:progPresc>0</ns2:progPresc><ns2:tipoErrore/></ns2:ErroreRicetta></ElencoErroriRicette>` +
		`<ElencoComunicazioni><ns2:Comunicazione><ns2:codice>0300</ns2:codice><ns2:messaggio>Nessuna comunicazione.</ns2:messaggio></ns2:Comunicazione></ElencoComunicazioni></AnnullaPrescrittoRicevuta>`)
}

func getPage(t *testing.T, r *Region, cf string) string {
	t.Helper()
	c := &client{t: t, region: r, http: httpClient(t, r)}
	q, err := c.http.Get(r.PortalURL() + "/assistito/" + cf)
	if err != nil {
		t.Fatal(err)
	}
	defer q.Body.Close()
	var b strings.Builder
	if err := q.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}
