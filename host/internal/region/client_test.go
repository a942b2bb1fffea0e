package region

import (
	"bytes"
	"context"
	"crypto/rsa"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/rs/zerolog"

	"raccordo/host/internal/ricetta"
	"raccordo/host/internal/sim/anagrafe"
	"raccordo/host/internal/wire"
)

const nre = "0900A0000004200"

func visit() wire.Prescription {
	return wire.Prescription{ClientID: "1", TipoPrescrizione: "F", CodiceAssistito: anagrafe.Patients()[0].CF, TipoVisita: "A",
		Dettagli: []wire.PrescriptionItem{{CodProdPrest: "000000000", DescrProdPrest: "FARMACO", Quantita: 1}}}
}

func TestSession(t *testing.T) {
	f := newFixture(t)
	ctx := context.Background()
	s, err := f.client.LoginCard(ctx, f.card(t, f.cardCA))
	if err != nil {
		t.Fatal(err)
	}
	want := Session{ID: sessionID, CF: giulia().CF, Surname: "VERDI", Name: "GIULIA", Method: "CNS", Level: "LoA4", Organisation: "090201", Specializzazione: "F", Since: s.Since, ExpiresAt: s.ExpiresAt}
	if d := cmp.Diff(want, s); d != "" || s.ExpiresAt.Sub(s.Since) != 8*time.Hour {
		t.Error(d, s.Since, s.ExpiresAt)
	}
	if err := f.client.Check(ctx); err != nil {
		t.Error(err)
	}
	if _, err := f.client.Logout(ctx); err != nil {
		t.Error(err)
	}
	wantError(t, f.client.Check(ctx), wire.ErrSessionNone, false)
	if _, err := f.client.Logout(ctx); err != nil {
		t.Error("a second logout:", err)
	}
}

func TestPatient(t *testing.T) {
	f := newFixture(t)
	ctx, cf := context.Background(), anagrafe.Patients()[0].CF
	_, err := f.client.Patient(ctx, cf, Presence{})
	wantError(t, err, wire.ErrSessionNone, false)
	f.login(t)
	got, err := f.client.Patient(ctx, cf, Presence{})
	if err != nil {
		t.Fatal(err)
	}
	want := wire.SyncResult{Demographics: wire.Demographics{CodiceFiscale: cf, Surname: "BIANCHI", Name: "LUCIA"}, Exemptions: []wire.Exemption{{Code: "031", Description: "Ipertensione", From: "2016-09-12"}}}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	_, err = f.client.Patient(ctx, "../sessione", Presence{})
	wantError(t, err, wire.ErrPatientID, false)
}

func TestPrescriptionServices(t *testing.T) {
	f := newFixture(t)
	var seen []*http.Request
	var bodies []string
	f.serve(f.region(func(_ http.ResponseWriter, r *http.Request) bool {
		b, _ := io.ReadAll(r.Body)
		seen, bodies = append(seen, r), append(bodies, string(b))
		return false
	}))
	f.login(t)
	ctx := context.Background()
	lot, err := f.client.Lot(ctx, giulia())
	if err != nil || lot != (ricetta.Lot{Region: "090", Rag: "0A", Kind: "0", Code: "0000042"}) {
		t.Error(lot, err)
	}
	r, err := f.client.Send(ctx, giulia(), nre, visit(), time.Date(2026, 11, 22, 17, 20, 0, 0, time.UTC))
	if err != nil || !r.Accepted() || r.NRE != nre || !bytes.HasPrefix(r.Promemoria, []byte("%PDF-")) {
		t.Errorf("%+v %v", r, err)
	}
	v, err := f.client.View(ctx, giulia(), nre)
	if err != nil || v.State != "3" || v.CodAutenticazione == "" {
		t.Errorf("%+v %v", v, err)
	}
	c, err := f.client.Cancel(ctx, giulia(), nre)
	if err != nil || c.NRE != nre {
		t.Errorf("%+v %v", c, err)
	}
	sent := bodies[2]
	if h := seen[2].Header; h.Get("SOAPAction") != `"http://invioprescritto.wsdl.dem.sanita.finanze.it/InvioPrescritto"` || h.Get("Content-Type") != "text/xml; charset=utf-8" {
		t.Errorf("%v", h)
	}
	for field, want := range map[string]string{"pinCode": giulia().PinCode, "codiceAss": visit().CodiceAssistito} {
		match := regexp.MustCompile("<r:" + field + ">([^<]*)<").FindStringSubmatch(sent)
		raw, err := base64.StdEncoding.DecodeString(match[1])
		if err != nil {
			t.Fatal(err)
		}
		//lint:ignore SA1019 the ministry seals with PKCS #1 v1.5 (InvioPrescrittoRichiesta, pinCode)
		if clear, err := rsa.DecryptPKCS1v15(nil, f.cipherKey, raw); err != nil || string(clear) != want {
			t.Errorf("%s: %q %v", field, clear, err)
		}
	}
	if !strings.Contains(sent, "<r:dataCompilazione>2026-11-22 18:20:00<") || strings.Contains(sent, visit().CodiceAssistito) {
		t.Error(sent)
	}
}

