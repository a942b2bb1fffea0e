package region_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"raccordo/host/internal/region"
	"raccordo/host/internal/ricetta"
	"raccordo/host/internal/sim/anagrafe"
	simulated "raccordo/host/internal/sim/region"
	"raccordo/host/internal/wire"
)

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
// handshake with the card, and one signature. Connections are kept: a hundred
// prescriptions make a few, all but the first resumed. (A request that ends at
// the moment another begins may leave its connection too late for it.)
func TestFourAtOnce(t *testing.T) {
	s := newStage(t)
	_, err := s.client.LoginCard(t.Context(), s.card)
	s.must(err)
	d := doctor(anagrafe.Doctors()[0])
	lot, err := s.client.Lot(t.Context(), doctor(anagrafe.Doctors()[0]))
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
	if got := s.region.Stats(); got.FullHandshakes != 1 || got.ResumedHandshakes > 12 || s.signed.Load() != 1 {
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
