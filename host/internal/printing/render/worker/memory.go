package worker

import "github.com/tetratelabs/wazero/experimental"

// memory is what PDFium works in: a stretch of addresses of the largest size, of which
// the system gives what is touched. Go's own would be copied whenever it grows, which
// needs twice as much of it, and be kept for a while when it is done.
type memory struct {
	whole []byte
	free  func()
}

var _ experimental.LinearMemory = (*memory)(nil)

// allocate is an experimental.MemoryAllocator. Where the system refuses, PDFium is told
// that there is no memory.
func allocate(_, most uint64) experimental.LinearMemory { return reserve(most) }

// Reallocate makes it so many bytes.
func (m *memory) Reallocate(size uint64) []byte {
	if size > uint64(len(m.whole)) || !m.commit(size) {
		return nil
	}
	return m.whole[:size:size]
}

// Free gives it back.
func (m *memory) Free() {
	if m.free != nil {
		m.free()
	}
	m.whole, m.free = nil, nil
}
