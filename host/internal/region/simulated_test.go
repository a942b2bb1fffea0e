package region_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/asn1"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/rs/zerolog"

	"raccordo/host/internal/outbox"
	"raccordo/host/internal/region"
	"raccordo/host/internal/ricetta"
	"raccordo/host/internal/sim/anagrafe"
	simulated "raccordo/host/internal/sim/region"
	"raccordo/host/internal/sim/region/faults"
	"raccordo/host/internal/sim/testca"
	"raccordo/host/internal/wire"
)

// What the outbox asks of a region is what a client gives.
var (
	_ outbox.Region   = (*region.Client)(nil)
	_ outbox.Searcher = (*region.Client)(nil)
	_ outbox.Fault    = (*region.Error)(nil)
)

// start runs the simulated region and makes a client from the profile of the
// repository, with nothing changed but the port.
func start(t *testing.T) (*simulated.Region, *region.Client) {
	t.Helper()
	dir := t.TempDir()
	r, err := simulated.New(simulated.Options{Dir: dir, Log: zerolog.Nop()})
	if err != nil {
		t.Fatal(err)
	}
	if err := r.Start(context.Background()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = r.Close() })
	text, err := os.ReadFile(filepath.Join("..", "..", "..", "manifests", "regions", "simulata.toml"))
	if err != nil {
		t.Fatal(err)
	}
	moved := strings.ReplaceAll(string(text), "https://127.0.0.1:8444", r.SARURL())
	if err := os.WriteFile(filepath.Join(dir, "simulata.toml"), []byte(moved), 0o600); err != nil {
		t.Fatal(err)
	}
	profiles, err := region.LoadProfiles(nil, dir)
	if err != nil {
		t.Fatal(err)
	}
	c, err := region.New(profiles["simulata"], region.Options{Log: zerolog.Nop()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return r, c
}

func card(t *testing.T, ca *testca.CA, d anagrafe.Doctor) region.Credentials {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	der, err := ca.Issue(&x509.Certificate{
		Subject: testca.Subject(d.CF + "/" + d.CardSerial + ".wXyZ="), KeyUsage: x509.KeyUsageDigitalSignature,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}, PolicyIdentifiers: []asn1.ObjectIdentifier{{1, 3, 76, 16, 2, 1}},
	}, key.Public())
	if err != nil {
		t.Fatal(err)
	}
	return region.Credentials{Certificate: tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}}
}

func doctor(d anagrafe.Doctor) ricetta.Doctor {
	return ricetta.Doctor{CF: d.CF, PinCode: d.PinCode, Region: d.Region, ASL: d.ASL, Specializzazione: d.Specializzazione}
}

func morning() []wire.Prescription {
	cf := anagrafe.Patients()[0].CF
	return []wire.Prescription{
		{ClientID: "1", TipoPrescrizione: "F", CodiceAssistito: cf, CognomeNome: "BIANCHI LUCIA", CodEsenzione: "031", TipoVisita: "A",
			Dettagli: []wire.PrescriptionItem{{CodGruppoEquival: "G3B", DescrGruppoEquival: "LEVETIRACETAM 500MG 60 UNITA' USO ORALE", Note: "a stomaco pieno", Quantita: 2}}},
		{ClientID: "2", TipoPrescrizione: "F", CodiceAssistito: cf, TipoVisita: "D",
			Dettagli: []wire.PrescriptionItem{{CodProdPrest: "000000000", DescrProdPrest: "FARMACO DI PROVA", NonSostituibile: true, CodMotivazione: "1", Quantita: 1}}},
		{ClientID: "3", TipoPrescrizione: "P", CodiceAssistito: cf, DescrizioneDiagnosi: "Ipertensione", ClassePriorita: "B", TipoVisita: "A",
			Dettagli: []wire.PrescriptionItem{{CodProdPrest: "89.7A.3", DescrProdPrest: "PRIMA VISITA CARDIOLOGICA", Quantita: 1, TipoAccesso: "1"}}},
	}
}

