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
}

// Open opens dir with its key in a file.
func Open(dir string) (*Store, error) {
	k := New(dir, Options{Keyring: File})
	defer k.Close()
	return k.Open()
}

// Key derives nothing: it is the data key itself, for stores that seal their
// own values (the outbox).
func (s *Store) Key() []byte { return s.key }

// Warning is why the key lies in a file although a keyring was wanted:
// ErrNoKeyring, ErrLocked, or what the keyring said. Nil: the key lies where
// it should.
func (s *Store) Warning() error { return s.warning }

// Put seals value under name, a plain word.
func (s *Store) Put(name string, value []byte) error {
	gcm, err := s.cipher()
	if err != nil {
		return err
	}
	return replace(s.file(name), gcm.Seal(nil, nil, value, []byte(name)))
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
	return gcm.Open(nil, nil, sealed, []byte(name))
}

// Delete forgets the value under name; that there was none is no fault.
func (s *Store) Delete(name string) error {
	if err := os.Remove(s.file(name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

func (s *Store) file(name string) string { return filepath.Join(s.dir, name+".sealed") }

func (s *Store) cipher() (cipher.AEAD, error) {
	block, err := aes.NewCipher(s.key)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCMWithRandomNonce(block)
}
