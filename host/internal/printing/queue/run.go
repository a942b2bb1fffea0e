package queue

import (
	"context"
	"io"
	"sync"
	"time"
)

// longestSleep bounds how long Run trusts its timer: a computer sleeps, and clocks
// are set.
const longestSleep = time.Minute

// Run does what is due until ctx ends: it takes up what an earlier life left, hands
// sheets over and follows them. A request that is under way at the end is given a
// moment. A Queue is run once.
func (q *Queue) Run(ctx context.Context) {
	requests, cut := context.WithCancel(context.WithoutCancel(ctx))
	defer cut()
	var workers sync.WaitGroup
	timer := time.NewTimer(0)
	defer timer.Stop()
	for ctx.Err() == nil {
		q.prune()
		work, next := q.claim()
		for _, e := range work {
			workers.Go(func() { q.work(requests, e) })
		}
		sleep := longestSleep
		if !next.IsZero() {
			sleep = max(0, min(sleep, next.Sub(q.now())))
		}
		timer.Reset(sleep)
		select {
		case <-ctx.Done():
		case <-timer.C:
		case <-q.wake:
		}
	}
	patience := time.AfterFunc(q.pace.Grace, cut)
	defer patience.Stop()
	workers.Wait()
	q.shut()
}

// shut lets another program have the box.
func (q *Queue) shut() {
	if box, ok := q.opt.Box.(io.Closer); ok {
		if err := box.Close(); err != nil {
			q.opt.Log.Error().Err(err).Msg("print queue")
		}
	}
}
