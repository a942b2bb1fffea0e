package card

import (
	"context"
	"errors"
	"time"
)

const (
	relist = 2 * time.Second
	retry  = 500 * time.Millisecond
)

// watch follows the readers until ctx ends, whatever becomes of the service.
func (s *Service) watch(ctx context.Context) {
	if initialService == serviceUnsupported {
		<-ctx.Done()
		return
	}
	for down := false; ctx.Err() == nil; {
		err := s.watchOnce(ctx)
		if ctx.Err() != nil {
			return
		}
		if !down || s.State().Service == serviceRunning {
			s.log.Warn().Str("detail", scardName(err)).Msg("PC/SC service not available")
		}
		down = true
		s.dropAll(errServiceDown)
		s.modules.discardAll() // their connections died with the service
		sleep(ctx, retry)
	}
}

// watchOnce lives as long as one PC/SC context. Only it may call GetStatusChange:
// the binding keeps the names of readers alive for one caller at a time.
func (s *Service) watchOnce(ctx context.Context) error {
	pc, err := establish()
	if err != nil {
		return err
	}
	// A cancel that comes between two waits is lost, so it is repeated.
	done := make(chan struct{})
	stopped := make(chan struct{})
	go func() {
		defer close(stopped)
		select {
		case <-done:
			return
		case <-ctx.Done():
		}
		for {
			pc.Cancel()
			select {
			case <-done:
				return
			case <-time.After(20 * time.Millisecond):
			}
		}
	}()
	defer pc.Release()
	defer func() { close(done); <-stopped }()
	return s.follow(ctx, pc)
}

func (s *Service) follow(ctx context.Context, pc pcscContext) error {
	known := map[string]stateFlag{}
	for ctx.Err() == nil {
		names, err := pc.ListReaders()
		if errors.Is(err, codeNoReaders) || (err == nil && len(names) == 0) {
			s.see(ctx, nil)
			known = map[string]stateFlag{}
			sleep(ctx, retry)
			continue
		}
		if err != nil {
			return err
		}
		states := make([]readerState, len(names))
		for i, name := range names {
			states[i] = readerState{name: name, current: known[name]}
		}
		// A new reader has no state yet and makes the call return at once.
		err = pc.GetStatusChange(states, relist)
		switch {
		case errors.Is(err, codeTimeout), errors.Is(err, codeCancelled):
			continue
		case errors.Is(err, codeUnknownReader), errors.Is(err, codeReaderUnavailable):
			sleep(ctx, 50*time.Millisecond) // unplugged since it was listed
			continue
		case err != nil:
			return err
		}
		known = map[string]stateFlag{}
		seen := make([]sighting, len(states))
		for i, st := range states {
			known[st.name] = st.event &^ stateChanged
			seen[i] = sight(st)
		}
		s.see(ctx, seen)
	}
	return nil
}

// sight reads a reader's state; the upper 16 bits count events.
func sight(st readerState) sighting {
	has := func(f stateFlag) bool { return st.event&f != 0 }
	present := has(statePresent)
	return sighting{
		name: st.name, present: present, mute: present && has(stateMute),
		atr: st.atr, events: uint16(uint32(st.event) >> 16),
	}
}
