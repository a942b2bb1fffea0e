package region_test

import (
	"bytes"
	"encoding/base64"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"raccordo/host/internal/region"
	"raccordo/host/internal/ricetta"
	"raccordo/host/internal/sim/anagrafe"
	"raccordo/host/internal/sim/chaos/kit"
	simulated "raccordo/host/internal/sim/region"
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
	lot, err := s.client.LotFor(s.t.Context(), d)
	s.must(err)
	other := d
	other.CF = anagrafe.Doctors()[1].CF
	_, err = s.client.LotFor(s.t.Context(), other)
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
	lot, err := s.client.LotFor(s.t.Context(), d)
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

// TestSubstitute: who stands in for another sends in his name, and he alone
// may cancel; both may look.
func TestSubstitute(t *testing.T) {
	s := newStage(t)
	_, err := s.client.LoginCard(t.Context(), s.card)
	s.must(err)
	substitute, titolare := doctor(anagrafe.Doctors()[0]), doctor(anagrafe.Doctors()[1])
	substitute.Titolare = &wire.Titolare{CodiceFiscale: titolare.CF, Regione: titolare.Region, ASL: titolare.ASL, Specializzazione: titolare.Specializzazione}
	r, err := s.client.Send(t.Context(), substitute, "", morning()[0], s.clock.now())
	s.must(err)
	if !r.Accepted() || r.NRE == "" {
		t.Fatalf("%+v", r)
	}
	v, err := s.client.View(t.Context(), substitute, r.NRE)
	if err != nil || v.Titolare != titolare.CF || v.Sostituto != substitute.CF {
		t.Errorf("%+v %v", v, err)
	}
	q := ricetta.Query{From: s.clock.now().Add(-time.Hour), To: s.clock.now().Add(time.Hour)}
	if got, err := s.client.Used(t.Context(), substitute, q); err != nil || len(got) != 1 || got[0].NRE != r.NRE {
		t.Errorf("of the titolare: %+v %v", got, err)
	}
	own := substitute
	own.Titolare = nil
	if got, err := s.client.Used(t.Context(), own, q); err != nil || len(got) != 0 {
		t.Errorf("his own: %+v %v", got, err)
	}
	_, err = s.client.LoginCard(t.Context(), card(t, s.region.CardCA(), anagrafe.Doctors()[1]))
	s.must(err)
	if v, err := s.client.View(t.Context(), titolare, r.NRE); err != nil || v.Sostituto != substitute.CF {
		t.Errorf("%+v %v", v, err)
	}
	_, err = s.client.Cancel(t.Context(), titolare, r.NRE)
	if e := s.want(err, wire.ErrRxRefused); e.Notices[0].Code != "1125" || e.Notices[0].Remedy == "" {
		t.Errorf("%+v", e.Notices)
	}
	_, err = s.client.LoginCard(t.Context(), s.card)
	s.must(err)
	if _, err := s.client.Cancel(t.Context(), substitute, r.NRE); err != nil {
		t.Error(err)
	}
}

// TestNotOffered: what a region does not have is said, and nobody is asked.
func TestNotOffered(t *testing.T) {
	s := newStage(t, func(text string) string {
		var kept []string
		for line := range strings.Lines(text) {
			if key, _, _ := strings.Cut(line, " "); key != "used" && key != "tables" && key != "substitution" && key != "fse" {
				kept = append(kept, line)
			}
		}
		return strings.Join(kept, "")
	})
	_, err := s.client.LoginCard(t.Context(), s.card)
	s.must(err)
	before := s.region.Stats()
	d := doctor(anagrafe.Doctors()[0])
	_, err = s.client.Used(t.Context(), d, ricetta.Query{NRE: "0900A0000004200"})
	s.want(err, wire.ErrUnsupported)
	_, err = s.client.Table(t.Context(), d, wire.TableParams{Operation: "X"})
	s.want(err, wire.ErrUnsupported)
	_, err = s.client.DeclareSubstitution(t.Context(), d, wire.SubstitutionParams{})
	s.want(err, wire.ErrUnsupported)
	if state, _, err := s.client.FSE(t.Context(), "0900A0000004200"); state != "unsupported" || err != nil {
		t.Error(state, err)
	}
	if d := cmp.Diff(before.Requests, s.region.Stats().Requests); d != "" {
		t.Error(d)
	}
}

// TestFourAtOnce: as many prescriptions at once as the profile allows are one
// handshake with the card, and one signature.
func TestFourAtOnce(t *testing.T) {
	s := newStage(t)
	_, err := s.client.LoginCard(t.Context(), s.card)
	s.must(err)
	d := doctor(anagrafe.Doctors()[0])
	lot, err := s.client.Lot(t.Context())
	s.must(err)
	if s.profile.Limits.Parallel != 4 {
		t.Fatal(s.profile.Limits)
	}
	numbers := make(chan string)
	errs := make(chan error)
	for range s.profile.Limits.Parallel {
		go func() {
			var last error
			for n := range numbers {
				if _, err := s.client.Send(t.Context(), d, n, morning()[0], s.clock.now()); err != nil {
					last = err
				}
			}
			errs <- last
		}()
	}
	for i := range lot.Size() {
		numbers <- lot.NRE(i)
	}
	close(numbers)
	for range s.profile.Limits.Parallel {
		s.must(<-errs)
	}
	if got := s.region.Stats(); got.FullHandshakes != 1 || got.ResumedHandshakes > 3 || s.signed.Load() != 1 {
		t.Errorf("%d full handshakes, %d resumed, %d signatures", got.FullHandshakes, got.ResumedHandshakes, s.signed.Load())
	}
	if n := s.region.Prescriptions(); n != lot.Size() {
		t.Errorf("%d prescriptions", n)
	}
}

// TestNotPaidBySSN: dispensed at the patient's expense.
func TestNotPaidBySSN(t *testing.T) {
	s := newStage(t)
	_, err := s.client.LoginCard(t.Context(), s.card)
	s.must(err)
	s.must(s.prescribes())
	number := s.region.Listing(simulated.Filter{})[0].NRE
	s.must(s.region.Dispense(number, "eroga-non-ssn"))
	v, err := s.client.View(t.Context(), doctor(anagrafe.Doctors()[0]), number)
	s.must(err)
	if !v.NonSSN || v.State != ricetta.StateInCharge || !strings.Contains(v.StateText, "non a carico") || ricetta.StateOf(v.State, v.Warnings).Valid {
		t.Errorf("%+v", v)
	}
}

// TestProfilesNameTheirPolicies: what the built-in profiles say of a send
// without an answer, and that those of Sistema TS differ in the host alone.
func TestProfilesNameTheirPolicies(t *testing.T) {
	profiles, err := region.LoadProfiles(os.DirFS(filepath.Join("..", "..", "..", "manifests", "regions")))
	if err != nil {
		t.Fatal(err)
	}
	for id, p := range profiles {
		want := region.UnknownSame
		if id == "umbria" {
			want = region.UnknownCancel
		}
		if p.Policies.Unknown != want || p.Limits.Parallel != 4 {
			t.Errorf("%s: %+v %+v", id, p.Policies, p.Limits)
		}
	}
	moved := strings.NewReplacer("demservice.", "demservicetest.", "mirservice.", "mirservicetest.", "servizits.", "servizitstest.")
	real, trial := *profiles["sistema-ts"].Cloud, *profiles["sistema-ts-prova"].Cloud
	for _, address := range []*string{&real.Endpoints.Prescriptions, &real.Endpoints.Lots, &real.Endpoints.Used, &real.Endpoints.Tables, &real.Endpoints.Substitution, &real.IDSessione.Endpoint} {
		if *address == "" {
			t.Error("an address of Sistema TS is missing")
		}
		*address = moved.Replace(*address)
	}
	if d := cmp.Diff(real, trial); d != "" {
		t.Error(d)
	}
}