func TestPrescriptionRefusals(t *testing.T) {
	f := newFixture(t)
	f.login(t)
	ctx := context.Background()
	sample := func(ns, outcome, code string) string {
		return `<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Body><` + ns + `Ricevuta xmlns="http://` + strings.ToLower(ns) + `ricevuta.xsd.dem.sanita.finanze.it"><nre>` + nre + `</nre><` + outcome + `>9999</` + outcome +
			`><ElencoErroriRicette><t:ErroreRicetta xmlns:t="http://tipodati.xsd.dem.sanita.finanze.it"><t:codEsito>` + code + `</t:codEsito><t:esito>no</t:esito></t:ErroreRicetta></ElencoErroriRicette></` + ns + `Ricevuta></e:Body></e:Envelope>`
	}
	answer := func(body string) {
		f.serve(f.region(func(w http.ResponseWriter, r *http.Request) bool { _, _ = io.WriteString(w, body); return true }))
	}
	for code, want := range map[string]wire.ErrorCode{"5005": wire.ErrRxNone, "1125": wire.ErrRxRefused} {
		answer(sample("VisualizzaPrescritto", "codEsitoVisualizzazione", code))
		_, err := f.client.View(ctx, giulia(), nre)
		if e := wantError(t, err, want, false); len(e.Notices) != 1 || e.Notices[0].Code != code {
			t.Errorf("%+v", e.Notices)
		}
	}
	for code, want := range map[string]wire.ErrorCode{"5005": wire.ErrRxNone, "1120": wire.ErrRxState, "1125": wire.ErrRxRefused} {
		answer(sample("AnnullaPrescritto", "codEsitoAnnullamento", code))
		_, err := f.client.Cancel(ctx, giulia(), nre)
		wantError(t, err, want, false)
	}
	answer(sample("InvioPrescritto", "codEsitoInserimento", "5004"))
	if r, err := f.client.Send(ctx, giulia(), nre, visit(), time.Now()); err != nil || r.Outcome != "9999" || r.Errors[0].Code != "5004" {
		t.Errorf("%+v %v", r, err)
	}
	f.serve(f.region())
	_, err := f.client.Send(ctx, giulia(), "0900A0000004201", visit(), time.Now())
	wantError(t, err, wire.ErrRegionAnswer, true) // the sample answers about another number
	other, none := giulia(), giulia()
	other.CF, none.PinCode = anagrafe.Doctors()[1].CF, ""
	_, err = f.client.Send(ctx, other, nre, visit(), time.Now())
	wantError(t, err, wire.ErrWrongDoctor, false)
	_, err = f.client.View(ctx, none, nre)
	wantError(t, err, wire.ErrPinCode, false)
}

