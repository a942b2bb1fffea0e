//go:build !cgo && (linux || darwin) && !android && (amd64 || arm64)

package card

import (
	"encoding/binary"
	"unsafe"
)

// statesLayout is how SCARD_READERSTATE lies in memory: two pointers, three
// DWORDs and the ATR, then what fills up to size.
type statesLayout struct{ dword, size int }

// maxATR is MAX_ATR_SIZE (ISO 7816-3 allows 33 bytes with TS).
const maxATR = 33

// packedStates is an array of SCARD_READERSTATE. The names are kept because the
// array holds their addresses where the garbage collector sees only bytes.
type packedStates struct {
	packed []byte
	names  [][]byte
}

func (l statesLayout) encode(states []readerState) packedStates {
	p := packedStates{packed: make([]byte, l.size*len(states))}
	for i, st := range states {
		name := append([]byte(st.name), 0)
		p.names = append(p.names, name)
		at := p.packed[i*l.size:]
		binary.NativeEndian.PutUint64(at, uint64(uintptr(unsafe.Pointer(&name[0]))))
		l.put(at[16:], uint32(st.current))
	}
	return p
}

func (l statesLayout) decode(p packedStates, states []readerState) {
	for i := range states {
		at := p.packed[i*l.size+16:]
		states[i].event = stateFlag(l.get(at[l.dword:]))
		if n := min(l.get(at[2*l.dword:]), maxATR); n > 0 {
			states[i].atr = append([]byte{}, at[3*l.dword:][:n]...)
		}
	}
}

func (l statesLayout) put(b []byte, v uint32) {
	if l.dword == 8 {
		binary.NativeEndian.PutUint64(b, uint64(v))
		return
	}
	binary.NativeEndian.PutUint32(b, v)
}

func (l statesLayout) get(b []byte) uint32 {
	if l.dword == 8 {
		return uint32(binary.NativeEndian.Uint64(b))
	}
	return binary.NativeEndian.Uint32(b)
}
