package control_test

import (
	"net/http"
	"testing"

	"raccordo/host/internal/sim/region/faults"
)

func TestActions(t *testing.T) {
	s := start(t)
	s.session()
	if got := s.state(); got.Sessions != 1 || got.Handshakes.Full != 1 || got.Requests["sessione"] != 1 || got.Down || len(got.Faults) != 0 {
		t.Errorf("%+v", got)
	}
	if status, body := s.json("/v1/azioni", `{"azione":"termina-sessioni"}`); status != http.StatusOK || body != `{"azione":"termina-sessioni","quanti":1}`+"\n" {
		t.Errorf("%d %s", status, body)
	}
	if got := s.region.LiveSessions(); got != 0 {
		t.Errorf("%d sessions", got)
	}
	for _, name := range []string{"scadenza-token", "revoca-accessi"} { // idp's tests have the rest
		if status, body := s.json("/v1/azioni", `{"azione":"`+name+`"}`); status != http.StatusOK || body != `{"azione":"`+name+`","quanti":0}`+"\n" {
			t.Errorf("%d %s", status, body)
		}
	}
	s.json("/v1/azioni", `{"azione":"spegni"}`)
	if !s.state().Down || !s.region.Down() || !s.login.Down() {
		t.Error("still on")
	}
	s.json("/v1/azioni", `{"azione":"accendi"}`)
	if s.state().Down || s.login.Down() {
		t.Error("still off")
	}
}

// TestForms: the page works without its script.
func TestForms(t *testing.T) {
	s := start(t)
	status, header, _ := s.form("/guasti", "guasto=lentezza&servizio=invio&volte=2&ritardo_ms=40", "Accept", "text/html,*/*")
	if status != http.StatusSeeOther || header.Get("Location") != "/" {
		t.Errorf("%d %v", status, header)
	}
	if list := s.region.Plan().List(); len(list) != 1 || list[0].Kind != faults.Slow || list[0].Times != 2 || list[0].Delay.Milliseconds() != 40 {
		t.Errorf("%v", list)
	}
	_, _, page := s.call(http.MethodGet, "/", "")
	has(t, page, "Risposta lenta · Invio ricette · ritardo 40 ms · ancora 2 volte", "SIMULATORE", "Azzera tutto", "La regione è <strong id=\"spenta\">accesa")
	status, _, page = s.form("/guasti", "guasto=lentezza&servizio=invio&volte=molte", "Accept", "text/html")
	if status != http.StatusUnprocessableEntity {
		t.Errorf("%d", status)
	}
	has(t, page, `role="alert">È richiesto un numero intero.`)
	if status, _, body := s.form("/guasti", "guasto=lentezza", "Accept", "application/json"); status != http.StatusUnprocessableEntity {
		t.Errorf("the script: %d %s", status, body)
	}
	if status, _, body := s.form("/azioni", "azione=azzera", "Accept", "application/json"); status != http.StatusOK || len(s.state().Faults) != 0 {
		t.Errorf("clear: %d %s", status, body)
	}
	for path, kind := range map[string]string{"/pannello.css": "text/css; charset=utf-8", "/pannello.js": "text/javascript; charset=utf-8"} {
		if status, header, _ := s.call(http.MethodGet, path, ""); status != http.StatusOK || header.Get("Content-Type") != kind {
			t.Errorf("%s: %d %v", path, status, header)
		}
	}
}
