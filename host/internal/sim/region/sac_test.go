package region

import (
	"crypto/tls"
	"encoding/base64"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"raccordo/host/internal/sim/a2f"
	"raccordo/host/internal/sim/anagrafe"
	"raccordo/host/internal/sim/region/faults"
)

// direct is a doctor's software that speaks to Sistema TS without a region.
type direct struct {
	*client
	headers http.Header // of every request
}

func newDirect(t *testing.T, r *Region, doctor anagrafe.Doctor, certs ...tls.Certificate) *direct {
	t.Helper()
	return &direct{&client{t: t, region: r, base: r.SACURL(), doctor: doctor, http: httpClient(t, r, certs...)}, http.Header{}}
}

func (d *direct) basic(doctor anagrafe.Doctor, password string) *direct {
	d.headers.Set("Authorization", "Basic "+base64.StdEncoding.EncodeToString([]byte(doctor.CF+":"+password)))
	return d
}

func (d *direct) factor(value string) *direct {
	d.headers.Set("Authorization2F", value)
	return d
}

func (d *direct) ask(service Service, request string) (int, http.Header, string) {
	d.t.Helper()
	for _, op := range d.region.operations() {
		if op.service != service {
			continue
		}
		header := soapHeader(op.action)
		for name, values := range d.headers {
			header[name] = values
		}
		answer, err := d.request(http.MethodPost, op.path, header, envelope(request))
		if err != nil {
			d.t.Fatal(err)
		}
		defer answer.Body.Close()
		body, err := io.ReadAll(answer.Body)
		if err != nil {
			d.t.Fatal(err)
		}
		return answer.StatusCode, answer.Header, string(body)
	}
	d.t.Fatalf("no service %s", service)
	return 0, nil, ""
}

func (d *direct) lotRequest() string {
	return `<LottoRichiestaNRE xmlns="` + nsLot + `"><CodRegione>090</CodRegione><IdentificativoLotto>0</IdentificativoLotto><CFMedico>` + d.doctor.CF + `</CFMedico></LottoRichiestaNRE>`
}

// outcomes asks every service and says what each answered.
func (d *direct) outcomes() []string {
	d.t.Helper()
	_, _, lot := d.ask(ServiceLot, d.lotRequest())
	_, _, sent := d.ask(ServiceSend, d.sendRequest(""))
	nre := between(sent, "nre")
	_, _, view := d.ask(ServiceView, d.byNumber("VisualizzaPrescrittoRichiesta", nsView, nre))
	_, _, cancelled := d.ask(ServiceCancel, d.byNumber("AnnullaPrescrittoRichiesta", nsCancel, nre))
	return []string{between(lot, "CodEsito") + between(lot, "faultcode"), between(sent, "codEsitoInserimento") + " " + between(sent, "codEsito"),
		between(view, "codEsitoVisualizzazione") + " " + between(view, "codEsito"), between(cancelled, "codEsitoAnnullamento") + " " + between(cancelled, "codEsito")}
}

var (
	allDone    = []string{"00", "0000 0000", "0000 0000", "0000 0000"}
	allLacking = []string{"env:9101", "9999 9101", "9999 9101", "9999 9101"}
)

