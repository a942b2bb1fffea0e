// Package outbox is the durable memory of what was handed over for sending,
// and everything that is decided about it: an intent is on disk before
// anything leaves, with its NRE, and a number is never used for anything else.
// It makes "exactly once" out of a network that loses answers: the NRE is the
// only idempotency key there is, a retry repeats it, and what is not known is
// asked before it is said again.
//
// Outbox is passive: no goroutine, no timer, no network; its clock, its dice
// and its disk are given to it. It hands out one request at a time for each
// record (Claim) and takes the answers (Settle). Sender carries out.
//
// Values are sealed with AES-256-GCM under a key that the caller keeps; keys
// of the database are keyed hashes. Once a prescription is confirmed its
// health data are removed, but for the promemoria, which is kept for a month.
// The package must never print, and never choose a new number while the fate
// of the old one is open.
package outbox

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"time"

	"github.com/rs/zerolog"

	"raccordo/host/internal/wire"
)

// What callers branch on.
var (
	ErrLocked   = errors.New("outbox is open in another process")
	ErrKey      = errors.New("outbox was sealed with another key")
	ErrCorrupt  = errors.New("outbox is damaged")
	ErrFull     = errors.New("no room left for the outbox")
	ErrReadOnly = errors.New("outbox cannot be written")
	ErrChanged  = errors.New("client_id is in charge with other contents")
	ErrAbsent   = errors.New("no such entry")
	ErrState    = errors.New("not possible in this state")
)

// codes is the wire's name of each.
var codes = []struct {
	err  error
	code wire.ErrorCode
}{
	{ErrChanged, wire.ErrRxChanged},
	{ErrAbsent, wire.ErrOutboxEntry},
	{ErrState, wire.ErrOutboxState},
	{ErrLocked, wire.ErrOutboxInUse},
	{ErrKey, wire.ErrOutboxKey},
	{ErrCorrupt, wire.ErrOutboxBroken},
	{ErrFull, wire.ErrOutboxFull},
	{ErrReadOnly, wire.ErrOutboxRO},
}

// Code is the wire's name of an error of this package.
func Code(err error) wire.ErrorCode {
	for _, c := range codes {
		if errors.Is(err, c.err) {
			return c.code
		}
	}
	return wire.ErrOutbox
}

// Options of an Outbox.
type Options struct {
	Log  zerolog.Logger
	Now  func() time.Time // time.Now when nil
	Rand func() float64   // in [0,1); of the back-off only

	// RegionNumbers: the region gives the NRE.
	RegionNumbers bool
	// CancelUnknown: the region's rule for an unknown outcome is to cancel and
	// to send again with a new number.
	CancelUnknown bool
	// Parallel is how many patients' requests may be under way at once; 4 when 0.
	Parallel int
	// Keep is how long a promemoria and a refused prescription stay; 31 days
	// when 0.
	Keep time.Duration
}

func (opt *Options) complete() {
	if opt.Now == nil {
		opt.Now = time.Now
	}
	if opt.Rand == nil {
		opt.Rand = rand.Float64
	}
	if opt.Parallel <= 0 {
		opt.Parallel = 4
	}
	if opt.Keep <= 0 {
		opt.Keep = 31 * 24 * time.Hour
	}
}

// Outbox is one open journal. It is safe for concurrent use.
type Outbox struct {
	store Store
	safe  *safe
	opt   Options
	log   zerolog.Logger
	now   func() time.Time

	mu      sync.Mutex
	index   *index
	stale   bool // a change failed: the index is to be read again from the disk
	flights map[key]uint64
	tokens  uint64
	pruned  time.Time
}

// Open opens the journal at path, or makes it; key has 32 bytes. A
// prescription that was being sent when the last owner died becomes unknown.
func Open(path string, key []byte, opt Options) (*Outbox, error) {
	opt.complete()
	s, err := newSafe(key)
	if err != nil {
		return nil, err
	}
	db, err := openFile(path, s)
	if err != nil {
		return nil, err
	}
	return begin(db, s, opt)
}

// OpenOn is Open over another kind of disk.
func OpenOn(store Store, key []byte, opt Options) (*Outbox, error) {
	opt.complete()
	s, err := newSafe(key)
	if err != nil {
		return nil, err
	}
	return begin(store, s, opt)
}

func begin(store Store, s *safe, opt Options) (*Outbox, error) {
	o := &Outbox{store: store, safe: s, opt: opt, log: opt.Log, now: opt.Now, flights: map[key]uint64{}}
	err := o.prepare()
	if err == nil {
		err = o.load()
	}
	if err == nil {
		err = o.afterCrash()
	}
	if err == nil {
		err = o.prune(o.now())
	}
	if err != nil {
		return nil, errors.Join(err, store.Close())
	}
	return o, nil
}

// Close releases the journal.
func (o *Outbox) Close() error {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.store.Close()
}

// update is a transaction that is on disk when it returns. The index follows
// the changes while they are made: when they fail, it is read again.
func (o *Outbox) update(change func(tx Tx) error) error {
	err := o.store.Update(change)
	if err != nil {
		o.stale = true
	}
	return diskFault(err)
}

func (o *Outbox) view(read func(tx Tx) error) error { return diskFault(o.store.View(read)) }

// afterCrash makes unknown what a crash left in the air. It writes only when
// there is something to write: a browser waits for the agent's start.
func (o *Outbox) afterCrash() error {
	var stranded []key
	for id, e := range o.index.entries {
		if e.state == Sending {
			stranded = append(stranded, id)
		}
	}
	if len(stranded) == 0 {
		return nil
	}
	slices.SortFunc(stranded, func(a, b key) int { return bytes.Compare(a[:], b[:]) })
	return o.update(func(tx Tx) error {
		for _, id := range stranded {
			r, err := o.get(tx, id)
			if err != nil {
				return err
			}
			strand(&r, o.opt)
			if err := o.put(tx, &r); err != nil {
				return err
			}
			o.log.Warn().Str("prescription", r.Ref()).Msg("outcome unknown after a restart")
		}
		return nil
	})
}

// ready reads the index again after a failed change.
func (o *Outbox) ready() error {
	if !o.stale {
		return nil
	}
	return o.load()
}

// seal puts a sealed value.
func (o *Outbox) seal(tx Tx, bucket, name []byte, value any) error {
	plain, err := json.Marshal(value)
	if err != nil {
		return fmt.Errorf("%s: %w", bucket, err)
	}
	return tx.Put(bucket, name, o.safe.seal(plain, bucket, name))
}
