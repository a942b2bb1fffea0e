// Package spool keeps the documents that cross in pieces: what a caller hands in
// to be signed or verified, and the signed documents until they are fetched.
//
// A document lies in a file without a name (on Windows: one that is deleted with
// its last handle), readable by nobody but this process, so that nothing of it is
// left on the disk when the agent ends in whatever way. It belongs to one owner;
// no other can read it, close it, or learn that it exists. Nothing of a document
// is held in memory but its digest. A document that is complete never changes.
//
// The package knows no formats and logs no names and no contents.
package spool

import (
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"time"

	"raccordo/host/internal/wire"
)

// Limits of a store.
const (
	MaxOwner     = 1 << 30   // bytes of all documents of one owner
	MaxDocuments = 512       // of one owner
	Idle         = time.Hour // a document that nobody asks for
	room         = 4 << 20   // by how much a signed document may be larger than wire.MaxDocument
	sweepTime    = 10 * time.Minute
)

// Error is a fault of a document's keeping.
type Error struct {
	Code   wire.ErrorCode
	Detail string // a place in the request; never a name
	Err    error
}

func (e *Error) Error() string {
	text := "document: " + string(e.Code)
	if e.Detail != "" {
		text += ": " + e.Detail
	}
	if e.Err != nil {
		text += ": " + e.Err.Error()
	}
	return text
}

func (e *Error) Unwrap() error { return e.Err }

// Is lets errors.Is compare by code.
func (e *Error) Is(target error) bool {
	t, ok := target.(*Error)
	return ok && t.Code == e.Code
}

// Owner is whom documents belong to: any comparable value.
type Owner any

// Store keeps documents. Its methods may be called at the same time.
type Store struct {
	dir string
	now func() time.Time

	mu     sync.Mutex
	all    map[string]*Document
	sweeps *time.Timer
	closed bool
}

// Open uses dir, which is emptied: what a killed agent has left there is
// nobody's.
func Open(dir string, now func() time.Time) (*Store, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	left, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	for _, f := range left { // what stays is open in an agent that is ending
		_ = os.RemoveAll(filepath.Join(dir, f.Name()))
	}
	return &Store{dir: dir, now: now, all: map[string]*Document{}}, nil
}

// Create announces a document of so many bytes, which Write fills.
func (s *Store) Create(owner Owner, size int64) (id string, err error) {
	if size > wire.MaxDocument {
		return "", &Error{Code: wire.ErrDocLarge}
	}
	d, err := s.add(owner, size, size)
	if err != nil {
		return "", err
	}
	return d.id, nil
}

// add makes an empty document and books room for it.
func (s *Store) add(owner Owner, size, booked int64) (*Document, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return nil, &Error{Code: wire.ErrDocNone}
	}
	if err := s.fits(owner, booked, 1); err != nil {
		return nil, err
	}
	file, err := nameless(s.dir)
	if err != nil {
		return nil, storage(err)
	}
	var id [16]byte
	rand.Read(id[:])
	d := newDocument(s, hex.EncodeToString(id[:]), owner, file, size, booked)
	s.all[d.id] = d
	if s.sweeps == nil {
		s.sweeps = time.AfterFunc(sweepTime, s.sweepAgain)
	}
	return d, nil
}

// fits tells whether an owner may have more. The caller holds s.mu.
func (s *Store) fits(owner Owner, bytes int64, documents int) error {
	for _, d := range s.all {
		if d.owner == owner {
			bytes += d.booked
			documents++
		}
	}
	if bytes > MaxOwner || documents > MaxDocuments {
		return &Error{Code: wire.ErrDocLarge, Detail: fmt.Sprintf("%d documents, %d bytes", documents, bytes)}
	}
	return nil
}

// Room tells whether an owner may have so many more documents and bytes.
func (s *Store) Room(owner Owner, documents int, bytes int64) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.fits(owner, bytes, documents)
}

// Empty tells that there is no document.
func (s *Store) Empty() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.all) == 0
}

// find is an owner's document. Use is noted.
func (s *Store) find(owner Owner, id string) (*Document, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	d, ok := s.all[id]
	if !ok || d.owner != owner {
		return nil, &Error{Code: wire.ErrDocNone}
	}
	d.used = s.now()
	d.holds++
	return d, nil
}

// Get holds a complete document until Release, even if it is closed meanwhile.
func (s *Store) Get(owner Owner, id string) (*Document, error) {
	d, err := s.find(owner, id)
	if err != nil {
		return nil, err
	}
	if !d.complete() {
		d.Release()
		return nil, &Error{Code: wire.ErrDocShort}
	}
	return d, nil
}

// Write appends the piece at offset, which is where the last one ended, and
// tells how much is here.
func (s *Store) Write(owner Owner, id string, offset int64, piece []byte) (received int64, err error) {
	d, err := s.find(owner, id)
	if err != nil {
		return 0, err
	}
	defer d.Release()
	return d.append(offset, piece)
}

// Read gives a piece of a complete document, at most wire.MaxPiece bytes.
func (s *Store) Read(owner Owner, id string, offset int64) (piece []byte, size int64, err error) {
	d, err := s.Get(owner, id)
	if err != nil {
		return nil, 0, err
	}
	defer d.Release()
	if offset > d.size {
		return nil, 0, &Error{Code: wire.ErrParams, Detail: "/offset"}
	}
	piece = make([]byte, min(wire.MaxPiece, d.size-offset))
	if _, err := d.ReadAt(piece, offset); err != nil {
		return nil, 0, err
	}
	return piece, d.size, nil
}

// Close lets go of a document.
func (s *Store) Close(owner Owner, id string) error {
	d, err := s.find(owner, id)
	if err != nil {
		return err
	}
	s.drop(d)
	d.Release()
	return nil
}

// Leave lets go of all that an owner has.
func (s *Store) Leave(owner Owner) {
	s.forget(func(d *Document) bool { return d.owner == owner })
}

// Shut lets go of everything; the store takes nothing more.
func (s *Store) Shut() {
	s.mu.Lock()
	s.closed = true
	if s.sweeps != nil {
		s.sweeps.Stop()
	}
	s.mu.Unlock()
	s.forget(func(*Document) bool { return true })
}

// Sweep lets go of what was not used for Idle.
func (s *Store) Sweep() {
	oldest := s.now().Add(-Idle)
	s.forget(func(d *Document) bool { return d.holds == 0 && d.used.Before(oldest) })
}

// sweepAgain sweeps as long as there is anything.
func (s *Store) sweepAgain() {
	s.Sweep()
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.all) == 0 || s.closed {
		s.sweeps = nil
		return
	}
	s.sweeps = time.AfterFunc(sweepTime, s.sweepAgain)
}

// forget drops the documents that which picks, under s.mu.
func (s *Store) forget(which func(*Document) bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, d := range s.all {
		if which(d) {
			s.take(d)
		}
	}
}

func (s *Store) drop(d *Document) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.take(d)
}

// take takes a document out; its file goes with its last hold. The caller holds
// s.mu.
func (s *Store) take(d *Document) {
	if s.all[d.id] != d {
		return
	}
	delete(s.all, d.id)
	if d.holds == 0 {
		d.file.Close()
	}
}

func storage(err error) error { return &Error{Code: wire.ErrDocDisk, Err: err} }
