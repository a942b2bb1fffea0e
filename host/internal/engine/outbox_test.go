package engine

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"raccordo/host/internal/secret"
	"raccordo/host/internal/sim/anagrafe"
	"raccordo/host/internal/sim/region"
	"raccordo/host/internal/sim/region/faults"
	"raccordo/host/internal/wire"
)

// other is a second page that may use the connector.
const other = "https://altra.example"

// granted makes a stage whose doctor has given both pages leave to send.
func granted(t *testing.T) *stage {
	t.Helper()
	s := connected(t)
	s.e.opt.Config.AllowedOrigins = []string{clinic, other}
	s.grant()
	return s
}

func (s *stage) grant() {
	s.e.mu.Lock()
	defer s.e.mu.Unlock()
	s.e.grants[clinic], s.e.grants[other] = true, true
}

func (s *stage) send(origin, mode string, list ...wire.Prescription) []wire.PrescriptionResult {
	s.t.Helper()
	got, code := put[wire.SendResult](s, s.caller(), origin, "prescription.send", wire.SendParams{Prescriptions: list, Mode: mode})
	if code != "" {
		s.t.Fatal(code)
	}
	return got.Results
}

func (s *stage) entries(caller wire.Caller, origin string, p wire.OutboxParams) []wire.OutboxEntry {
	s.t.Helper()
	got, code := put[wire.OutboxResult](s, caller, origin, "outbox.list", p)
	if code != "" || got.Entries == nil {
		s.t.Fatal(code)
	}
	return got.Entries
}

func names(list []wire.OutboxEntry) (ids []string) {
	for _, x := range list {
		ids = append(ids, x.ClientID+" "+string(x.State))
	}
	return ids
}

// A page sees and touches what it handed over, the user's own programs all.
func TestWhoSeesTheOutbox(t *testing.T) {
	s := granted(t)
	s.send(clinic, "later", drug("a1"), drug("a2"))
	s.send(other, "later", drug("b1"))
	see := func(what string, caller wire.Caller, origin string, want ...string) []wire.OutboxEntry {
		t.Helper()
		list := s.entries(caller, origin, wire.OutboxParams{})
		if diff := cmp.Diff(want, names(list)); diff != "" {
			t.Errorf("%s: %s", what, diff)
		}
		return list
	}
	mine := see("the page", s.caller(), clinic, "a1 draft", "a2 draft")
	if x := mine[0]; x.CodiceAssistito != anagrafe.Patients()[0].CF || x.Doctor != s.doctor.CF || x.Origin != clinic || x.Description == "" {
		t.Errorf("%+v", x)
	}
	see("another page", s.caller(), other, "b1 draft")
	see("the popup", s.caller(), "", "a1 draft", "a2 draft", "b1 draft")
	see("the popup by its address", s.caller(), "chrome-extension://"+chromium, "a1 draft", "a2 draft", "b1 draft")
	see("the command line", cli, "", "a1 draft", "a2 draft", "b1 draft")

	// Another page's entries are as good as none.
	params := wire.OutboxParams{IDs: []string{mine[0].ID}}
	for _, method := range []string{"outbox.discard", "outbox.retry"} {
		if got, code := put[wire.OutboxResult](s, s.caller(), other, method, params); code != "" || len(got.Entries) != 0 {
			t.Errorf("%s of another page's: %q %+v", method, code, got)
		}
	}
	if _, code := put[wire.OutboxResult](s, s.caller(), other, "outbox.resolve", wire.ResolveParams{ID: mine[0].ID, Decision: "absent"}); code != wire.ErrOutboxEntry {
		t.Errorf("resolve of another page's: %q", code)
	}
	see("the page, untouched", s.caller(), clinic, "a1 draft", "a2 draft")

	if _, code := put[wire.Session](s, s.caller(), clinic, "session.logout", wire.NoParams{}); code != "" {
		t.Fatal(code)
	}
	blind := see("the page without a session", s.caller(), clinic, "a1 draft", "a2 draft")
	for _, x := range blind {
		body, err := json.Marshal(x)
		s.must(err)
		for _, secret := range []string{anagrafe.Patients()[0].CF, s.doctor.CF, "FARMACO"} {
			if strings.Contains(string(body), secret) {
				t.Errorf("without a session the page reads %s in %s", secret, body)
			}
		}
	}
	see("the command line without a session", cli, "", "a1 draft", "a2 draft", "b1 draft")
	if _, code := put[wire.OutboxResult](s, s.caller(), clinic, "outbox.discard", params); code != wire.ErrSessionNone {
		t.Errorf("a page discards without a session: %q", code)
	}
	if got, code := put[wire.OutboxResult](s, cli, "", "outbox.discard", params); code != "" || len(got.Entries) != 0 {
		t.Errorf("the command line discards: %q %+v", code, got)
	}
	see("what is left", cli, "", "a2 draft", "b1 draft")
	if _, code := put[wire.OutboxResult](s, cli, "", "outbox.discard", wire.OutboxParams{}); code != wire.ErrParams {
		t.Errorf("discard of nothing named: %q", code)
	}
}

