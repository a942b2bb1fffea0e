package control_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"raccordo/host/internal/sim/control"
	"raccordo/host/internal/sim/region/faults"
)

// TestPlan: what a program plans is what happens.
func TestPlan(t *testing.T) {
	s := start(t)
	if status := s.session(); status != http.StatusCreated {
		t.Fatalf("at first: %d", status)
	}
	status, body := s.json("/v1/guasti", `{"guasto":"errore-503","servizio":"sessione","volte":2}`)
	want := `{"guasti":[{"guasto":"errore-503","servizio":"sessione","volte":2,"testo":"Errore 503 · Sessione · ancora 2 volte"}]}` + "\n"
	if status != http.StatusCreated || body != want {
		t.Errorf("%d %s", status, body)
	}
	if got := s.session(); got != http.StatusServiceUnavailable {
		t.Errorf("once: %d", got)
	}
	if _, _, body := s.call(http.MethodGet, "/v1/guasti", ""); !strings.Contains(body, `"volte":1,`) || !strings.Contains(body, "ancora 1 volta") {
		t.Errorf("left: %s", body)
	}
	if status, _, _ := s.call(http.MethodDelete, "/v1/guasti", ""); status != http.StatusNoContent {
		t.Errorf("clear: %d", status)
	}
	if got := s.session(); got != http.StatusCreated {
		t.Errorf("cleared: %d", got)
	}
	if _, _, body := s.call(http.MethodGet, "/v1/guasti", ""); body != `{"guasti":[]}`+"\n" {
		t.Errorf("left: %s", body)
	}
}

// TestEveryKind: each kind can be planned, and comes back as it was sent.
func TestEveryKind(t *testing.T) {
	s := start(t)
	for _, kind := range faults.Kinds() {
		sent := control.Fault{Kind: string(kind), Times: 3}
		switch kind {
		case faults.Slow, faults.Late, faults.Reordered, faults.TooMany:
			sent.DelayMS = 250
		case faults.Maintenance:
			sent.Status = 200
		case faults.ClockSkew:
			sent.SkewS = -90
		}
		raw, err := json.Marshal(sent)
		if err != nil {
			t.Fatal(err)
		}
		status, body := s.json("/v1/guasti", string(raw))
		var got control.List
		if err := json.Unmarshal([]byte(body), &got); status != http.StatusCreated || err != nil {
			t.Fatalf("%s: %d %s", kind, status, body)
		}
		last := got.Faults[len(got.Faults)-1]
		if last.Text == "" || strings.HasPrefix(last.Text, string(kind)) {
			t.Errorf("%s in words: %q", kind, last.Text)
		}
		last.Text = ""
		if diff := cmp.Diff(sent, last); diff != "" {
			t.Errorf("%s (-sent +got):\n%s", kind, diff)
		}
	}
	want := []faults.Fault{{Kind: faults.Slow, Times: 3, Delay: 250 * time.Millisecond}, {Kind: faults.Maintenance, Times: 3, Status: 200}, {Kind: faults.ClockSkew, Times: 3, Skew: -90 * time.Second}}
	for _, f := range want {
		if !slices.Contains(s.region.Plan().List(), f) {
			t.Errorf("not planned: %+v", f)
		}
	}
	_, _, page := s.call(http.MethodGet, "/", "")
	for _, kind := range faults.Kinds() {
		if n := strings.Count(page, fmt.Sprintf(`name="guasto" value="%s"`, kind)); n != 1 {
			t.Errorf("%s has %d forms", kind, n)
		}
	}
}

