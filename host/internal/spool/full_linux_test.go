package spool

import (
	"os"
	"testing"

	"raccordo/host/internal/wire"
)

// A disk without room is a fault of its own.
func TestDiskFull(t *testing.T) {
	s := open(t)
	id := s.create(me, 10)
	full, err := os.OpenFile("/dev/full", os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	s.all[id].file.Close()
	s.all[id].file = full
	if _, err := s.Write(me, id, 0, []byte("0123456789")); code(err) != wire.ErrDocDisk {
		t.Errorf("%v", err)
	}
	if _, err := s.Get(me, id); code(err) != wire.ErrDocShort {
		t.Errorf("taken for complete: %v", err)
	}
}
