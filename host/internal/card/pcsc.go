package card

import (
	"errors"
	"fmt"
	"time"
)

// pcscContext is a context of the PC/SC service: the part of it that is used here, and
// that differs between builds (see establish). Its errors are scardCodes. Only
// one goroutine may wait in GetStatusChange.
type pcscContext interface {
	ListReaders() ([]string, error)
	// GetStatusChange fills event and atr of the states once one of them is no
	// longer the current one, codeTimeout when limit is over.
	GetStatusChange(states []readerState, limit time.Duration) error
	Connect(reader string, mode share) (pcscCard, error)
	Cancel() error // ends GetStatusChange with codeCancelled
	Release() error
}

// pcscCard is a connection to the card in a reader.
type pcscCard interface {
	Protocol() protocol
	BeginTransaction() error
	EndTransaction() error // leaves the card as it is
	Transmit(apdu []byte) ([]byte, error)
	Disconnect(disposition) error
}

// readerState is SCARD_READERSTATE.
type readerState struct {
	name           string
	current, event stateFlag
	atr            []byte
}

// The numbers below are those of PC/SC part 5 and winscard.h, the same on every
// system.
type (
	stateFlag   uint32
	share       uint32
	protocol    uint32
	disposition uint32
	scardCode   uint32
)

const (
	stateChanged stateFlag = 0x0002
	statePresent stateFlag = 0x0020
	stateMute    stateFlag = 0x0200

	shareExclusive share = 1
	shareShared    share = 2

	protocolT0 protocol = 1
	protocolT1 protocol = 2

	leaveCard disposition = 0
	resetCard disposition = 1

	codeCancelled         scardCode = 0x80100002
	codeUnknownReader     scardCode = 0x80100009
	codeTimeout           scardCode = 0x8010000A
	codeSharingViolation  scardCode = 0x8010000B
	codeNoSmartcard       scardCode = 0x8010000C
	codeProtoMismatch     scardCode = 0x8010000F
	codeNotReady          scardCode = 0x80100010
	codeCommError         scardCode = 0x80100013
	codeNotTransacted     scardCode = 0x80100016
	codeReaderUnavailable scardCode = 0x80100017
	codeNoReaders         scardCode = 0x8010002E
	codeServerTooBusy     scardCode = 0x80100031
	codeUnresponsiveCard  scardCode = 0x80100066
	codeUnpoweredCard     scardCode = 0x80100067
	codeResetCard         scardCode = 0x80100068
	codeRemovedCard       scardCode = 0x80100069
)

func (c scardCode) Error() string { return fmt.Sprintf("SCARD_0x%08X", uint32(c)) }

// scardName is the raw code for logs and details.
func scardName(err error) string {
	var c scardCode
	if errors.As(err, &c) {
		return c.Error()
	}
	return fmt.Sprint(err)
}
