//go:build !cgo && !android && (amd64 || arm64)

package card

// The types of pcsc-lite's wintypes.h on a 64-bit system.
type (
	dword  = uint64
	long   = int64
	handle = int64 // SCARDCONTEXT, SCARDHANDLE
)

const (
	dwordSize    = 8
	winscardPath = "libpcsclite.so.1"
)

// nativeStates: unsigned longs, the whole aligned (pcsclite.h).
var nativeStates = statesLayout{dword: dwordSize, size: 80}
