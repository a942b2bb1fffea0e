package outbox

import (
	"encoding/binary"
	"math"
	"time"

	"raccordo/host/internal/wire"
)

// The pace of what goes out by itself.
const (
	backoffBase = 5 * time.Second
	backoffCap  = 15 * time.Minute
	hourly      = time.Hour     // when a region asks for fewer requests and does not say when to come back
	maxTold     = 6 * time.Hour // the longest that a region may ask for

	shortOutage = 2 * time.Minute // after it nothing is held back
	maxDrain    = 10 * time.Minute

	maxTries = 10 // sends of one prescription without an answer, before the doctor is asked
	maxAsks  = 10 // answers about one prescription that settle nothing
)

// backoff is how long to wait after so many failures in a row: full jitter,
// so that those who failed together do not come back together.
func backoff(fails int, roll float64) time.Duration {
	most := float64(backoffBase) * math.Pow(2, float64(max(fails, 1)-1))
	return time.Duration(roll * min(most, float64(backoffCap)))
}

// line is how a doctor's requests fare. It is on disk, because an agent that
// starts after an outage belongs to those who come back from it.
type line struct {
	Since   time.Time   `json:"since"` // of the outage; zero: the region answers
	Fails   int         `json:"fails,omitempty"`
	Due     time.Time   `json:"due"` // nothing goes by itself before
	Problem *wire.Error `json:"problem,omitempty"`

	UpTo     uint64        `json:"up_to,omitempty"` // last record of what the outage left over
	Interval time.Duration `json:"interval,omitempty"`
	Slot     time.Time     `json:"slot"` // when the next of these may go
}

func (l line) down() bool { return !l.Since.IsZero() }

// fail is one more request that a fault of everybody ended. told is the wait
// that the region wants; 0: it said nothing.
func (l line) fail(now time.Time, told time.Duration, roll float64, why *wire.Error) line {
	if !l.down() {
		l.Since = now
	}
	l.Fails++
	l.Problem = why
	if told == 0 {
		told = backoff(l.Fails, roll)
	}
	l.Due = now.Add(told)
	return l
}

// heal ends an outage that left waiting records, the last of them upTo: they
// leave at the rate at which they came, because everybody else's do too.
func (l line) heal(now time.Time, waiting int, upTo uint64, roll float64) line {
	lasted := now.Sub(l.Since)
	healed := line{}
	if waiting == 0 || lasted < shortOutage {
		return healed
	}
	healed.UpTo, healed.Interval = upTo, min(lasted/time.Duration(waiting), maxDrain)
	return healed.slot(now, roll)
}

// slot gives out the turn of one that the outage left over.
func (l line) slot(now time.Time, roll float64) line {
	l.Slot = now.Add(time.Duration((0.5 + roll) * float64(l.Interval)))
	return l
}

// drains tells whether a record belongs to what the outage left over.
func (l line) drains(seq uint64) bool { return l.Interval > 0 && seq <= l.UpTo }

const linePrefix = "line:"

func lineKey(doctor uint64) []byte { return binary.BigEndian.AppendUint64([]byte(linePrefix), doctor) }

func (o *Outbox) putLine(tx Tx, doctor uint64, l line) error {
	o.index.queue(doctor).line = l
	return o.seal(tx, bucketMeta, lineKey(doctor), l)
}

func (o *Outbox) loadLines(tx Tx, x *index) error {
	return tx.ForEach(bucketMeta, func(k, sealed []byte) error {
		if len(k) != len(linePrefix)+8 || string(k[:len(linePrefix)]) != linePrefix {
			return nil
		}
		var l line
		if err := o.safe.open(sealed, bucketMeta, k, &l); err != nil {
			return err
		}
		x.queue(binary.BigEndian.Uint64(k[len(linePrefix):])).line = l
		return nil
	})
}
