package queue

import (
	"fmt"
	"slices"
	"time"

	"raccordo/host/internal/wire"
)

// plan is one sheet of the day.
func (l *ledger) plan(i int) {
	w := l.world
	title := fmt.Sprintf("Sheet %d", i)
	s := &sheet{request: Request{ClientID: fmt.Sprintf("c%d", i), Origin: page, Kind: "document", Title: title, Copies: 1, Pages: 1,
		Profile: pick(w.dice, wire.SheetPromemoria, wire.SheetBianca), PDF: []byte("%PDF " + title)}}
	l.sheets = append(l.sheets, s)
	var hand func()
	hand = func() {
		if slices.ContainsFunc(s.promises, func(p *promise) bool { return p.told }) {
			return
		}
		w.after(between(w.dice, time.Second, 10*time.Minute), hand) // should the process die, or the disk refuse
		if w.queue != nil {
			l.submit(s)
		}
	}
	at := pick(w.dice, 0, between(w.dice, 0, w.plan.storm/2))
	w.after(at, hand)
	if w.dice.Float64() < w.plan.cancels {
		w.after(at+pick(w.dice, between(w.dice, 0, 20*time.Second), w.sometime()), func() { l.cancel(s) })
	}
	for w.dice.Float64() < w.plan.repeats {
		w.after(at+w.sometime(), func() {
			if w.queue != nil {
				l.submit(s)
			}
		})
	}
}
