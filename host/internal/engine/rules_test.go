package engine

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"raccordo/host/internal/card"
	"raccordo/host/internal/outbox"
	"raccordo/host/internal/prompt"
	"raccordo/host/internal/region"
	"raccordo/host/internal/session"
	"raccordo/host/internal/wire"
)

const (
	clinic   = "https://clinica.example"
	chromium = "npdohdckockkmeagapojopoflpnmccij"
)

func newTestRules(t *testing.T) *rules {
	t.Helper()
	r, err := newRules()
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestAdmit(t *testing.T) {
	r := newTestRules(t)
	browser := wire.Caller{Kind: "browser", Browser: "chromium", Extension: chromium}
	firefox := wire.Caller{Kind: "browser", Browser: "firefox", Extension: "connettore@raccordo.example"}
	rows := []struct {
		name   string
		caller wire.Caller
		method string
		origin string
		want   wire.ErrorCode
	}{
		{"listed page", browser, "patient.sync", clinic, ""},
		{"listed page, firefox", firefox, "patient.sync", clinic, ""},
		{"other page", browser, "status", "https://altro.example", wire.ErrOrigin},
		{"other port", browser, "status", clinic + ":8443", wire.ErrOrigin},
		{"plain http", browser, "status", "http://clinica.example", wire.ErrOrigin},
		{"prefix of a listed page", browser, "status", clinic + ".evil.example", wire.ErrOrigin},
		{"other page may say hello", browser, "hello", "https://altro.example", ""},
		{"background", browser, "status", "", ""},
		{"popup", browser, "session.logout", "chrome-extension://" + chromium, ""},
		{"listed page tests the card", browser, "card.test", clinic, wire.ErrOrigin},
		{"popup tests the card", browser, "card.test", "chrome-extension://" + chromium, ""},
		{"command line tests the card", wire.Caller{Kind: "cli"}, "card.test", "", ""},
		{"another extension's page", browser, "status", "chrome-extension://aaaabbbbccccddddeeeeffffgggghhhh", wire.ErrOrigin},
		{"firefox popup", firefox, "status", "moz-extension://8a1e6c52-0000-4000-8000-000000000000", ""},
		{"chromium can not claim firefox's scheme", browser, "status", "moz-extension://8a1e6c52", wire.ErrOrigin},
		{"unknown extension", wire.Caller{Kind: "browser", Browser: "chromium", Extension: "aaaa"}, "status", clinic, wire.ErrOrigin},
		{"unknown extension may not even say hello", wire.Caller{Kind: "browser", Browser: "chromium", Extension: "aaaa"}, "hello", clinic, wire.ErrOrigin},
		{"chromium's id in firefox", wire.Caller{Kind: "browser", Browser: "firefox", Extension: chromium}, "hello", "", wire.ErrOrigin},
		{"command line", wire.Caller{Kind: "cli"}, "session.login", "", ""},
		{"relay without a browser asks status", wire.Caller{Kind: "pipe"}, "status", "", ""},
		{"relay without a browser logs in", wire.Caller{Kind: "pipe"}, "session.login", "", wire.ErrOrigin},
		{"nobody", wire.Caller{}, "card.list", "", wire.ErrOrigin},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			err := r.admit([]string{clinic}, wire.Request{Method: row.method, Origin: row.origin}, row.caller)
			if got := codeIn(err); got != row.want {
				t.Errorf("got %q, want %q", got, row.want)
			}
		})
	}
}

func codeIn(err *wire.Error) wire.ErrorCode {
	if err == nil {
		return ""
	}
	return err.Data.Code
}

