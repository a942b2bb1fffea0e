// Package outbox is the durable memory of what was handed over for sending: an
// intent is on disk before anything leaves, with its NRE, and a number is
// never used for anything else. It makes "exactly once" out of a network that
// loses answers: the NRE is the only idempotency key there is, a retry repeats
// it, and what is not known is asked before it is said again.
//
// Values are sealed with AES-256-GCM under a key that the caller keeps; keys
// of the database are keyed hashes. Once a prescription is confirmed or
// refused its health data are removed. The package must never print, never
// choose a new number while the fate of the old one is open, and never talk to
// a region except through the interface that Sender declares.
package outbox

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/rs/zerolog"
	bolt "go.etcd.io/bbolt"

	"raccordo/host/internal/wire"
)

// What callers branch on. All but ErrChanged mean wire.ErrOutbox.
var (
	ErrLocked   = errors.New("outbox is open in another process")
	ErrKey      = errors.New("outbox was sealed with another key")
	ErrCorrupt  = errors.New("outbox is damaged")
	ErrChanged  = errors.New("client_id is in charge with other contents")
	ErrNoNumber = errors.New("no NRE left in the doctor's lots")
	ErrState    = errors.New("not possible in this state")
)

// Code is the wire's name of an error of this package.
func Code(err error) wire.ErrorCode {
	if errors.Is(err, ErrChanged) {
		return wire.ErrRxChanged
	}
	return wire.ErrOutbox
}

// The buckets.
var (
	bucketMeta    = []byte("meta")
	bucketRecords = []byte("records")
	bucketOpen    = []byte("open") // ids of the records that are not settled
	bucketLots    = []byte("lots")
)

// Options of an Outbox.
type Options struct {
	Log zerolog.Logger
	Now func() time.Time // time.Now when nil
}

// Outbox is one open journal. It is safe for concurrent use.
type Outbox struct {
	db   *bolt.DB
	safe *safe
	log  zerolog.Logger
	now  func() time.Time
}

// Open opens the journal at path, or makes it; key has 32 bytes. A prescription
// that was being sent when the last owner died becomes unknown.
func Open(path string, key []byte, opt Options) (*Outbox, error) {
	if opt.Now == nil {
		opt.Now = time.Now
	}
	s, err := newSafe(key)
	if err != nil {
		return nil, err
	}
	if err := ensure(path, s); err != nil {
		return nil, err
	}
	db, err := openDB(path)
	if err != nil {
		return nil, err
	}
	o := &Outbox{db: db, safe: s, log: opt.Log, now: opt.Now}
	if err := o.afterCrash(); err != nil {
		_ = db.Close()
		return nil, err
	}
	return o, nil
}

// Close releases the journal.
func (o *Outbox) Close() error { return o.db.Close() }

// afterCrash checks the key and settles what a crash left in the air.
// It writes only when there is something to settle: an empty change costs two
// flushes of the disk too, and a browser waits for the agent's start.
func (o *Outbox) afterCrash() error {
	var stranded [][]byte
	err := o.db.View(func(tx *bolt.Tx) error {
		if err := checkMeta(tx, o.safe); err != nil {
			return err
		}
		return o.eachOpen(tx, func(id []byte, r Record) error {
			if r.State == Sending {
				stranded = append(stranded, id)
			}
			return nil
		})
	})
	if err != nil || len(stranded) == 0 {
		return err
	}
	return o.update(func(tx *bolt.Tx) error {
		for _, id := range stranded {
			r, err := o.get(tx, id)
			if err != nil {
				return err
			}
			r.State, r.Problem = Unknown, wire.NewError(wire.ErrRxUnknown, "restart")
			if err := o.put(tx, &r); err != nil {
				return err
			}
			o.log.Warn().Str("prescription", r.Ref()).Msg("outcome unknown after a restart")
		}
		return nil
	})
}

// Counts tells what is in charge and not confirmed: what waits to be sent, and
// what needs the doctor because its fate is unknown.
func (o *Outbox) Counts() (wire.Outbox, error) {
	var c wire.Outbox
	err := o.db.View(func(tx *bolt.Tx) error {
		return o.eachOpen(tx, func(_ []byte, r Record) error {
			if r.State == Unknown {
				c.Failed++
			} else {
				c.Pending++
			}
			return nil
		})
	})
	return c, err
}

// Waiting lists what is not settled, oldest first.
func (o *Outbox) Waiting() ([]Record, error) {
	var list []Record
	err := o.db.View(func(tx *bolt.Tx) error {
		return o.eachOpen(tx, func(_ []byte, r Record) error {
			list = append(list, r)
			return nil
		})
	})
	sortRecords(list)
	return list, err
}

// update is a transaction that is on disk when it returns.
func (o *Outbox) update(change func(tx *bolt.Tx) error) error { return o.db.Update(change) }

func (o *Outbox) eachOpen(tx *bolt.Tx, visit func(id []byte, r Record) error) error {
	return tx.Bucket(bucketOpen).ForEach(func(id, _ []byte) error {
		r, err := o.get(tx, id)
		if err != nil {
			return err
		}
		return visit(append([]byte(nil), id...), r)
	})
}

func (o *Outbox) get(tx *bolt.Tx, id []byte) (Record, error) {
	sealed := tx.Bucket(bucketRecords).Get(id)
	if sealed == nil {
		return Record{}, errAbsent
	}
	var r Record
	if err := o.safe.open(sealed, bucketRecords, id, &r); err != nil {
		return Record{}, err
	}
	r.id = append([]byte(nil), id...)
	return r, nil
}

func (o *Outbox) put(tx *bolt.Tx, r *Record) error {
	r.UpdatedAt = o.now().UTC()
	plain, err := json.Marshal(r)
	if err != nil {
		return fmt.Errorf("record: %w", err)
	}
	if err := tx.Bucket(bucketRecords).Put(r.id, o.safe.seal(plain, bucketRecords, r.id)); err != nil {
		return err
	}
	if r.settled() {
		return tx.Bucket(bucketOpen).Delete(r.id)
	}
	return tx.Bucket(bucketOpen).Put(r.id, []byte{})
}

// errAbsent: no such record.
var errAbsent = errors.New("no such record")
