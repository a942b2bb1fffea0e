package chaos

import (
	"fmt"
	"slices"

	"raccordo/host/internal/wire"
)

// record is a prescription that the region has ever accepted.
type record struct {
	mark, nre, code string
	patient         string
	live            bool // not cancelled
}

// Tally is what became of the prescriptions. Each is counted once, in the first
// row that fits; all but the first two are failures.
type Tally struct {
	Once       int // one live prescription at the region, and the outbox knows it by the same number and code
	Held       int // not with the region, and the outbox has it in charge
	Lost       int // neither there nor in charge of the outbox
	Double     int // live more than once
	Misled     int // a program or the outbox was told another thing than what is at the region
	Unknown    int // live prescriptions at the region that nobody wanted
	Complaints []string
}

// Wrong counts the failures.
func (t Tally) Wrong() int { return t.Lost + t.Double + t.Misled + t.Unknown }

const mostComplaints = 20

func (t *Tally) complain(at *int, format string, args ...any) {
	*at++
	if len(t.Complaints) < mostComplaints {
		t.Complaints = append(t.Complaints, fmt.Sprintf(format, args...))
	}
}

// compare holds what was wanted against the outbox's entries, by client_id, and
// the region's records.
func compare(wanted []*intent, entries map[string]wire.OutboxEntry, records []record) Tally {
	at := map[string][]record{}
	for _, r := range records {
		at[r.mark] = append(at[r.mark], r)
	}
	var t Tally
	for _, i := range wanted {
		entry, kept := entries[i.p.ClientID]
		t.judge(i, entry, kept, at[i.mark])
		delete(at, i.mark)
	}
	for mark, rest := range at {
		t.complain(&t.Unknown, "%d prescriptions %q that nobody wanted", len(rest), mark)
	}
	return t
}

func (t *Tally) judge(i *intent, entry wire.OutboxEntry, kept bool, all []record) {
	live := slices.DeleteFunc(slices.Clone(all), func(r record) bool { return !r.live })
	if len(live) > 1 {
		t.complain(&t.Double, "%s is at the region %d times: %v", i.mark, len(live), live)
		return
	}
	inCharge := kept && (entry.State == wire.Queued || entry.State == wire.Unknown || entry.State == wire.Draft)
	if len(live) == 0 {
		switch {
		case inCharge && i.told == nil:
			t.Held++
		case inCharge, kept && entry.State == wire.Sent:
			t.complain(&t.Misled, "%s is told sent (outbox: %s) and not at the region", i.mark, entry.State)
		default:
			t.complain(&t.Lost, "%s is not at the region, and the outbox says %q", i.mark, entry.State)
		}
		return
	}
	r := live[0]
	switch {
	case i.doubt != "":
		t.complain(&t.Misled, "%s: %s", i.mark, i.doubt)
	case len(all) != 1:
		t.complain(&t.Misled, "%s was at the region under %d numbers: %v", i.mark, len(all), all)
	case r.patient != i.p.CodiceAssistito:
		t.complain(&t.Misled, "%s is at the region for another patient", i.mark)
	case i.told != nil && (i.told.NRE != r.nre || i.told.CodAutenticazione != r.code):
		t.complain(&t.Misled, "%s was told to be %s with code %s and is %s with %s", i.mark, i.told.NRE, i.told.CodAutenticazione, r.nre, r.code)
	case inCharge:
		t.Held++ // its answer was lost, and the outbox is still asking
	case !kept || entry.State != wire.Sent || entry.NRE != r.nre || entry.CodAutenticazione != r.code:
		t.complain(&t.Misled, "%s is at the region as %s, and the outbox says %q %s", i.mark, r.nre, entry.State, entry.NRE)
	default:
		t.Once++
	}
}
