package engine

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"raccordo/host/internal/wire"
)

// Before a login a page learns how its prescriptions stand, and no more.
func TestWithoutPatient(t *testing.T) {
	problem := wire.NewError(wire.ErrRegionDown, "dial")
	problem.Data.Notices = []wire.Notice{{Text: "ROSSI MARCO"}}
	full := wire.OutboxEntry{
		ID: "aa11", Origin: clinic, Doctor: "VRDGLI75C41X000D", CodiceAssistito: "RSSMRC82H15X003K", CognomeNome: "ROSSI MARCO",
		TipoPrescrizione: "F", Description: "AMOXICILLINA", Since: "2026-11-23T08:00:00+01:00", UpdatedAt: "2026-11-23T08:00:01+01:00", Decide: true,
		PrescriptionResult: wire.PrescriptionResult{
			ClientID: "7", State: wire.Unknown, NRE: "0900A4000000001", CodAutenticazione: "123", InsertedAt: "2026-11-23 08:00:00", HasPromemoria: true,
			Warnings: []wire.Notice{{Text: "ROSSI"}}, Errors: []wire.Notice{{Text: "MARCO"}}, Problem: problem, Attempts: 2, NextAttempt: "2026-11-23T08:05:00+01:00",
		},
	}
	want := wire.OutboxEntry{
		ID: "aa11", Origin: clinic, TipoPrescrizione: "F", Since: full.Since, UpdatedAt: full.UpdatedAt, Decide: true,
		PrescriptionResult: wire.PrescriptionResult{
			ClientID: "7", State: wire.Unknown, Warnings: []wire.Notice{}, Errors: []wire.Notice{},
			Problem: wire.NewError(wire.ErrRegionDown, ""), Attempts: 2, NextAttempt: full.NextAttempt,
		},
	}
	if diff := cmp.Diff(want, withoutPatient(full)); diff != "" {
		t.Error(diff)
	}
	if got := withoutPatient(wire.OutboxEntry{}); got.Problem != nil {
		t.Errorf("%+v", got.Problem)
	}
}

// A list that is too long for one answer is cut, and not refused.
func TestShownFitsIntoAFrame(t *testing.T) {
	list := make([]wire.OutboxEntry, 5000)
	for i := range list {
		list[i] = wire.OutboxEntry{ID: strings.Repeat("a", 32), Description: strings.Repeat("x", 400)}
	}
	got := shown(list)
	body, err := json.Marshal(got)
	if err != nil || len(body) > wire.MaxFrame-1024 || len(got.Entries) < 1000 {
		t.Errorf("%d entries, %d bytes, %v", len(got.Entries), len(body), err)
	}
	if got := shown(nil); got.Entries == nil {
		t.Error("no list is not an empty one")
	}
}
