package secret

import (
	"os"
	"path/filepath"
	"strings"
)

// At is another folder of values sealed with the same key, which is made where
// it is not there yet. Its values are bound to the folder's name too: a file that
// is moved from one folder to another opens in neither. One program at a time may
// write there, because what a killed one left half written is removed.
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
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	for _, e := range entries {
		if !strings.Contains(e.Name(), suffix+half) {
			continue
		}
		if err := os.Remove(filepath.Join(dir, e.Name())); err != nil {
			return nil, err
		}
	}
	return &Store{dir: dir, key: s.key, warning: s.warning, label: filepath.Base(dir)}, nil
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
