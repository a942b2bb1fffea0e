package engine

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"raccordo/host/internal/secret"
	"raccordo/host/internal/sim/anagrafe"
	"raccordo/host/internal/wire"
)

// again starts another agent over the same folders.
func (s *stage) again() *Engine {
	s.t.Helper()
	e, err := New(s.e.opt)
	s.must(err)
	s.t.Cleanup(func() { e.disconnect(context.Background(), ""); _ = e.press.end(); _ = e.journal.close() })
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
