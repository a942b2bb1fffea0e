//go:build cgo || windows

package card

import (
	"errors"
	"time"

	"github.com/ebfe/scard"
)

const initialService = serviceDown // until PC/SC has answered

// scardContext is PC/SC behind the binding: C on Unix, pure Go on Windows.
type scardContext struct{ *scard.Context }

// scardCard is a connection of its.
type scardCard struct{ card *scard.Card }

var (
	_ pcscContext = scardContext{}
	_ pcscCard    = scardCard{}
)

func establish() (pcscContext, error) {
	c, err := scard.EstablishContext()
	if err != nil {
		return nil, coded(err)
	}
	return scardContext{c}, nil
}

// coded makes the binding's error a scardCode.
func coded(err error) error {
	var e scard.Error
	if errors.As(err, &e) {
		return scardCode(e)
	}
	return err
}

func (c scardContext) ListReaders() ([]string, error) {
	names, err := c.Context.ListReaders()
	return names, coded(err)
}

func (c scardContext) GetStatusChange(states []readerState, limit time.Duration) error {
	list := make([]scard.ReaderState, len(states))
	for i, st := range states {
		list[i] = scard.ReaderState{Reader: st.name, CurrentState: scard.StateFlag(st.current)}
	}
	if err := c.Context.GetStatusChange(list, limit); err != nil {
		return coded(err)
	}
	for i, st := range list {
		states[i].event, states[i].atr = stateFlag(st.EventState), st.Atr
	}
	return nil
}

func (c scardContext) Connect(reader string, mode share) (pcscCard, error) {
	card, err := c.Context.Connect(reader, scard.ShareMode(mode), scard.ProtocolAny)
	if err != nil {
		return nil, coded(err)
	}
	return scardCard{card}, nil
}

func (c scardContext) Cancel() error  { return coded(c.Context.Cancel()) }
func (c scardContext) Release() error { return coded(c.Context.Release()) }

func (c scardCard) Protocol() protocol      { return protocol(c.card.ActiveProtocol()) }
func (c scardCard) BeginTransaction() error { return coded(c.card.BeginTransaction()) }
func (c scardCard) EndTransaction() error   { return coded(c.card.EndTransaction(scard.LeaveCard)) }

func (c scardCard) Transmit(apdu []byte) ([]byte, error) {
	answer, err := c.card.Transmit(apdu)
	return answer, coded(err)
}

func (c scardCard) Disconnect(how disposition) error {
	return coded(c.card.Disconnect(scard.Disposition(how)))
}
