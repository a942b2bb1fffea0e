package queue

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"

	"raccordo/host/internal/printing"
	"raccordo/host/internal/wire"
)

const idLength = 32 // hexadecimal digits

// Submit takes a sheet in charge: it is on the disk when this returns. A page
// that hands in the same sheet again within a day gets the job of before, unless
// that one failed or was given up before anything could come out.
func (q *Queue) Submit(ctx context.Context, r Request) (wire.PrintJob, error) {
	if r.ClientID == "" {
		return q.take(r, client{})
	}
	who := client{r.Origin, r.ClientID}
	for {
		row, known, under := q.known(who)
		switch {
		case known:
			return row, nil
		case under == nil:
			defer q.taken(who)
			return q.take(r, who)
		}
		select {
		case <-under:
		case <-ctx.Done():
			return wire.PrintJob{}, ctx.Err()
		}
	}
}

// known is the job that a page's name stands for. Where there is none, either
// somebody else is just taking it (under), or the caller is to.
func (q *Queue) known(who client) (row wire.PrintJob, known bool, under chan struct{}) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if under := q.taking[who]; under != nil {
		return row, false, under
	}
	if e := q.clients[who]; e != nil && !q.anew(e) {
		return q.row(e), true, nil
	}
	q.taking[who] = make(chan struct{})
	return row, false, nil
}

// anew tells whether a page's name may be used for another sheet.
func (q *Queue) anew(e *entry) bool {
	if e.Stage != finished {
		return false
	}
	return !e.mayHaveLeft() || q.now().Sub(e.Created) > q.pace.Keep
}

func (q *Queue) taken(who client) {
	q.mu.Lock()
	defer q.mu.Unlock()
	close(q.taking[who])
	delete(q.taking, who)
}

// take puts a sheet on the disk and behind all others.
func (q *Queue) take(r Request, who client) (wire.PrintJob, error) {
	e := &entry{record: q.compose(r, who)}
	packed, err := pack(e.record, r.PDF)
	if err != nil {
		return wire.PrintJob{}, fmt.Errorf("print queue: %w", err)
	}
	if err := q.opt.Box.Put(sheetPrefix+e.ID, packed); err != nil {
		q.haunt(who, e.ID)
		return wire.PrintJob{}, printing.Fault(wire.ErrDocDisk, "", err)
	}
	var row wire.PrintJob
	var before *entry
	q.change(e, func() {
		if who.id != "" {
			delete(q.ghosts, who)
			before = q.clients[who]
			q.clients[who] = e
		}
		q.add(e)
		q.lane(q.laneOf(e, e.Tried[0])).hurry(q.now())
		row = q.row(e)
	})
	q.rouse()
	if before != nil {
		q.supersede(before)
	}
	return row, nil
}

// compose is the first record of a sheet.
func (q *Queue) compose(r Request, who client) record {
	printer := q.printer(r.Profile)
	q.mu.Lock()
	defer q.mu.Unlock()
	q.seq++
	id := q.ghosts[who]
	for id == "" || q.jobs[id] != nil {
		id = q.newID()
	}
	now := q.today()
	return record{ID: id, Seq: q.seq, ClientID: r.ClientID, Origin: r.Origin, Kind: r.Kind, Profile: r.Profile, Title: r.Title,
		Copies: max(r.Copies, 1), Pages: r.Pages, Notices: r.Notices, Size: len(r.PDF), Created: now,
		Stage: waiting, Tried: []string{printer}, State: wire.PrintQueued, Updated: now}
}

// newID is one whose job has a name of its own at the spooler.
func (q *Queue) newID() string {
	for {
		var b [idLength / 2]byte
		rand.Read(b[:])
		id := hex.EncodeToString(b[:])
		unique := true
		for other := range q.jobs {
			unique = unique && short(other) != short(id)
		}
		if unique {
			return id
		}
	}
}

// haunt remembers a sheet that was refused for a fault of the disk, which may
// have it all the same. It is removed, or handed in again under its id.
func (q *Queue) haunt(who client, id string) {
	if q.opt.Box.Delete(sheetPrefix+id) == nil || who.id == "" {
		return
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	q.ghosts[who] = id
}
