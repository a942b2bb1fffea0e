// Package pdf reads PDF files in place and appends revisions to them. It owns
// their syntax: cross-reference tables and streams, hybrid files, object
// streams, chains of revisions, the tree of pages. It knows nothing of
// signatures and draws no page.
//
// Nothing is held in memory but the cross-reference and one object at a time.
// Files come from strangers: whatever is read has a limit, no count or offset
// that a file tells is believed, and a file that has to be guessed at is
// refused, because two programs would guess differently. Damage that can be
// undone in one way only is undone: text before the header, a wrong startxref.
//
// A file is never changed: a new revision comes after its last byte, with the
// same kind of cross-reference as the revision before.
//
// Standard: ISO 32000-1, sections 7.3 to 7.7, and ISO 32000-2 where it says more.
package pdf

import "errors"

// Faults of a file.
var (
	ErrBroken    = errors.New("damaged or not a PDF")
	ErrEncrypted = errors.New("encrypted")
)

// Fault says what is wrong with a file, never what is in it.
type Fault struct{ Place string }

func (f *Fault) Error() string { return ErrBroken.Error() + ": " + f.Place }

func (f *Fault) Unwrap() error { return ErrBroken }

func broken(place string) error { return &Fault{place} }
