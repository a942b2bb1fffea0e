package outbox

import (
	"errors"
	"slices"
	"time"

	"raccordo/host/internal/ricetta"
	"raccordo/host/internal/wire"
)

// Kind is what is asked of the region.
type Kind string

// The kinds of work.
const (
	Send   Kind = "send"   // InvioPrescritto, with the record's number
	View   Kind = "view"   // VisualizzaPrescritto: what stands under the number
	Search Kind = "search" // InterrogaNreUtilizzati, where the region gives the numbers
	Cancel Kind = "cancel" // AnnullaPrescritto: the number must be dead
	Lot    Kind = "lot"    // RichiestaLottiNre; Record carries the doctor only
)

// Work is one request to make. It is on disk before it is handed out, and
// nothing else is handed out for the same record until it is settled.
type Work struct {
	Kind   Kind
	Record Record
	// After is the record of the same patient that goes before this one, which
	// was handed out ahead: it may be made when that one's answer is known and
	// Settles says that it settles it.
	After string
	token uint64 // of this claim: the answer to an older one is not taken
}

// Query is the one of a Search: a day on either side, because only the answer's
// seconds decide.
func (w Work) Query() ricetta.Query {
	day := 24 * time.Hour
	q := ricetta.Query{From: w.Record.CompiledAt.Add(-day), To: w.Record.CompiledAt.Add(day)}
	if p := w.Record.Prescription; p != nil {
		q.Patient, q.Type = p.CodiceAssistito, p.TipoPrescrizione
	}
	return q
}

// Outcome is what came of a Work: Err, or the member of its kind (a Cancel that
// succeeded has none).
type Outcome struct {
	Receipt *ricetta.Receipt
	View    *wire.ViewResult
	Found   []wire.ListedPrescription
	Lot     *ricetta.Lot
	Err     error
}

// ErrNotMade is the outcome of a Work that was handed out and never made.
var ErrNotMade = errors.New("the request was not made")

// Settles tells an answer to a Send after which the patient's next prescription
// may go, even before it is on disk.
func (out Outcome) Settles() bool {
	if out.Err != nil || out.Receipt == nil {
		return false
	}
	taken := slices.ContainsFunc(out.Receipt.Errors, func(n wire.Notice) bool { return n.Code == ricetta.CodeUsedNRE })
	return out.Receipt.Accepted() || out.Receipt.Outcome == ricetta.OutcomeRefused && !taken
}

// Done is a Work with its outcome.
type Done struct {
	Work    Work
	Outcome Outcome
}

// Fault is a region's error: what it is called, and whether the request may
// have had its effect. An error that is no Fault is taken for the worst. One
// that also has RetryAfter() time.Duration says when to come back.
type Fault interface {
	error
	Wire() *wire.Error
	MayHaveArrived() bool
}

// ClaimOptions chooses what Claim hands out.
type ClaimOptions struct {
	// Limit is how many requests of the doctor may be under way at once; 0 is
	// the limit of Options.
	Limit int
	// IDs go now, whatever the pace and the back-off say, together with what
	// must go before them for the same patients. Nothing else is handed out.
	IDs []string
	// Urged hands out only what Urge marked before.
	Urged bool
	// Ahead is how many more are handed out, to be made when one of the others
	// has its answer: that answer is then written down meanwhile.
	Ahead int
}

// Step is what SettleAndClaim did.
type Step struct {
	Records []Record // as settled, in the order of the Done
	Work    []Work
	Next    time.Time // when to come back; zero: when something changes
}