// TestMorningAtTheSimulatedRegion is the doctor's morning from the region's
// client down, over one handshake.
func TestMorningAtTheSimulatedRegion(t *testing.T) {
	r, c := start(t)
	ctx, d := context.Background(), anagrafe.Doctors()[0]
	s, err := c.LoginCard(ctx, card(t, r.CardCA(), d))
	if err != nil || s.CF != d.CF || s.Method != "CNS" {
		t.Fatal(s, err)
	}
	p, err := c.Patient(ctx, anagrafe.Patients()[0].CF, region.Presence{})
	if err != nil || p.Demographics.Town != "FIRENZE" || len(p.Exemptions) != 2 {
		t.Errorf("%+v %v", p, err)
	}
	var e *region.Error
	if _, err := c.Patient(ctx, "PNIMRA70A01H501P", region.Presence{}); !errors.As(err, &e) || e.Code != wire.ErrPatientNone {
		t.Error(err)
	}
	other := anagrafe.OtherPatients()[0]
	if _, err := c.Patient(ctx, other.CF, region.Presence{}); !errors.As(err, &e) || e.Code != wire.ErrNotYours {
		t.Error(err)
	}
	for _, here := range []region.Presence{{Card: other.CardSerial}, {LastFive: other.CardNumber[15:]}} {
		if p, err := c.Patient(ctx, other.CF, here); err != nil || p.Demographics.Doctor != other.DoctorCF {
			t.Errorf("%+v: %+v %v", here, p, err)
		}
	}
	lot, err := c.Lot(ctx, doctor(d))
	if err != nil {
		t.Fatal(err)
	}
	var results []ricetta.Receipt
	for i, one := range morning() {
		got, err := c.Send(ctx, doctor(d), lot.NRE(i), one, time.Now())
		results = append(results, got)
		if err != nil || !got.Accepted() || len(got.CodAutenticazione) != 30 || len(got.Promemoria) == 0 || len(got.Errors)+len(got.Warnings) != 0 {
			t.Fatalf("prescription %d: %+v %v", i+1, got, err)
		}
	}
	v, err := c.View(ctx, doctor(d), results[1].NRE)
	if err != nil || v.State != "3" || v.CodAutenticazione != results[1].CodAutenticazione {
		t.Errorf("%+v %v", v, err)
	}
	if d := cmp.Diff(morning()[1].Dettagli, v.Dettagli); d != "" {
		t.Error("what came back:", d)
	}
	if _, err := c.Cancel(ctx, doctor(d), results[1].NRE); err != nil {
		t.Error(err)
	}
	if v, err := c.View(ctx, doctor(d), results[1].NRE); err != nil || v.State != "4" {
		t.Errorf("%+v %v", v, err)
	}
	if _, err := c.Cancel(ctx, doctor(d), results[1].NRE); !errors.As(err, &e) || e.Code != wire.ErrRxState {
		t.Error(err)
	}
	if _, err := c.View(ctx, doctor(d), "0900A0999999999"); !errors.As(err, &e) || e.Code != wire.ErrRxNone {
		t.Error(err)
	}
	if _, err := c.Logout(ctx); err != nil {
		t.Error(err)
	}
	if stats := r.Stats(); stats.FullHandshakes != 1 || stats.ResumedHandshakes != 0 || r.LiveSessions() != 0 {
		t.Errorf("%+v, %d sessions", stats, r.LiveSessions())
	}
}

// TestFaultsOfTheSimulatedRegion: what the outbox goes by. Whether the fate of
// a request is open, and what asking by its number then says.
func TestFaultsOfTheSimulatedRegion(t *testing.T) {
	r, c := start(t)
	ctx, d := context.Background(), doctor(anagrafe.Doctors()[0])
	if _, err := c.LoginCard(ctx, card(t, r.CardCA(), anagrafe.Doctors()[0])); err != nil {
		t.Fatal(err)
	}
	lot, err := c.Lot(ctx, d)
	if err != nil {
		t.Fatal(err)
	}
	for i, tt := range []struct {
		kind    faults.Kind
		unknown bool
		there   bool
		code    wire.ErrorCode
	}{
		{simulated.Unavailable, true, false, wire.ErrMaintenance},
		{simulated.LostRequest, true, false, wire.ErrRegionDown},
		{simulated.LostAnswer, true, true, wire.ErrRegionDown},
		{faults.ExpiredSession, false, false, wire.ErrSessionEnded},
	} {
		t.Run(string(tt.kind), func(t *testing.T) {
			number := lot.NRE(i)
			r.Inject(simulated.Fault{Kind: tt.kind, Service: simulated.ServiceSend, Times: 1})
			_, err := c.Send(ctx, d, number, morning()[0], time.Now())
			var e *region.Error
			if !errors.As(err, &e) || e.Code != tt.code || e.MayHaveArrived() != tt.unknown {
				t.Fatalf("%v, unknown %t", err, e.MayHaveArrived())
			}
			if tt.code == wire.ErrSessionEnded {
				if _, err := c.Renew(ctx); err != nil {
					t.Fatal(err)
				}
			}
			v, err := c.View(ctx, d, number)
			if there := err == nil && v.State == ricetta.StateToDispense; there != tt.there {
				t.Fatalf("%+v %v", v, err)
			}
			if !tt.there && (!errors.As(err, &e) || e.Code != wire.ErrRxNone) {
				t.Fatal(err)
			}
			got, err := c.Send(ctx, d, number, morning()[0], time.Now())
			if err != nil || got.Accepted() == tt.there || tt.there && got.Errors[0].Code != ricetta.CodeUsedNRE {
				t.Errorf("the same number again: %+v %v", got, err)
			}
		})
	}
	if n := r.Prescriptions(); n != 4 {
		t.Errorf("%d prescriptions of four", n)
	}
}

func TestStrangersAtTheSimulatedRegion(t *testing.T) {
	r, c := start(t)
	ctx, stranger := context.Background(), anagrafe.Doctors()[0]
	stranger.CF = anagrafe.Patients()[0].CF
	var e *region.Error
	if _, err := c.LoginCard(ctx, card(t, r.CardCA(), stranger)); !errors.As(err, &e) || e.Code != wire.ErrNotDoctor || !strings.HasSuffix(e.Detail, "medico-sconosciuto") {
		t.Error(err)
	}
	other, err := testca.New("Altra CA")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.LoginCard(ctx, card(t, other, anagrafe.Doctors()[0])); !errors.As(err, &e) || e.Code != wire.ErrTLSRefused {
		t.Error(err)
	}
	r.SetDown(true)
	started := time.Now()
	if _, err := c.LoginCard(ctx, card(t, r.CardCA(), anagrafe.Doctors()[0])); !errors.As(err, &e) || e.Code != wire.ErrRegionDown || time.Since(started) > 5*time.Second {
		t.Error(err, time.Since(started))
	}
}
