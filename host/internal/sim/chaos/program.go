package chaos

import (
	"context"
	"errors"
	"math/rand/v2"
	"path/filepath"
	"time"

	"raccordo/host/internal/wire"
)

func (o *office) unsettled() (open []*intent) {
	o.mutex.Lock()
	defer o.mutex.Unlock()
	for _, i := range o.intents {
		if !i.settled {
			open = append(open, i)
		}
	}
	return open
}

// program sends the doctor's prescriptions until the outbox has said of each
// that it is settled. The doctor has two such programs, which take the same ones
// more often than not.
func (o *office) program(ctx context.Context, random *rand.Rand, p *progress) error {
	for len(o.unsettled()) > 0 {
		l, err := o.reach(ctx)
		if err != nil {
			return err
		}
		if l == nil {
			continue // killed in between
		}
		for err == nil {
			err = o.round(ctx, l, random, p)
		}
		l.close()
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if !errors.Is(err, errAllSettled) {
			o.note(err)
		}
	}
	return nil
}

var errAllSettled = errors.New("all settled")

// reach waits for an agent that is connected and opens a line to it; none when
// the agent has died since.
func (o *office) reach(ctx context.Context) (*line, error) {
	for {
		o.mutex.Lock()
		ready, stir := o.phase == idle, o.stir
		o.mutex.Unlock()
		if ready {
			l, err := dial(ctx, filepath.Join(o.dir, "run"))
			if err != nil {
				return nil, pause(ctx, time.Millisecond)
			}
			return l, nil
		}
		select {
		case <-stir:
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		}
	}
}

const (
	most   = 8  // prescriptions in a list
	window = 12 // from which both programs take theirs
)

// round hands a few prescriptions over, or asks for them to be tried again, and
// hears from the outbox what became of them.
func (o *office) round(ctx context.Context, l *line, random *rand.Rand, p *progress) error {
	open := o.unsettled()
	if len(open) == 0 {
		return errAllSettled
	}
	random.Shuffle(min(window, len(open)), func(i, j int) { open[i], open[j] = open[j], open[i] })
	open = open[:min(1+random.IntN(most), len(open))]
	var ids []string
	for _, i := range open {
		ids = append(ids, i.p.ClientID)
	}
	var err error
	asked := o.now()
	if random.IntN(6) == 0 {
		var tried wire.OutboxResult
		err = o.asks(ctx, l, "outbox.retry", wire.OutboxParams{ClientIDs: ids}, &tried)
	} else {
		var sent wire.SendResult
		err = o.asks(ctx, l, "prescription.send", params(open), &sent)
		o.hear(open, sent.Results, asked)
	}
	if said := (*wire.Error)(nil); err != nil && !errors.As(err, &said) {
		return err
	}
	if err != nil {
		o.note(err)
	}
	var known wire.OutboxResult
	asked = o.now()
	if err := l.ask(ctx, "outbox.list", wire.OutboxParams{ClientIDs: ids}, &known); err != nil {
		return err
	}
	settled := o.settle(open, known.Entries, asked)
	p.add(settled)
	if settled > 0 {
		return nil
	}
	return pause(ctx, time.Duration(50+random.IntN(200))*time.Millisecond)
}

func params(list []*intent) wire.SendParams {
	var p wire.SendParams
	for _, i := range list {
		p.Prescriptions = append(p.Prescriptions, i.p)
	}
	return p
}

// asks is a question during which the agent is at work.
func (o *office) asks(ctx context.Context, l *line, method string, params, result any) error {
	o.works(1)
	defer o.works(-1)
	return l.ask(ctx, method, params, result)
}

func (o *office) works(n int) {
	o.mutex.Lock()
	defer o.mutex.Unlock()
	o.asking += n
}

// now is the instant of a question.
func (o *office) now() int {
	o.mutex.Lock()
	defer o.mutex.Unlock()
	o.clock++
	return o.clock
}

// hear takes note of what the answer to a send said: whoever was told that a
// prescription is sent has given its promemoria to the patient.
func (o *office) hear(list []*intent, results []wire.PrescriptionResult, asked int) {
	o.mutex.Lock()
	defer o.mutex.Unlock()
	o.clock++
	for n, r := range results {
		if n < len(list) {
			list[n].hear(r, asked, o.clock)
		}
	}
}

func (o *office) settle(list []*intent, entries []wire.OutboxEntry, asked int) (settled int) {
	o.mutex.Lock()
	defer o.mutex.Unlock()
	o.clock++
	by := map[string]wire.PrescriptionResult{}
	for _, e := range entries {
		by[e.ClientID] = e.PrescriptionResult
		if e.Problem != nil {
			o.trouble = e.Problem
		}
	}
	for _, i := range list {
		if r, ok := by[i.p.ClientID]; ok && i.settle(r, asked, o.clock) {
			settled++
		}
	}
	return settled
}

// entries adds what the outbox has of the doctor's prescriptions.
func (o *office) entries(ctx context.Context, all map[string]wire.OutboxEntry) error {
	const chunk = 100
	for from := 0; from < len(o.intents); from += chunk {
		var ids []string
		for _, i := range o.intents[from:min(from+chunk, len(o.intents))] {
			ids = append(ids, i.p.ClientID)
		}
		l, err := dial(ctx, filepath.Join(o.dir, "run"))
		if err != nil {
			return err
		}
		var known wire.OutboxResult
		err = l.ask(ctx, "outbox.list", wire.OutboxParams{ClientIDs: ids}, &known)
		l.close()
		if err != nil {
			return err
		}
		for _, e := range known.Entries {
			all[e.ClientID] = e
		}
	}
	return nil
}
