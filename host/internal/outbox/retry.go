package outbox

import (
	"errors"
	"time"

	"raccordo/host/internal/wire"
)

// then is what becomes of a prescription whose request brought a fault.
type then string

const (
	refuse then = "refuse" // the message itself was refused: the same again would be too
	ask    then = "ask"    // it may have arrived: ask, then the same number again, after the back-off
	again  then = "again"  // it has not left: as before, after the back-off, not counted
	told   then = "told"   // as again, when the region wants it
	pause  then = "pause"  // as again, when there is a session; nothing is counted
)

// row is one line of the table of retries: an answer, whether the request may
// have had its effect, what follows, and whether every other prescription would
// meet the same.
type row struct {
	code wire.ErrorCode
	left bool
	then then
	all  bool
}

// retries is the table of retries. Whoever adds a row adds its test.
var retries = []row{
	{wire.ErrRegionFault, false, refuse, false}, // 4xx, SOAP fault of the client
	{wire.ErrRegionFault, true, ask, false},     // SOAP fault of the server
	{wire.ErrRegionAnswer, false, ask, false},   // an answer that is none: never sure
	{wire.ErrRegionAnswer, true, ask, false},
	{wire.ErrRegionTime, false, again, true},
	{wire.ErrRegionTime, true, ask, true},    // 408, no answer
	{wire.ErrRegionDown, false, again, true}, // dial, name
	{wire.ErrRegionDown, true, ask, true},    // the line broke under way
	{wire.ErrRegionBusy, false, again, true},
	{wire.ErrRegionBusy, true, ask, true}, // 5xx
	{wire.ErrMaintenance, false, again, true},
	{wire.ErrMaintenance, true, ask, true},
	{wire.ErrRegionLimit, false, told, true}, // 429
	{wire.ErrRegionLimit, true, ask, true},
	{wire.ErrTLS, false, again, true},
	{wire.ErrTLS, true, ask, true},
	{wire.ErrTLSServer, false, again, true},
	{wire.ErrTLSRefused, false, pause, true}, // the card's certificate
	{wire.ErrClock, false, again, true},
	{wire.ErrProxy, false, again, true},
	{wire.ErrProxyAuth, false, again, true},
	{wire.ErrRegionConfig, false, pause, true},
	{wire.ErrIncomplete, false, pause, true},
	{wire.ErrRegionCipher, false, pause, true},
	{wire.ErrPinCode, false, pause, true},
	{wire.ErrConsent, false, pause, true},
	{wire.ErrUnsupported, false, pause, true},
	{wire.ErrCancelled, false, again, true},
	{wire.ErrCancelled, true, ask, true},
	{wire.ErrDeadline, false, again, true},
	{wire.ErrDeadline, true, ask, true},
	{wire.ErrInternal, false, again, true},
	{wire.ErrInternal, true, ask, true}, // nobody knows what it was
	{wire.ErrTitolare, false, refuse, false},
	{wire.ErrRxInvalid, false, refuse, false},
	{wire.ErrRxRefused, false, refuse, false},
	{wire.ErrRxState, false, refuse, false},
	{wire.ErrRxNone, false, refuse, false},
}

// hops is the table for the codes that have no row: what breaks on this side
// of the region is mended by the user, and then there is a session again.
var hops = map[wire.Hop]then{
	wire.HopSession: pause, wire.HopCard: pause, wire.HopReader: pause, wire.HopService: pause,
	wire.HopModule: pause, wire.HopPIN: pause, wire.HopConnector: again, wire.HopTLS: again, wire.HopRegion: again,
}

// rowOf is what the table says of an answer. What may have arrived is asked
// for, whatever it was called.
func rowOf(code wire.ErrorCode, left bool) row {
	for _, r := range retries {
		if r.code == code && r.left == left {
			return r
		}
	}
	r := row{code: code, left: left, then: again, all: true}
	if by, ok := hops[wire.Lookup(code).Hop]; ok {
		r.then = by
	}
	if left {
		r.then = ask
	}
	return r
}

// fault is an error as the table sees it.
type fault struct {
	row
	problem *wire.Error
	told    time.Duration // wanted by the region
	pause   bool
}

// read reads a region's error; one of another kind is the worst case.
func read(err error) fault {
	problem, left := wire.NewError(wire.ErrInternal, ""), true
	var f Fault
	if errors.As(err, &f) {
		problem, left = f.Wire(), f.MayHaveArrived()
	}
	out := fault{row: rowOf(problem.Data.Code, left), problem: problem}
	out.pause = out.then == pause || left && hops[problem.Data.Hop] == pause
	if out.then == told || problem.Data.Code == wire.ErrRegionLimit {
		out.told = hourly
		var asked interface{ RetryAfter() time.Duration }
		if errors.As(err, &asked) && asked.RetryAfter() > 0 {
			out.told = min(asked.RetryAfter(), maxTold)
		}
	}
	return out
}
