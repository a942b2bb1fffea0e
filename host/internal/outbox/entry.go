package outbox

import (
	"encoding/binary"
	"fmt"
	"time"
)

// entry is what Claim has to know of a record, so that ten thousand of them
// can be read at the start without opening one prescription. On disk it is
// sealed like everything else.
type entry struct {
	id         key
	state      State
	doctor     uint64 // hashes
	patient    uint64
	seq        uint64
	due        time.Time
	waiting    bool // for the doctor
	substitute bool // stands in for another doctor
	numbered   bool
	tried      bool // a request may have left
	next       Kind

	// Only in memory.
	regional bool // the region gives its number
	urgent   bool // goes now
	flight   bool // a request is under way
	broken   bool // cannot be read
}

const entrySize = 2 + 4*8

const (
	flagWaiting = 1 << iota
	flagSubstitute
	flagNumbered
	flagTried
)

var (
	stateBytes = []State{Draft, Queued, Sending, Sent, Refused, Unknown, Cancelled}
	kindBits   = []Kind{"", Send, View, Search, Cancel}
)

func (o *Outbox) entryOf(id key, r Record) entry {
	e := entry{
		id: id, state: r.State, seq: r.Seq, due: r.Due, waiting: r.waiting(), numbered: r.NRE != "", tried: r.Attempts > 0,
		substitute: r.Titolare != nil, regional: regional(o.opt, r), doctor: o.short("doctor", r.Doctor), next: r.Next,
	}
	e.patient = binary.BigEndian.Uint64(id[:]) // alone in its order
	if r.Prescription != nil && r.Prescription.CodiceAssistito != "" {
		e.patient = o.short("patient", r.Prescription.CodiceAssistito)
	}
	return e
}

func (o *Outbox) short(parts ...string) uint64 {
	return binary.BigEndian.Uint64(o.safe.hide(parts...))
}

func position[T comparable](list []T, v T) byte {
	for i, w := range list {
		if v == w {
			return byte(i)
		}
	}
	return 0
}

func (e entry) encode() []byte {
	b := make([]byte, 2, entrySize)
	b[0] = position(stateBytes, e.state) | position(kindBits, e.next)<<4
	for flag, on := range map[byte]bool{flagWaiting: e.waiting, flagSubstitute: e.substitute, flagNumbered: e.numbered, flagTried: e.tried} {
		if on {
			b[1] |= flag
		}
	}
	due := int64(0)
	if !e.due.IsZero() {
		due = e.due.UnixNano()
	}
	for _, n := range []uint64{e.doctor, e.patient, e.seq, uint64(due)} {
		b = binary.BigEndian.AppendUint64(b, n)
	}
	return b
}

func decodeEntry(id key, b []byte) (entry, error) {
	if len(b) != entrySize || int(b[0]&15) >= len(stateBytes) || int(b[0]>>4) >= len(kindBits) {
		return entry{}, fmt.Errorf("%w: a value of %s", ErrCorrupt, bucketIndex)
	}
	n := func(i int) uint64 { return binary.BigEndian.Uint64(b[2+8*i:]) }
	e := entry{
		id: id, state: stateBytes[b[0]&15], next: kindBits[b[0]>>4],
		waiting: b[1]&flagWaiting != 0, substitute: b[1]&flagSubstitute != 0, numbered: b[1]&flagNumbered != 0, tried: b[1]&flagTried != 0,
		doctor: n(0), patient: n(1), seq: n(2),
	}
	if due := int64(n(3)); due != 0 {
		e.due = time.Unix(0, due).UTC()
	}
	return e, nil
}
