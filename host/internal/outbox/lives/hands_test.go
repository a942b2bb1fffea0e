package lives

import (
	"encoding/hex"

	"raccordo/host/internal/outbox"
	"raccordo/host/internal/wire"
)

// set plans the events of a life.
func (w *world) set() {
	w.after(0, "start", w.proc.start)
	for _, c := range w.plan.clicks {
		w.after(c.at, "click", func() { w.proc.click(c) })
	}
	for _, l := range w.plan.looks {
		w.after(l.at, "look", func() { w.proc.look(l.doctor) })
	}
	if w.plan.offline > 0 {
		for _, d := range w.plan.doctors {
			w.after(between(w.dice, 0, w.plan.storm), "the session ends", func() { w.proc.lost(d) })
		}
	}
	for _, s := range w.plan.settings {
		w.after(s.at, "the clock is set", func() {
			w.note("the clock is set to %s", s.wrong)
			w.skew = s.wrong
		})
	}
	w.after(w.plan.storm, "the storm is over", w.heal)
}

// click hands a list over and wants it sent now, or keeps it for later.
func (p *process) click(c click) {
	if p.box == nil {
		p.after(between(p.dice, 0, 5*patience), "click again", func() { p.click(c) })
		return
	}
	var list []wire.Prescription
	for _, it := range c.items {
		wish := p.plan.wishes[it.wish]
		list = append(list, wish.version(it.version))
		p.ledger.entries[it.wish].taking = it.version
	}
	p.note("%s hands over %s", c.who, names(list))
	p.point("before a list is taken")
	order := orderOf(c.doctor, c.later)
	if p.plan.standsIn == c.doctor {
		order.Doctor.Titolare = &wire.Titolare{CodiceFiscale: doctors[1], Regione: "090", ASL: "201", Specializzazione: "F"}
	}
	taken, err := p.box.Take(order, list)
	if err != nil {
		p.expect(err, wire.ErrOutboxFull, wire.ErrOutboxRO)
		p.ledger.notTaken(c.items)
		p.after(between(p.dice, 0, 5*patience), "click again", func() { p.click(c) })
		return
	}
	var ids, waited []string
	for i, t := range taken {
		p.ledger.took(c.items[i], t)
		if t.Kept {
			ids = append(ids, t.Record.ID)
		}
		if t.Kept && t.Record.Waits {
			waited = append(waited, t.Record.ID)
		}
	}
	if c.later {
		return
	}
	p.goOn(waited)
	p.urge(c.doctor, ids)
	if c.wait > 0 {
		life := p.life
		p.after(c.wait, "stop watching", func() {
			if p.life == life && p.box != nil {
				p.leave(c, ids)
			}
		})
	}
}

// leave is a caller who does not wait any more; one who stops the list wants
// what has not gone kept for later.
func (p *process) leave(c click, ids []string) {
	p.box.Ease(ids)
	if c.stops {
		p.note("%s stops", c.who)
		p.point("before a list is stopped")
		records, err := p.box.Hold(ids)
		if err != nil {
			p.expect(err, wire.ErrOutboxFull, wire.ErrOutboxRO, wire.ErrOutboxEntry, wire.ErrOutboxState)
		}
		p.ledger.sawAll(records)
	}
	p.pump(c.doctor)
}

// goOn: handing a prescription over again is a retry of one that waited.
func (p *process) goOn(ids []string) {
	for _, id := range ids {
		p.ledger.touched(id)
	}
	records, err := p.box.Retry(ids)
	if err != nil {
		p.expect(err, wire.ErrOutboxFull, wire.ErrOutboxRO, wire.ErrOutboxState)
		return
	}
	p.ledger.sawAll(records)
}

// look opens the outbox as the page does and does something about each entry.
func (p *process) look(doctor string) {
	if p.box == nil {
		return
	}
	list, err := p.box.List(outbox.Filter{Doctor: doctor})
	if err != nil {
		p.fail("the outbox cannot be listed: %v", err)
	}
	for _, e := range list {
		p.ledger.shown(e)
		p.act(doctor, e)
	}
	p.pump(doctor)
}