func TestRefusals(t *testing.T) {
	s := start(t)
	for _, row := range []struct {
		name, path, body string
		status           int
		code, field      string
	}{
		{"no such fault", "/v1/guasti", `{"guasto":"terremoto"}`, 422, "guasto-sconosciuto", "guasto"},
		{"nothing", "/v1/guasti", `{}`, 422, "guasto-sconosciuto", "guasto"},
		{"no such service", "/v1/guasti", `{"guasto":"errore-500","servizio":"posta"}`, 422, "servizio-sconosciuto", "servizio"},
		{"handshake of a service", "/v1/guasti", `{"guasto":"avviso-tls","servizio":"invio"}`, 422, "servizio-non-adatto", "servizio"},
		{"session of the login", "/v1/guasti", `{"guasto":"sessione-scaduta","servizio":"token"}`, 422, "servizio-non-adatto", "servizio"},
		{"second factor of nobody", "/v1/guasti", `{"guasto":"sessione-scaduta","servizio":"id-sessione"}`, 422, "servizio-non-adatto", "servizio"},
		{"role elsewhere", "/v1/guasti", `{"guasto":"ruolo-non-abilitato","servizio":"invio"}`, 422, "servizio-non-adatto", "servizio"},
		{"looking at a lingering session", "/v1/guasti", `{"guasto":"sessione-non-operativa","servizio":"sessione"}`, 422, "servizio-non-adatto", "servizio"},
		{"slow without a delay", "/v1/guasti", `{"guasto":"lentezza"}`, 422, "valore-non-ammesso", "ritardo_ms"},
		{"slow backwards", "/v1/guasti", `{"guasto":"lentezza","ritardo_ms":-1}`, 422, "valore-non-ammesso", "ritardo_ms"},
		{"a delay no duration holds", "/v1/guasti", `{"guasto":"lentezza","ritardo_ms":9223372036854775807}`, 422, "valore-non-ammesso", ""},
		{"too often", "/v1/guasti", `{"guasto":"errore-500","volte":1001}`, 422, "valore-non-ammesso", "volte"},
		{"status of another", "/v1/guasti", `{"guasto":"errore-500","stato":200}`, 422, "valore-non-ammesso", "stato"},
		{"clock right", "/v1/guasti", `{"guasto":"orologio-sfasato"}`, 422, "valore-non-ammesso", "sfasamento_s"},
		{"text", "/v1/guasti", `{"guasto":"errore-500","testo":"x"}`, 422, "campo-non-ammesso", "testo"},
		{"other type", "/v1/guasti", `{"guasto":"errore-500","volte":"due"}`, 422, "valore-non-ammesso", "volte"},
		{"other member", "/v1/guasti", `{"guasto":"errore-500","colore":"rosso"}`, 400, "richiesta-non-valida", ""},
		{"no JSON", "/v1/guasti", `guasto=errore-500`, 400, "richiesta-non-valida", ""},
		{"two objects", "/v1/guasti", `{"guasto":"errore-500"}{}`, 400, "richiesta-non-valida", ""},
		{"too long", "/v1/guasti", `{"guasto":"` + strings.Repeat("x", 5000) + `"}`, 413, "richiesta-troppo-grande", ""},
		{"no such action", "/v1/azioni", `{"azione":"esplodi"}`, 422, "azione-sconosciuta", "azione"},
		{"nowhere", "/v1/altro", `{}`, 404, "non-trovato", ""},
	} {
		t.Run(row.name, func(t *testing.T) {
			status, body := s.json(row.path, row.body)
			var got control.Error
			if err := json.Unmarshal([]byte(body), &got); err != nil || status != row.status || got.Status != status || got.Code != row.code || got.Field != row.field || got.Message == "" {
				t.Errorf("%d %s", status, body)
			}
		})
	}
	if status, _, body := s.call(http.MethodPost, "/v1/guasti", `{"guasto":"errore-500"}`, "Content-Type", "text/plain"); status != http.StatusUnsupportedMediaType || !strings.Contains(body, "tipo-non-ammesso") {
		t.Errorf("plain text: %d %s", status, body)
	}
	if left := s.region.Plan().List(); len(left) != 0 {
		t.Errorf("planned all the same: %v", left)
	}
}

// TestStrangers: other names of this machine and other pages get nothing.
func TestStrangers(t *testing.T) {
	s := start(t)
	port := strings.TrimSuffix(s.url[strings.LastIndexByte(s.url, ':')+1:], "/")
	for _, row := range []struct {
		name   string
		header []string
		code   string // "": let in
	}{
		{"a program", nil, ""},
		{"by name", []string{"Host", "localhost:" + port}, ""},
		{"by IPv6", []string{"Host", "[::1]:" + port}, ""},
		{"own page", []string{"Origin", "http://127.0.0.1:" + port, "Sec-Fetch-Site", "same-origin"}, ""},
		{"rebinding", []string{"Host", "malevolo.example:" + port}, "host-non-ammesso"},
		{"rebinding, own page there", []string{"Host", "malevolo.example:" + port, "Origin", "http://malevolo.example:" + port}, "host-non-ammesso"},
		{"a name that begins well", []string{"Host", "127.0.0.1.malevolo.example"}, "host-non-ammesso"},
		{"another page", []string{"Origin", "https://malevolo.example"}, "origine-non-ammessa"},
		{"another port", []string{"Origin", "http://127.0.0.1:1"}, "origine-non-ammessa"},
		{"over https", []string{"Origin", "https://127.0.0.1:" + port}, "origine-non-ammessa"},
		{"a sandbox", []string{"Origin", "null"}, "origine-non-ammessa"},
	} {
		t.Run(row.name, func(t *testing.T) {
			for _, request := range []struct{ method, path, body, kind string }{
				{http.MethodGet, "/", "", ""}, {http.MethodGet, "/v1/stato", "", ""},
				{http.MethodPost, "/v1/azioni", `{"azione":"accendi"}`, "application/json"},
				{http.MethodPost, "/azioni", "azione=accendi", "application/x-www-form-urlencoded"},
				{http.MethodDelete, "/v1/guasti", "", ""},
			} {
				status, _, body := s.call(request.method, request.path, request.body, append([]string{"Content-Type", request.kind}, row.header...)...)
				if row.code == "" && status >= 400 || row.code != "" && (status != http.StatusForbidden || !strings.Contains(body, row.code)) {
					t.Errorf("%s %s: %d %s", request.method, request.path, status, body)
				}
			}
		})
	}
	t.Run("a link from another site does nothing", func(t *testing.T) {
		if status, _, _ := s.form("/azioni", "azione=spegni", "Sec-Fetch-Site", "cross-site"); status != http.StatusForbidden || s.region.Down() {
			t.Errorf("%d", status)
		}
	})
}
