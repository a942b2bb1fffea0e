package worker

import "testing"

// PDFium's memory grows in place, up to its limit, empty.
func TestMemory(t *testing.T) {
	const most = 8 << 20
	m := allocate(0, most)
	defer m.Free()
	first := m.Reallocate(1 << 20)
	if len(first) != 1<<20 {
		t.Fatalf("%d bytes", len(first))
	}
	first[0], first[len(first)-1] = 1, 2
	second := m.Reallocate(most)
	if len(second) != most || &second[0] != &first[0] || second[1<<20-1] != 2 || second[most-1] != 0 {
		t.Error("not the same memory, grown")
	}
	if m.Reallocate(most+1) != nil {
		t.Error("more than the limit")
	}
	if none := reserve(1 << 60); none.Reallocate(1) != nil {
		t.Error("memory that no system has")
	}
}
