package engine

import (
	"context"
	"encoding/json"
	"testing"
	"time"

	"raccordo/host/internal/ricetta"
	"raccordo/host/internal/sim/anagrafe"
	"raccordo/host/internal/sim/region"
	"raccordo/host/internal/sim/region/faults"
	"raccordo/host/internal/wire"
)

// cli is the user at the command line.
var cli = wire.Caller{Kind: "cli"}

// put is one request; a fault is its code.
func put[R any](s *stage, caller wire.Caller, origin, method string, params any) (out R, code wire.ErrorCode) {
	s.t.Helper()
	text, err := json.Marshal(params)
	s.must(err)
	ctx, cancel := context.WithTimeout(s.t.Context(), time.Minute)
	defer cancel()
	result, fault := s.e.Do(ctx, Call{Request: wire.Request{Method: method, Params: text, Origin: origin, UserGesture: true}, Caller: caller})
	if fault != nil {
		return out, fault.Data.Code
	}
	body, err := json.Marshal(result)
	s.must(err)
	s.must(json.Unmarshal(body, &out))
	return out, ""
}

// connected makes a stage with a session, whose doctor's pinCode is kept.
func connected(t *testing.T) *stage {
	t.Helper()
	s := newStage(t, "extension")
	s.must(s.e.secrets.Put(PinCodeName(s.doctor.CF), []byte(s.doctor.PinCode)))
	s.connect()
	return s
}

func (s *stage) connect() {
	s.t.Helper()
	if _, code := s.complete(returned(s.enter(s.begin(), "spid", s.doctor.CF))); code != "" {
		s.t.Fatal(code)
	}
}

// drug is a prescription with nothing wrong.
func drug(id string) wire.Prescription {
	return wire.Prescription{
		ClientID: id, TipoPrescrizione: "F", CodiceAssistito: anagrafe.Patients()[0].CF, TipoVisita: "A",
		Dettagli: []wire.PrescriptionItem{{CodProdPrest: "000000000", DescrProdPrest: "FARMACO DI PROVA", Quantita: 1}},
	}
}

func exam(id string) wire.Prescription {
	return wire.Prescription{
		ClientID: id, TipoPrescrizione: "P", CodiceAssistito: anagrafe.Patients()[0].CF, TipoVisita: "A", DescrizioneDiagnosi: "controllo", ClassePriorita: "P",
		Dettagli: []wire.PrescriptionItem{{CodProdPrest: "89.7B.8", DescrProdPrest: "PRIMA VISITA", Quantita: 1, TipoAccesso: "1"}},
	}
}

// written sends prescriptions by the command line and returns their numbers.
func (s *stage) written(list ...wire.Prescription) (numbers []string) {
	s.t.Helper()
	got, code := put[wire.SendResult](s, cli, "", "prescription.send", wire.SendParams{Prescriptions: list})
	if code != "" {
		s.t.Fatal(code)
	}
	for _, r := range got.Results {
		if r.State != wire.Sent || r.CodAutenticazione == "" {
			s.t.Fatalf("not sent: %+v %+v", r, r.Problem)
		}
		numbers = append(numbers, r.NRE)
	}
	return numbers
}

func TestVerify(t *testing.T) {
	s := connected(t)
	nre := s.written(drug("1"))[0]
	s.region.SetFSEDelay(0)
	day := s.e.now().In(ricetta.Rome()).AddDate(0, 0, 30).Format(time.DateOnly)
	ask := func() wire.VerifyResult {
		t.Helper()
		got, code := put[wire.VerifyResult](s, s.caller(), clinic, "prescription.verify", wire.NREParams{NRE: nre})
		if code != "" {
			t.Fatal(code)
		}
		return got
	}
	if got := ask(); !got.Valid || !got.Validated || got.State != "3" || got.ExpiresOn != day || got.FSE != "visible" || got.FSESince == "" || got.View.CodAutenticazione == "" {
		t.Errorf("just sent: %+v", got)
	}
	s.region.SetFSEDelay(time.Hour)
	if got := ask(); !got.Valid || got.FSE != "pending" {
		t.Errorf("not yet in the FSE: %+v", got)
	}
	// The FSE that can not be asked takes nothing from the answer.
	s.region.Inject(region.Fault{Kind: faults.Broken, Service: region.ServiceFSE, Times: 1})
	if got := ask(); !got.Valid || got.FSE != fseUnknown {
		t.Errorf("the FSE does not answer: %+v", got)
	}
	later := s.e.now
	s.e.now = func() time.Time { return later().AddDate(0, 0, 31) }
	if got := ask(); got.Valid || !got.Validated {
		t.Errorf("a day too late: %+v", got)
	}
	s.e.now = later
	s.must(s.region.SetState(nre, "8"))
	if got := ask(); got.Valid || !got.Validated || got.StateText != ricetta.StateText("8") {
		t.Errorf("dispensed: %+v", got)
	}
	if _, code := put[wire.VerifyResult](s, s.caller(), clinic, "prescription.verify", wire.NREParams{NRE: "0900A0000000999"}); code != wire.ErrRxNone {
		t.Errorf("a number that nobody knows: %q", code)
	}
}

