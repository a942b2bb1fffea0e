package outbox

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	bolt "go.etcd.io/bbolt"
)

// The pages of a bbolt file (format 2), in the byte order of the machine: a
// head of 16 bytes (id 8, kind 2, number of elements 2, overflow 4), then
// elements of 16 bytes. Of a branch: position and length of the key (4 bytes
// each) and the child's page (8). Of a leaf: kind, position, and length of key
// and value (4 bytes each). Positions count from the element itself.
const (
	pageHead    = 16
	pageElement = 16
	branchPage  = 0x01
	leafPage    = 0x02
	leafBucket  = 0x01
)

var errPages = errors.New("pages lead astray")

// walkTree follows every branch from the root, without bbolt, which would go
// round for ever where a damaged page leads back to one above it.
func walkTree(file io.ReaderAt, tx *bolt.Tx) error {
	size := int64(tx.DB().Info().PageSize)
	w := pageWalk{file: file, size: size, seen: make([]bool, tx.Size()/size)}
	return w.page(uint64(tx.Cursor().Bucket().Root()))
}

type pageWalk struct {
	file io.ReaderAt
	size int64
	seen []bool
}

func (w *pageWalk) page(id uint64) error {
	if id < 2 || id >= uint64(len(w.seen)) || w.seen[id] {
		return fmt.Errorf("%w: %d", errPages, id)
	}
	w.seen[id] = true
	at := int64(id) * w.size
	head := make([]byte, pageHead)
	if _, err := w.file.ReadAt(head, at); err != nil {
		return err
	}
	overflow := uint64(binary.NativeEndian.Uint32(head[12:]))
	if binary.NativeEndian.Uint64(head) != id || overflow >= uint64(len(w.seen))-id {
		return fmt.Errorf("%w: %d", errPages, id)
	}
	return w.elements(head, at, int64(1+overflow)*w.size)
}

// elements looks at what a page of length bytes at an offset holds.
func (w *pageWalk) elements(head []byte, at, length int64) error {
	kind, count := binary.NativeEndian.Uint16(head[8:]), int64(binary.NativeEndian.Uint16(head[10:]))
	if kind != branchPage && kind != leafPage || kind == branchPage && count == 0 || pageHead+count*pageElement > length {
		return fmt.Errorf("%w: kind %d, %d elements", errPages, kind, count)
	}
	list := make([]byte, count*pageElement)
	if _, err := w.file.ReadAt(list, at+pageHead); err != nil {
		return err
	}
	for i := range count {
		e := list[i*pageElement:]
		field := func(n int) int64 { return int64(binary.NativeEndian.Uint32(e[4*n:])) }
		from := pageHead + i*pageElement
		if kind == branchPage {
			if from+field(0)+field(1) > length {
				return errPages
			}
			if err := w.page(binary.NativeEndian.Uint64(e[8:])); err != nil {
				return err
			}
			continue
		}
		value := from + field(1) + field(2)
		if value+field(3) > length {
			return errPages
		}
		if field(0)&leafBucket != 0 {
			if err := w.bucket(at+value, field(3)); err != nil {
				return err
			}
		}
	}
	return nil
}

// bucket follows a bucket: the page of its root and a sequence (8 bytes each),
// and where there is no such page, a leaf of its own behind them.
func (w *pageWalk) bucket(at, length int64) error {
	const head = 16
	if length < head {
		return errPages
	}
	both := make([]byte, head+pageHead)
	if _, err := w.file.ReadAt(both[:min(length, head+pageHead)], at); err != nil {
		return err
	}
	if root := binary.NativeEndian.Uint64(both); root != 0 {
		return w.page(root)
	}
	if inline := both[head:]; length < head+pageHead || binary.NativeEndian.Uint16(inline[8:]) != leafPage {
		return errPages
	}
	return w.elements(both[head:], at+head, length-head)
}
