package lives

import (
	"raccordo/host/internal/outbox"
	"raccordo/host/internal/wire"
)

// took: a list was handed over and the outbox answered.
func (l *ledger) took(it item, t outbox.Taken) {
	e := l.entries[it.wish]
	name := e.wish.who.client
	e.taking = -1
	switch {
	case t.Result.Problem != nil && t.Result.Problem.Data.Code == wire.ErrRxChanged:
		if !e.kept || e.version == it.version {
			l.fail("%s is called changed and is what it was", name)
		}
		l.note("%s was changed: not taken", name)
		return
	case !t.Kept:
		l.fail("%s was not kept: %+v", name, t.Result)
	}
	if e.id != "" && e.id != t.Record.ID {
		l.fail("%s has two records", name)
	}
	if !e.kept || e.gone || e.state == outbox.Refused {
		e.sends = 0
		l.standsBehind(e, t.Record.Seq)
	}
	if e.version != it.version { // corrected: the doctor has spoken
		e.sends = 0
	}
	e.id, e.kept, e.gone, e.version = t.Record.ID, true, false, it.version
	l.byID[e.id] = e
	l.saw(t.Record)
	l.truth(e, t.Result.State, t.Result.NRE, t.Result.CodAutenticazione)
}

// standsBehind: what is new comes after all that has not gone yet.
func (l *ledger) standsBehind(e *entry, order uint64) {
	for _, o := range l.entries {
		if o != e && o.open() && o.wish.who.doctor == e.wish.who.doctor && o.order >= order {
			l.fail("%s is new and stands before %s", e.wish.who.client, o.wish.who.client)
		}
	}
}

// notTaken: the disk did not take the list; nothing of it was promised.
func (l *ledger) notTaken(items []item) {
	for _, it := range items {
		l.entries[it.wish].taking = -1
	}
}

// touched: the doctor has spoken; what is counted until he is asked starts
// again.
func (l *ledger) touched(id string) {
	l.byID[id].sends = 0
}

// discarding: from here on it may go.
func (l *ledger) discarding(id string) { l.byID[id].kept = false }

// stays: it did not go.
func (l *ledger) stays(id string) { l.byID[id].kept = true }

// discarded: what never left is forgotten, what has left stays until it is
// certain that it does not live.
func (l *ledger) discarded(id string, records []outbox.Record) {
	l.sawAll(records)
	l.recall(l.byID[id])
}

func (l *ledger) sawAll(records []outbox.Record) {
	for _, r := range records {
		if r.ID != "" { // else it is forgotten
			l.saw(r)
		}
	}
}

// opened: after a start, everything that was promised is there; what was being
// promised when the process died is there or is not.
func (l *ledger) opened() {
	for _, e := range l.entries {
		if e.taking >= 0 || e.id != "" {
			l.recall(e)
		}
	}
}

// recall looks an intent up and takes over what the outbox knows of it.
func (l *ledger) recall(e *entry) {
	r, found, err := l.proc.box.Find(page, e.wish.who.client)
	if err != nil {
		l.fail("%s cannot be found: %v", e.wish.who.client, err)
	}
	unsure := e.taking >= 0 || !e.kept
	if !found {
		if e.kept && !e.gone || e.alive > 0 {
			l.fail("%s is forgotten", e.wish.who.client)
		}
		e.taking, e.gone, e.kept = -1, true, false
		return
	}
	e.id, e.kept, e.gone = r.ID, true, false
	l.byID[e.id] = e
	if unsure && r.Prescription != nil {
		if v := versionOf(*r.Prescription); v != e.version || e.state == outbox.Refused && r.State != outbox.Refused {
			e.version, e.sends = v, 0 // it was taken, although nobody was told
		}
	}
	e.taking = -1
	l.saw(r)
}

// shown: an entry as the page, the popup or the command line shows it.
func (l *ledger) shown(s wire.OutboxEntry) {
	e := l.byWho[intent{s.Doctor, s.ClientID}]
	if e == nil || e.id != s.ID {
		l.fail("the outbox shows %s, which nobody handed over", s.ClientID)
	}
	l.truth(e, s.State, s.NRE, s.CodAutenticazione)
	if s.State != wire.Sent && s.HasPromemoria {
		l.fail("%s may be printed and is %s", s.ClientID, s.State)
	}
	if s.NRE == "" {
		return
	}
	pdf, err := l.proc.box.Promemoria(s.NRE)
	if err == nil && len(pdf) > 0 && (s.State != wire.Sent || string(pdf) != "%PDF-"+s.NRE) {
		l.fail("%s (%s) has a promemoria to print that is not its own", s.ClientID, s.State)
	}
}
