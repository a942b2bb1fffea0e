package outbox

import (
	"errors"
	"io/fs"
	"sync"
	"syscall"
	"testing"

	berrors "go.etcd.io/bbolt/errors"

	"raccordo/host/internal/wire"
)

// faulty is a disk that refuses, before or after it has written.
type faulty struct {
	Store
	mu            sync.Mutex
	before, after error
}

func (f *faulty) refuse(err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.before = err
}

func (f *faulty) Update(change func(Tx) error) error {
	f.mu.Lock()
	before, after := f.before, f.after
	f.mu.Unlock()
	if before != nil {
		return before
	}
	if err := f.Store.Update(change); err != nil {
		return err
	}
	return after
}

func TestDiskFaults(t *testing.T) {
	for _, tt := range []struct {
		err  error
		want wire.ErrorCode
	}{
		{&fs.PathError{Op: "write", Err: syscall.ENOSPC}, wire.ErrOutboxFull},
		{syscall.EFBIG, wire.ErrOutboxFull},
		{syscall.EDQUOT, wire.ErrOutboxFull},
		{&fs.PathError{Op: "open", Err: syscall.EACCES}, wire.ErrOutboxRO},
		{syscall.EROFS, wire.ErrOutboxRO},
		{syscall.EPERM, wire.ErrOutboxRO},
		{berrors.ErrDatabaseReadOnly, wire.ErrOutboxRO},
		{berrors.ErrTimeout, wire.ErrOutboxInUse},
		{berrors.ErrChecksum, wire.ErrOutboxBroken},
		{syscall.EIO, wire.ErrOutbox},
	} {
		if got := Code(diskFault(tt.err)); got != tt.want {
			t.Errorf("%v is %s, want %s", tt.err, got, tt.want)
		}
	}
	if diskFault(nil) != nil {
		t.Error("no fault is a fault")
	}
}

// TestFullDisk: nothing is taken that is not on disk, nothing leaves, nothing
// is lost, and once there is room all goes on.
func TestFullDisk(t *testing.T) {
	s := ready(t, Options{})
	s.take(of("a", 1))
	disk := &faulty{Store: s.box.store, before: syscall.ENOSPC}
	s.box.store = disk
	k, err := s.box.Take(Order{Doctor: giulia(), Origin: page}, []wire.Prescription{of("b", 2)})
	if !errors.Is(err, ErrFull) || k[0].Kept || k[0].Result.State != wire.Refused || k[0].Result.Problem.Data.Code != wire.ErrOutboxFull {
		t.Errorf("%+v %v", k, err)
	}
	sends := len(s.f.sends)
	if work, _, err := s.box.Claim(giulia().CF, ClaimOptions{}); !errors.Is(err, ErrFull) || len(work) != 0 || len(s.f.sends) != sends {
		t.Errorf("%+v %v", work, err)
	}
	disk.refuse(nil)
	s.work(ClaimOptions{})
	s.want(map[string]State{"a": Sent})
	if _, ok, _ := s.box.Find(page, "b"); ok {
		t.Error("what was not taken is there")
	}
}

// TestAnswerThatCannotBeWritten: the journal says "sending", so that the next
// thing is to ask; the number is the same, and there is one prescription.
func TestAnswerThatCannotBeWritten(t *testing.T) {
	for name, disk := range map[string]*faulty{"before": {before: syscall.ENOSPC}, "after": {after: syscall.EIO}} {
		t.Run(name, func(t *testing.T) {
			s := ready(t, Options{})
			s.take(of("a", 1))
			w := s.claim(ClaimOptions{})[0]
			disk.Store, s.box.store = s.box.store, disk
			out := Outcome{}
			receipt, err := s.f.Send(t.Context(), giulia(), w.Record.NRE, *w.Record.Prescription, w.Record.CompiledAt)
			if out.Receipt = &receipt; err != nil {
				t.Fatal(err)
			}
			if _, err := s.box.Settle(w, out); err == nil {
				t.Fatal("no error")
			}
			s.box.store = disk.Store
			if name == "before" {
				if got := names(s.claim(ClaimOptions{IDs: []string{w.Record.ID}})); len(got) != 1 || got[0] != "view a" {
					t.Fatal(got)
				}
				s.die()
			}
			s.work(ClaimOptions{})
			s.want(map[string]State{"a": Sent})
			once(t, s.f, "a", "warm", "up")
		})
	}
}
