// Package secret keeps small secrets of the user on disk: each value is sealed
// with AES-256-GCM under one key, and bound to its name. The key lies in a file
// that only the user can read; who can read the user's files can read it (the
// threat model says so).
package secret

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// ErrNone tells that no secret of that name is kept.
var ErrNone = errors.New("no such secret")

// Store is a folder of sealed values.
type Store struct {
	dir string
	key []byte
}

// Open makes the folder and its key when they are not there.
func Open(dir string) (*Store, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	if err := private(dir); err != nil {
		return nil, err
	}
	file := filepath.Join(dir, "key")
	key, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		key = make([]byte, 32)
		rand.Read(key)
		if err = writeNew(file, key); errors.Is(err, fs.ErrExist) {
			key, err = os.ReadFile(file) // another program was first
		}
	}
	if err != nil {
		return nil, err
	}
	if len(key) != 32 {
		return nil, fmt.Errorf("%s: %d bytes, not 32", file, len(key))
	}
	return &Store{dir, key}, nil
}

// Key derives nothing: it is the data key itself, for stores that seal their
// own values (the outbox).
func (s *Store) Key() []byte { return s.key }

// Put seals value under name, a plain word.
func (s *Store) Put(name string, value []byte) error {
	gcm, err := s.cipher()
	if err != nil {
		return err
	}
	return replace(filepath.Join(s.dir, name+".sealed"), gcm.Seal(nil, nil, value, []byte(name)))
}

// Get opens the value under name; ErrNone when there is none.
func (s *Store) Get(name string) ([]byte, error) {
	sealed, err := os.ReadFile(filepath.Join(s.dir, name+".sealed"))
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

func (s *Store) cipher() (cipher.AEAD, error) {
	block, err := aes.NewCipher(s.key)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCMWithRandomNonce(block)
}

// writeNew never overwrites: of two programs that start together one makes the
// key and the other gets fs.ErrExist. The name appears with all of the data
// (link(2)), so that the other never reads half a key.
func writeNew(file string, data []byte) error {
	tmp, err := aside(file, data)
	if err != nil {
		return err
	}
	defer os.Remove(tmp)
	return os.Link(tmp, file)
}

// replace is atomic: a value is the old one or the new one, never half.
func replace(file string, data []byte) error {
	tmp, err := aside(file, data)
	if err != nil {
		return err
	}
	if err := os.Rename(tmp, file); err != nil {
		os.Remove(tmp)
		return err
	}
	return nil
}

// aside writes data to a new file beside file, down to the disk.
func aside(file string, data []byte) (string, error) {
	f, err := os.CreateTemp(filepath.Dir(file), filepath.Base(file)+".new") // 0600
	if err != nil {
		return "", err
	}
	_, err = f.Write(data)
	if err == nil {
		err = f.Sync()
	}
	if closeErr := f.Close(); err == nil {
		err = closeErr
	}
	if err != nil {
		os.Remove(f.Name())
		return "", err
	}
	return f.Name(), nil
}
