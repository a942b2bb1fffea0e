package region_test

import (
	"bytes"
	"encoding/base64"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"raccordo/host/internal/ricetta"
	"raccordo/host/internal/sim/anagrafe"
	"raccordo/host/internal/sim/kit"
	"raccordo/host/internal/wire"
)

// rich says as much as one prescription of a patient of the region can.
func rich() wire.Prescription {
	return wire.Prescription{
		ClientID: "1", TipoPrescrizione: "P", CodiceAssistito: anagrafe.Patients()[0].CF, CognomeNome: "BIANCHI LUCIA", Indirizzo: "VIA GARIBALDI 12|50123|FIRENZE|FI",
		OscuramentoDati: true, CodEsenzione: "031", CodDiagnosi: "401.9", DescrizioneDiagnosi: "Ipertensione", TipoVisita: "D", DisposizioniReg: "DR 12",
		ProvinciaAssistito: "FI", ASLAssistito: "201", IndicazionePrescr: "S", Altro: true, ClassePriorita: "B", Testata2: "RAO=1", RicettaInterna: true,
		Dettagli: []wire.PrescriptionItem{
			{CodProdPrest: "89.7A.3", DescrProdPrest: "PRIMA VISITA CARDIOLOGICA", Note: "con referto", Quantita: 1, TipoAccesso: "1", Televisita: true, Prescrizione2: "X=1",
				CodCatalogo: "CAT.1", NumeroNota: "1", CondErogabilita: "CE1", ApproprPrescr: "AP2", Patologia: "PAT3"},
			{CodProdPrest: "89.52", DescrProdPrest: "ELETTROCARDIOGRAMMA", Quantita: 1, TipoAccesso: "0"},
		},
	}
}

// atSistemaTS turns a stage into one of Sistema TS that takes the card.
func atSistemaTS(t *testing.T) *stage {
	t.Helper()
	s, _, _ := sistemaTS(t)
	s.text = strings.Replace(s.text, "[card.endpoints]\nprescriptions = \"\"\nlots = \"\"\n", "[card.endpoints]\n"+
		"prescriptions = \""+s.region.SACURL()+"/DemRicettaPrescrittoServicesWeb/services\"\n"+
		"lots = \""+s.region.SACURL()+"/ricettaElettronicaServicesWeb/services/nreRichiestaLottoPort\"\n"+
		"used = \""+s.region.SACURL()+"/DemRicettaInterrogazioniServicesWeb/services/demInterrogaNreUtilizzati\"\n"+
		"tables = \""+s.region.SACURL()+"/DemRicettaServiceAnagWeb/services/demServiceAnag\"\n"+
		"substitution = \""+s.region.SACURL()+"/DemRicettaServiceMedicoWeb/services/invioDichiarazioneSostituzioneMedico\"\n", 1)
	s.profile, s.client = s.load(s.text)
	return s
}

// TestEveryServiceByEveryWay: the same services for who shows a card to a
// region, a region's token, a card to Sistema TS, or password and ID-SESSIONE.
func TestEveryServiceByEveryWay(t *testing.T) {
	byCard := func(t *testing.T, s *stage) *stage {
		_, err := s.client.LoginCard(t.Context(), s.card)
		s.must(err)
		return s
	}
	for name, enter := range map[string]func(*testing.T) *stage{
		"card at a region": func(t *testing.T) *stage { return byCard(t, newStage(t)) },
		"card at Sistema TS": func(t *testing.T) *stage {
			return byCard(t, atSistemaTS(t))
		},
		"token of a region": func(t *testing.T) *stage {
			s := newStage(t)
			s.walk()
			return s
		},
		"ID-SESSIONE": func(t *testing.T) *stage {
			s, _, who := sistemaTS(t)
			made, err := s.client.RequestIDSessione(t.Context(), who)
			s.must(err)
			_, err = s.client.LoginIDSessione(t.Context(), who, made.Token)
			s.must(err)
			return s
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := enter(t)
			n := s.comesBack()
			s.isListed(n)
			s.isCancelled(n)
			s.declares()
			s.looksUp()
			s.isSeen(strings.Contains(name, "region"))
			s.isValid()
		})
	}
}