func TestCheck(t *testing.T) {
	r := newTestRules(t)
	rows := []struct {
		name, method, params string
		ok                   bool
	}{
		{"none", "status", ``, true},
		{"empty", "status", `{}`, true},
		{"unknown field", "status", `{"module":"/tmp/evil.so"}`, false},
		{"array", "status", `[]`, false},
		{"null", "status", `null`, false},
		{"login", "session.login", `{"via":"card"}`, true},
		{"login with an endpoint", "session.login", `{"via":"card","url":"https://evil.example"}`, false},
		{"login by an unknown way", "session.login", `{"via":"magic"}`, false},
		{"certificate that is no fingerprint", "session.login", `{"via":"card","certificate":"../../x"}`, false},
		{"wrong type", "patient.sync", `{"codice_fiscale":12}`, false},
		{"missing", "patient.sync", `{}`, false},
		{"the end of a card's number", "patient.sync", `{"codice_fiscale":"RSSMRA75C03F839K","ts_last5":"00066"}`, true},
		{"four digits", "patient.sync", `{"codice_fiscale":"RSSMRA75C03F839K","ts_last5":"0066"}`, false},
		{"a trial signature with a module", "card.test", `{"module":"/tmp/evil.so"}`, false},
		{"no prescriptions", "prescription.send", `{"prescriptions":[]}`, false},
		{"an NRE with a path", "prescription.view", `{"nre":"0900A0000000/.."}`, false},
		{"an NRE", "prescription.view", `{"nre":"0900A0000000100"}`, true},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			err := r.check(row.method, json.RawMessage(row.params))
			if (err == nil) != row.ok {
				t.Errorf("got %v, want ok=%v", err, row.ok)
			}
			if err != nil && err.Data.Code != wire.ErrParams {
				t.Errorf("code %q", err.Data.Code)
			}
		})
	}
}

// Every row of the method table has a schema and a branch. What needs a session
// answers a page that there is none.
func TestEveryMethodIsServed(t *testing.T) {
	s := newStage(t, "extension")
	const (
		patient = `{"codice_fiscale":"RSSMRA75C03F839K"}`
		nre     = `{"nre":"0900A0000000100"}`

		noDocument = "0123456789abcdef0123456789abcdef"
	)
	rows := map[string]struct {
		params string
		want   wire.ErrorCode
	}{
		"hello":                   {`{"protocol":1,"client":"test"}`, ""},
		"status":                  {``, ""},
		"card.list":               {``, ""},
		"card.test":               {``, wire.ErrOrigin},
		"session.login":           {`{"via":"card"}`, wire.ErrNoWay},
		"session.complete":        {`{"state":"` + strings.Repeat("x", 32) + `"}`, wire.ErrOrigin},
		"session.logout":          {``, ""},
		"patient.sync":            {patient, wire.ErrSessionNone},
		"patient.history":         {patient, ""},
		"prescription.send":       {`{"prescriptions":[{"client_id":"1","tipo_prescrizione":"F","codice_assistito":"RSSMRA75C03F839K","tipo_visita":"A","dettagli":[{"quantita":1}]}]}`, wire.ErrSessionNone},
		"prescription.view":       {nre, wire.ErrSessionNone},
		"prescription.cancel":     {nre, wire.ErrSessionNone},
		"prescription.list":       {`{"from":"2026-01-01","to":"2026-02-01"}`, wire.ErrSessionNone},
		"prescription.verify":     {nre, wire.ErrSessionNone},
		"prescription.promemoria": {nre, wire.ErrSessionNone},
		"outbox.list":             {``, ""},
		"outbox.retry":            {``, wire.ErrSessionNone},
		"outbox.discard":          {`{"ids":["00000000"]}`, wire.ErrSessionNone},
		"outbox.resolve":          {`{"id":"00000000","decision":"absent"}`, wire.ErrSessionNone},
		"batch.stop":              {``, ""},
		"substitution.declare":    {`{"sostituto":"RSSMRA75C03F839K","from":"2026-01-01","to":"2026-02-01"}`, wire.ErrSessionNone},
		"table.fetch":             {`{"operation":"X"}`, wire.ErrSessionNone},
		"document.open":           {`{"name":"a.pdf","size":1}`, ""},
		"document.write":          {`{"document":"` + noDocument + `","offset":0,"data":"YQ=="}`, wire.ErrDocNone},
		"document.read":           {`{"document":"` + noDocument + `","offset":0}`, wire.ErrDocNone},
		"document.close":          {`{"document":"` + noDocument + `"}`, wire.ErrDocNone},
		"document.verify":         {`{"content":"YQ=="}`, wire.ErrNotSigned},
		"print":                   {`{"items":[{"kind":"document","content":"YQ=="}]}`, ""},
		"print.list":              {``, ""},
		"print.cancel":            {`{"ids":["` + noDocument + `"]}`, wire.ErrPrintJob},
		"print.again":             {`{"ids":["` + noDocument + `"]}`, wire.ErrPrintJob},
		"print.preview":           {`{"item":{"kind":"document","content":"YQ=="}}`, wire.ErrPDFBroken},
		"printer.list":            {``, wire.ErrOrigin},
		"printer.configure":       {`{"settings":{"kind":"rossa","paper":"A5","orientation":"portrait","copies":1,"offset_x":0,"offset_y":0}}`, wire.ErrOrigin},
		"sign":                    {`{"documents":[{"content":"YQ==","name":"a.txt","format":"cades"}]}`, wire.ErrSignWay},
	}
	for _, m := range wire.Methods {
		if s.e.rules.params[m.Name] == nil {
			t.Errorf("%s: no schema", m.Name)
		}
		row, ok := rows[m.Name]
		if !ok {
			t.Errorf("%s is not tried", m.Name)
			continue
		}
		_, err := s.e.Do(t.Context(), Call{
			Request: wire.Request{Method: m.Name, Params: json.RawMessage(row.params), Origin: clinic, UserGesture: true}, Caller: s.caller(),
		})
		if codeIn(err) != row.want {
			t.Errorf("%s without a session: %v, want %q", m.Name, err, row.want)
		}
	}
}

