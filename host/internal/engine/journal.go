package engine

import (
	"context"
	"sync"
	"time"

	"github.com/rs/zerolog"

	"raccordo/host/internal/outbox"
	"raccordo/host/internal/ricetta"
	"raccordo/host/internal/wire"
)

// reopenTime is how often an outbox that can not be opened is tried again, where
// that may help.
const reopenTime = 10 * time.Second

// journal is the outbox and its sender. Neither a damaged file nor a full disk
// keeps the agent from starting: what needs the outbox says so, the rest works.
type journal struct {
	open func() (*outbox.Outbox, error)
	send func(*outbox.Outbox) *outbox.Sender
	log  zerolog.Logger
	now  func() time.Time

	mu     sync.Mutex
	box    *outbox.Outbox
	sender *outbox.Sender
	fault  *wire.Error // why there is none
	tried  time.Time
	closed bool
	doctor *ricetta.Doctor // whose session lives
	ready  chan struct{}   // there is one
}

// begin opens the outbox, if it can be.
func (j *journal) begin() {
	j.ready = make(chan struct{})
	j.mu.Lock()
	defer j.mu.Unlock()
	j.try()
}

// try opens the outbox. The lock is held.
func (j *journal) try() {
	j.tried = j.now()
	box, err := j.open()
	if err != nil {
		j.log.Error().Err(err).Msg("outbox can not be opened")
		j.fault = wire.NewError(outbox.Code(err), "")
		return
	}
	j.box, j.sender, j.fault = box, j.send(box), nil
	j.sender.Connected(j.doctor)
	close(j.ready)
}

// use gives the outbox, or why there is none.
func (j *journal) use() (*outbox.Outbox, *outbox.Sender, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.box == nil && !j.closed && j.fault.Data.Retryable && j.now().Sub(j.tried) >= reopenTime {
		j.try()
	}
	switch {
	case j.closed:
		return nil, nil, wire.NewError(wire.ErrOutbox, "closed")
	case j.box == nil:
		return nil, nil, j.fault
	}
	return j.box, j.sender, nil
}

// problem is the code to warn of, empty if none.
func (j *journal) problem() wire.ErrorCode {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.fault == nil {
		return ""
	}
	return j.fault.Data.Code
}

// connected tells whose session lives; nil: nobody's.
func (j *journal) connected(d *ricetta.Doctor) {
	j.mu.Lock()
	j.doctor = d
	sender := j.sender
	j.mu.Unlock()
	if sender != nil {
		sender.Connected(d)
	}
}

// counts is empty where there is no outbox.
func (j *journal) counts() wire.Outbox {
	box, _, err := j.use()
	if err != nil {
		return wire.Outbox{}
	}
	counts, err := box.Counts()
	if err != nil {
		j.log.Error().Err(err).Msg("outbox can not be counted")
	}
	return counts
}

// run sends in the background until ctx ends.
func (j *journal) run(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-j.ready:
			_, sender, err := j.use()
			if err == nil {
				sender.Run(ctx)
			}
			return
		case <-time.After(reopenTime):
			_, _, _ = j.use()
		}
	}
}

func (j *journal) close() error {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.closed = true
	if j.box == nil {
		return nil
	}
	return j.box.Close()
}

// trouble gives an error of the outbox its code.
func trouble(err error) error {
	if err == nil {
		return nil
	}
	if _, known := toWire(err); known {
		return err
	}
	return &boxError{err}
}

// boxError is an error of the outbox that has no code of its own here.
type boxError struct{ error }

func (b *boxError) Unwrap() error { return b.error }