func TestDirectWays(t *testing.T) {
	r := startRegion(t)
	verdi, neri := anagrafe.Doctors()[0], anagrafe.Doctors()[1]
	card := cardCertificate(t, r.CardCA(), verdi.CF+"/"+verdi.CardSerial+".wXyZ=")
	ts := r.SecondFactor()
	others := "Bearer " + ts.Issue(neri.CF)
	used, reserve := ts.Issue(verdi.CF), ""
	if ts.Use(used, verdi.CF) != nil {
		t.Fatal("a new token is refused")
	}
	reserve = ts.Issue(verdi.CF)
	for _, row := range []struct {
		name   string
		client *direct
		want   []string
	}{
		{"card alone", newDirect(t, r, verdi, card), allDone},
		{"card and Basic of its holder", newDirect(t, r, verdi, card).basic(verdi, a2f.Password(verdi)), allDone},
		{"card of another, Basic alone", newDirect(t, r, neri, card).basic(neri, a2f.Password(neri)), allLacking},
		{"card of another and ID-SESSIONE", newDirect(t, r, neri, card).basic(neri, a2f.Password(neri)).factor(others), allDone},
		{"Basic alone", newDirect(t, r, verdi).basic(verdi, a2f.Password(verdi)), allLacking},
		{"the one in use", newDirect(t, r, verdi).basic(verdi, a2f.Password(verdi)).factor("Bearer " + used), allDone},
		{"the newer, which ends the older", newDirect(t, r, verdi).basic(verdi, a2f.Password(verdi)).factor("bearer " + reserve), allDone},
		{"the older", newDirect(t, r, verdi).basic(verdi, a2f.Password(verdi)).factor("Bearer " + used), allLacking},
		{"another doctor's ID-SESSIONE", newDirect(t, r, verdi).basic(verdi, a2f.Password(verdi)).factor(others), allLacking},
		{"no scheme", newDirect(t, r, verdi).basic(verdi, a2f.Password(verdi)).factor(reserve), allLacking},
		{"wildcard of this month", newDirect(t, r, verdi).basic(verdi, a2f.Password(verdi)).factor("Bearer " + verdi.CF + "-2026-11-RICETTA-DEM-PRESCRITTORE"), allDone},
	} {
		t.Run(row.name, func(t *testing.T) {
			if d := cmp.Diff(row.want, row.client.outcomes()); d != "" {
				t.Error(d)
			}
		})
	}
	if n := r.LiveSessions(); n != 0 {
		t.Errorf("%d sessions", n)
	}
}

