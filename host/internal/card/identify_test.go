package card

import (
	"bytes"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"raccordo/host/internal/wire"
)

// fakePCSC is a context with one card, which refuses what it is told to.
type fakePCSC struct {
	protocol protocol
	refuse   string
	code     scardCode
	did      []string
	apdus    [][]byte
}

func (f *fakePCSC) do(what string) error {
	f.did = append(f.did, what)
	if what == f.refuse {
		return f.code
	}
	return nil
}

func (f *fakePCSC) ListReaders() ([]string, error)                      { return nil, codeNoReaders }
func (f *fakePCSC) GetStatusChange([]readerState, time.Duration) error  { return codeTimeout }
func (f *fakePCSC) Cancel() error                                       { return nil }
func (f *fakePCSC) Release() error                                      { return nil }
func (f *fakePCSC) Protocol() protocol                                  { return f.protocol }
func (f *fakePCSC) BeginTransaction() error                             { return f.do("begin") }
func (f *fakePCSC) EndTransaction() error                               { return f.do("end") }
func (f *fakePCSC) Connect(reader string, mode share) (pcscCard, error) { return f, f.do("connect") }
func (f *fakePCSC) Disconnect(how disposition) error {
	if how != leaveCard {
		return f.do("disconnect and reset")
	}
	return f.do("disconnect")
}

func (f *fakePCSC) Transmit(apdu []byte) ([]byte, error) {
	f.apdus = append(f.apdus, apdu)
	return []byte{0x6A, 0x82}, f.do("transmit") // no such file
}

// TestReadLeavesTheCard: whatever fails, nothing stays open and the card is
// never reset: other programs may be using it.
func TestReadLeavesTheCard(t *testing.T) {
	all := []string{"connect", "begin", "transmit", "end", "disconnect"}
	for _, row := range []struct {
		name, refuse string
		code         scardCode
		protocol     protocol
		did          []string
		want         error
	}{
		{"no such file", "", 0, protocolT1, all, statusError(0x6A82)},
		{"held exclusively", "connect", codeSharingViolation, protocolT1, all[:1], errBusy},
		{"mute", "connect", codeUnresponsiveCard, protocolT1, all[:1], errMute},
		{"pulled out under the connection", "begin", codeRemovedCard, protocolT1, []string{"connect", "begin", "disconnect"}, errFlaw},
		{"transmission fails", "transmit", codeNotTransacted, protocolT1, all, errFlaw},
		{"reset by another program", "transmit", codeResetCard, protocolT0, all, errFlaw},
		{"neither T=0 nor T=1", "", 0, 4, []string{"connect", "disconnect"}, &Error{Code: wire.ErrModule}},
	} {
		t.Run(row.name, func(t *testing.T) {
			f := &fakePCSC{refuse: row.refuse, code: row.code, protocol: row.protocol}
			_, err := readWith(f, "reader")
			if err = scardError(err); !errors.Is(err, row.want) {
				t.Errorf("%v, want %v", err, row.want)
			}
			if diff := cmp.Diff(row.did, f.did); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestLeOfT0: behind data there is no Le in T=0 (ISO 7816-3, 12.2.5); the card
// says with 61xx how much it has.
func TestLeOfT0(t *testing.T) {
	withLe := []byte{0x00, 0xA4, 0x08, 0x00, 0x04, 0x11, 0x00, 0x11, 0x02, 0x00}
	for p, want := range map[protocol][]byte{protocolT0: withLe[:len(withLe)-1], protocolT1: withLe} {
		f := &fakePCSC{protocol: p}
		readWith(f, "reader")
		if len(f.apdus) == 0 || !bytes.Equal(f.apdus[0], want) {
			t.Errorf("T=%d: sent % X, want % X", p-1, f.apdus, want)
		}
	}
}