func TestListOfTheDoctor(t *testing.T) {
	s := connected(t)
	numbers := s.written(drug("1"), exam("2"))
	today := s.e.now().In(ricetta.Rome()).Format(time.DateOnly)
	rows := map[string]struct {
		params wire.ListParams
		want   int
		code   wire.ErrorCode
	}{
		"both kinds":      {wire.ListParams{From: today, To: today}, 2, ""},
		"drugs":           {wire.ListParams{From: today, To: today, TipoPrescrizione: "F"}, 1, ""},
		"one patient":     {wire.ListParams{From: today, To: today, CodiceAssistito: anagrafe.Patients()[0].CF}, 2, ""},
		"another patient": {wire.ListParams{From: today, To: today, CodiceAssistito: anagrafe.Patients()[1].CF}, 0, ""},
		"another day":     {wire.ListParams{From: "2020-01-01", To: "2020-01-02"}, 0, ""},
		"backwards":       {wire.ListParams{From: today, To: "2020-01-02"}, 0, wire.ErrParams},
		"no day":          {wire.ListParams{From: "2020-02-30", To: today}, 0, wire.ErrParams},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			got, code := put[wire.ListResult](s, s.caller(), clinic, "prescription.list", row.params)
			if code != row.code || len(got.Prescriptions) != row.want || code == "" && got.Prescriptions == nil {
				t.Errorf("%q %+v", code, got)
			}
		})
	}
	if len(numbers) != 2 || numbers[0] == numbers[1] {
		t.Error(numbers)
	}
}

// A cancellation whose own answer is lost is looked for, and done again only
// where it was not done.
func TestCancelWithoutAnswer(t *testing.T) {
	for name, row := range map[string]struct {
		faults []region.Fault
		state  string // before
		want   wire.ErrorCode
		after  string
	}{
		"answered":          {nil, "3", "", "4"},
		"answer lost":       {[]region.Fault{{Kind: region.LostAnswer, Service: region.ServiceCancel, Times: 1}}, "3", "", "4"},
		"500 after it":      {[]region.Fault{{Kind: faults.BrokenAfter, Service: region.ServiceCancel, Times: 1}}, "3", "", "4"},
		"500 before it":     {[]region.Fault{{Kind: faults.Broken, Service: region.ServiceCancel, Times: 1}}, "3", "", "4"},
		"cancelled already": {nil, "4", "", "4"},
		"dispensed":         {nil, "8", wire.ErrRxState, "8"},
		"twice without one": {[]region.Fault{{Kind: faults.Broken, Service: region.ServiceCancel, Times: 2}}, "3", wire.ErrMaintenance, "3"},
		"nor a view": {[]region.Fault{
			{Kind: region.LostAnswer, Service: region.ServiceCancel, Times: 1}, {Kind: faults.Broken, Service: region.ServiceView, Times: 1},
		}, "3", wire.ErrRegionDown, "4"},
	} {
		t.Run(name, func(t *testing.T) {
			s := connected(t)
			nre := s.written(drug("1"))[0]
			s.must(s.region.SetState(nre, row.state))
			for _, f := range row.faults {
				s.region.Inject(f)
			}
			got, code := put[wire.CancelResult](s, cli, "", "prescription.cancel", wire.NREParams{NRE: nre})
			if code != row.want || code == "" && (got.NRE != nre || got.Warnings == nil) {
				t.Errorf("%q %+v, want %q", code, got, row.want)
			}
			if state, _ := s.region.State(nre); state != row.after {
				t.Errorf("state %s, want %s", state, row.after)
			}
		})
	}
}

