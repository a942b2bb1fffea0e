//go:build !cgo && (amd64 || arm64)

package card

// The types of PCSC.framework's wintypes.h, 32 bits wide also on a 64-bit
// system. The library is in the system's shared cache, not on the disk.
type (
	dword  = uint32
	long   = int32
	handle = int32 // SCARDCONTEXT, SCARDHANDLE
)

const (
	dwordSize    = 4
	winscardPath = "/System/Library/Frameworks/PCSC.framework/PCSC"
)

// nativeStates: packed (PCSC.framework, winscard.h).
var nativeStates = statesLayout{dword: dwordSize, size: 61}
