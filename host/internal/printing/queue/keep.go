package queue

// What of finished jobs is kept at most.
const (
	mostFinished = 500
	mostBytes    = 64 << 20 // of their PDFs
)

// prune forgets what is finished and old, or more than there is room for.
func (q *Queue) prune() {
	for _, id := range q.stale() {
		if err := q.forget(id); err != nil {
			q.opt.Log.Error().Err(err).Str("job", short(id)).Msg("a finished print job can not be removed")
		}
	}
}

// stale takes out of memory what is to leave the disk.
func (q *Queue) stale() []string {
	q.mu.Lock()
	defer q.mu.Unlock()
	count, bytes := 0, 0
	var ids []string
	kept := make([]bool, len(q.order))
	for i := len(q.order) - 1; i >= 0; i-- {
		e := q.order[i]
		kept[i] = true
		if e.open() || e.busy {
			continue
		}
		count++
		bytes += e.Size
		if count > mostFinished || bytes > mostBytes || q.now().Sub(e.Updated) > q.pace.Keep {
			kept[i] = false
			ids = append(ids, e.ID)
		}
	}
	if len(ids) == 0 {
		return nil
	}
	stay := q.order[:0:0]
	for i, e := range q.order {
		if kept[i] {
			stay = append(stay, e)
			continue
		}
		delete(q.jobs, e.ID)
		if q.clients[e.client()] == e {
			delete(q.clients, e.client())
		}
	}
	q.order = stay
	return ids
}
