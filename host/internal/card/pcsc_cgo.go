//go:build cgo

package card

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/ebfe/scard"

	"raccordo/host/internal/wire"
)

// This file is the only one that calls PC/SC.

const (
	initialService = serviceDown // until PC/SC has answered
	relist         = 2 * time.Second
	retry          = 500 * time.Millisecond
)

// watch follows the readers until ctx ends, whatever becomes of the service.
func (s *Service) watch(ctx context.Context) {
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
	pc, err := scard.EstablishContext()
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

func (s *Service) follow(ctx context.Context, pc *scard.Context) error {
	known := map[string]scard.StateFlag{}
	for ctx.Err() == nil {
		names, err := pc.ListReaders()
		if errors.Is(err, scard.ErrNoReadersAvailable) || (err == nil && len(names) == 0) {
			s.see(ctx, nil)
			known = map[string]scard.StateFlag{}
			sleep(ctx, retry)
			continue
		}
		if err != nil {
			return err
		}
		states := make([]scard.ReaderState, len(names))
		for i, name := range names {
			states[i] = scard.ReaderState{Reader: name, CurrentState: known[name]}
		}
		// A new reader has no state yet and makes the call return at once.
		err = pc.GetStatusChange(states, relist)
		switch {
		case errors.Is(err, scard.ErrTimeout), errors.Is(err, scard.ErrCancelled):
			continue
		case errors.Is(err, scard.ErrUnknownReader), errors.Is(err, scard.ErrReaderUnavailable):
			sleep(ctx, 50*time.Millisecond) // unplugged since it was listed
			continue
		case err != nil:
			return err
		}
		known = map[string]scard.StateFlag{}
		seen := make([]sighting, len(states))
		for i, st := range states {
			known[st.Reader] = st.EventState &^ scard.StateChanged
			seen[i] = sight(st)
		}
		s.see(ctx, seen)
	}
	return nil
}

// sight reads a reader's state; the upper 16 bits count events.
func sight(st scard.ReaderState) sighting {
	has := func(f scard.StateFlag) bool { return st.EventState&f != 0 }
	present := has(scard.StatePresent)
	return sighting{
		name: st.Reader, present: present, mute: present && has(scard.StateMute),
		atr: st.Atr, events: uint16(uint32(st.EventState) >> 16),
	}
}

// readIdentity reads the card's files in a transaction of its own, on a shared
// connection that it closes without touching the card. It answers errBusy while
// another program holds the card, errMute when the card does not answer, and
// errFlaw when the transmission failed.
func readIdentity(ctx context.Context, reader string) (identity, error) {
	pc, err := scard.EstablishContext()
	if err != nil {
		return identity{}, scardError(err)
	}
	type outcome struct {
		id  identity
		err error
	}
	done := make(chan outcome, 1)
	go func() {
		defer pc.Release()
		id, err := readWith(pc, reader)
		done <- outcome{id, err}
	}()
	select {
	case o := <-done:
		return o.id, scardError(o.err)
	case <-ctx.Done():
		return identity{}, ctx.Err()
	}
}

func readWith(pc *scard.Context, reader string) (identity, error) {
	c, err := pc.Connect(reader, scard.ShareShared, scard.ProtocolAny)
	if err != nil {
		return identity{}, err
	}
	defer c.Disconnect(scard.LeaveCard)
	if p := c.ActiveProtocol(); p != scard.ProtocolT0 && p != scard.ProtocolT1 {
		return identity{}, scard.ErrProtoMismatch // Transmit panics on others
	}
	if err := c.BeginTransaction(); err != nil {
		return identity{}, err
	}
	defer c.EndTransaction(scard.LeaveCard)
	return readCNS(func(apdu []byte) ([]byte, error) {
		if c.ActiveProtocol() == scard.ProtocolT0 && len(apdu) > 5 && len(apdu) == 6+int(apdu[4]) {
			apdu = apdu[:len(apdu)-1] // T=0 has no Le behind data (ISO 7816-3, 12.2.5)
		}
		return c.Transmit(apdu)
	})
}

func scardError(err error) error {
	var e scard.Error
	if !errors.As(err, &e) {
		return err
	}
	switch e {
	case scard.ErrSharingViolation, scard.ErrServerTooBusy:
		return errBusy
	case scard.ErrUnresponsiveCard, scard.ErrUnpoweredCard:
		return errMute
	case scard.ErrNotTransacted, scard.ErrCommError, scard.ErrResetCard, scard.ErrNotReady,
		scard.ErrNoSmartcard, scard.ErrRemovedCard, scard.ErrReaderUnavailable:
		return errFlaw
	}
	return &Error{Code: wire.ErrModule, Detail: scardName(err), Err: err}
}

// scardName is the raw code for logs and details.
func scardName(err error) string {
	var e scard.Error
	if errors.As(err, &e) {
		return fmt.Sprintf("SCARD_0x%08X", uint32(e))
	}
	return fmt.Sprint(err)
}
