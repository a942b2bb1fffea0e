package engine

import (
	"encoding/base64"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"raccordo/host/internal/sim/region"
	"raccordo/host/internal/sim/region/faults"
	"raccordo/host/internal/wire"
)

func TestLater(t *testing.T) {
	s := granted(t)
	for _, r := range s.send(clinic, "later", drug("1"), exam("2")) {
		if r.State != wire.Draft {
			t.Errorf("%+v", r)
		}
	}
	if n := s.region.Prescriptions(); n != 0 {
		t.Fatalf("%d prescriptions were sent", n)
	}
	status, _ := put[wire.Status](s, s.caller(), clinic, "status", wire.NoParams{})
	if want := (wire.Outbox{Drafts: 2}); status.Outbox != want {
		t.Errorf("%+v", status.Outbox)
	}
	got, code := put[wire.OutboxResult](s, s.caller(), clinic, "outbox.retry", wire.OutboxParams{ClientIDs: []string{"1"}})
	if code != "" || len(got.Entries) != 1 || got.Entries[0].State != wire.Sent || got.Entries[0].CodAutenticazione == "" {
		t.Errorf("%q %+v", code, got)
	}
	if r := s.send(clinic, "", exam("2"))[0]; r.State != wire.Sent {
		t.Errorf("%+v", r)
	}
	if n := s.region.Prescriptions(); n != 2 {
		t.Errorf("%d prescriptions at the region", n)
	}
}

// A refusal concerns one, is kept, and is corrected under the same name.
func TestRefusedAndCorrected(t *testing.T) {
	s := granted(t)
	s.region.RefuseNext(region.Refusal{Code: "1176"})
	results := s.send(clinic, "", drug("1"), exam("2"))
	if r := results[0]; r.State != wire.Refused || len(r.Errors) == 0 || r.Errors[0].Code != "1176" {
		t.Errorf("%+v", r)
	}
	if r := results[1]; r.State != wire.Sent {
		t.Errorf("%+v", r)
	}
	invalid := drug("3")
	invalid.CodiceAssistito = "RSSMRC82H15X003A"
	if r := s.send(clinic, "", invalid)[0]; r.State != wire.Refused || r.Problem == nil || r.Problem.Data.Code != wire.ErrRxInvalid || len(r.Errors) == 0 || r.Errors[0].Field == "" {
		t.Errorf("%+v", r)
	}
	corrected := drug("1")
	corrected.Dettagli[0].NotaAIFA = "13"
	if r := s.send(clinic, "", corrected)[0]; r.State != wire.Sent {
		t.Errorf("corrected: %+v %v", r, r.Problem)
	}
	if diff := cmp.Diff([]string{"3 refused"}, names(s.entries(s.caller(), clinic, wire.OutboxParams{}))); diff != "" {
		t.Error(diff)
	}
}

// The cancellation of a prescription whose sending has no answer makes sure
// that it does not live, and is not "unknown number".
func TestCancelOfUnknown(t *testing.T) {
	for name, kind := range map[string]region.FaultKind{"answer lost": region.LostAnswer, "request lost": region.LostRequest} {
		t.Run(name, func(t *testing.T) {
			s := granted(t)
			s.region.Inject(region.Fault{Kind: kind, Service: region.ServiceSend, Times: 1})
			s.region.Inject(region.Fault{Kind: faults.Broken, Service: region.ServiceView, Times: 1})
			r := s.send(clinic, "", drug("1"))[0]
			if r.State != wire.Unknown || r.NRE == "" {
				t.Fatalf("%+v %v", r, r.Problem)
			}
			s.region.ClearFaults()
			got, code := put[wire.CancelResult](s, s.caller(), clinic, "prescription.cancel", wire.NREParams{NRE: r.NRE})
			if code != "" || got.NRE != r.NRE {
				t.Errorf("%q %+v", code, got)
			}
			if live := s.region.Listing(region.Filter{Live: true}); len(live) != 0 {
				t.Errorf("it lives: %+v", live)
			}
			list := s.entries(s.caller(), clinic, wire.OutboxParams{ClientIDs: []string{"1"}})
			if diff := cmp.Diff([]string{"1 cancelled"}, names(list)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestPromemoria(t *testing.T) {
	s := granted(t)
	nre := s.send(clinic, "", drug("1"))[0].NRE
	ask := func(caller wire.Caller, origin string) (wire.PromemoriaResult, wire.ErrorCode) {
		return put[wire.PromemoriaResult](s, caller, origin, "prescription.promemoria", wire.NREParams{NRE: nre})
	}
	got, code := ask(s.caller(), clinic)
	pdf, err := base64.StdEncoding.DecodeString(got.PDF)
	if code != "" || err != nil || !strings.HasPrefix(string(pdf), "%PDF-") || got.NRE != nre {
		t.Errorf("%q %v %d bytes", code, err, len(pdf))
	}
	if _, code := ask(cli, ""); code != "" {
		t.Errorf("the command line: %q", code)
	}
	if _, code := ask(s.caller(), other); code != wire.ErrRxNoPDF {
		t.Errorf("another page: %q", code)
	}
	if _, code := put[wire.CancelResult](s, s.caller(), clinic, "prescription.cancel", wire.NREParams{NRE: nre}); code != "" {
		t.Fatal(code)
	}
	if _, code := ask(s.caller(), clinic); code != wire.ErrRxNoPDF {
		t.Errorf("of a cancelled one: %q", code)
	}
}

func TestResolveWantsAnUnknown(t *testing.T) {
	s := granted(t)
	s.send(clinic, "later", drug("1"))
	id := s.entries(cli, "", wire.OutboxParams{})[0].ID
	for name, row := range map[string]struct {
		params wire.ResolveParams
		want   wire.ErrorCode
	}{
		"a draft":                {wire.ResolveParams{ID: id, Decision: "absent"}, wire.ErrOutboxState},
		"nothing":                {wire.ResolveParams{ID: strings.Repeat("0", 64), Decision: "absent"}, wire.ErrOutboxEntry},
		"present, but where":     {wire.ResolveParams{ID: id, Decision: "present"}, wire.ErrParams},
		"absent, with a number":  {wire.ResolveParams{ID: id, Decision: "absent", NRE: "0900A0000000100"}, wire.ErrParams},
		"another decision":       {wire.ResolveParams{ID: id, Decision: "perhaps"}, wire.ErrParams},
		"no name of an entry":    {wire.ResolveParams{ID: "../x", Decision: "absent"}, wire.ErrParams},
		"a name that is shorter": {wire.ResolveParams{ID: "00000000", Decision: "absent"}, wire.ErrOutboxEntry},
	} {
		if _, code := put[wire.OutboxResult](s, cli, "", "outbox.resolve", row.params); code != row.want {
			t.Errorf("%s: %q, want %q", name, code, row.want)
		}
	}
}
