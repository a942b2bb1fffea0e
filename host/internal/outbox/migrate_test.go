package outbox

import (
	"bytes"
	"encoding/json"
	"errors"
	"path/filepath"
	"strings"
	"testing"

	bolt "go.etcd.io/bbolt"

	"raccordo/host/internal/wire"
)

// TestFromFormat1 opens a journal as the version before wrote it.
func TestFromFormat1(t *testing.T) {
	path := filepath.Join(t.TempDir(), "outbox.db")
	writeFormat1(t, path)
	before := contentsOf(t, path)
	o := openAt(t, path)
	want := map[string]State{"queued": Queued, "unknown": Unknown, "stranded": Unknown, "sent": Sent, "refused": Refused}
	for client, state := range want {
		r, ok, err := o.Find(page, client)
		if err != nil || !ok || r.State != state {
			t.Errorf("%s: %+v %t %v", client, r, ok, err)
		}
		if state == Unknown && r.Next != View {
			t.Errorf("%s: next %q", client, r.Next)
		}
	}
	if c := must[wire.Outbox](t)(o.Counts()); c != (wire.Outbox{Pending: 3, Failed: 1}) {
		t.Errorf("%+v", c)
	}
	k, err := o.Take(Order{Doctor: giulia(), Origin: page}, []wire.Prescription{rx("new")})
	if err != nil || k[0].Record.NRE != "0900A0000000142" {
		t.Errorf("the lot was not taken over: %+v %v", k, err)
	}
	kept := copies(t, path)
	if len(kept) != 1 || !strings.Contains(kept[0], ".format1-") || !bytes.Equal(before, contentsOf(t, kept[0])) {
		t.Errorf("copies: %v", kept)
	}
	work, _, err := o.Claim(giulia().CF, ClaimOptions{})
	if err != nil || len(names(work)) != 1 {
		t.Errorf("%v %v", names(work), err)
	}
}

func writeFormat1(t *testing.T, path string) {
	t.Helper()
	s, err := newSafe(testKey)
	if err != nil {
		t.Fatal(err)
	}
	db, err := bolt.Open(path, 0o600, nil)
	if err != nil {
		t.Fatal(err)
	}
	err = db.Update(func(tx *bolt.Tx) error {
		put := func(bucket string, key []byte, value any) error {
			b, err := tx.CreateBucketIfNotExists([]byte(bucket))
			if err != nil {
				return err
			}
			plain, err := json.Marshal(value)
			if err != nil {
				return err
			}
			return b.Put(key, s.seal(plain, []byte(bucket), key))
		}
		errs := put("meta", metaKey, map[string]int{"format": 1})
		errs = errors.Join(errs, put("lots", s.hide(giulia().CF), []lotUse{{lot(t, "1"), 42}}))
		for i, state := range []string{"queued", "unknown", "sending", "sent", "refused"} {
			client := state
			if state == "sending" {
				client = "stranded"
			}
			r := map[string]any{"client_id": client, "doctor": giulia().CF, "hash": []byte("x"), "state": state, "compiled_at": noon, "updated_at": noon, "attempts": 1}
			if i < 3 {
				r["prescription"], r["nre"] = of(client, i), number[:14]+string(rune('0'+i))
			}
			errs = errors.Join(errs, put("records", s.hide(page, client), r))
		}
		open, err := tx.CreateBucketIfNotExists([]byte("open"))
		if err == nil {
			err = open.Put(s.hide(page, "queued"), []byte{})
		}
		return errors.Join(errs, err)
	})
	if err := errors.Join(err, db.Close()); err != nil {
		t.Fatal(err)
	}
}
