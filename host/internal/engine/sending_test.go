package engine

import (
	"context"
	"encoding/json"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"raccordo/host/internal/sim/anagrafe"
	"raccordo/host/internal/sim/region"
	"raccordo/host/internal/wire"
)

// A batch that its page stops: what is on its way arrives, the rest waits for
// the doctor as drafts and goes on when she says so.
func TestBatchStop(t *testing.T) {
	s := granted(t)
	s.region.Inject(region.Fault{Kind: region.Slow, Service: region.ServiceSend, Delay: 50_000_000})
	var list []wire.Prescription
	for i, p := range anagrafe.MassPatients()[:20] {
		rx := drug(string(rune('a' + i)))
		rx.CodiceAssistito = p.CF
		list = append(list, rx)
	}
	params, err := json.Marshal(wire.SendParams{Prescriptions: list})
	s.must(err)
	stop := func(origin string) {
		if _, code := put[wire.Outbox](s, s.caller(), origin, "batch.stop", wire.NoParams{}); code != "" {
			t.Error(code)
		}
	}
	told := 0
	result, fault := s.e.Do(t.Context(), Call{
		Request: wire.Request{Method: "prescription.send", Params: params, Origin: clinic, UserGesture: true}, Caller: s.caller(),
		Notify: func(wire.Event) {
			if told++; told == 1 {
				stop(other) // not its batch
			}
			if told == 2 {
				stop(clinic)
			}
		},
	})
	if fault != nil {
		t.Fatal(fault)
	}
	counted := map[wire.SendState]int{}
	var held []string
	for _, r := range result.(wire.SendResult).Results {
		counted[r.State]++
		if r.State == wire.Draft {
			held = append(held, r.ClientID)
			if r.Problem == nil || r.Problem.Data.Code != wire.ErrCancelled {
				t.Errorf("held without a reason: %+v", r.Problem)
			}
		}
	}
	if counted[wire.Sent] < 2 || counted[wire.Draft] == 0 || counted[wire.Sent]+counted[wire.Draft] != len(list) || s.region.Prescriptions() != counted[wire.Sent] {
		t.Fatalf("%v, %d at the region", counted, s.region.Prescriptions())
	}
	s.region.ClearFaults()
	got, code := put[wire.OutboxResult](s, s.caller(), clinic, "outbox.retry", wire.OutboxParams{ClientIDs: held})
	if code != "" || slices.ContainsFunc(got.Entries, func(x wire.OutboxEntry) bool { return x.State != wire.Sent }) || s.region.Prescriptions() != len(list) {
		t.Errorf("%q %v, %d at the region", code, names(got.Entries), s.region.Prescriptions())
	}
}

// A batch that meets the end of the session pauses, and goes on after the login,
// by the same request.
func TestBatchGoesOnAfterLogin(t *testing.T) {
	s := granted(t)
	s.login.RevokeAll()
	s.region.RevokeSessions()
	params, err := json.Marshal(wire.SendParams{Prescriptions: []wire.Prescription{drug("1"), exam("2")}})
	s.must(err)
	paused, ended := make(chan wire.ErrorCode, 4), make(chan []wire.PrescriptionResult, 1)
	go func() {
		result, fault := s.e.Do(t.Context(), Call{
			Request: wire.Request{Method: "prescription.send", Params: params, Origin: clinic, UserGesture: true}, Caller: s.caller(),
			Notify: func(ev wire.Event) {
				if why := ev.Params.(wire.BatchProgress).Paused; why != "" {
					paused <- why
				}
			},
		})
		if fault != nil {
			t.Error(fault)
			ended <- nil
			return
		}
		ended <- result.(wire.SendResult).Results
	}()
	if why := <-paused; why != wire.ErrLoginNeeded {
		t.Errorf("paused because of %q", why)
	}
	s.connect()
	for _, r := range <-ended {
		if r.State != wire.Sent {
			t.Errorf("%+v %v", r, r.Problem)
		}
	}
	if n := s.region.Prescriptions(); n != 2 {
		t.Errorf("%d at the region", n)
	}
}