// TestDirectEnds: whatever ends the ID-SESSIONE, the next request lacks it and
// does nothing.
func TestDirectEnds(t *testing.T) {
	r := startRegion(t)
	verdi := anagrafe.Doctors()[0]
	ts := r.SecondFactor()
	for name, end := range map[string]func(){
		"expired": func() { ts.ExpireAll() },
		"revoked": func() { ts.RevokeAll() },
		"fault":   func() { r.Inject(Fault{Kind: faults.ExpiredSession, Service: ServiceSend, Times: 1}) },
	} {
		t.Run(name, func(t *testing.T) {
			d := newDirect(t, r, verdi).basic(verdi, a2f.Password(verdi)).factor("Bearer " + ts.Issue(verdi.CF))
			if _, _, body := d.ask(ServiceSend, d.sendRequest("")); between(body, "codEsitoInserimento") != outcomeOK {
				t.Fatal(body)
			}
			before := len(r.archive.prescriptions)
			end()
			status, _, body := d.ask(ServiceSend, d.sendRequest(""))
			if status != http.StatusOK || between(body, "codEsitoInserimento") != outcomeRefused || !strings.Contains(body, "<ns2:codEsito>9101</ns2:codEsito>") || !strings.Contains(body, "<ns2:tipoErrore>Bloccante</ns2:tipoErrore>") || len(r.archive.prescriptions) != before {
				t.Errorf("%d %s", status, body)
			}
			if d := cmp.Diff(allLacking, d.outcomes()); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestDirectRefusals(t *testing.T) {
	r := startRegion(t)
	verdi, neri := anagrafe.Doctors()[0], anagrafe.Doctors()[1]
	citizen := cardCertificate(t, r.CardCA(), anagrafe.Patients()[0].CF+"/6090010000000012.wXyZ=")
	unreadable := cardCertificate(t, r.CardCA(), verdi.CF)
	full := func(d *direct) *direct {
		return d.basic(verdi, a2f.Password(verdi)).factor("Bearer " + r.SecondFactor().Issue(verdi.CF))
	}
	stranger := newDirect(t, r, anagrafe.Doctor{CF: "NOBODY"})
	for _, row := range []struct {
		name   string
		client *direct
		status int
		body   string
	}{
		{"nothing", newDirect(t, r, verdi), 401, "Rejected by policy. (from client)"},
		{"wrong password", newDirect(t, r, verdi).basic(verdi, "x"), 401, "Rejected by policy. (from client)"},
		{"unknown user", stranger.basic(stranger.doctor, "x"), 500, "Errore generico di autenticazione"},
		{"citizen's card", newDirect(t, r, verdi, citizen), 403, "Rejected by policy. (from client)"},
		{"citizen's card and all the rest", full(newDirect(t, r, verdi, citizen)), 403, "Rejected by policy. (from client)"},
		{"certificate that names nobody", newDirect(t, r, verdi, unreadable), 403, "Rejected by policy. (from client)"},
		{"another's pinCode", full(newDirect(t, r, neri)), 200, "<ns2:codEsito>9001</ns2:codEsito>"},
	} {
		t.Run(row.name, func(t *testing.T) {
			status, header, body := row.client.ask(ServiceSend, row.client.sendRequest(""))
			if status != row.status || !strings.Contains(body, row.body) {
				t.Errorf("%d %s", status, body)
			}
			if challenge := header.Get("WWW-Authenticate"); (status == http.StatusUnauthorized) != (challenge == "Basic realm=login") {
				t.Errorf("challenge %q", challenge)
			}
		})
	}
	other := cardCertificate(t, r.ServerCA(), verdi.CF+"/"+verdi.CardSerial+".wXyZ=")
	foreign := newDirect(t, r, verdi)
	// Shown although the server does not ask for its authority.
	foreign.http.Transport.(*http.Transport).TLSClientConfig.GetClientCertificate = func(*tls.CertificateRequestInfo) (*tls.Certificate, error) { return &other, nil }
	if answer, err := foreign.request(http.MethodPost, "/", nil, ""); err == nil {
		answer.Body.Close()
		t.Error("a card of a foreign authority is let in")
	}
	for _, path := range []string{"/sessione/v1", "/anagrafe/v1/assistiti/" + anagrafe.Patients()[0].CF, "/"} {
		d := full(newDirect(t, r, verdi))
		if status, _ := d.do(http.MethodGet, path, d.headers, ""); status != http.StatusNotFound {
			t.Errorf("%s: %d", path, status)
		}
	}
}

// TestDirectSecondFactor: the authentication service stands beside the others
// and opens what the region's own certificate sealed.
func TestDirectSecondFactor(t *testing.T) {
	r := startRegion(t)
	verdi := anagrafe.Doctors()[0]
	d := newDirect(t, r, verdi).basic(verdi, a2f.Password(verdi))
	header := soapHeader("http://wsdl.auth.a2f.sts.sanita.finanze.it/create")
	header["Authorization"] = d.headers["Authorization"]
	status, body := d.do(http.MethodPost, a2f.Path, header, envelope(`<a:CreateAuthReq xmlns:a="http://authservice.xsd.wsdl.auth.a2f.sts.sanita.finanze.it" xmlns:d="http://datatype.xsd.wsdl.auth.a2f.sts.sanita.finanze.it">`+
		`<a:userId>`+verdi.CF+`</a:userId><a:identificativo><d:tipo>P</d:tipo><d:valore>`+d.seal(verdi.PinCode)+`</d:valore></a:identificativo><a:cfUtente>`+verdi.CF+`</a:cfUtente><a:codRegione>090</a:codRegione>`+
		`<a:codAslAo>201</a:codAslAo><a:codSsa>000000</a:codSsa><a:contesto>RICETTA-DEM</a:contesto><a:applicazione>PRESCRITTORE</a:applicazione></a:CreateAuthReq>`))
	_, rest, _ := strings.Cut(body, "<codice>token</codice><messaggio>")
	token, _, _ := strings.Cut(rest, "<")
	if status != http.StatusOK || len(token) != 36 {
		t.Fatalf("%d %s", status, body)
	}
	if diff := cmp.Diff(allDone, d.factor("Bearer "+token).outcomes()); diff != "" {
		t.Error(diff)
	}
	if got := r.SecondFactor().Phase(token); got != "Attivo" {
		t.Errorf("phase %q", got)
	}
	want := map[Service]int{ServiceSecondFactor: 1, ServiceLot: 1, ServiceSend: 1, ServiceView: 1, ServiceCancel: 1}
	if diff := cmp.Diff(want, r.Stats().Requests); diff != "" {
		t.Errorf("requests (-want +got):\n%s", diff)
	}
	r.Inject(Fault{Kind: Unavailable, Service: ListenerSAC, Times: 1})
	if status, _ := d.do(http.MethodPost, a2f.Path, header, ""); status != http.StatusServiceUnavailable {
		t.Errorf("planned fault: %d", status)
	}
}