// act is what the doctor does about one entry: mostly nothing.
func (p *process) act(doctor string, e wire.OutboxEntry) {
	known := p.ledger.byWho[intent{doctor, e.ClientID}]
	switch choice := p.dice.IntN(8); {
	case e.State == wire.Sent && choice == 0:
		p.annul(doctor, e)
	case e.State == wire.Sent:
	case e.Decide && choice < 4:
		p.resolve(e)
	case choice == 0:
		p.discard(e)
	case choice < 3:
		p.retry(doctor, e)
	case choice == 3:
		version := max(1, known.version+p.dice.IntN(2))
		p.click(click{who: "page", doctor: doctor, items: []item{{p.index(known), version}}})
	}
}

// urge lets records go now.
func (p *process) urge(doctor string, ids []string) {
	if err := p.box.Urge(doctor, ids); err != nil {
		p.expect(err, wire.ErrOutboxFull, wire.ErrOutboxRO)
	}
	p.pump(doctor)
}

func (p *process) index(e *entry) int {
	for i, o := range p.ledger.entries {
		if o == e {
			return i
		}
	}
	return -1
}

func (p *process) retry(doctor string, e wire.OutboxEntry) {
	p.note("the doctor retries %s", e.ClientID)
	p.point("before a retry")
	p.ledger.touched(e.ID)
	records, err := p.box.Retry([]string{e.ID})
	if err != nil {
		p.expect(err, wire.ErrOutboxFull, wire.ErrOutboxRO, wire.ErrOutboxState, wire.ErrOutboxEntry)
		return
	}
	p.ledger.sawAll(records)
	p.urge(doctor, []string{e.ID})
}

func (p *process) discard(e wire.OutboxEntry) {
	p.note("the doctor discards %s (%s)", e.ClientID, e.State)
	p.point("before a discard")
	p.ledger.touched(e.ID)
	p.ledger.discarding(e.ID)
	records, err := p.box.Discard([]string{e.ID})
	if err != nil {
		p.expect(err, wire.ErrOutboxFull, wire.ErrOutboxRO, wire.ErrOutboxState, wire.ErrOutboxEntry)
		p.ledger.stays(e.ID)
		return
	}
	p.ledger.discarded(e.ID, records)
	p.urge(e.Doctor, []string{e.ID})
}

// resolve is the doctor's word after a look at the region's own pages. Where
// the region gives the numbers he is told to look when nothing can be on its
// way any more.
func (p *process) resolve(e wire.OutboxEntry) {
	known := p.ledger.byID[e.ID]
	if known.travels[""] > 0 {
		return
	}
	decision, nre := "absent", ""
	for _, paper := range p.region.list {
		if paper.who == known.wish.who && paper.live {
			decision, nre = "present", paper.nre
		}
	}
	p.note("the doctor says that %s is %s", e.ClientID, decision)
	p.point("before a resolve")
	p.ledger.touched(e.ID)
	record, err := p.box.Resolve(e.ID, decision, nre)
	if err != nil {
		p.expect(err, wire.ErrOutboxFull, wire.ErrOutboxRO, wire.ErrOutboxState, wire.ErrOutboxEntry)
		return
	}
	p.ledger.saw(record)
	p.urge(e.Doctor, []string{e.ID})
}

// annul is prescription.cancel of a sent one: the engine asks the region, then
// tells the outbox.
func (p *process) annul(doctor string, e wire.OutboxEntry) {
	p.note("the doctor annuls %s", e.ClientID)
	p.ledger.byID[e.ID].erased = true
	_ = p.region.cancel(doctor, e.NRE) // it may be cancelled already
	p.point("between the cancellation and the journal")
	if err := p.box.Annulled(e.NRE); err != nil {
		p.expect(err, wire.ErrOutboxFull, wire.ErrOutboxRO, wire.ErrOutboxState, wire.ErrOutboxEntry)
	}
}

func idKey(id string) string {
	raw, err := hex.DecodeString(id)
	if err != nil {
		return id
	}
	return string(raw)
}

func names(list []wire.Prescription) (out []string) {
	for _, p := range list {
		out = append(out, p.ClientID)
	}
	return out
}

func initials(doctor string) string { return doctor[:6] }
