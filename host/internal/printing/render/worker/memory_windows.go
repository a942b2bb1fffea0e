package worker

import (
	"unsafe"

	"golang.org/x/sys/windows"
)

func reserve(size uint64) *memory {
	at, err := windows.VirtualAlloc(0, uintptr(size), windows.MEM_RESERVE, windows.PAGE_READWRITE)
	if err != nil {
		return &memory{}
	}
	start := *(**byte)(unsafe.Pointer(&at)) // no memory of Go's: it does not move
	return &memory{whole: unsafe.Slice(start, size), free: func() { _ = windows.VirtualFree(at, 0, windows.MEM_RELEASE) }}
}

// commit asks for memory for the addresses: Windows counts what may be touched.
func (m *memory) commit(size uint64) bool {
	_, err := windows.VirtualAlloc(uintptr(unsafe.Pointer(&m.whole[0])), uintptr(size), windows.MEM_COMMIT, windows.PAGE_READWRITE)
	return err == nil
}