func TestGestureIsAskedOfBrowsers(t *testing.T) {
	e := &Engine{log: zerolog.Nop(), rest: time.NewTimer(time.Hour), rules: newTestRules(t)}
	for _, m := range wire.Methods {
		if !m.Gesture {
			continue
		}
		_, err := e.Do(context.Background(), Call{
			Request: wire.Request{Method: m.Name, Params: json.RawMessage(`{}`)},
			Caller:  wire.Caller{Kind: "browser", Browser: "chromium", Extension: chromium},
		})
		if codeIn(err) != wire.ErrGesture {
			t.Errorf("%s without a gesture: %v", m.Name, err)
		}
	}
}

func TestToWire(t *testing.T) {
	two := 2
	rows := []struct {
		name string
		err  error
		want wire.ErrorCode
	}{
		{"card", &card.Error{Code: wire.ErrPINWrong, AttemptsLeft: &two}, wire.ErrPINWrong},
		{"card inside region", &region.Error{Code: wire.ErrTLS, Err: &card.Error{Code: wire.ErrCardRemoved}}, wire.ErrCardRemoved},
		{"region", fmt.Errorf("x: %w", &region.Error{Code: wire.ErrRegionDown}), wire.ErrRegionDown},
		{"prompt closed", fmt.Errorf("pin: %w", prompt.ErrCancelled), wire.ErrPromptCancel},
		{"prompt closed, seen by the card", &card.Error{Code: wire.ErrModule, Err: prompt.ErrCancelled}, wire.ErrPromptCancel},
		{"prompt late", prompt.ErrTimeout, wire.ErrPromptTime},
		{"busy", session.ErrBusy, wire.ErrSessionBusy},
		{"changed", outbox.ErrChanged, wire.ErrRxChanged},
		{"of the outbox", fmt.Errorf("x: %w", trouble(errors.New("disk"))), wire.ErrOutbox},
		{"of the outbox, with a code of its own", trouble(&region.Error{Code: wire.ErrRegionDown}), wire.ErrRegionDown},
		{"cancelled", context.Canceled, wire.ErrCancelled},
		{"deadline", context.DeadlineExceeded, wire.ErrDeadline},
		{"already", wire.NewError(wire.ErrConsent, ""), wire.ErrConsent},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			got, known := toWire(row.err)
			if !known || got.Data.Code != row.want {
				t.Errorf("got %v (%v), want %s", got, known, row.want)
			}
		})
	}
	if _, known := toWire(errors.New("never seen")); known {
		t.Error("an unknown error got a code")
	}
	w, _ := toWire(&card.Error{Code: wire.ErrPINWrong, AttemptsLeft: &two, FinalTry: true})
	if w.Data.AttemptsLeft == nil || *w.Data.AttemptsLeft != 2 || !w.Data.FinalTry {
		t.Errorf("tries lost: %+v", w.Data)
	}
}

func TestUnexpectedFaultHasReference(t *testing.T) {
	e := &Engine{log: zerolog.Nop()}
	w := e.fault("x", errors.New("secret detail"))
	if w.Data.Code != wire.ErrInternal || len(w.Data.Reference) != 8 || w.Data.Detail != "" {
		t.Errorf("got %+v", w)
	}
}
