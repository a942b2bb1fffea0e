package lives

import (
	"slices"

	"raccordo/host/internal/outbox"
	"raccordo/host/internal/wire"
)

// mostSends is how often a prescription may be sent before the doctor is asked.
const mostSends = 10

// entry is what the world remembers of one intent, to compare with what the
// outbox says.
type entry struct {
	wish    wish
	order   uint64         // of taking, 0: never taken
	id      string         // of its record
	version int            // what was taken last
	taking  int            // the version under a Take that has not returned, -1: none
	kept    bool           // the outbox has promised to keep it
	gone    bool           // the doctor has discarded it, or a crash has left open whether
	state   outbox.State   // as last seen
	waits   bool           // for the doctor
	faulted bool           // a request was refused as a message: it may be refused and nothing be wrong
	over    bool           // its answer settles it, and may not be on disk yet
	flight  string         // the kind of call under way, empty: none
	sends   int            // that may have left, since the doctor last touched it
	travels map[string]int // requests on the network by number
	alive   int            // prescriptions that live at the region
	erased  bool           // cancelled behind the outbox's back, or by a late cancel
}

// open: it is on its way, by itself.
func (e *entry) open() bool {
	return e.kept && !e.gone && !e.waits && slices.Contains([]outbox.State{outbox.Queued, outbox.Sending, outbox.Unknown}, e.state)
}

// ledger is the memory of a life: invariants are looked at here.
type ledger struct {
	*world
	entries []*entry
	byWho   map[intent]*entry
	byID    map[string]*entry
	numbers map[string]intent // who was ever sent under a number
	steps   int
}

func newLedger(w *world) *ledger {
	l := &ledger{world: w, byWho: map[intent]*entry{}, byID: map[string]*entry{}, numbers: map[string]intent{}}
	for _, wish := range w.plan.wishes {
		e := &entry{wish: wish, taking: -1, travels: map[string]int{}}
		l.entries = append(l.entries, e)
		l.byWho[wish.who] = e
	}
	return l
}

func (l *ledger) of(r outbox.Record) *entry { return l.byWho[intent{r.Doctor, r.ClientID}] }

// born: a prescription comes to exist at the region.
func (l *ledger) born(p *paper) {
	e := l.byWho[p.who]
	e.alive++
	l.note("born: %s %s version %d", p.who.client, p.nre, versionOf(p.contents))
	if l.plan.pharmacy > 0 && l.dice.IntN(2) == 0 {
		l.after(between(l.dice, 0, l.plan.pharmacy), "dispensed", func() { p.given = p.live })
	}
	switch v := versionOf(p.contents); {
	case e.alive > 1:
		l.fail("%s lives twice at the region", p.who.client)
	case e.gone || e.state == outbox.Cancelled:
		l.fail("%s lives after it was given up", p.who.client)
	case v != e.version && v != e.taking:
		l.fail("%s lives in version %d, taken was %d", p.who.client, v, e.version)
	}
}

// ended: a prescription was cancelled at the region.
func (l *ledger) ended(p *paper) { l.byWho[p.who].alive-- }

// check looks at everything that the outbox shows, now and then: a list costs
// more than all the other invariants together.
func (l *ledger) check() {
	l.steps++
	if l.steps%16 != 0 || l.proc.box == nil {
		return
	}
	list, err := l.proc.box.List(outbox.Filter{})
	if err != nil {
		l.fail("the outbox cannot be listed: %v", err)
	}
	for _, e := range list {
		l.shown(e)
	}
}

// leaves: the outbox lets a request go.
func (l *ledger) leaves(doctor string, w outbox.Work) {
	if w.Kind == outbox.Lot {
		return
	}
	e := l.of(w.Record)
	if e.flight != "" {
		l.fail("%s has two calls under way: %s and %s", e.wish.who.client, e.flight, kindName(w.Kind))
	}
	e.flight, e.over = kindName(w.Kind), false
	l.alone(doctor, e)
	if w.Kind != outbox.Send {
		return
	}
	l.inOrder(e)
	e.sends++
	if e.sends > mostSends {
		l.fail("%s is sent for the %dth time and the doctor was not asked", e.wish.who.client, e.sends)
	}
	l.number(e, w.Record)
}

// number: one number for one intent, and no other while its fate is open.
func (l *ledger) number(e *entry, r outbox.Record) {
	if l.plan.regional(r.Doctor) {
		l.again(e)
		return
	}
	if r.NRE == "" {
		l.fail("%s is sent without a number", r.ClientID)
	}
	who, used := l.numbers[r.NRE]
	if used && who != e.wish.who {
		l.fail("number %s serves %s and %s", r.NRE, who.client, r.ClientID)
	}
	l.numbers[r.NRE] = e.wish.who
	for other, n := range e.travels {
		if held := l.region.papers[other]; other != r.NRE && n > 0 && held == nil {
			l.fail("%s gets number %s while %s is still on its way", r.ClientID, r.NRE, other)
		}
	}
	for _, p := range l.region.list {
		if p.who == e.wish.who && p.live && p.nre != r.NRE {
			l.fail("%s gets number %s while it lives under %s", r.ClientID, r.NRE, p.nre)
		}
	}
}

