package engine

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/rs/zerolog"

	"raccordo/host/internal/secret"
	"raccordo/host/internal/wire"
)

func TestHistory(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "secret")
	store, err := secret.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	const cf = "RSSMRC82H15X003K"
	h := newHistory(store, zerolog.Nop())
	if got := h.of(cf); got != (wire.PatientHistory{}) {
		t.Errorf("before anything: %+v", got)
	}
	at := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	h.record(cf, at, nil)
	down := wire.NewError(wire.ErrRegionDown, "dial")
	down.Data.Notices = []wire.Notice{{Text: "ROSSI MARCO"}}
	h.record(cf, at.Add(time.Hour), down)

	want := wire.PatientHistory{SyncedAt: "2026-11-23T10:00:00+01:00", FailedAt: "2026-11-23T11:00:00+01:00", Problem: wire.NewError(wire.ErrRegionDown, "dial")}
	again := newHistory(store, zerolog.Nop()) // of the next agent
	for name, h := range map[string]*history{"the same agent": h, "the next one": again} {
		if diff := cmp.Diff(want, h.of(cf)); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
	again.record(cf, at.Add(2*time.Hour), nil)
	if got := again.of(cf); got.FailedAt != "" || got.Problem != nil || got.SyncedAt != "2026-11-23T12:00:00+01:00" {
		t.Errorf("a success after a failure: %+v", got)
	}
	defer func() {
		again.forget()
		if got := newHistory(store, zerolog.Nop()).of(cf); got != (wire.PatientHistory{}) || again.of(cf) != (wire.PatientHistory{}) {
			t.Errorf("after a logout: %+v", got)
		}
		again.forget() // there is nothing left
	}()
	files, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, f := range files {
		body, err := os.ReadFile(f)
		if err != nil || bytes.Contains(body, []byte(cf)) || bytes.Contains([]byte(f), []byte(cf)) || bytes.Contains(body, []byte(patientKey(cf))) {
			t.Errorf("%s tells the patient (%v)", f, err)
		}
	}
}

func TestHistoryIsBounded(t *testing.T) {
	h := newHistory(nil, zerolog.Nop())
	h.read()
	at := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	for i := range historySize {
		h.patients[patientKey(fmt.Sprint(i))] = visit{Synced: at.Add(time.Duration(i) * time.Second)}
	}
	h.record("new", at.Add(24*time.Hour), wire.NewError(wire.ErrRegionDown, ""))
	if len(h.patients) != historySize {
		t.Errorf("%d patients are remembered", len(h.patients))
	}
	if got := h.of("0"); got.SyncedAt != "" {
		t.Errorf("the oldest is still there: %+v", got)
	}
	if h.of("1").SyncedAt == "" || h.of("new").FailedAt == "" {
		t.Error("one that is newer was forgotten")
	}
}

// A file that can not be read costs the memory, not the work.
func TestHistoryDamaged(t *testing.T) {
	store, err := secret.Open(filepath.Join(t.TempDir(), "secret"))
	if err != nil {
		t.Fatal(err)
	}
	for _, body := range []string{"null", "[]", "{"} {
		if err := store.Put(historyFile, []byte(body)); err != nil {
			t.Fatal(err)
		}
		h := newHistory(store, zerolog.Nop())
		h.record("x", time.Now(), nil)
		if h.of("x").SyncedAt == "" {
			t.Errorf("after %s nothing is remembered", body)
		}
	}
}
