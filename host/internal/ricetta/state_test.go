package ricetta

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"raccordo/host/internal/wire"
)

func TestStates(t *testing.T) {
	valid := map[string]bool{"3": true, "5": true, "6": true, "7": true, "9": true}
	texts := map[string]bool{}
	for _, code := range []string{"1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", ""} {
		s := StateOf(code, nil)
		if s.Code != code || s.Valid != valid[code] || s.Cancellable != (code == "3") {
			t.Errorf("state %q: %+v", code, s)
		}
		if texts[s.Text] || s.Text == "" || StateText(code) != s.Text {
			t.Errorf("state %q: %q", code, s.Text)
		}
		texts[s.Text] = true
	}
	if StateText("3") != "Da erogare" || !strings.Contains(StateText("11"), "11") || len(States) != 10 {
		t.Error("wrong words", StateText("3"), StateText("11"))
	}
	own := []wire.Notice{{Code: "0300"}, {Code: "5221"}}
	if s := StateOf("5", own); s.Valid || s.Cancellable || !strings.Contains(s.Text, "non a carico") {
		t.Errorf("dispensed at the patient's expense: %+v", s)
	}
	if s := StateOf("3", own); !s.Valid {
		t.Errorf("5221 means something in state 5 only: %+v", s)
	}
}

func TestExpiresOn(t *testing.T) {
	tests := []struct{ name, tipo, compiled, want string }{
		{"drug, the day of issue not counted", "F", "2026-11-01 09:00:00", "2026-12-01"},
		{"drug over the end of summer time", "F", "2026-10-10 23:59:59", "2026-11-09"},
		{"drug over February", "F", "2027-01-31 00:00:00", "2027-03-02"},
		{"specialist, 180 days", "P", "2026-01-01 12:00:00", "2026-06-30"},
		{"day without time, as the list has it", "F", "2026-11-01", "2026-12-01"},
		{"unknown type", "X", "2026-11-01 09:00:00", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			compiled, ok := ReadTimestamp(tt.compiled)
			if got := ExpiresOn(tt.tipo, compiled); got != tt.want || !ok {
				t.Errorf("%q, %t", got, ok)
			}
		})
	}
	if got := ExpiresOn("F", time.Time{}); got != "" {
		t.Errorf("no instant: %q", got)
	}
	if _, ok := ReadTimestamp("01/11/2026"); ok {
		t.Error("read a date of another form")
	}
}

func TestVerify(t *testing.T) {
	view := func(state, tipo, compiled string, remarks ...wire.Notice) wire.ViewResult {
		return wire.ViewResult{NRE: "0900A0123456742", State: state, TipoPrescrizione: tipo, CompiledAt: compiled, CodAutenticazione: "1", Warnings: remarks}
	}
	tests := []struct {
		name      string
		v         wire.ViewResult
		valid     bool
		text, end string
	}{
		{"to be dispensed", view("3", "F", "2026-11-20 09:00:00"), true, "Da erogare", "2026-12-20"},
		{"last day", view("3", "F", "2026-10-24 09:00:00"), true, "Da erogare", "2026-11-23"},
		{"one day late, the region has not noticed", view("3", "F", "2026-10-23 09:00:00"), false, "Scaduta (la Regione la dà ancora da erogare)", "2026-11-22"},
		{"specialist of four months ago", view("3", "P", "2026-07-23 09:00:00"), true, "Da erogare", "2027-01-19"},
		{"begun in time, finished later", view("7", "F", "2026-10-01 09:00:00"), true, "Singola prescrizione erogata", "2026-10-31"},
		{"dispensed at own expense", view("5", "F", "2026-11-20 09:00:00", wire.Notice{Code: "5221"}), false, "Erogata non a carico del Servizio sanitario nazionale", "2026-12-20"},
		{"dispensed at own expense, told by the flag", wire.ViewResult{State: "5", CodAutenticazione: "1", NonSSN: true}, false, "Erogata non a carico del Servizio sanitario nazionale", ""},
		{"the flag means something in state 5 only", wire.ViewResult{State: "3", CodAutenticazione: "1", NonSSN: true}, true, "Da erogare", ""},
		{"cancelled", view("4", "F", "2026-11-20 09:00:00"), false, "Annullata dal prescrittore", "2026-12-20"},
		{"no date", view("3", "F", ""), true, "Da erogare", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			want := wire.VerifyResult{NRE: tt.v.NRE, State: tt.v.State, StateText: tt.text, Valid: tt.valid, Validated: true, ExpiresOn: tt.end, View: tt.v}
			if d := cmp.Diff(want, Verify(tt.v, noon)); d != "" {
				t.Error(d)
			}
		})
	}
	if Verify(wire.ViewResult{State: "3"}, noon).Validated {
		t.Error("validated without codAutenticazione")
	}
}