// again: where the region gives the number, a second request is a second
// prescription.
func (l *ledger) again(e *entry) {
	if e.travels[""] > 0 {
		l.fail("%s is sent while a request is on its way", e.wish.who.client)
	}
}

// alone: one call at a time for a patient, and few for a doctor.
func (l *ledger) alone(doctor string, e *entry) {
	under := 0
	for _, o := range l.entries {
		if o.flight == "" || o.wish.who.doctor != doctor {
			continue
		}
		under++
		if o != e && o.wish.patient == e.wish.patient {
			l.fail("%s and %s of one patient are under way at once", o.wish.who.client, e.wish.who.client)
		}
	}
	if under > parallel {
		l.fail("%d calls at once", under)
	}
}

// inOrder: what was taken earlier for the patient goes first, unless it waits
// for the doctor.
func (l *ledger) inOrder(e *entry) {
	for _, o := range l.entries {
		if o == e || o.wish.who.doctor != e.wish.who.doctor || o.wish.patient != e.wish.patient || o.order > e.order || o.over {
			continue
		}
		if o.open() {
			l.fail("%s overtakes %s (%s)", e.wish.who.client, o.wish.who.client, o.state)
		}
	}
}

// travels: a request sets out, or arrives. One that the region will refuse
// whenever it comes can do no harm.
func (l *ledger) travels(w outbox.Work, by int) {
	if w.Kind == outbox.Send && w.Record.Prescription.DescrizioneDiagnosi != notAllowed {
		l.of(w.Record).travels[w.Record.NRE] += by
	}
}

// answered: a call is over; what has certainly not left does not count.
func (l *ledger) answered(w outbox.Work, out outbox.Outcome) {
	if w.Kind == outbox.Lot {
		return
	}
	e := l.of(w.Record)
	e.flight = ""
	e.over = w.Kind == outbox.Send && out.Settles()
	f, failed := out.Err.(fault)
	if failed && !f.arrived && w.Kind == outbox.Send && f.code != wire.ErrRegionFault {
		e.sends--
	}
	e.faulted = e.faulted || failed && f.code == wire.ErrRegionFault
}

// crashed: nobody waits for answers any more.
func (l *ledger) crashed() {
	for _, e := range l.entries {
		e.flight = ""
	}
}

// stored: a transaction is on the disk. What was promised must be in it.
func (l *ledger) stored() {
	for _, e := range l.entries {
		if e.kept && !e.gone && e.id != "" && !l.disk.holds(idKey(e.id)) {
			l.fail("%s is forgotten", e.wish.who.client)
		}
	}
}

// saw compares a record with what is known.
func (l *ledger) saw(r outbox.Record) {
	if r.ClientID == "" {
		return // a lot's
	}
	e := l.of(r)
	if e.state != r.State {
		l.note("%s is %s", r.ClientID, r.State)
	}
	e.state, e.waits, e.order = r.State, r.Decide || r.Waits, r.Seq
	if r.State == outbox.Refused && (e.wish.flaw == sound || e.version > 0) && e.taking <= 0 && !e.erased && !e.faulted {
		l.fail("%s is refused and nothing is wrong with it: %v", r.ClientID, r.Errors)
	}
	l.truth(e, wire.SendState(r.State), r.NRE, r.CodAutenticazione)
	if r.Attempts < 0 || r.State == outbox.Sent && r.Prescription != nil {
		l.fail("%s keeps its prescription although it is sent", r.ClientID)
	}
}

// truth: what is shown is so at the region.
func (l *ledger) truth(e *entry, state wire.SendState, nre, auth string) {
	name := e.wish.who.client
	switch {
	case state != wire.Sent:
		if auth != "" && state != wire.Cancelled {
			l.fail("%s is %s and has a codAutenticazione", name, state)
		}
		if e.alive > 0 && (state == wire.Cancelled || state == wire.Refused) {
			l.fail("%s is %s and lives", name, state)
		}
	case auth == "":
		l.fail("%s is shown as sent without codAutenticazione", name)
	default:
		p := l.region.papers[nre]
		if p == nil || p.who != e.wish.who || p.auth != auth {
			l.fail("%s is shown as sent under %s, which is not it", name, nre)
		}
		if !p.live && !e.erased {
			l.fail("%s is shown as sent and does not live", name)
		}
	}
}
