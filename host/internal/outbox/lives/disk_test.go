package lives

import (
	"fmt"
	"slices"
	"strings"
	"syscall"

	"raccordo/host/internal/outbox"
)

// disk is a store in memory whose transactions are all or nothing, as bbolt's
// are. before and after are asked around each commit: before may return an
// error, which undoes the transaction, and both may panic, which is a crash.
type disk struct {
	buckets map[string]*bucket
	commits int
	before  func() error
	after   func()
}

type bucket struct {
	keys   []string // sorted
	values map[string][]byte
}

func newDisk() *disk { return &disk{buckets: map[string]*bucket{}} }

var _ outbox.Store = (*disk)(nil)

func (d *disk) Close() error { return nil }

func (d *disk) View(look func(outbox.Tx) error) error { return look(&tx{disk: d}) }

func (d *disk) Update(change func(outbox.Tx) error) (err error) {
	t := &tx{disk: d, writable: true}
	done := false
	defer func() {
		if !done {
			t.undo()
		}
	}()
	if err := change(t); err != nil {
		return err
	}
	if d.before != nil {
		if err := d.before(); err != nil {
			return err
		}
	}
	done = true
	d.commits++
	if d.after != nil {
		d.after()
	}
	return nil
}

func (d *disk) bucket(name []byte) *bucket {
	b := d.buckets[string(name)]
	if b == nil {
		b = &bucket{values: map[string][]byte{}}
		d.buckets[string(name)] = b
	}
	return b
}

// holds tells whether some bucket has this key.
func (d *disk) holds(key string) bool {
	for _, b := range d.buckets {
		if _, ok := b.values[key]; ok {
			return true
		}
	}
	return false
}

// tx writes at once and remembers what was there.
type tx struct {
	disk     *disk
	writable bool
	old      []change
}

type change struct {
	bucket *bucket
	key    string
	value  []byte
	was    bool
}

var _ outbox.Tx = (*tx)(nil)

func (t *tx) Get(name, key []byte) []byte { return t.disk.bucket(name).values[string(key)] }

func (t *tx) Put(name, key, value []byte) error { return t.write(name, key, value, true) }

func (t *tx) Delete(name, key []byte) error { return t.write(name, key, nil, false) }

func (t *tx) write(name, key, value []byte, stays bool) error {
	if !t.writable {
		return fmt.Errorf("bucket %s: transaction is for reading", name)
	}
	b := t.disk.bucket(name)
	before, was := b.values[string(key)]
	t.old = append(t.old, change{b, string(key), before, was})
	b.set(string(key), slices.Clone(value), stays)
	return nil
}

func (t *tx) ForEach(name []byte, visit func(k, v []byte) error) error {
	b := t.disk.bucket(name)
	for _, k := range slices.Clone(b.keys) {
		if err := visit([]byte(k), b.values[k]); err != nil {
			return err
		}
	}
	return nil
}

func (t *tx) undo() {
	for _, c := range slices.Backward(t.old) {
		c.bucket.set(c.key, c.value, c.was)
	}
}

func (b *bucket) set(key string, value []byte, stays bool) {
	i, found := slices.BinarySearchFunc(b.keys, key, strings.Compare)
	switch {
	case stays && !found:
		b.keys = slices.Insert(b.keys, i, key)
	case !stays && found:
		b.keys = slices.Delete(b.keys, i, i+1)
	}
	if stays {
		b.values[key] = value
	} else {
		delete(b.values, key)
	}
}

// The faults of a disk, as the system calls them.
var (
	errFull     = fmt.Errorf("write outbox: %w", syscall.ENOSPC)
	errReadOnly = fmt.Errorf("write outbox: %w", syscall.EROFS)
)
