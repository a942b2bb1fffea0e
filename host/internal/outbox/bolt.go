package outbox

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"time"

	bolt "go.etcd.io/bbolt"
)

// lockPatience is how long another process may hold the journal.
const lockPatience = 500 * time.Millisecond

// file is a Store in one bbolt file.
type file struct{ db *bolt.DB }

var _ Store = file{}

func (f file) Update(change func(Tx) error) error {
	return f.db.Update(func(tx *bolt.Tx) error { return change(boltTx{tx}) })
}

func (f file) View(read func(Tx) error) error {
	return f.db.View(func(tx *bolt.Tx) error { return read(boltTx{tx}) })
}

func (f file) Close() error { return f.db.Close() }

type boltTx struct{ tx *bolt.Tx }

func (t boltTx) Get(bucket, key []byte) []byte {
	if b := t.tx.Bucket(bucket); b != nil {
		return b.Get(key)
	}
	return nil
}

func (t boltTx) Put(bucket, key, value []byte) error {
	b, err := t.tx.CreateBucketIfNotExists(bucket)
	if err != nil {
		return err
	}
	return b.Put(key, value)
}

func (t boltTx) Delete(bucket, key []byte) error {
	if b := t.tx.Bucket(bucket); b != nil {
		return b.Delete(key)
	}
	return nil
}

func (t boltTx) ForEach(bucket []byte, visit func(k, v []byte) error) error {
	if b := t.tx.Bucket(bucket); b != nil {
		return b.ForEach(visit)
	}
	return nil
}

func boltOptions() *bolt.Options {
	return &bolt.Options{Timeout: lockPatience, FreelistType: bolt.FreelistMapType}
}

// openFile opens the journal at path, or makes it. A damaged one is copied
// beside itself and left as it is; one of an older format is copied before it
// is changed.
func openFile(path string, s *safe) (Store, error) {
	if err := ensure(path); err != nil {
		return nil, diskFault(fmt.Errorf("outbox: %w", err))
	}
	db, err := openDB(path)
	if errors.Is(err, ErrCorrupt) {
		return nil, errors.Join(err, keepCopy(path, "damaged"))
	}
	if err != nil {
		return nil, diskFault(err)
	}
	found := 0
	err = db.View(func(tx *bolt.Tx) (err error) {
		found, err = formatOf(boltTx{tx}, s)
		return err
	})
	switch {
	case errors.Is(err, ErrCorrupt):
		err = errors.Join(err, keepCopy(path, "damaged"))
	case err == nil && found > 0 && found < format:
		err = keepCopy(path, fmt.Sprintf("format%d", found))
	}
	if err != nil {
		return nil, errors.Join(diskFault(err), db.Close())
	}
	return file{db}, nil
}

// ensure makes the journal when there is none: aside, complete, synced, then
// under its name, because a power cut during the first pages of a bbolt file
// leaves one that cannot be opened. Two processes may do it at once: the first
// name wins.
func ensure(path string) error {
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
	if err := create(aside.Name()); err != nil {
		return err
	}
	// A link, unlike a rename, never replaces a journal that is there already.
	if err := os.Link(aside.Name(), path); err != nil && !errors.Is(err, os.ErrExist) {
		if err := os.Rename(aside.Name(), path); err != nil {
			return err
		}
	}
	return syncDir(dir)
}

func create(path string) error {
	db, err := bolt.Open(path, 0o600, boltOptions())
	if err != nil {
		return err
	}
	err = db.Update(func(tx *bolt.Tx) error {
		for _, name := range buckets {
			if _, err := tx.CreateBucketIfNotExists(name); err != nil {
				return err
			}
		}
		return nil
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

// keepCopy copies the journal beside itself, named for the reason and for the
// instant of its last change: the same damage is copied once.
func keepCopy(path, reason string) error {
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	copyPath := path + "." + reason + "-" + info.ModTime().UTC().Format("20060102T150405Z")
	if _, err := os.Stat(copyPath); err == nil {
		return nil
	}
	from, err := os.Open(path)
	if err != nil {
		return err
	}
	defer func() { _ = from.Close() }()
	to, err := os.OpenFile(copyPath+".part", os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(to, from)
	if err = errors.Join(err, to.Sync(), to.Close()); err != nil {
		return errors.Join(err, os.Remove(to.Name()))
	}
	return errors.Join(os.Rename(to.Name(), copyPath), syncDir(filepath.Dir(path)))
}
