package outbox

import (
	"encoding/hex"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"raccordo/host/internal/ricetta"
	"raccordo/host/internal/wire"
)

// Filter chooses records. Empty members choose all; a record that is settled
// is chosen only by name.
type Filter struct {
	Origin    string // the page that handed them over
	Doctor    string
	IDs       []string
	ClientIDs []string // of Origin
}

// Select lists the records that a filter chooses, in the order of taking.
// Names that nothing has are left out.
func (o *Outbox) Select(f Filter) ([]Record, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if err := o.ready(); err != nil {
		return nil, err
	}
	list := []Record{}
	err := o.view(func(tx Tx) error {
		for _, k := range o.named(f) {
			r, err := o.get(tx, k)
			switch {
			case errors.Is(err, ErrAbsent) && o.index.entries[k] == nil:
				continue
			case errors.Is(err, ErrAbsent), errors.Is(err, ErrCorrupt):
				o.log.Error().Err(err).Msg("outbox")
				r = o.unreadable(k) // it hides no other, and is not hidden itself
			case err != nil:
				return err
			}
			if (f.Origin == "" || r.Origin == f.Origin) && (f.Doctor == "" || r.Doctor == f.Doctor) {
				list = append(list, r)
			}
		}
		return nil
	})
	slices.SortStableFunc(list, func(a, b Record) int {
		switch {
		case a.Seq < b.Seq:
			return -1
		case a.Seq > b.Seq:
			return 1
		}
		return 0
	})
	return list, err
}

// unreadable stands for a record that is damaged: nobody but the popup and the
// command line sees it, since nobody knows whose it is.
func (o *Outbox) unreadable(k key) Record {
	r := Record{ID: hex.EncodeToString(k[:]), State: Unknown, Waits: true, Problem: wire.NewError(wire.ErrOutboxBroken, "")}
	if e := o.index.entries[k]; e != nil {
		r.Seq = e.seq
	}
	return r
}

func (o *Outbox) named(f Filter) []key {
	var keys []key
	if f.IDs == nil && f.ClientIDs == nil {
		for k := range o.index.entries {
			keys = append(keys, k)
		}
		return keys
	}
	seen := map[key]bool{}
	add := func(k key) {
		if !seen[k] {
			seen[k] = true
			keys = append(keys, k)
		}
	}
	for _, id := range f.IDs {
		if k, err := parseKey(id); err == nil {
			add(k)
		}
	}
	for _, id := range f.ClientIDs {
		if f.Origin != "" {
			add(o.keyOf(f.Origin, id))
			continue
		}
		add(o.keyOf("", id))
	}
	return keys
}

// List is Select as a client sees it.
func (o *Outbox) List(f Filter) ([]wire.OutboxEntry, error) {
	records, err := o.Select(f)
	entries := make([]wire.OutboxEntry, 0, len(records))
	for _, r := range records {
		entries = append(entries, o.Entry(r))
	}
	return entries, err
}

// Entry is a record as a client sees it.
func (o *Outbox) Entry(r Record) wire.OutboxEntry {
	zone := ricetta.Rome()
	e := wire.OutboxEntry{
		ID: r.ID, PrescriptionResult: result(r), Origin: r.Origin, Doctor: r.Doctor, Decide: r.Decide,
		Since: r.Since.In(zone).Format(time.RFC3339), UpdatedAt: r.UpdatedAt.In(zone).Format(time.RFC3339),
	}
	if p := r.Prescription; p != nil {
		e.CodiceAssistito, e.CognomeNome, e.TipoPrescrizione, e.Description = p.CodiceAssistito, p.CognomeNome, p.TipoPrescrizione, describe(*p)
	}
	o.explain(r, &e.PrescriptionResult)
	return e
}

// explain adds what only the doctor's other requests tell: why a queued one
// does not go, and when it will.
func (o *Outbox) explain(r Record, out *wire.PrescriptionResult) {
	if r.State != Queued && r.State != Unknown || r.waiting() {
		return
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	q := o.index.queue(o.short("doctor", r.Doctor))
	if out.Problem == nil {
		out.Problem = q.problem
	}
	due := r.Due
	if q.line.Due.After(due) {
		due = q.line.Due
	}
	if q.line.drains(r.Seq) && q.line.Slot.After(due) {
		due = q.line.Slot
	}
	out.NextAttempt = ""
	if due.After(o.now()) && !q.paused {
		out.NextAttempt = due.In(ricetta.Rome()).Format(time.RFC3339)
	}
}

// describe is the items in one line.
func describe(p wire.Prescription) string {
	var parts []string
	for _, d := range p.Dettagli {
		name := d.DescrProdPrest
		for _, other := range []string{d.DescrGruppoEquival, d.CodProdPrest, d.CodGruppoEquival} {
			if name == "" {
				name = other
			}
		}
		if d.Quantita > 1 {
			name += " x" + strconv.Itoa(d.Quantita)
		}
		parts = append(parts, name)
	}
	return strings.Join(parts, ", ")
}