// isValid holds what went to and fro against the ministry's schemas, where they
// are at hand.
func (s *stage) isValid() {
	s.t.Helper()
	if s.record == "" {
		return
	}
	count, err := kit.Validate(s.t.Context(), os.Getenv(kit.Variable), s.record)
	if err != nil {
		s.t.Error(err)
	}
	s.t.Logf("xmllint: %v", count)
}

// comesBack sends a prescription and sees it again, with every field.
func (s *stage) comesBack() string {
	s.t.Helper()
	d := doctor(anagrafe.Doctors()[0])
	lot, err := s.client.Lot(s.t.Context(), d)
	s.must(err)
	other := d
	other.CF = anagrafe.Doctors()[1].CF
	_, err = s.client.Lot(s.t.Context(), other)
	s.want(err, wire.ErrWrongDoctor)
	r, err := s.client.Send(s.t.Context(), d, lot.NRE(0), rich(), s.clock.now())
	s.must(err)
	if !r.Accepted() || !bytes.HasPrefix(r.Promemoria, []byte("%PDF-")) || len(r.Errors) != 0 {
		s.t.Fatalf("%+v", r)
	}
	v, err := s.client.View(s.t.Context(), d, r.NRE)
	s.must(err)
	want := rich()
	want.ClientID, want.CodiceAssistito = "", ""
	if v.Prescription != nil && v.Prescription.Indirizzo == "" {
		want.Indirizzo = "" // "|||", as the real service writes it
	}
	if d := cmp.Diff(&want, v.Prescription); d != "" {
		s.t.Error(d)
	}
	if v.State != ricetta.StateToDispense || v.CodAutenticazione != r.CodAutenticazione || v.Titolare != d.CF || v.Sostituto != "" || v.NonSSN {
		s.t.Errorf("%+v", v)
	}
	return r.NRE
}

// isListed looks for it among the numbers used.
func (s *stage) isListed(number string) {
	s.t.Helper()
	d, now := doctor(anagrafe.Doctors()[0]), s.clock.now()
	for name, q := range map[string]ricetta.Query{
		"by number":          {NRE: number},
		"by dates":           {From: now.Add(-time.Hour), To: now.Add(time.Hour)},
		"by dates and kind":  {Type: "P", From: now.Add(-time.Hour), To: now.Add(time.Hour)},
		"by patient":         {Patient: anagrafe.Patients()[0].CF, From: now.Add(-time.Hour), To: now.Add(time.Hour)},
		"number and another": {NRE: number, Patient: anagrafe.Patients()[1].CF, Type: "F"},
	} {
		got, err := s.client.Used(s.t.Context(), d, q)
		if err != nil || len(got) != 1 || got[0].NRE != number || got[0].TipoPrescrizione != "P" || len(got[0].CodAutenticazione) != 30 {
			s.t.Errorf("%s: %+v %v", name, got, err)
		}
	}
	for name, q := range map[string]ricetta.Query{
		"unknown number": {NRE: "0900A0999999999"},
		"other kind":     {Type: "F", From: now.Add(-time.Hour), To: now.Add(time.Hour)},
		"other patient":  {Patient: anagrafe.Patients()[1].CF, From: now.Add(-time.Hour), To: now.Add(time.Hour)},
		"other days":     {From: now.AddDate(0, 0, -2), To: now.AddDate(0, 0, -1)},
	} {
		if got, err := s.client.Used(s.t.Context(), d, q); err != nil || len(got) != 0 {
			s.t.Errorf("%s: %+v %v", name, got, err)
		}
	}
	_, err := s.client.Used(s.t.Context(), d, ricetta.Query{Type: "P"})
	if e := s.want(err, wire.ErrRegionFault); len(e.Notices) == 0 || e.MayHaveArrived() {
		s.t.Errorf("without dates: %+v", e)
	}
}