// The synchronisation brings the doctor's prescriptions of the patient; what is
// wrong with them takes nothing from the rest.
func TestSyncBringsPrescriptions(t *testing.T) {
	s := connected(t)
	patient := anagrafe.Patients()[0]
	numbers := s.written(drug("1"), exam("2"))
	s.must(s.region.SetState(numbers[0], "8"))
	sync := func() wire.SyncResult {
		t.Helper()
		got, code := put[wire.SyncResult](s, s.caller(), clinic, "patient.sync", wire.SyncParams{CodiceFiscale: patient.CF})
		if code != "" || got.Demographics.Surname != patient.Surname || len(got.Exemptions) != len(patient.Exemptions) || got.Changes == nil {
			t.Fatalf("%q %+v", code, got)
		}
		return got
	}
	got := sync()
	if got.Problem != nil || len(got.Prescriptions) != 2 {
		t.Fatalf("%v %+v", got.Problem, got.Prescriptions)
	}
	found := map[string]wire.ListedPrescription{}
	for _, p := range got.Prescriptions {
		found[p.NRE] = p
	}
	if p := found[numbers[0]]; p.State != "8" || p.StateText == "" || p.Description != "FARMACO DI PROVA" || p.TipoPrescrizione != "F" || p.CodAutenticazione == "" {
		t.Errorf("%+v", p)
	}
	if p := found[numbers[1]]; p.State != "3" || p.Description != "PRIMA VISITA" || p.TipoPrescrizione != "P" {
		t.Errorf("%+v", p)
	}
	s.region.Inject(region.Fault{Kind: faults.Broken, Service: region.ServiceView, Times: 1})
	if got := sync(); got.Problem == nil || len(got.Prescriptions) != 2 {
		t.Errorf("a state that is missing: %v %+v", got.Problem, got.Prescriptions)
	}
	s.region.ClearFaults()
	s.region.Inject(region.Fault{Kind: faults.Broken, Service: region.ServiceUsed, Times: 1})
	if got := sync(); got.Problem == nil || got.Problem.Data.Code != wire.ErrMaintenance || got.Prescriptions == nil || len(got.Prescriptions) != 0 {
		t.Errorf("the list is missing: %v %+v", got.Problem, got.Prescriptions)
	}
	s.region.ClearFaults()
	s.must(s.e.secrets.Delete(PinCodeName(s.doctor.CF)))
	if got := sync(); got.Problem == nil || got.Problem.Data.Code != wire.ErrPinCode {
		t.Errorf("without a pinCode: %v", got.Problem) // and no window: it would have been closed, which is another fault
	}
}

func TestSyncIsRemembered(t *testing.T) {
	s := connected(t)
	patient := anagrafe.Patients()[0].CF
	history := func() wire.PatientHistory {
		t.Helper()
		got, code := put[wire.PatientHistory](s, s.caller(), clinic, "patient.history", wire.PatientParams{CodiceFiscale: patient})
		if code != "" {
			t.Fatal(code)
		}
		return got
	}
	if got := history(); got != (wire.PatientHistory{}) {
		t.Errorf("before: %+v", got)
	}
	sync := func() wire.ErrorCode {
		_, code := put[wire.SyncResult](s, s.caller(), clinic, "patient.sync", wire.SyncParams{CodiceFiscale: patient})
		return code
	}
	if code := sync(); code != "" {
		t.Fatal(code)
	}
	if got := history(); got.SyncedAt == "" || got.FailedAt != "" || got.Problem != nil {
		t.Errorf("after one: %+v", got)
	}
	s.region.Inject(region.Fault{Kind: region.Unavailable, Service: region.ServiceRegistry, Times: 1})
	if code := sync(); code != wire.ErrMaintenance {
		t.Errorf("%q", code)
	}
	if got := history(); got.SyncedAt == "" || got.FailedAt == "" || got.Problem == nil || got.Problem.Data.Code != wire.ErrMaintenance {
		t.Errorf("after a failure: %+v", got)
	}
}

func TestTable(t *testing.T) {
	s := connected(t)
	got, code := put[wire.TableResult](s, s.caller(), clinic, "table.fetch", wire.TableParams{Operation: "ESENZIONI"})
	if code != "" || got.CSV == "" {
		t.Errorf("%q %+v", code, got)
	}
}
