package outbox

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"raccordo/host/internal/ricetta"
	"raccordo/host/internal/wire"
)

// State is where a prescription stands.
type State string

// The states. Sending is on disk before a byte leaves; whoever finds it at the
// next start knows that the outcome is open.
const (
	Draft     State = "draft"
	Queued    State = "queued"
	Sending   State = "sending"
	Sent      State = "sent"
	Refused   State = "refused"
	Unknown   State = "unknown"
	Cancelled State = "cancelled"
)

// Aim is what is to become of a prescription.
type Aim string

// The aims. Whoever aims at a dead number may have to send it first: a number
// that is cancelled cannot come to life by a request that arrives late, one
// that the region does not know can.
const (
	Live    Aim = ""        // it is to exist, once
	Replace Aim = "replace" // its number is to be dead, then it goes out with a new one
	Gone    Aim = "gone"    // the doctor gave it up: its number is to be dead
)

// Record is one prescription in charge. Sent and cancelled ones have lost
// their Prescription: the hash of its contents is enough to recognise it.
type Record struct {
	ID           string             `json:"-"` // 64 hex digits
	Seq          uint64             `json:"seq"`
	ClientID     string             `json:"client_id"`
	Origin       string             `json:"origin,omitempty"`
	Doctor       string             `json:"doctor"` // codice fiscale of the sender
	Titolare     *wire.Titolare     `json:"titolare,omitempty"`
	Hash         []byte             `json:"hash"`
	Prescription *wire.Prescription `json:"prescription,omitempty"`
	CompiledAt   time.Time          `json:"compiled_at"`      // dataCompilazione: the same at every attempt
	Former       []time.Time        `json:"former,omitempty"` // of the versions that left under this number before a correction

	State   State  `json:"state"`
	Aim     Aim    `json:"aim,omitempty"`
	Next    Kind   `json:"next,omitempty"` // what an unknown one waits for
	NRE     string `json:"nre,omitempty"`
	Taken   bool   `json:"taken,omitempty"`   // the region said that the number is in use
	Vouched bool   `json:"vouched,omitempty"` // the doctor said that the number is this prescription
	Decide  bool   `json:"decide,omitempty"`  // the region cannot tell: the doctor has to
	Waits   bool   `json:"waits,omitempty"`   // tried as often as is decent: goes on when the doctor asks

	Attempts int       `json:"attempts,omitempty"` // sends that may have left with these contents
	Tries    int       `json:"tries,omitempty"`    // of them, since the doctor last asked
	Cancels  int       `json:"cancels,omitempty"`  // cancellations that may have left and brought no answer
	Asks     int       `json:"asks,omitempty"`     // answers that settled nothing
	Fails    int       `json:"fails,omitempty"`    // requests without a useful answer in a row
	Due      time.Time `json:"due"`                // not before, by itself

	CodAutenticazione string        `json:"cod_autenticazione,omitempty"`
	InsertedAt        string        `json:"inserted_at,omitempty"`
	HasPromemoria     bool          `json:"has_promemoria,omitempty"`
	Warnings          []wire.Notice `json:"warnings,omitempty"` // of the region's last answer
	Errors            []wire.Notice `json:"errors,omitempty"`   // of a refusal
	Problem           *wire.Error   `json:"problem,omitempty"`  // why it is not settled

	Since     time.Time `json:"since"`
	UpdatedAt time.Time `json:"updated_at"`

	slip []byte // the promemoria that goes to disk with the state
}

func (r Record) settled() bool { return r.State == Sent || r.State == Cancelled }

// waiting: nothing happens until the doctor says so.
func (r Record) waiting() bool {
	return r.State == Draft || r.State == Refused || (r.State == Queued || r.State == Unknown) && (r.Decide || r.Waits)
}

// Ref names the record in a log without saying whose it is.
func (r Record) Ref() string { return r.ID[:min(8, len(r.ID))] }

// contents is what makes two prescriptions the same: every field, and the
// doctors who sign for it.
func contents(d ricetta.Doctor, p wire.Prescription) ([]byte, error) {
	plain, err := json.Marshal(p)
	if err != nil {
		return nil, fmt.Errorf("contents: %w", err)
	}
	sum := sha256.New()
	sum.Write([]byte(d.CF + "\n"))
	if d.Titolare != nil {
		sum.Write([]byte(d.Titolare.CodiceFiscale + "\n"))
	}
	sum.Write(plain)
	return sum.Sum(nil), nil
}

// Holds tells whether a prescription is the one that the record was made of, which it
// may have forgotten since.
func (r Record) Holds(p wire.Prescription) bool {
	sum, err := contents(ricetta.Doctor{CF: r.Doctor, Titolare: r.Titolare}, p)
	return err == nil && len(r.Hash) > 0 && bytes.Equal(sum, r.Hash)
}

func (o *Outbox) get(tx Tx, id key) (Record, error) {
	sealed := tx.Get(bucketRecords, id[:])
	if sealed == nil {
		return Record{}, ErrAbsent
	}
	var r Record
	if err := o.safe.open(sealed, bucketRecords, id[:], &r); err != nil {
		return Record{}, err
	}
	r.ID = hex.EncodeToString(id[:])
	return r, nil
}

// put writes a record with its place in the index, its promemoria and the day
// on which it may be forgotten.
func (o *Outbox) put(tx Tx, r *Record) error {
	id, err := parseKey(r.ID)
	if err != nil {
		return err
	}
	r.UpdatedAt = o.now().UTC()
	plain, err := json.Marshal(r)
	if err != nil {
		return fmt.Errorf("record: %w", err)
	}
	return errors.Join(
		tx.Put(bucketRecords, id[:], o.safe.seal(plain, bucketRecords, id[:])),
		o.reindex(tx, id, *r),
		o.retain(tx, id, r),
	)
}

// key is the name of a record on disk.
type key [sha256.Size]byte

func parseKey(id string) (k key, err error) {
	b, err := hex.DecodeString(id)
	if err != nil || len(b) != len(k) {
		return k, ErrAbsent
	}
	return key(b), nil
}

func (o *Outbox) keyOf(origin, clientID string) key { return key(o.safe.hide(origin, clientID)) }