func (s *stage) isCancelled(number string) {
	s.t.Helper()
	d := doctor(anagrafe.Doctors()[0])
	_, err := s.client.Cancel(s.t.Context(), d, number)
	s.must(err)
	if v, err := s.client.View(s.t.Context(), d, number); err != nil || v.State != ricetta.StateCancelled {
		s.t.Errorf("%+v %v", v, err)
	}
	_, err = s.client.Cancel(s.t.Context(), d, number)
	if e := s.want(err, wire.ErrRxState); e.Notices[0].Remedy == "" {
		s.t.Errorf("%+v", e.Notices)
	}
}

// declares names a substitute.
func (s *stage) declares() {
	s.t.Helper()
	told, today := true, s.clock.now().In(ricetta.Rome())
	p := wire.SubstitutionParams{Sostituto: anagrafe.Doctors()[1].CF, From: today.Format(time.DateOnly), To: today.AddDate(0, 0, 7).Format(time.DateOnly), ASLTold: &told, Note: "ferie"}
	d := doctor(anagrafe.Doctors()[0])
	got, err := s.client.DeclareSubstitution(s.t.Context(), d, p)
	if err != nil || got.InsertedAt == "" || len(got.Warnings) != 0 {
		s.t.Errorf("%+v %v", got, err)
	}
	p.To = today.AddDate(0, 0, -7).Format(time.DateOnly)
	_, err = s.client.DeclareSubstitution(s.t.Context(), d, p)
	if e := s.want(err, wire.ErrRegionFault); len(e.Notices) == 0 || e.MayHaveArrived() {
		s.t.Errorf("%+v", e)
	}
	d.Titolare = &wire.Titolare{CodiceFiscale: anagrafe.Doctors()[1].CF, Regione: d.Region, ASL: d.ASL, Specializzazione: d.Specializzazione}
	_, err = s.client.DeclareSubstitution(s.t.Context(), d, p)
	s.want(err, wire.ErrTitolare)
}

// looksUp asks for a table.
func (s *stage) looksUp() {
	s.t.Helper()
	d := doctor(anagrafe.Doctors()[0])
	got, err := s.client.Table(s.t.Context(), d, wire.TableParams{Operation: "ESENZIONI"})
	s.must(err)
	if csv, err := base64.StdEncoding.DecodeString(got.CSV); err != nil || got.Name != "esenzioni.csv" || !bytes.Contains(csv, []byte("E01;")) {
		s.t.Errorf("%+v %v", got, err)
	}
	_, err = s.client.Table(s.t.Context(), d, wire.TableParams{Operation: "NESSUNA"})
	s.want(err, wire.ErrRegionFault)
}

// isSeen asks a region about the FSE; Sistema TS does not tell.
func (s *stage) isSeen(tells bool) {
	s.t.Helper()
	d := doctor(anagrafe.Doctors()[0])
	lot, err := s.client.Lot(s.t.Context(), d)
	s.must(err)
	s.region.SetFSEDelay(time.Hour)
	r, err := s.client.Send(s.t.Context(), d, lot.NRE(0), morning()[2], s.clock.now())
	s.must(err)
	state, since, err := s.client.FSE(s.t.Context(), r.NRE)
	s.must(err)
	if !tells {
		if state != "unsupported" || since != "" {
			s.t.Error(state, since)
		}
		return
	}
	if state != "pending" {
		s.t.Error(state, since)
	}
	s.clock.advance(2 * time.Hour)
	state, since, err = s.client.FSE(s.t.Context(), r.NRE)
	if _, notTime := time.Parse(time.RFC3339, since); err != nil || state != "visible" || notTime != nil {
		s.t.Error(state, since, err)
	}
	_, _, err = s.client.FSE(s.t.Context(), "0900A0999999999")
	s.want(err, wire.ErrRxNone)
	_, _, err = s.client.FSE(s.t.Context(), "../sessione/v1")
	s.want(err, wire.ErrRxNone)
}
