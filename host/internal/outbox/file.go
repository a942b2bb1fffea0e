package outbox

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"time"

	bolt "go.etcd.io/bbolt"
	berrors "go.etcd.io/bbolt/errors"
)

// format is the version of the journal's layout.
const format = 1

type meta struct {
	Format int `json:"format"`
}

var metaKey = []byte("format")

// lockPatience is how long another process may hold the journal.
const lockPatience = 500 * time.Millisecond

// ensure makes the journal when there is none: aside, complete, synced, then
// under its name, because a power cut during the first pages of a bbolt file
// leaves one that cannot be opened. Two processes may do it at once: the first
// name wins.
func ensure(path string, s *safe) error {
	if _, err := os.Stat(path); err == nil || !errors.Is(err, os.ErrNotExist) {
		return err
	}
	dir := filepath.Dir(path)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	aside, err := os.CreateTemp(dir, ".outbox-*")
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(aside.Name()) }()
	if err := aside.Close(); err != nil {
		return err
	}
	if err := create(aside.Name(), s); err != nil {
		return fmt.Errorf("new outbox: %w", err)
	}
	// A link, unlike a rename, never replaces a journal that is there already.
	if err := os.Link(aside.Name(), path); err != nil && !errors.Is(err, os.ErrExist) {
		if err := os.Rename(aside.Name(), path); err != nil {
			return err
		}
	}
	return syncDir(dir)
}

func create(path string, s *safe) error {
	db, err := bolt.Open(path, 0o600, &bolt.Options{Timeout: lockPatience})
	if err != nil {
		return err
	}
	err = db.Update(func(tx *bolt.Tx) error {
		for _, name := range [][]byte{bucketMeta, bucketRecords, bucketOpen, bucketLots} {
			if _, err := tx.CreateBucketIfNotExists(name); err != nil {
				return err
			}
		}
		plain, err := json.Marshal(meta{format})
		if err != nil {
			return err
		}
		return tx.Bucket(bucketMeta).Put(metaKey, s.seal(plain, bucketMeta, metaKey))
	})
	return errors.Join(err, db.Sync(), db.Close())
}

// syncDir makes a new name survive a power cut. Windows has no such call and
// needs none.
func syncDir(dir string) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// openDB opens and checks every page. bbolt panics on some damage.
func openDB(path string) (db *bolt.DB, err error) {
	defer func() {
		if broken := recover(); broken != nil {
			err = fmt.Errorf("%w: %v", ErrCorrupt, broken)
		}
	}()
	if err := os.Chmod(path, 0o600); err != nil {
		return nil, err
	}
	db, err = bolt.Open(path, 0o600, &bolt.Options{Timeout: lockPatience})
	switch {
	case errors.Is(err, berrors.ErrTimeout):
		return nil, ErrLocked
	case errors.Is(err, berrors.ErrInvalid), errors.Is(err, berrors.ErrChecksum), errors.Is(err, berrors.ErrVersionMismatch):
		return nil, fmt.Errorf("%w: %w", ErrCorrupt, err)
	case err != nil:
		return nil, err
	}
	err = db.View(func(tx *bolt.Tx) error {
		var found error
		for fault := range tx.Check() { // drained: the checker is a goroutine
			found = errors.Join(found, fault)
		}
		return found
	})
	if err != nil {
		_ = db.Close()
		return nil, fmt.Errorf("%w: %w", ErrCorrupt, err)
	}
	return db, nil
}

// checkMeta tells a wrong key from a damaged or a foreign file.
func checkMeta(tx *bolt.Tx, s *safe) error {
	for _, name := range [][]byte{bucketMeta, bucketRecords, bucketOpen, bucketLots} {
		if tx.Bucket(name) == nil {
			return fmt.Errorf("%w: no %s", ErrCorrupt, name)
		}
	}
	var m meta
	if err := s.open(tx.Bucket(bucketMeta).Get(metaKey), bucketMeta, metaKey, &m); err != nil {
		return ErrKey
	}
	if m.Format != format {
		return fmt.Errorf("%w: format %d", ErrCorrupt, m.Format)
	}
	return nil
}
