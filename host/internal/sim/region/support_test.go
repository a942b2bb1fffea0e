package region

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/rs/zerolog"
	"go.uber.org/goleak"

	"raccordo/host/internal/sim/anagrafe"
	"raccordo/host/internal/sim/testca"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var noon = time.Date(2026, 11, 22, 11, 20, 4, 123e6, time.UTC) // 12:20:04 in Rome

func startRegion(t *testing.T, change ...func(*Options)) *Region {
	t.Helper()
	o := Options{Dir: t.TempDir(), Log: zerolog.New(zerolog.NewTestWriter(t)), Now: func() time.Time { return noon }}
	for _, c := range change {
		c(&o)
	}
	r, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	if err := r.Start(context.Background()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = r.Close() })
	return r
}

// client is a doctor's software with an ordinary key in the card's place.
type client struct {
	t       *testing.T
	region  *Region
	base    string // "": the SAR
	doctor  anagrafe.Doctor
	http    *http.Client
	session string
}

func cardCertificate(t *testing.T, ca *testca.CA, commonName string, change ...func(*x509.Certificate)) tls.Certificate {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	tmpl := &x509.Certificate{Subject: testca.Subject(commonName), KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}}
	for _, c := range change {
		c(tmpl)
	}
	der, err := ca.Issue(tmpl, key.Public())
	if err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
}

func httpClient(t *testing.T, r *Region, certs ...tls.Certificate) *http.Client {
	t.Helper()
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: r.ServerCA().Pool(), Certificates: certs, ClientSessionCache: tls.NewLRUClientSessionCache(4)}}
	t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: transport, Timeout: 20 * time.Second}
}

func newClient(t *testing.T, r *Region, doctor anagrafe.Doctor) *client {
	t.Helper()
	cert := cardCertificate(t, r.CardCA(), doctor.CF+"/"+doctor.CardSerial+".wXyZ=")
	return &client{t: t, region: r, doctor: doctor, http: httpClient(t, r, cert)}
}

func login(t *testing.T, r *Region, doctor anagrafe.Doctor) *client {
	t.Helper()
	c := newClient(t, r, doctor)
	status, body := c.do(http.MethodPost, "/sessione/v1", nil, "")
	var s struct{ ID string }
	if err := json.Unmarshal([]byte(body), &s); status != http.StatusCreated || err != nil || s.ID == "" {
		t.Fatalf("login: %d %s %v", status, body, err)
	}
	c.session = s.ID
	return c
}

func (c *client) request(method, path string, header http.Header, body string) (*http.Response, error) {
	base := c.base
	if base == "" {
		base = c.region.SARURL()
	}
	q, err := http.NewRequest(method, base+path, strings.NewReader(body))
	if err != nil {
		c.t.Fatal(err)
	}
	if c.session != "" {
		q.Header.Set("Authorization", "Bearer "+c.session)
	}
	for name, values := range header {
		q.Header[name] = values
	}
	return c.http.Do(q)
}

func (c *client) do(method, path string, header http.Header, body string) (int, string) {
	c.t.Helper()
	answer, err := c.request(method, path, header, body)
	if err != nil {
		c.t.Fatal(err)
	}
	defer answer.Body.Close()
	raw, err := io.ReadAll(answer.Body)
	if err != nil {
		c.t.Fatal(err)
	}
	return answer.StatusCode, string(raw)
}

func soapHeader(action string) http.Header {
	return http.Header{"Content-Type": {"text/xml;charset=UTF-8"}, "Soapaction": {`"` + action + `"`}}
}

// call posts a request body (the child of soap:Body) to a service.
func (c *client) call(service Service, request string) (int, string) {
	c.t.Helper()
	for _, op := range c.region.operations() {
		if op.service == service {
			return c.do(http.MethodPost, op.path, soapHeader(op.action), envelope(request))
		}
	}
	c.t.Fatalf("no service %s", service)
	return 0, ""
}

func envelope(body string) string {
	return `<?xml version="1.0" encoding="UTF-8"?><soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"><soapenv:Header/><soapenv:Body>` + body + `</soapenv:Body></soapenv:Envelope>`
}

