package session

import (
	"context"
	"time"

	"raccordo/host/internal/wire"
)

// watch is one run of a Sentinel; all of it is one goroutine's.
type watch struct {
	*Sentinel
	ctx    context.Context
	drift  drift
	timer  *time.Timer // the next attempt
	ticker *time.Ticker
	held   bool

	running *job
	cancel  context.CancelFunc
	done    chan wire.ErrorCode
}

// look takes the Machine's state over. Nobody looks at clocks without a
// session.
func (w *watch) look() {
	was := w.plan.live()
	w.plan.look(w.machine.view(), w.clock.Mono(), w.running != nil && w.running.order != nil)
	w.cut()
	switch live := w.plan.live(); {
	case live && !was:
		w.drift.start()
		w.ticker.Reset(lookEvery)
	case was && !live:
		w.ticker.Stop()
	}
}

// cut ends a job that nobody waits for: its session has been ended, or what a
// check is to find out is known.
func (w *watch) cut() {
	known := w.plan.symptom != "" || w.plan.seen.State != wire.Connected
	if w.running != nil && (!w.plan.live() || w.running.order == nil && known) {
		w.cancel()
	}
}

// read takes the mail.
func (w *watch) read() {
	w.mu.Lock()
	nudges, reports := w.nudges, w.reports
	w.nudges, w.reports, w.held = nil, nil, w.holds > 0
	w.mu.Unlock()
	w.look() // what they are about may be newer than what has been seen
	now := w.clock.Mono()
	for _, n := range nudges {
		if n == Network || n == Awake {
			w.drift.start() // needs no second notice
		}
		w.plan.nudge(n, now)
	}
	for _, r := range reports {
		if r.number != w.plan.seen.number || w.plan.seen.State != wire.Connected {
			continue
		}
		switch meanings[r.why] {
		case over:
			w.plan.ill(r.why, now)
		case user:
			w.machine.StaleOf(r.number, r.why, RepairLogin)
		default:
			w.plan.doubts(now)
		}
	}
	w.cut()
}

// begin starts what is due, or sets the timer for it.
func (w *watch) begin() {
	if w.running != nil {
		return
	}
	now := w.clock.Mono()
	j, at := w.plan.next(now, w.held)
	if j == nil {
		w.timer.Stop()
		if at != never {
			w.timer.Reset(at - now)
		}
		return
	}
	w.plan.started(*j, now)
	ctx, cancel := context.WithTimeout(w.ctx, j.limit())
	w.running, w.cancel = j, cancel
	go func() {
		if j.order == nil {
			w.done <- w.keeper.Check(ctx)
		} else {
			w.done <- w.keeper.Renew(ctx, *j.order)
		}
	}()
}

// ended takes note of how the job ended.
func (w *watch) ended(code wire.ErrorCode) {
	w.look()
	j, now := *w.running, w.clock.Mono()
	w.cancel()
	w.running = nil
	if j.order != nil {
		w.plan.renewed(j, code, now)
	} else if login := w.plan.checked(j, code, now); login != "" {
		w.machine.StaleOf(j.of.number, login, RepairLogin)
	}
}

// wait is for the job's end.
func (w *watch) wait() {
	if w.running != nil {
		w.cancel()
		<-w.done
	}
}
