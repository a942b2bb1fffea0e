// Package secret keeps small secrets of the user on disk: each value is sealed
// with AES-256-GCM under one data key, and bound to its name. The key itself
// lies in the system's keyring (Secret Service, macOS keychain, DPAPI on
// Windows) where there is one, else in a file that only the user can read;
// Store.Warning then says why.
//
// A key that was ever used is never replaced: a keyring that is locked, gone or
// empty is an error, because a new key would make everything kept unreadable.
// A program of the same user can read the key wherever it lies (the threat model
// says so).
package secret

import (
	"crypto/aes"
	"crypto/cipher"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
)

// ErrNone tells that no secret of that name is kept.
var ErrNone = errors.New("no such secret")

// Store is a folder of sealed values.
type Store struct {
	dir     string
	key     []byte
	warning error

	// Of another folder than the key's.
	label string // to which its values are bound
	lock  *os.File
}

// Open opens dir with its key in a file.
func Open(dir string) (*Store, error) {
	k := New(dir, Options{Keyring: File})
	defer k.Close()
	return k.Open()
}

const suffix = ".sealed"

// Key derives nothing: it is the data key itself, for stores that seal their
// own values (the outbox).
func (s *Store) Key() []byte { return s.key }

// Warning is why the key lies in a file although a keyring was wanted:
// ErrNoKeyring, ErrLocked, or what the keyring said. Nil: the key lies where
// it should.
func (s *Store) Warning() error { return s.warning }

// Put seals value under name, a plain word. When it returns the value is on the
// disk, name and all; whoever is killed or loses power before leaves the old one.
func (s *Store) Put(name string, value []byte) error {
	gcm, err := s.cipher()
	if err != nil {
		return err
	}
	if err := replace(s.file(name), gcm.Seal(nil, nil, value, s.bound(name))); err != nil {
		return err
	}
	return settle(s.dir)
}

// Get opens the value under name; ErrNone when there is none.
func (s *Store) Get(name string) ([]byte, error) {
	sealed, err := os.ReadFile(s.file(name))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, ErrNone
	}
	if err != nil {
		return nil, err
	}
	gcm, err := s.cipher()
	if err != nil {
		return nil, err
	}
	return gcm.Open(nil, nil, sealed, s.bound(name))
}

// Delete forgets the value under name, for good when it returns; that there was
// none is no fault.
func (s *Store) Delete(name string) error {
	err := os.Remove(s.file(name))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	return settle(s.dir)
}

func (s *Store) file(name string) string { return filepath.Join(s.dir, name+suffix) }

// bound is what a sealed value is tied to: it opens nowhere else.
func (s *Store) bound(name string) []byte {
	if s.label == "" {
		return []byte(name)
	}
	return []byte(s.label + "/" + name)
}

func (s *Store) cipher() (cipher.AEAD, error) {
	block, err := aes.NewCipher(s.key)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCMWithRandomNonce(block)
}
