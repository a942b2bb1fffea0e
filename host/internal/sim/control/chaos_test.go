package control_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"raccordo/host/internal/sim/control"
)

func (s *stand) chaos() (got control.ChaosState) {
	s.t.Helper()
	_, _, body := s.call(http.MethodGet, "/v1/caos", "")
	if err := json.Unmarshal([]byte(body), &got); err != nil {
		s.t.Fatal(err)
	}
	return got
}

func TestChaos(t *testing.T) {
	s := start(t)
	session := s.open()
	if got := s.chaos(); got.Running || got.Chaos != nil || len(got.Applied) != 0 {
		t.Errorf("at first: %+v", got)
	}
	for body, want := range map[string]string{
		`{"seme":1,"tassi":{"altro":0.1}}`: "guasto-sconosciuto", `{"seme":1,"tassi":{"richiesta-persa":2}}`: "valore-non-ammesso", `{"tempesta":3}`: "valore-non-ammesso",
		`{"tempesta":0.1,"tassi":{"silenzio":0.1}}`: `"campo":"tempesta"`, `{"tempesta":0.1,"servizi":["altro"]}`: "servizio-sconosciuto", `{"tardiva_max_ms":-1}`: `"campo":"tardiva_max_ms"`,
		`{"trattenuta_ms":99999999}`: `"campo":"trattenuta_ms"`,
	} {
		if status, answer := s.json("/v1/caos", body); status != http.StatusUnprocessableEntity || !strings.Contains(answer, want) {
			t.Errorf("%s: %d %s", body, status, answer)
		}
	}
	sent := control.Chaos{Seed: 7, Rates: map[string]float64{"errore-500-dopo": 1}, Services: []string{"invio"}, LateMinMS: 100, LateMaxMS: 200, HoldMS: 30, HangMS: 40, RetryAfterMS: 1000}
	raw, err := json.Marshal(sent)
	if err != nil {
		t.Fatal(err)
	}
	if status, answer := s.json("/v1/caos", string(raw)); status != http.StatusCreated {
		t.Fatalf("%d %s", status, answer)
	}
	if answer := s.send(session); !strings.Contains(answer, "500 Internal") {
		t.Errorf("in chaos: %s", answer)
	}
	if diff := cmp.Diff(control.ChaosState{Running: true, Chaos: &sent, Applied: map[string]int{"errore-500-dopo": 1}}, s.chaos()); diff != "" {
		t.Error(diff)
	}
	if got := s.state(); got.Applied["errore-500-dopo"] != 1 || !strings.HasPrefix(got.ChaosText, "Caos in corso con seme 7: 1 guasti") {
		t.Errorf("state: %+v", got)
	}
	if status, _, _ := s.call(http.MethodDelete, "/v1/caos", ""); status != http.StatusNoContent {
		t.Errorf("delete: %d", status)
	}
	if answer := s.send(session); !strings.Contains(answer, "<codAutenticazione>") || s.chaos().Running {
		t.Errorf("afterwards: %s", answer)
	}
	if status, _, _ := s.form("/caos", "tempesta=0.2&seme=3"); status != http.StatusSeeOther {
		t.Errorf("form: %d", status)
	}
	if got := s.chaos(); !got.Running || len(got.Chaos.Rates) < 12 || got.Chaos.Seed != 3 {
		t.Errorf("storm: %+v", got)
	}
	s.call(http.MethodDelete, "/v1/guasti", "")
	if s.chaos().Running {
		t.Error("clearing everything leaves chaos")
	}
}

func TestRules(t *testing.T) {
	s := start(t)
	if _, _, body := s.call(http.MethodGet, "/v1/regole", ""); body != `{"pre_autorizzazione":false,"ritardo_fse_ms":3000}`+"\n" {
		t.Error(body)
	}
	for _, row := range []struct {
		body string
		want string
	}{
		{`{"pre_autorizzazione":true}`, `{"pre_autorizzazione":true,"ritardo_fse_ms":3000}`}, {`{"ritardo_fse_ms":250}`, `{"pre_autorizzazione":true,"ritardo_fse_ms":250}`},
		{`{"ritardo_fse_ms":-1}`, `"campo":"ritardo_fse_ms"`},
	} {
		if _, body := s.json("/v1/regole", row.body); !strings.Contains(body, row.want) {
			t.Errorf("%s: %s", row.body, body)
		}
	}
	if !s.region.PreAuthorisation() || s.region.FSEDelay() != 250*time.Millisecond {
		t.Error("the region does not know")
	}
	if status, _, _ := s.form("/regole", "pre_autorizzazione=0&ritardo_fse_ms=3000"); status != http.StatusSeeOther || s.region.PreAuthorisation() {
		t.Errorf("form: %d", status)
	}
}
