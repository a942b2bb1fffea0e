package outbox

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/rs/zerolog"
	bolt "go.etcd.io/bbolt"
	"go.uber.org/goleak"

	"raccordo/host/internal/ricetta"
	"raccordo/host/internal/sim/anagrafe"
	"raccordo/host/internal/wire"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const page = "https://clinica.example"

var testKey = bytes.Repeat([]byte{7}, KeySize)

func lot(t testing.TB, code string) ricetta.Lot {
	t.Helper()
	l, err := ricetta.NewLot("090", "0A", "0", code)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func openAt(t testing.TB, path string) *Outbox {
	t.Helper()
	o, err := Open(path, testKey, Options{Log: zerolog.Nop()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = o.Close() })
	return o
}

func fresh(t testing.TB) *Outbox { return openAt(t, filepath.Join(t.TempDir(), "deep", "outbox.db")) }

func rx(id string) wire.Prescription {
	return wire.Prescription{
		ClientID: id, TipoPrescrizione: "F", CodiceAssistito: anagrafe.Patients()[0].CF, CognomeNome: "BIANCHI LUCIA", TipoVisita: "A",
		Dettagli: []wire.PrescriptionItem{{CodProdPrest: "000000000", DescrProdPrest: "FARMACO DI PROVA", Quantita: 1}},
	}
}

func must[T any](t testing.TB) func(T, error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func TestBeginIsIdempotent(t *testing.T) {
	o, rec := fresh(t), must[Record](t)
	first := rec(o.Begin("DOC", page, rx("1")))
	again := rec(o.Begin("DOC", page, rx("1")))
	if d := cmp.Diff(first, again, cmp.AllowUnexported(Record{})); d != "" {
		t.Error(d)
	}
	other := rx("1")
	other.Dettagli[0].Quantita = 2
	if _, err := o.Begin("DOC", page, other); !errors.Is(err, ErrChanged) || Code(err) != wire.ErrRxChanged {
		t.Errorf("other contents: %v", err)
	}
	if _, err := o.Begin("DOC2", page, rx("1")); !errors.Is(err, ErrChanged) {
		t.Errorf("other doctor: %v", err)
	}
	if r := rec(o.Begin("DOC", "https://altra.example", other)); bytes.Equal(r.id, first.id) {
		t.Error("two pages share a client_id")
	}
	if c := must[wire.Outbox](t)(o.Counts()); c != (wire.Outbox{Pending: 2}) {
		t.Errorf("%+v", c)
	}
}

func TestRefusedMayComeBack(t *testing.T) {
	o, rec := fresh(t), must[Record](t)
	if err := o.AddLot("DOC", lot(t, "1")); err != nil {
		t.Fatal(err)
	}
	r := rec(o.Bind(rec(o.Begin("DOC", page, rx("1")))))
	r = rec(o.MarkRefused(rec(o.MarkSending(r)), []wire.Notice{{Code: "1233"}}, false))
	if r.Prescription != nil || len(r.Errors) != 1 {
		t.Errorf("%+v", r)
	}
	same := rec(o.Begin("DOC", page, rx("1")))
	if same.State != Queued || same.NRE != r.NRE || same.Prescription == nil {
		t.Errorf("as it was: %+v", same)
	}
	rec(o.MarkRefused(same, nil, false))
	other := rx("1")
	other.Dettagli[0].Quantita = 2
	corrected := rec(o.Bind(rec(o.Begin("DOC", page, other))))
	if corrected.NRE == r.NRE || corrected.State != Queued {
		t.Errorf("corrected: %+v", corrected)
	}
}

// takeNRE takes a number as Bind does, for no record.
func takeNRE(o *Outbox, doctor string) (nre string, err error) {
	err = o.update(func(tx *bolt.Tx) error {
		nre, err = o.nextNRE(tx, doctor)
		return err
	})
	return nre, err
}

func TestNumbersAreNeverReused(t *testing.T) {
	path := filepath.Join(t.TempDir(), "outbox.db")
	o := openAt(t, path)
	if _, err := takeNRE(o, "DOC"); !errors.Is(err, ErrNoNumber) {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	var mu sync.Mutex
	take := func(o *Outbox) {
		nre, err := takeNRE(o, "DOC")
		mu.Lock()
		defer mu.Unlock()
		if err != nil || seen[nre] {
			t.Errorf("%q twice, or %v", nre, err)
		}
		seen[nre] = true
	}
	for _, l := range []ricetta.Lot{lot(t, "1"), lot(t, "2"), lot(t, "1")} {
		if err := o.AddLot("DOC", l); err != nil {
			t.Fatal(err)
		}
	}
	var wait sync.WaitGroup
	for range 10 {
		wait.Go(func() {
			for range 8 {
				take(o)
			}
		})
	}
	wait.Wait()
	if err := o.Close(); err != nil {
		t.Fatal(err)
	}
	o = openAt(t, path)
	if err := o.AddLot("DOC", lot(t, "1")); err != nil { // given again: still as used as it was
		t.Fatal(err)
	}
	for range 120 {
		take(o)
	}
	if _, err := takeNRE(o, "DOC"); !errors.Is(err, ErrNoNumber) || len(seen) != 200 {
		t.Errorf("%d numbers, %v", len(seen), err)
	}
	if err := o.AddLot("DOC", ricetta.Lot{}); !errors.Is(err, ricetta.ErrNRE) {
		t.Error(err)
	}
}

func TestStates(t *testing.T) {
	moves := map[string]func(*Outbox, Record) (Record, error){
		"sending": func(o *Outbox, r Record) (Record, error) { return o.MarkSending(r) },
		"sent":    func(o *Outbox, r Record) (Record, error) { return o.MarkSent(r, ricetta.Receipt{}) },
		"refused": func(o *Outbox, r Record) (Record, error) { return o.MarkRefused(r, nil, false) },
		"unknown": func(o *Outbox, r Record) (Record, error) { return o.MarkUnknown(r, nil) },
		"queued":  func(o *Outbox, r Record) (Record, error) { return o.MarkQueued(r, nil) },
	}
	allowed := map[State]string{
		Queued: "sending refused queued", Sending: "sent refused unknown queued", Unknown: "sending sent refused unknown", Sent: "", Refused: "",
	}
	reach := map[State][]string{Queued: nil, Sending: {"sending"}, Unknown: {"sending", "unknown"}, Sent: {"sending", "sent"}, Refused: {"refused"}}
	o, rec := fresh(t), must[Record](t)
	for from, way := range reach {
		for to, move := range moves {
			r := rec(o.Begin("DOC", page, rx(string(from)+to)))
			for _, step := range way {
				r = rec(moves[step](o, r))
			}
			got, err := move(o, r)
			if want := strings.Contains(" "+allowed[from]+" ", " "+to+" "); want != (err == nil) || !want && !errors.Is(err, ErrState) {
				t.Errorf("%s to %s: %v", from, to, err)
			} else if want && string(got.State) != to {
				t.Errorf("%s to %s: is %s", from, to, got.State)
			}
		}
	}
}

func TestConfirmedForgetsThePatient(t *testing.T) {
	path := filepath.Join(t.TempDir(), "outbox.db")
	o, rec := openAt(t, path), must[Record](t)
	r := rec(o.MarkSending(rec(o.Begin("DOC", page, rx("segreto-1")))))
	r = rec(o.MarkSent(r, ricetta.Receipt{NRE: "0900A0000000100", CodAutenticazione: "AUT", InsertedAt: "2026-11-22 18:20:00", Promemoria: []byte("%PDF")}))
	want := Record{ClientID: "segreto-1", Doctor: "DOC", Hash: r.Hash, NRE: "0900A0000000100", State: Sent, CodAutenticazione: "AUT",
		InsertedAt: "2026-11-22 18:20:00", HasPromemoria: true, Attempts: 1, CompiledAt: r.CompiledAt, UpdatedAt: r.UpdatedAt, id: r.id}
	found, ok, err := o.Find(page, "segreto-1")
	found.UpdatedAt = r.UpdatedAt
	if d := cmp.Diff(want, found, cmp.AllowUnexported(Record{})); d != "" || !ok || err != nil {
		t.Error(d, ok, err)
	}
	rec(o.Begin("DOC", page, rx("segreto-2"))) // still waiting, with everything
	if err := o.Close(); err != nil {
		t.Fatal(err)
	}
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, secret := range []string{rx("").CodiceAssistito, "BIANCHI", "segreto", "FARMACO", "0900A00000001", "clinica.example"} {
		if bytes.Contains(raw, []byte(secret)) {
			t.Errorf("%q is readable in the file", secret)
		}
	}
}

func TestCrashWhileSending(t *testing.T) {
	path := filepath.Join(t.TempDir(), "outbox.db")
	o, rec := openAt(t, path), must[Record](t)
	rec(o.MarkSending(rec(o.Begin("DOC", page, rx("1")))))
	rec(o.Begin("DOC", page, rx("2")))
	if err := o.Close(); err != nil {
		t.Fatal(err)
	}
	o = openAt(t, path)
	r, ok, err := o.Find(page, "1")
	if err != nil || !ok || r.State != Unknown || r.Problem.Data.Code != wire.ErrRxUnknown || r.Prescription == nil {
		t.Errorf("%+v %t %v", r, ok, err)
	}
	if c := must[wire.Outbox](t)(o.Counts()); c != (wire.Outbox{Pending: 1, Failed: 1}) {
		t.Errorf("%+v", c)
	}
	if w := must[[]Record](t)(o.Waiting()); len(w) != 2 {
		t.Errorf("%d waiting", len(w))
	}
}

func TestOpen(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "outbox.db")
	o := openAt(t, path)
	if _, err := Open(path, testKey, Options{}); !errors.Is(err, ErrLocked) || Code(err) != wire.ErrOutbox {
		t.Errorf("second opener: %v", err)
	}
	if info, err := os.Stat(path); runtime.GOOS != "windows" && (err != nil || info.Mode().Perm() != 0o600) {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	if left, err := filepath.Glob(filepath.Join(dir, ".outbox-*")); err != nil || len(left) != 0 {
		t.Errorf("left aside: %v %v", left, err)
	}
	if err := o.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(path, bytes.Repeat([]byte{8}, KeySize), Options{}); !errors.Is(err, ErrKey) {
		t.Errorf("other key: %v", err)
	}
	if _, err := Open(path, []byte("short"), Options{}); err == nil {
		t.Error("short key accepted")
	}
	for name, damage := range map[string][]byte{"empty": {}, "text": []byte(strings.Repeat("not a database ", 5000))} {
		bad := filepath.Join(dir, name)
		if err := os.WriteFile(bad, damage, 0o600); err != nil {
			t.Fatal(err)
		}
		if b, err := Open(bad, testKey, Options{}); !errors.Is(err, ErrCorrupt) {
			t.Errorf("%s: %v", name, err)
			if b != nil {
				_ = b.Close()
			}
		}
	}
}

func TestTwoMakersAtOnce(t *testing.T) {
	path := filepath.Join(t.TempDir(), "outbox.db")
	var wait sync.WaitGroup
	errs := make(chan error, 4)
	for range 4 {
		wait.Go(func() {
			o, err := Open(path, testKey, Options{Now: func() time.Time { return time.Unix(0, 0) }})
			if err == nil {
				_, err = o.Begin("DOC", page, rx("1"))
				err = errors.Join(err, o.Close())
			}
			errs <- err
		})
	}
	wait.Wait()
	close(errs)
	for err := range errs {
		if err != nil && !errors.Is(err, ErrLocked) {
			t.Error(err)
		}
	}
	if c := must[wire.Outbox](t)(openAt(t, path).Counts()); c.Pending != 1 {
		t.Errorf("%+v", c)
	}
}
