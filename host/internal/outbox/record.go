package outbox

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	bolt "go.etcd.io/bbolt"

	"raccordo/host/internal/ricetta"
	"raccordo/host/internal/wire"
)

// State is where a prescription stands.
type State string

// The states. Sending is on disk before a byte leaves; whoever finds it at the
// next start knows that the outcome is open.
const (
	Queued  State = "queued"
	Sending State = "sending"
	Sent    State = "sent"
	Refused State = "refused"
	Unknown State = "unknown"
)

// Record is one prescription in charge. Sent and refused ones have lost their
// Prescription: the hash of its contents is enough to recognise it.
type Record struct {
	ClientID          string             `json:"client_id"`
	Doctor            string             `json:"doctor"` // codice fiscale
	Hash              []byte             `json:"hash"`
	Prescription      *wire.Prescription `json:"prescription,omitempty"`
	NRE               string             `json:"nre,omitempty"`
	State             State              `json:"state"`
	CodAutenticazione string             `json:"cod_autenticazione,omitempty"`
	InsertedAt        string             `json:"inserted_at,omitempty"`
	HasPromemoria     bool               `json:"has_promemoria,omitempty"`
	Errors            []wire.Notice      `json:"errors,omitempty"`   // of a refusal
	Problem           *wire.Error        `json:"problem,omitempty"`  // why queued or unknown
	Attempts          int                `json:"attempts,omitempty"` // times it may have left
	CompiledAt        time.Time          `json:"compiled_at"`        // dataCompilazione: the same at every attempt
	UpdatedAt         time.Time          `json:"updated_at"`

	id []byte
}

func (r Record) settled() bool { return r.State == Sent || r.State == Refused }

// Ref names the record in a log without saying whose it is.
func (r Record) Ref() string { return hex.EncodeToString(r.id[:min(4, len(r.id))]) }

// contents is what makes two prescriptions the same: every field, and the
// doctor who signs for it.
func contents(doctor string, p wire.Prescription) ([]byte, error) {
	plain, err := json.Marshal(p)
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(append([]byte(doctor+"\n"), plain...))
	return sum[:], nil
}

// Begin takes a prescription in charge, or returns the record of the same one
// taken before. Other contents under a client_id that is in charge, or sent,
// are ErrChanged. After a refusal the prescription does not exist: it may come
// back corrected (with a new number) or as it was (with its old one).
func (o *Outbox) Begin(doctor, origin string, p wire.Prescription) (Record, error) {
	hash, err := contents(doctor, p)
	if err != nil {
		return Record{}, err
	}
	var r Record
	err = o.update(func(tx *bolt.Tx) error {
		id := o.safe.hide(origin, p.ClientID)
		found, err := o.get(tx, id)
		switch {
		case errors.Is(err, errAbsent):
			found = Record{id: id}
		case err != nil:
			return err
		case found.State != Refused:
			if !bytes.Equal(found.Hash, hash) {
				return ErrChanged
			}
			r = found
			return nil
		}
		r = Record{id: id, ClientID: p.ClientID, Doctor: doctor, Hash: hash, Prescription: &p, State: Queued, CompiledAt: o.now().UTC().Truncate(time.Second)}
		if bytes.Equal(found.Hash, hash) {
			r.NRE = found.NRE
		}
		return o.put(tx, &r)
	})
	return r, err
}

// Find returns the record of a client_id, if there is one.
func (o *Outbox) Find(origin, clientID string) (r Record, ok bool, err error) {
	err = o.db.View(func(tx *bolt.Tx) error {
		r, err = o.get(tx, o.safe.hide(origin, clientID))
		return err
	})
	if errors.Is(err, errAbsent) {
		return Record{}, false, nil
	}
	return r, err == nil, err
}

// change moves a record from one of the states to the next, on disk.
func (o *Outbox) change(r Record, from []State, edit func(*Record)) (Record, error) {
	var next Record
	err := o.update(func(tx *bolt.Tx) error {
		current, err := o.get(tx, r.id)
		if err != nil {
			return err
		}
		if !slices.Contains(from, current.State) {
			return fmt.Errorf("%w: %s", ErrState, current.State)
		}
		next = current
		edit(&next)
		return o.put(tx, &next)
	})
	return next, err
}

// MarkSending is the last thing before a request leaves.
func (o *Outbox) MarkSending(r Record) (Record, error) {
	return o.change(r, []State{Queued, Unknown}, func(n *Record) {
		n.State, n.Problem = Sending, nil
		n.Attempts++
	})
}

// MarkSent keeps the proof and forgets the patient.
func (o *Outbox) MarkSent(r Record, receipt ricetta.Receipt) (Record, error) {
	return o.change(r, []State{Sending, Unknown}, func(n *Record) {
		n.State, n.CodAutenticazione, n.InsertedAt = Sent, receipt.CodAutenticazione, receipt.InsertedAt
		n.HasPromemoria = len(receipt.Promemoria) > 0
		if n.NRE == "" {
			n.NRE = receipt.NRE
		}
		n.Prescription, n.Problem, n.Errors = nil, nil, nil
	})
}

// MarkRefused settles a prescription that does not exist. burn gives its
// number up, because the number is in use or was cancelled.
func (o *Outbox) MarkRefused(r Record, why []wire.Notice, burn bool) (Record, error) {
	return o.change(r, []State{Queued, Sending, Unknown}, func(n *Record) {
		n.State, n.Errors, n.Prescription, n.Problem = Refused, why, nil, nil
		if burn {
			n.NRE = ""
		}
	})
}

// MarkUnknown says that the region may have it.
func (o *Outbox) MarkUnknown(r Record, why *wire.Error) (Record, error) {
	return o.change(r, []State{Sending, Unknown}, func(n *Record) { n.State, n.Problem = Unknown, why })
}

// MarkQueued puts back what has certainly not left.
func (o *Outbox) MarkQueued(r Record, why *wire.Error) (Record, error) {
	return o.change(r, []State{Queued, Sending}, func(n *Record) { n.State, n.Problem = Queued, why })
}

func sortRecords(list []Record) {
	slices.SortFunc(list, func(a, b Record) int { return a.CompiledAt.Compare(b.CompiledAt) })
}
