package queue

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"raccordo/host/internal/printing"
	"raccordo/host/internal/wire"
)

// load reads what an earlier life left. What was never promised to anybody is
// removed; what can not be read any more is never printed again.
func (q *Queue) load() error {
	names, err := q.opt.Box.Names()
	if err != nil {
		return fmt.Errorf("print queue: %w", err)
	}
	there := map[string]bool{}
	for _, name := range names {
		there[name] = true
	}
	for _, name := range names {
		id, ok := strings.CutPrefix(name, sheetPrefix)
		if !ok || there[statePrefix+id] {
			continue
		}
		packed, err := q.opt.Box.Get(name)
		if err == nil {
			err = q.adopt(packed, id)
		}
		if err != nil {
			q.opt.Log.Error().Err(err).Str("job", short(id)).Msg("a print job can not be read")
			if err := q.opt.Box.Delete(name); err != nil {
				return fmt.Errorf("print queue: %w", err)
			}
		}
	}
	for _, name := range names {
		if id, ok := strings.CutPrefix(name, statePrefix); ok {
			if err := q.resume(id, there[sheetPrefix+id]); err != nil {
				return err
			}
		}
	}
	for _, e := range q.order {
		q.seq = max(q.seq, e.Seq)
		q.clients[e.client()] = e
	}
	return nil
}

// adopt takes over a job that nothing has become of yet.
func (q *Queue) adopt(packed []byte, id string) error {
	r, _, err := unpack(packed)
	if err == nil && (r.ID != id || r.Stage != waiting) {
		err = errDamaged
	}
	if err == nil {
		q.add(&entry{record: r, lost: true})
	}
	return err
}

// resume takes over a job of which the disk has a record.
func (q *Queue) resume(id string, sheet bool) error {
	plain, err := q.opt.Box.Get(statePrefix + id)
	var r record
	if err == nil {
		r, err = parse(plain)
	}
	if err == nil && r.ID != id {
		err = errDamaged
	}
	if err == nil {
		q.add(&entry{record: r, written: true, bare: !sheet, lost: r.Stage != finished, asked: r.Stage != waiting})
		return nil
	}
	q.opt.Log.Error().Err(err).Str("job", short(id)).Msg("how far a print job came can not be read")
	return q.salvage(id, sheet)
}

// salvage shows a job whose record is damaged as one that may have come out.
func (q *Queue) salvage(id string, sheet bool) error {
	var r record
	err := errDamaged
	if sheet {
		var packed []byte
		if packed, err = q.opt.Box.Get(sheetPrefix + id); err == nil {
			r, _, err = unpack(packed)
		}
	}
	if err != nil || r.ID != id {
		return errors.Join(q.opt.Box.Delete(sheetPrefix+id), q.opt.Box.Delete(statePrefix+id))
	}
	r.Stage, r.State, r.Problem, r.Updated = finished, wire.PrintFailed, wire.ErrPrintUnclear, q.today()
	r.Spooled = unknownJob
	q.add(&entry{record: r, written: true, unsaved: true})
	return nil
}

// unknownJob stands for the number of a job that may have been released.
const unknownJob = "?"

// add puts a job into the lists. The caller holds the lock, or is alone.
func (q *Queue) add(e *entry) {
	e.known = true
	q.jobs[e.ID] = e
	at, _ := slices.BinarySearchFunc(q.order, e, inOrder)
	q.order = slices.Insert(q.order, at, e)
}

func inOrder(a, b *entry) int { return cmp.Or(cmp.Compare(a.Seq, b.Seq), cmp.Compare(a.ID, b.ID)) }

// note puts a changed record on the disk, and only then into memory. When it
// fails the disk may have either.
func (q *Queue) note(e *entry, alter func(r *record)) error {
	q.mu.Lock()
	r := e.record
	q.mu.Unlock()
	alter(&r)
	r.Updated = q.today()
	if err := q.write(r); err != nil {
		return err
	}
	q.change(e, func() { e.record, e.written = r, true })
	return nil
}

func (q *Queue) write(r record) error {
	plain, err := json.Marshal(r)
	if err == nil {
		err = q.opt.Box.Put(statePrefix+r.ID, plain)
	}
	if err != nil {
		q.opt.Log.Error().Err(err).Str("job", short(r.ID)).Msg("the print queue can not be written")
		return printing.Fault(wire.ErrDocDisk, "", err)
	}
	return nil
}

// sheet reads a job's PDF.
func (q *Queue) sheet(id string) ([]byte, error) {
	packed, err := q.opt.Box.Get(sheetPrefix + id)
	if err != nil {
		return nil, err
	}
	_, pdf, err := unpack(packed)
	return pdf, err
}

// forget removes a job from the disk: the sheet first, because a sheet alone is
// one that is still to be printed.
func (q *Queue) forget(id string) error {
	if err := q.opt.Box.Delete(sheetPrefix + id); err != nil {
		return err
	}
	return q.opt.Box.Delete(statePrefix + id)
}

// short is what of an id stands in logs and in names.
func short(id string) string { return id[:min(len(id), 8)] }
