package secret

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// ErrInUse tells that another program, or another Store of this one, has the folder.
var ErrInUse = errors.New("the folder is in use")

// patience is how long At waits for a program that is about to end.
const (
	patience = 10 * time.Second
	glance   = 20 * time.Millisecond
)

// At is another folder of values sealed with the same key, which is made where
// it is not there yet. Its values are bound to the folder's name too: a file that
// is moved from one folder to another opens in neither. It is the caller's alone
// until Close or the end of the program: somebody else waits a moment for it, then
// gets ErrInUse. What a killed writer left half written is removed.
func (s *Store) At(dir string) (*Store, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	if err := private(dir); err != nil {
		return nil, err
	}
	if err := settle(filepath.Dir(dir)); err != nil {
		return nil, err
	}
	lock, err := reserve(filepath.Join(dir, "lock"))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", dir, err)
	}
	if err := tidy(dir); err != nil {
		return nil, errors.Join(err, lock.Close())
	}
	return &Store{dir: dir, key: s.key, warning: s.warning, label: filepath.Base(dir), lock: lock}, nil
}

// Close gives a folder of At free; of the key's own folder there is nothing to close.
func (s *Store) Close() error {
	if s.lock == nil {
		return nil
	}
	return s.lock.Close()
}

// reserve waits for the lock of a folder.
func reserve(file string) (*os.File, error) {
	for from := time.Now(); ; time.Sleep(glance) {
		lock, err := seize(file)
		if !errors.Is(err, ErrInUse) || time.Since(from) > patience {
			return lock, err
		}
	}
}

// tidy removes what was left half written.
func tidy(dir string) error {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if !strings.Contains(e.Name(), suffix+half) {
			continue
		}
		if err := os.Remove(filepath.Join(dir, e.Name())); err != nil {
			return err
		}
	}
	return nil
}

// Names are those under which something is kept, in alphabetical order. Whether
// it can be opened only Get tells.
func (s *Store) Names() ([]string, error) {
	entries, err := os.ReadDir(s.dir)
	if err != nil {
		return nil, err
	}
	var names []string
	for _, e := range entries {
		if name, ok := strings.CutSuffix(e.Name(), suffix); ok {
			names = append(names, name)
		}
	}
	return names, nil
}
