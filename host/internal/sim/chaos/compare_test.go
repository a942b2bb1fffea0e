package chaos

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"raccordo/host/internal/wire"
)

// A comparison that sees nothing wrong must be one that would have.
func TestCompare(t *testing.T) {
	const mark, id, who = "PROVA 000001", "chaos-1", "PRVSST40A01X000X"
	sent := wire.PrescriptionResult{ClientID: id, State: wire.Sent, NRE: "090A0000000001", CodAutenticazione: "1"}
	at := record{mark: mark, nre: sent.NRE, code: "1", patient: who, live: true}
	with := func(change func(*record)) record { r := at; change(&r); return r }
	cancelled := with(func(r *record) { r.live, r.nre = false, "090A0000000002" })
	state := func(s wire.SendState) *wire.PrescriptionResult {
		return &wire.PrescriptionResult{ClientID: id, State: s}
	}
	for _, row := range []struct {
		name   string
		told   *wire.PrescriptionResult
		entry  *wire.PrescriptionResult
		region []record
		want   Tally
	}{
		{"once", &sent, &sent, []record{at}, Tally{Once: 1}},
		{"once, nobody was told in time", nil, &sent, []record{at}, Tally{Once: 1}},
		{"waits", nil, state(wire.Queued), nil, Tally{Held: 1}},
		{"in doubt", nil, state(wire.Unknown), []record{at}, Tally{Held: 1}},
		{"lost", nil, nil, nil, Tally{Lost: 1}},
		{"lost by a refusal", nil, state(wire.Refused), nil, Tally{Lost: 1}},
		{"given up by the outbox", nil, state(wire.Cancelled), nil, Tally{Lost: 1}},
		{"double", &sent, &sent, []record{at, with(func(r *record) { r.nre = "090A0000000002" })}, Tally{Double: 1}},
		{"a second number, cancelled", &sent, &sent, []record{at, cancelled}, Tally{Misled: 1}},
		{"told sent, not there", &sent, state(wire.Queued), nil, Tally{Misled: 1}},
		{"outbox says sent, not there", nil, &sent, []record{cancelled}, Tally{Misled: 1}},
		{"outbox says refused, is there", nil, state(wire.Refused), []record{at}, Tally{Misled: 1}},
		{"outbox does not know it, is there", nil, nil, []record{at}, Tally{Misled: 1}},
		{"told another number", &wire.PrescriptionResult{NRE: "x", CodAutenticazione: "1"}, &sent, []record{at}, Tally{Misled: 1}},
		{"told another code", &sent, &sent, []record{with(func(r *record) { r.code = "2" })}, Tally{Misled: 1}},
		{"another patient", &sent, &sent, []record{with(func(r *record) { r.patient = "x" })}, Tally{Misled: 1}},
		{"nobody wanted it", &sent, &sent, []record{at, with(func(r *record) { r.mark = "PROVA 000009" })}, Tally{Once: 1, Unknown: 1}},
	} {
		t.Run(row.name, func(t *testing.T) {
			i := &intent{mark: mark, told: row.told, p: wire.Prescription{ClientID: id, CodiceAssistito: who}}
			entries := map[string]wire.OutboxEntry{}
			if row.entry != nil {
				entries[id] = wire.OutboxEntry{PrescriptionResult: *row.entry}
			}
			got := compare([]*intent{i}, entries, row.region)
			if diff := cmp.Diff(row.want, got, cmpopts.IgnoreFields(Tally{}, "Complaints")); diff != "" {
				t.Error(diff)
			}
			if len(got.Complaints) != got.Wrong() {
				t.Errorf("%d complaints about %d faults", len(got.Complaints), got.Wrong())
			}
		})
	}
}

func TestPrescriptionsAreKnownByTheirMark(t *testing.T) {
	if got := markOf("IPERTENSIONE, PROVA 000017"); got != "PROVA 000017" {
		t.Error(got)
	}
	if got := markOf("PROVA 1"); got != "" {
		t.Error(got)
	}
}

// What an answer says against an earlier one counts only if it was asked for
// later: answers overtake each other.
func TestAnswersThatContradict(t *testing.T) {
	sent := wire.PrescriptionResult{State: wire.Sent, NRE: "090A0000000001", CodAutenticazione: "1"}
	other := sent
	other.NRE = "090A0000000002"
	for _, row := range []struct {
		name  string
		asked int
		then  wire.PrescriptionResult
		doubt bool
	}{
		{"the same", 6, sent, false},
		{"overtaken", 4, wire.PrescriptionResult{State: wire.Unknown}, false},
		{"forgotten", 6, wire.PrescriptionResult{State: wire.Unknown}, true},
		{"refused", 6, wire.PrescriptionResult{State: wire.Refused}, true},
		{"another number", 6, other, true},
		{"another number, asked before", 4, other, true},
	} {
		t.Run(row.name, func(t *testing.T) {
			var i intent
			if !i.settle(sent, 1, 5) || i.told == nil {
				t.Fatal("not settled")
			}
			i.hear(row.then, row.asked, 7)
			if (i.doubt != "") != row.doubt {
				t.Errorf("doubt %q", i.doubt)
			}
		})
	}
}