func TestExpiredCipher(t *testing.T) {
	f := newFixture(t)
	var log bytes.Buffer
	now := time.Now()
	f.client = f.load(t, "prova", Options{Log: zerolog.New(&log), Now: func() time.Time { return now }})
	if log.Len() != 0 {
		t.Error(log.String())
	}
	now = now.AddDate(1, 0, -10)
	f.client = f.load(t, "prova", Options{Log: zerolog.New(&log), Now: func() time.Time { return now }})
	if !strings.Contains(log.String(), "must be replaced") {
		t.Errorf("no warning ten days before: %q", log.String())
	}
	f.login(t)
	now = now.AddDate(0, 0, 11)
	_, err := f.client.Send(context.Background(), giulia(), nre, visit(), now)
	wantError(t, err, wire.ErrRegionCipher, false)
}

// TestOneHandshake: the card signs once for a whole morning, on one connection
// or on several.
func TestOneHandshake(t *testing.T) {
	f := newFixture(t)
	f.login(t)
	ctx := context.Background()
	for range 10 {
		if _, err := f.client.Send(ctx, giulia(), nre, visit(), time.Now()); err != nil {
			t.Fatal(err)
		}
	}
	if full, resumed := f.full.Load(), f.resumed.Load(); full != 1 || resumed != 0 {
		t.Errorf("ten sends: %d full handshakes, %d resumed", full, resumed)
	}
	f.server.CloseClientConnections()
	errs := make(chan error)
	for range 6 {
		go func() { errs <- f.client.Check(ctx) }()
	}
	for range 6 {
		if err := <-errs; err != nil {
			t.Error(err)
		}
	}
	if full, resumed := f.full.Load(), f.resumed.Load(); full != 1 || resumed == 0 {
		t.Errorf("after the region hung up: %d full handshakes, %d resumed", full, resumed)
	}
}

func TestRefusesRedirects(t *testing.T) {
	f := newFixture(t)
	f.login(t)
	asked := 0
	f.serve(f.region(func(w http.ResponseWriter, r *http.Request) bool {
		asked++
		http.Redirect(w, r, "/altrove", http.StatusTemporaryRedirect)
		return true
	}))
	_, err := f.client.Send(context.Background(), giulia(), nre, visit(), time.Now())
	if e := wantError(t, err, wire.ErrRegionAnswer, true); e.Detail != "HTTP 307" || asked != 1 {
		t.Error(e.Detail, asked)
	}
}

func TestCardFailureComesBackAsItIs(t *testing.T) {
	for _, version := range []uint16{0x0303, 0} { // TLS 1.2, any
		t.Run(fmt.Sprint(version), func(t *testing.T) {
			f := newFixture(t)
			cr := f.card(t, f.cardCA)
			removed := errors.New("card removed")
			cr.Certificate.PrivateKey, cr.MaxTLS = deadCard{cr.Certificate.PrivateKey.(signer), removed}, version
			if _, err := f.client.LoginCard(context.Background(), cr); !errors.Is(err, removed) {
				t.Errorf("%v", err)
			}
		})
	}
}

// TestAskedToWait: what the region says of when to come back arrives where it
// is obeyed.
func TestAskedToWait(t *testing.T) {
	f := newFixture(t)
	f.login(t)
	f.serve(f.region(func(w http.ResponseWriter, r *http.Request) bool {
		_, _ = io.Copy(io.Discard, r.Body)
		w.Header().Set("Retry-After", "90")
		w.WriteHeader(http.StatusTooManyRequests)
		return true
	}))
	_, err := f.client.Send(context.Background(), giulia(), nre, visit(), time.Now())
	if e := wantError(t, err, wire.ErrRegionLimit, false); e.RetryAfter() != 90*time.Second || !e.Wire().Data.Retryable {
		t.Errorf("%+v", e)
	}
}