// What another doctor of the same PC left is not for this one's page.
func TestOutboxIsTheDoctors(t *testing.T) {
	s := granted(t)
	s.send(clinic, "later", drug("a1"))
	if _, code := put[wire.Session](s, s.caller(), clinic, "session.logout", wire.NoParams{}); code != "" {
		t.Fatal(code)
	}
	second := anagrafe.Doctors()[1]
	s.must(s.e.secrets.Put(PinCodeName(second.CF), []byte(second.PinCode)))
	if _, code := s.complete(returned(s.enter(s.begin(), "spid", second.CF))); code != "" {
		t.Fatal(code)
	}
	s.grant()
	if list := s.entries(s.caller(), clinic, wire.OutboxParams{}); len(list) != 0 {
		t.Errorf("%v", names(list))
	}
	if got, code := put[wire.OutboxResult](s, s.caller(), clinic, "outbox.retry", wire.OutboxParams{}); code != "" || len(got.Entries) != 0 {
		t.Errorf("%q %v", code, names(got.Entries))
	}
	if n := s.region.Prescriptions(); n != 0 {
		t.Errorf("%d prescriptions were sent", n)
	}
}

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

// again starts another agent over the same folders.
func (s *stage) again() *Engine {
	s.t.Helper()
	e, err := New(s.e.opt)
	s.must(err)
	s.t.Cleanup(func() { e.disconnect(context.Background(), ""); _ = e.journal.close() })
	return e
}

// What waits is there after a restart, and the first status tells it.
func TestRestart(t *testing.T) {
	s := granted(t)
	s.send(clinic, "later", drug("1"), exam("2"))
	s.must(s.e.journal.close())
	s.e = s.again()
	s.e.opt.Config.AllowedOrigins = []string{clinic}
	status, code := put[wire.Status](s, s.caller(), clinic, "status", wire.NoParams{})
	if want := (wire.Outbox{Drafts: 2}); code != "" || status.Outbox != want || slices.Contains(status.Warnings, wire.ErrOutbox) {
		t.Errorf("%q %+v %v", code, status.Outbox, status.Warnings)
	}
}

// Without its outbox the agent does what it can, and says why it can not more.
func TestWithoutAnOutbox(t *testing.T) {
	for name, row := range map[string]struct {
		spoil func(s *stage, file string)
		want  wire.ErrorCode
	}{
		"damaged": {func(s *stage, file string) {
			s.must(s.e.journal.close())
			s.must(os.WriteFile(file, []byte(strings.Repeat("no database ", 4096)), 0o600))
		}, wire.ErrOutboxBroken},
		"another key": {func(s *stage, file string) {
			s.must(s.e.journal.close())
			store, err := secret.Open(filepath.Join(s.t.TempDir(), "secret"))
			s.must(err)
			s.must(store.Put(PinCodeName(s.doctor.CF), []byte(s.doctor.PinCode)))
			s.e.opt.Secrets = store
		}, wire.ErrOutboxKey},
		"in use": {func(*stage, string) {}, wire.ErrOutboxInUse},
	} {
		t.Run(name, func(t *testing.T) {
			s := connected(t)
			nre := s.written(drug("0"))[0]
			before := s.e
			row.spoil(s, filepath.Join(s.e.opt.Paths.State, "outbox.db"))
			s.e = s.again()
			s.connect()
			status, _ := put[wire.Status](s, s.caller(), clinic, "status", wire.NoParams{})
			if !slices.Contains(status.Warnings, row.want) || status.Outbox != (wire.Outbox{}) {
				t.Errorf("warnings %v, %+v", status.Warnings, status.Outbox)
			}
			for method, params := range map[string]any{
				"prescription.send": wire.SendParams{Prescriptions: []wire.Prescription{drug("1")}}, "outbox.list": wire.OutboxParams{},
				"outbox.retry": wire.OutboxParams{}, "outbox.discard": wire.OutboxParams{IDs: []string{"00000000"}},
				"outbox.resolve": wire.ResolveParams{ID: "00000000", Decision: "absent"}, "prescription.promemoria": wire.NREParams{NRE: nre},
			} {
				if _, code := put[json.RawMessage](s, cli, "", method, params); code != row.want {
					t.Errorf("%s: %q, want %q", method, code, row.want)
				}
			}
			for method, params := range map[string]any{
				"patient.sync": wire.SyncParams{CodiceFiscale: anagrafe.Patients()[0].CF}, "prescription.view": wire.NREParams{NRE: nre},
				"prescription.verify": wire.NREParams{NRE: nre}, "batch.stop": wire.NoParams{}, "prescription.cancel": wire.NREParams{NRE: nre},
			} {
				if _, code := put[json.RawMessage](s, cli, "", method, params); code != "" {
					t.Errorf("%s: %q", method, code)
				}
			}
			if row.want != wire.ErrOutboxInUse {
				return
			}
			s.must(before.journal.close())
			s.e.journal.tried = s.e.journal.tried.Add(-reopenTime)
			if got, code := put[wire.SendResult](s, cli, "", "prescription.send", wire.SendParams{Prescriptions: []wire.Prescription{drug("1")}}); code != "" || got.Results[0].State != wire.Sent {
				t.Errorf("once it can be opened: %q %+v", code, got)
			}
			status, _ = put[wire.Status](s, s.caller(), clinic, "status", wire.NoParams{})
			if slices.Contains(status.Warnings, row.want) {
				t.Errorf("still warned: %v", status.Warnings)
			}
		})
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