// seal encrypts as a sender must, from the published certificate.
func (c *client) seal(clear string) string {
	c.t.Helper()
	block, _ := pem.Decode(c.region.CipherCertificatePEM())
	cert, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		c.t.Fatal(err)
	}
	//lint:ignore SA1019 the ministry's format
	sealed, err := rsa.EncryptPKCS1v15(rand.Reader, cert.PublicKey.(*rsa.PublicKey), []byte(clear))
	if err != nil {
		c.t.Fatal(err)
	}
	return base64.StdEncoding.EncodeToString(sealed)
}

// sendRequest is a drug for the first patient; pairs replace text in it.
func (c *client) sendRequest(nre string, pairs ...string) string {
	patient := anagrafe.Patients()[0]
	q := `<inv:InvioPrescrittoRichiesta xmlns:inv="http://invioprescrittorichiesta.xsd.dem.sanita.finanze.it" xmlns:tip="http://tipodati.xsd.dem.sanita.finanze.it">` +
		`<inv:pinCode>` + c.seal(c.doctor.PinCode) + `</inv:pinCode><inv:cfMedico1>` + c.doctor.CF + `</inv:cfMedico1>` +
		`<inv:codRegione>090</inv:codRegione><inv:codASLAo>` + c.doctor.ASL + `</inv:codASLAo><inv:codSpecializzazione>F</inv:codSpecializzazione>` +
		`<inv:nre>` + nre + `</inv:nre><inv:tipoRic/><inv:codiceAss>` + c.seal(patient.CF) + `</inv:codiceAss><inv:cognNome>BIANCHI LUCIA</inv:cognNome>` +
		`<inv:indirizzo>VIA GARIBALDI 12|50123|FIRENZE|FI</inv:indirizzo><inv:tipoPrescrizione>F</inv:tipoPrescrizione><inv:nonEsente>1</inv:nonEsente>` +
		`<inv:dataCompilazione>2026-11-22 12:20:00</inv:dataCompilazione><inv:tipoVisita>A</inv:tipoVisita>` +
		`<inv:provAssistito>FI</inv:provAssistito><inv:aslAssistito>201</inv:aslAssistito>` +
		`<inv:ElencoDettagliPrescrizioni><tip:DettaglioPrescrizione><tip:codGruppoEquival>G3B</tip:codGruppoEquival>` +
		`<tip:descrGruppoEquival>LEVETIRACETAM 500MG 60 UNITA' USO ORALE</tip:descrGruppoEquival><tip:quantita>1</tip:quantita>` +
		`</tip:DettaglioPrescrizione></inv:ElencoDettagliPrescrizioni></inv:InvioPrescrittoRichiesta>`
	return strings.NewReplacer(pairs...).Replace(q)
}

func (c *client) byNumber(root, space, nre string) string {
	return `<r:` + root + ` xmlns:r="` + space + `"><r:pinCode>` + c.seal(c.doctor.PinCode) + `</r:pinCode><r:nre>` + nre + `</r:nre><r:cfMedico>` + c.doctor.CF + `</r:cfMedico></r:` + root + `>`
}

func (c *client) viewOf(nre string) string {
	_, body := c.call(ServiceView, c.byNumber("VisualizzaPrescrittoRichiesta", nsView, nre))
	return body
}

func (c *client) cancelOf(nre string) string {
	_, body := c.call(ServiceCancel, c.byNumber("AnnullaPrescrittoRichiesta", nsCancel, nre))
	return body
}

// newLot asks for a lot and returns its NREs' first 13 characters.
func (c *client) newLot() string {
	c.t.Helper()
	status, body := c.call(ServiceLot, `<LottoRichiestaNRE xmlns="http://lottorichiesta.xsd.nre.mirsac.sanita.finanze.it"><CodRegione>090</CodRegione><IdentificativoLotto>0</IdentificativoLotto><CFMedico>`+c.doctor.CF+`</CFMedico></LottoRichiestaNRE>`)
	if status != http.StatusOK || between(body, "CodEsito") != "00" {
		c.t.Fatalf("lot: %d %s", status, body)
	}
	return between(body, "CodRegione") + between(body, "CodRagLotto") + between(body, "IdentificativoLotto") + between(body, "CodLotto")
}

// between returns the text of the first element of that local name.
func between(body, local string) string {
	for _, prefix := range []string{"", "ns2:"} {
		if _, rest, ok := strings.Cut(body, "<"+prefix+local+">"); ok {
			value, _, _ := strings.Cut(rest, "<")
			return value
		}
	}
	return ""
}
