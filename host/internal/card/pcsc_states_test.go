//go:build !cgo && (linux || darwin) && !android && (amd64 || arm64)

package card

import (
	"bytes"
	"encoding/binary"
	"runtime"
	"structs"
	"testing"
	"unsafe"

	"github.com/google/go-cmp/cmp"
)

// The structures as a C compiler lays them out; packed cannot be said in Go.
type cState struct {
	_                      structs.HostLayout
	name, user             uintptr
	current, event, atrLen uint64
	atr                    [maxATR]byte
}

type cPackedState struct {
	_                      structs.HostLayout
	name, user             uintptr
	current, event, atrLen uint32
	atr                    [maxATR]byte
	_                      [3]byte
}

func TestReaderStateLayouts(t *testing.T) {
	if want := (statesLayout{8, int(unsafe.Sizeof(cState{}))}); runtime.GOOS == "linux" && nativeStates != want {
		t.Errorf("%+v, want %+v", nativeStates, want)
	}
	if want := (statesLayout{4, int(unsafe.Sizeof(cPackedState{})) - 3}); runtime.GOOS == "darwin" && nativeStates != want {
		t.Errorf("%+v, want %+v", nativeStates, want)
	}
	atr := []byte{0x3B, 0xFF, 0x18, 0x00}
	for _, row := range []struct {
		name           string
		layout         statesLayout
		event, atrLen  uintptr
		atrAt, current uintptr
	}{
		{"Linux", statesLayout{8, 80}, unsafe.Offsetof(cState{}.event), unsafe.Offsetof(cState{}.atrLen),
			unsafe.Offsetof(cState{}.atr), unsafe.Offsetof(cState{}.current)},
		{"macOS", statesLayout{4, 61}, unsafe.Offsetof(cPackedState{}.event), unsafe.Offsetof(cPackedState{}.atrLen),
			unsafe.Offsetof(cPackedState{}.atr), unsafe.Offsetof(cPackedState{}.current)},
	} {
		t.Run(row.name, func(t *testing.T) {
			states := []readerState{{name: "first", current: 0x10}, {name: "second reader", current: 0x30022}}
			p := row.layout.encode(states)
			if len(p.packed) != 2*row.layout.size {
				t.Fatalf("%d bytes", len(p.packed))
			}
			for i, st := range states {
				at := p.packed[i*row.layout.size:]
				if got := uintptr(binary.NativeEndian.Uint64(at)); got != uintptr(unsafe.Pointer(&p.names[i][0])) {
					t.Errorf("state %d: name at %x", i, got)
				}
				if !bytes.Equal(p.names[i], append([]byte(st.name), 0)) {
					t.Errorf("state %d: name %q", i, p.names[i])
				}
				if got := binary.NativeEndian.Uint32(at[row.current:]); got != uint32(st.current) {
					t.Errorf("state %d: current %x", i, got)
				}
			}
			// What the service would write into the second.
			at := p.packed[row.layout.size:]
			binary.NativeEndian.PutUint32(at[row.event:], 0x00040122)
			binary.NativeEndian.PutUint32(at[row.atrLen:], uint32(len(atr)))
			copy(at[row.atrAt:], atr)
			row.layout.decode(p, states)
			want := []readerState{{name: "first", current: 0x10}, {name: "second reader", current: 0x30022, event: 0x00040122, atr: atr}}
			if diff := cmp.Diff(want, states, cmp.AllowUnexported(readerState{})); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestReaderStateTooLong: a length that no ATR has reads no neighbour's memory.
func TestReaderStateTooLong(t *testing.T) {
	states := []readerState{{name: "only"}}
	for _, l := range []statesLayout{{8, 80}, {4, 61}} {
		p := l.encode(states)
		l.put(p.packed[16+2*l.dword:], 0xFFFFFFFF)
		l.decode(p, states)
		if len(states[0].atr) != maxATR {
			t.Errorf("%+v: %d bytes", l, len(states[0].atr))
		}
	}
}