// Stopped while it waits for a login, a batch does not go on after it.
func TestBatchStoppedWhilePaused(t *testing.T) {
	s := granted(t)
	s.login.RevokeAll()
	s.region.RevokeSessions()
	params, err := json.Marshal(wire.SendParams{Prescriptions: []wire.Prescription{drug("1"), exam("2")}})
	s.must(err)
	result, fault := s.e.Do(t.Context(), Call{
		Request: wire.Request{Method: "prescription.send", Params: params, Origin: clinic, UserGesture: true}, Caller: s.caller(),
		Notify: func(wire.Event) {
			if _, code := put[wire.Outbox](s, s.caller(), clinic, "batch.stop", wire.NoParams{}); code != "" {
				t.Error(code)
			}
		},
	})
	if fault != nil {
		t.Fatal(fault)
	}
	for _, r := range result.(wire.SendResult).Results {
		if r.State != wire.Draft || r.Problem == nil || r.Problem.Data.Code != wire.ErrCancelled {
			t.Errorf("%+v %v", r, r.Problem)
		}
	}
	if diff := cmp.Diff([]string{"1 draft", "2 draft"}, names(s.entries(s.caller(), clinic, wire.OutboxParams{}))); diff != "" {
		t.Error(diff)
	}
}

// What a closed page left behind goes out by itself once there is a session.
func TestBackgroundSends(t *testing.T) {
	s := granted(t)
	ctx, end := context.WithCancel(t.Context())
	events, forget := s.e.Events()
	defer forget()
	over := make(chan error, 1)
	go func() { over <- s.e.Run(ctx) }()
	defer func() {
		end()
		if err := <-over; err != nil {
			t.Error(err)
		}
	}()
	s.login.RevokeAll()
	s.region.RevokeSessions()
	params, err := json.Marshal(wire.SendParams{Prescriptions: []wire.Prescription{drug("1"), exam("2")}})
	s.must(err)
	page, closed := context.WithCancel(t.Context())
	result, fault := s.e.Do(page, Call{
		Request: wire.Request{Method: "prescription.send", Params: params, Origin: clinic, UserGesture: true}, Caller: s.caller(),
		Notify: func(ev wire.Event) { closed() }, // the first word is that it is paused
	})
	if fault != nil {
		t.Fatal(fault)
	}
	for _, r := range result.(wire.SendResult).Results {
		if r.State != wire.Queued {
			t.Errorf("%+v %v", r, r.Problem)
		}
	}
	s.connect()
	for ev := range events {
		if ev.Method == wire.EventOutbox && ev.Params == (wire.Outbox{}) && s.region.Prescriptions() == 2 {
			break
		}
	}
	if list := s.entries(s.caller(), clinic, wire.OutboxParams{ClientIDs: []string{"1", "2"}}); len(list) != 2 || list[0].State != wire.Sent || list[1].State != wire.Sent {
		t.Errorf("%v", names(list))
	}
}

// A substitute's prescriptions name the titolare, and are his.
func TestSubstituteSends(t *testing.T) {
	s := newStage(t, "extension")
	s.must(s.e.secrets.Put(PinCodeName(s.doctor.CF), []byte(s.doctor.PinCode)))
	titolare := anagrafe.Doctors()[1]
	got, code := s.ask(s.caller(), clinic, "session.login", wire.LoginParams{Via: "cloud", SubstituteOf: titolare.CF, RedirectURI: extensionRedirect(s.caller())})
	if code != "" {
		t.Fatal(code)
	}
	if _, code := s.complete(returned(s.enter(got.AuthorizeURL, "spid", s.doctor.CF))); code != "" {
		t.Fatal(code)
	}
	named := &wire.Titolare{CodiceFiscale: titolare.CF, Regione: titolare.Region, ASL: titolare.ASL, Specializzazione: titolare.Specializzazione}
	sent, code := put[wire.SendResult](s, cli, "", "prescription.send", wire.SendParams{Prescriptions: []wire.Prescription{drug("1")}, Titolare: named})
	if code != "" || sent.Results[0].State != wire.Sent {
		t.Fatalf("%q %+v", code, sent)
	}
	list := s.region.Listing(region.Filter{})
	if len(list) != 1 || list[0].Doctor != titolare.CF || list[0].Inserter != s.doctor.CF {
		t.Errorf("%+v", list)
	}
	sync, code := put[wire.SyncResult](s, cli, "", "patient.sync", wire.SyncParams{CodiceFiscale: anagrafe.Patients()[0].CF})
	if code != "" || sync.Problem != nil || len(sync.Prescriptions) != 1 {
		t.Errorf("%q %v %+v", code, sync.Problem, sync.Prescriptions)
	}
	if _, code := put[wire.SubstitutionResult](s, cli, "", "substitution.declare", wire.SubstitutionParams{Sostituto: anagrafe.Doctors()[1].CF, From: "2026-12-01", To: "2026-12-31"}); code != wire.ErrTitolare {
		t.Errorf("a substitute declares: %q", code)
	}
}
