package outbox

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"runtime/debug"

	bolt "go.etcd.io/bbolt"
)

// openDB opens and checks every page. Of a damaged file bbolt may panic, with
// the file locked, read beyond its end, or make a new database.
func openDB(path string) (db *bolt.DB, err error) {
	var opened *os.File
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		if broken := recover(); broken != nil {
			db, err = nil, errors.Join(fmt.Errorf("%w: %v", ErrCorrupt, broken), abandon(db, opened))
		}
	}()
	if err := os.Chmod(path, 0o600); err != nil {
		return nil, err
	}
	if err := whole(path); err != nil {
		return nil, err
	}
	opt := boltOptions()
	opt.OpenFile = func(name string, flag int, mode os.FileMode) (f *os.File, err error) {
		opened, err = os.OpenFile(name, flag, mode)
		return opened, err
	}
	db, err = bolt.Open(path, 0o600, opt)
	if err != nil {
		return nil, diskFault(err)
	}
	if err := db.View(func(tx *bolt.Tx) error { return check(opened, tx) }); err != nil {
		return nil, errors.Join(fmt.Errorf("%w: %w", ErrCorrupt, err), db.Close())
	}
	return db, nil
}

// abandon lets a damaged file go.
func abandon(db *bolt.DB, f *os.File) error {
	if db != nil {
		return db.Close()
	}
	if f != nil {
		return letGo(f)
	}
	return nil
}

// check walks every page. Our own walk comes first: what it cannot read ends in
// an error here, while bbolt's checker, in its own goroutine, would end the
// program.
func check(file io.ReaderAt, tx *bolt.Tx) error {
	if err := walkTree(file, tx); err != nil {
		return err
	}
	if err := checkPages(tx); err != nil {
		return err
	}
	if tx.Bucket(bucketMeta) == nil {
		return errors.New("not a journal")
	}
	err := tx.ForEach(func(_ []byte, b *bolt.Bucket) error { return checkBucket(b) })
	if err != nil {
		return err
	}
	for fault := range tx.Check() { // drained: the checker is a goroutine
		err = errors.Join(err, fault)
	}
	return err
}

// checkPages bounds what the pages in use say of their length.
func checkPages(tx *bolt.Tx) error {
	pages := int(tx.Size()) / tx.DB().Info().PageSize
	for id := 0; id < pages; id++ {
		p, err := tx.Page(id)
		if err != nil || p == nil {
			return err
		}
		if p.Type == "free" {
			continue
		}
		if p.OverflowCount < 0 || p.OverflowCount >= pages-id {
			return fmt.Errorf("page %d is longer than the file", id)
		}
		id += p.OverflowCount
	}
	return nil
}

// checkBucket reads the ends of every key and value, in order, and finds every
// key again, which reads the branches.
func checkBucket(b *bolt.Bucket) error {
	var last []byte
	touched := byte(0)
	defer func() { runtime.KeepAlive(touched) }()
	return b.ForEach(func(k, v []byte) error {
		if len(k) == 0 || last != nil && bytes.Compare(last, k) >= 0 {
			return errors.New("keys out of order")
		}
		last = k
		found := b.Get(k)
		if len(found) != len(v) || len(v) > 0 && &found[0] != &v[0] || int64(len(v)) > b.Tx().Size() {
			return errors.New("a key leads elsewhere")
		}
		if len(v) > 0 {
			touched ^= v[0] ^ v[len(v)-1]
		}
		return nil
	})
}

// The head of a bbolt file (format 2, both heads in its first two pages): after
// 16 bytes of page header the magic number, version, page size and flags (4
// bytes each), root, sequence, free list, number of pages and transaction (8
// bytes each), and the checksum, in the byte order of the machine.
const (
	headOffset = 16
	headMagic  = 0xED0CDAED
	headSize   = 64
)

// whole tells a file that ends before its last page. bbolt maps it into memory
// as if it did not, and reading there is a fault of the processor.
func whole(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	offset, pages, txid := int64(headOffset), uint64(0), uint64(0)
	pageSize := int64(os.Getpagesize())
	for range 2 {
		head := make([]byte, headSize)
		if _, err := f.ReadAt(head, offset); err != nil && !errors.Is(err, io.EOF) {
			return err
		}
		if binary.NativeEndian.Uint32(head) == headMagic {
			pageSize = int64(binary.NativeEndian.Uint32(head[8:]))
			if id := binary.NativeEndian.Uint64(head[48:]); id >= txid {
				txid, pages = id, binary.NativeEndian.Uint64(head[40:])
			}
		}
		offset = pageSize + headOffset
	}
	if pageSize <= 0 || uint64(info.Size()) < pages*uint64(pageSize) || info.Size() == 0 {
		return fmt.Errorf("%w: %d bytes of %d pages", ErrCorrupt, info.Size(), pages)
	}
	return nil
}
