//go:build !cgo && (linux || darwin) && !android && (amd64 || arm64)

package card

import (
	"fmt"
	"runtime"
	"strings"
	"structs"
	"time"

	"github.com/ebitengine/purego"
)

const initialService = serviceDown // until PC/SC has answered

// The numbers of winscard.h that only a binding needs.
const (
	scopeSystem = 2
	maxAPDU     = 264 // answers are short: 256 bytes, status word, and some
)

// winscard are the C functions of PC/SC that are used here.
type winscard struct {
	establishContext func(scope dword, r1, r2 uintptr, context *handle) long
	releaseContext   func(context handle) long
	cancel           func(context handle) long
	listReaders      func(context handle, groups *byte, names *byte, size *dword) long
	getStatusChange  func(context handle, milliseconds dword, states *byte, n dword) long
	connect          func(context handle, reader string, mode, protocols dword, card *handle, active *dword) long
	disconnect       func(card handle, how dword) long
	beginTransaction func(card handle) long
	endTransaction   func(card handle, how dword) long
	transmit         func(card handle, send *ioRequest, apdu *byte, size dword, receive *ioRequest, answer *byte, room *dword) long
}

// ioRequest is SCARD_IO_REQUEST.
type ioRequest struct {
	_              structs.HostLayout
	protocol, size dword
}

// nativeContext is PC/SC called without cgo.
type nativeContext struct {
	call    *winscard
	context handle
}

// nativeCard is a connection of its.
type nativeCard struct {
	call   *winscard
	card   handle
	active dword
}

var (
	_ pcscContext = nativeContext{}
	_ pcscCard    = nativeCard{}
)

// establish loads the library, which stays loaded: without pcsc-lite there is
// no service, and it may be installed while this process runs.
func establish() (pcscContext, error) {
	call, err := loadWinscard()
	if err != nil {
		return nil, err
	}
	c := nativeContext{call: call}
	if r := call.establishContext(scopeSystem, 0, 0, &c.context); r != 0 {
		return nil, coded(r)
	}
	return c, nil
}

func loadWinscard() (*winscard, error) {
	runtime.LockOSThread() // the loader's message belongs to the thread
	defer runtime.UnlockOSThread()
	library, err := purego.Dlopen(winscardPath, purego.RTLD_NOW|purego.RTLD_LOCAL)
	if err != nil {
		return nil, fmt.Errorf("loading PC/SC: %w", err)
	}
	c := new(winscard)
	for _, row := range []struct {
		name string
		fn   any
	}{
		{"SCardEstablishContext", &c.establishContext}, {"SCardReleaseContext", &c.releaseContext},
		{"SCardCancel", &c.cancel}, {"SCardListReaders", &c.listReaders},
		{"SCardGetStatusChange", &c.getStatusChange},
		{"SCardConnect", &c.connect}, {"SCardDisconnect", &c.disconnect},
		{"SCardBeginTransaction", &c.beginTransaction}, {"SCardEndTransaction", &c.endTransaction},
		{"SCardTransmit", &c.transmit},
	} {
		address, err := purego.Dlsym(library, row.name)
		if err != nil {
			return nil, fmt.Errorf("loading PC/SC: %w", err)
		}
		purego.RegisterFunc(row.fn, address)
	}
	return c, nil
}

// coded makes a return value an error.
func coded(r long) error {
	if r == 0 {
		return nil
	}
	return scardCode(r)
}

func (c nativeContext) ListReaders() ([]string, error) {
	var size dword
	if r := c.call.listReaders(c.context, nil, nil, &size); r != 0 || size == 0 {
		return nil, coded(r)
	}
	names := make([]byte, size)
	if r := c.call.listReaders(c.context, nil, &names[0], &size); r != 0 {
		return nil, coded(r)
	}
	return strings.FieldsFunc(string(names), func(r rune) bool { return r == 0 }), nil
}

func (c nativeContext) GetStatusChange(states []readerState, limit time.Duration) error {
	list := nativeStates.encode(states)
	defer runtime.KeepAlive(list)
	r := c.call.getStatusChange(c.context, dword(limit/time.Millisecond), &list.packed[0], dword(len(states)))
	if r != 0 {
		return coded(r)
	}
	nativeStates.decode(list, states)
	return nil
}

func (c nativeContext) Connect(reader string, mode share) (pcscCard, error) {
	card := nativeCard{call: c.call}
	r := c.call.connect(c.context, reader, dword(mode), dword(protocolT0|protocolT1), &card.card, &card.active)
	if r != 0 {
		return nil, coded(r)
	}
	return card, nil
}

func (c nativeContext) Cancel() error  { return coded(c.call.cancel(c.context)) }
func (c nativeContext) Release() error { return coded(c.call.releaseContext(c.context)) }

func (c nativeCard) Protocol() protocol      { return protocol(c.active) }
func (c nativeCard) BeginTransaction() error { return coded(c.call.beginTransaction(c.card)) }
func (c nativeCard) EndTransaction() error {
	return coded(c.call.endTransaction(c.card, dword(leaveCard)))
}

func (c nativeCard) Transmit(apdu []byte) ([]byte, error) {
	const requestSize = 2 * dwordSize
	send := ioRequest{protocol: c.active, size: requestSize}
	answer, room := make([]byte, maxAPDU), dword(maxAPDU)
	if r := c.call.transmit(c.card, &send, &apdu[0], dword(len(apdu)), nil, &answer[0], &room); r != 0 {
		return nil, coded(r)
	}
	return answer[:min(room, maxAPDU)], nil
}

func (c nativeCard) Disconnect(how disposition) error {
	return coded(c.call.disconnect(c.card, dword(how)))
}
