package engine

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"sync"
	"time"

	"github.com/rs/zerolog"

	"raccordo/host/internal/region"
	"raccordo/host/internal/secret"
)

// farewells are the logouts that the region has not heard of yet. Those that
// need no card outlive the agent, sealed.
type farewells struct {
	store *secret.Store
	log   zerolog.Logger
	now   func() time.Time
	news  chan struct{} // something was added, or the network is back

	mu      sync.Mutex
	waiting []*region.Farewell
	will    []byte // of the session that lives: to be told by the next agent, should this one be killed
}

// farewellFile is their name in the store of secrets.
const farewellFile = "farewells"

// farewellFirst and farewellMost bound the time between two attempts;
// farewellSoon lets a network that has just come back settle.
const (
	farewellSoon  = 2 * time.Second
	farewellFirst = 15 * time.Second
	farewellMost  = 10 * time.Minute
)

func newFarewells(store *secret.Store, log zerolog.Logger, now func() time.Time) *farewells {
	return &farewells{store: store, log: log, now: now, news: make(chan struct{}, 1)}
}

func (f *farewells) add(one *region.Farewell) {
	f.mu.Lock()
	f.waiting = append(f.waiting, one)
	f.keep()
	f.mu.Unlock()
	f.nudge()
}

// bequeath keeps what ends the session that lives; nil when there is none.
func (f *farewells) bequeath(will []byte) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if !bytes.Equal(f.will, will) {
		f.will = will
		f.keep()
	}
}

// nudge has them tried soon.
func (f *farewells) nudge() {
	select {
	case f.news <- struct{}{}:
	default:
	}
}

// run tells the region until ctx ends.
func (f *farewells) run(ctx context.Context, restore func(kept []byte) (*region.Farewell, error)) {
	f.read(restore)
	wait := farewellFirst
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-f.news:
			wait = farewellFirst
			timer.Reset(farewellSoon)
			continue
		case <-timer.C:
			if f.tell(ctx) {
				wait = min(2*wait, farewellMost)
			}
		}
		timer.Reset(wait)
	}
}

// tell tries each once and says whether some are left.
func (f *farewells) tell(ctx context.Context) bool {
	f.mu.Lock()
	all := f.waiting
	f.mu.Unlock()
	done := map[*region.Farewell]bool{}
	for _, one := range all {
		limited, cancel := context.WithTimeout(ctx, byeTime)
		err := one.Tell(limited)
		cancel()
		if err == nil || f.now().After(one.Until) {
			done[one] = true
			f.log.Info().Err(err).Msg("logout at the region, later")
			continue
		}
		f.log.Debug().Err(err).Msg("logout at the region, later")
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(done) > 0 {
		left := []*region.Farewell{}
		for _, one := range f.waiting {
			if !done[one] {
				left = append(left, one)
			}
		}
		f.waiting = left
		f.keep()
	}
	return len(f.waiting) > 0
}

// keep writes down those that can outlive the agent; the lock is held.
func (f *farewells) keep() {
	kept := [][]byte{}
	for _, one := range f.waiting {
		if text := one.Kept(); text != nil {
			kept = append(kept, text)
		}
	}
	if f.will != nil {
		kept = append(kept, f.will)
	}
	text, err := json.Marshal(kept)
	if err == nil {
		err = f.store.Put(farewellFile, text)
	}
	if err != nil {
		f.log.Warn().Err(err).Msg("logouts to be told later can not be written")
	}
}

func (f *farewells) read(restore func([]byte) (*region.Farewell, error)) {
	text, err := f.store.Get(farewellFile)
	if errors.Is(err, secret.ErrNone) {
		return
	}
	var kept [][]byte
	if err == nil {
		err = json.Unmarshal(text, &kept)
	}
	if err != nil {
		f.log.Warn().Err(err).Msg("logouts to be told later can not be read")
		return
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, one := range kept {
		again, err := restore(one)
		if err != nil { // of another region's profile, or another key
			f.log.Warn().Err(err).Msg("a logout to be told later can not be read")
			continue
		}
		f.waiting = append(f.waiting, again)
	}
}
