package spool

import (
	"crypto/sha256"
	"encoding/hex"
	"hash"
	"io"
	"os"
	"sync"
	"time"

	"raccordo/host/internal/wire"
)

// Document is one that is kept. Complete, it is a signature.Source.
type Document struct {
	s     *Store
	id    string
	owner Owner
	file  *os.File

	// Of the store's lock.
	booked int64
	used   time.Time
	holds  int

	mu       sync.Mutex
	size     int64 // bytes, as announced
	received int64
	sum      hash.Hash
	digest   [sha256.Size]byte // of a complete document
	whole    bool
}

var _ io.ReaderAt = (*Document)(nil)

func newDocument(s *Store, id string, owner Owner, file *os.File, size, booked int64) *Document {
	d := &Document{s: s, id: id, owner: owner, file: file, size: size, booked: booked, used: s.now(), sum: sha256.New()}
	if size == 0 {
		d.seal()
	}
	return d
}

// ID names the document to its owner.
func (d *Document) ID() string { return d.id }

// Size is in bytes.
func (d *Document) Size() int64 { return d.size }

// SHA256 is the digest of a complete document, lower-case hex.
func (d *Document) SHA256() string { return hex.EncodeToString(d.digest[:]) }

// ReadAt reads what is here.
func (d *Document) ReadAt(b []byte, offset int64) (int, error) { return d.file.ReadAt(b, offset) }

// Release ends a hold.
func (d *Document) Release() {
	d.s.mu.Lock()
	defer d.s.mu.Unlock()
	d.holds--
	d.used = d.s.now()
	if d.holds == 0 && d.s.all[d.id] != d {
		d.file.Close()
	}
}

func (d *Document) complete() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.whole
}

// append takes the next piece: out of order, or beyond what was announced, it is
// refused and changes nothing.
func (d *Document) append(offset int64, piece []byte) (int64, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	switch {
	case offset != d.received:
		return d.received, &Error{Code: wire.ErrParams, Detail: "/offset"}
	case len(piece) > wire.MaxPiece, int64(len(piece)) > d.size-d.received:
		return d.received, &Error{Code: wire.ErrParams, Detail: "/data"}
	case len(piece) == 0:
		return d.received, nil
	}
	if _, err := d.file.WriteAt(piece, offset); err != nil {
		return d.received, storage(err)
	}
	d.sum.Write(piece)
	d.received += int64(len(piece))
	if d.received == d.size {
		d.seal()
	}
	return d.received, nil
}

// seal fixes the digest. The caller holds d.mu, or is the only one to know d.
func (d *Document) seal() {
	d.sum.Sum(d.digest[:0])
	d.sum, d.whole = nil, true
}

// Result is a document that this program writes; nobody can read it before
// Done.
type Result struct {
	d    *Document
	done bool
}

// Result begins a document whose size is not known yet.
func (s *Store) Result(owner Owner) (*Result, error) {
	d, err := s.add(owner, -1, 0)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	d.holds++
	s.mu.Unlock()
	return &Result{d: d}, nil
}

// Write appends.
func (r *Result) Write(b []byte) (int, error) {
	d := r.d
	if d.received+int64(len(b)) > wire.MaxDocument+room {
		return 0, &Error{Code: wire.ErrDocLarge}
	}
	if err := d.s.book(d, int64(len(b))); err != nil {
		return 0, err
	}
	n, err := d.file.WriteAt(b, d.received)
	d.sum.Write(b[:n])
	d.received += int64(n)
	if err != nil {
		return n, storage(err)
	}
	return n, nil
}

// book takes room for a result that grows.
func (s *Store) book(d *Document, more int64) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.all[d.id] != d {
		return &Error{Code: wire.ErrDocNone} // its owner has gone
	}
	if err := s.fits(d.owner, more, 0); err != nil {
		return err
	}
	d.booked += more
	return nil
}

// Done makes the document what it is from now on. The hold of the writer ends.
func (r *Result) Done() *Document {
	d := r.d
	d.mu.Lock()
	d.size = d.received
	d.seal()
	d.mu.Unlock()
	r.done = true
	d.Release()
	return d
}

// Cancel drops a document that is not Done.
func (r *Result) Cancel() {
	if r.done {
		return
	}
	r.done = true
	r.d.s.drop(r.d)
	r.d.Release()
}
