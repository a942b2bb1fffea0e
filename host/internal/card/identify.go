package card

import (
	"context"
	"errors"

	"raccordo/host/internal/wire"
)

// readIdentity reads the card's files in a transaction of its own, on a shared
// connection that it closes without touching the card. It answers errBusy while
// another program holds the card, errMute when the card does not answer, and
// errFlaw when the transmission failed.
func readIdentity(ctx context.Context, reader string) (identity, error) {
	pc, err := establish()
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

func readWith(pc pcscContext, reader string) (identity, error) {
	c, err := pc.Connect(reader, shareShared)
	if err != nil {
		return identity{}, err
	}
	defer c.Disconnect(leaveCard)
	if p := c.Protocol(); p != protocolT0 && p != protocolT1 {
		return identity{}, codeProtoMismatch // Transmit knows no other
	}
	if err := c.BeginTransaction(); err != nil {
		return identity{}, err
	}
	defer c.EndTransaction()
	return readCNS(func(apdu []byte) ([]byte, error) {
		if c.Protocol() == protocolT0 && len(apdu) > 5 && len(apdu) == 6+int(apdu[4]) {
			apdu = apdu[:len(apdu)-1] // T=0 has no Le behind data (ISO 7816-3, 12.2.5)
		}
		return c.Transmit(apdu)
	})
}

func scardError(err error) error {
	var c scardCode
	if !errors.As(err, &c) {
		return err
	}
	switch c {
	case codeSharingViolation, codeServerTooBusy:
		return errBusy
	case codeUnresponsiveCard, codeUnpoweredCard:
		return errMute
	case codeNotTransacted, codeCommError, codeResetCard, codeNotReady,
		codeNoSmartcard, codeRemovedCard, codeReaderUnavailable:
		return errFlaw
	}
	return &Error{Code: wire.ErrModule, Detail: c.Error(), Err: err}
}
