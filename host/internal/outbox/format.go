package outbox

import (
	"crypto/subtle"
	"fmt"
)

// format is the version of the journal's layout. 1 had neither index nor
// promemoria.
const format = 2

type meta struct {
	Format int `json:"format"`
}

var (
	metaKey = []byte("format")
	markKey = []byte("key") // a mark of the sealing key, to tell another key from damage
)

func (s *safe) mark() []byte { return s.hide("raccordo outbox key") }

// formatOf reads the journal's version; 0 for one that is empty.
func formatOf(tx Tx, s *safe) (int, error) {
	sealed, mark := tx.Get(bucketMeta, metaKey), tx.Get(bucketMeta, markKey)
	if sealed == nil && mark == nil {
		return 0, tx.ForEach(bucketRecords, func(_, _ []byte) error {
			return fmt.Errorf("%w: records without a format", ErrCorrupt)
		})
	}
	var m meta
	err := s.open(sealed, bucketMeta, metaKey, &m)
	switch {
	case err != nil && subtle.ConstantTimeCompare(mark, s.mark()) == 1:
		return 0, err
	case err != nil:
		return 0, ErrKey
	case m.Format < 1 || m.Format > format:
		return 0, fmt.Errorf("%w: format %d", ErrCorrupt, m.Format)
	}
	return m.Format, nil
}

// prepare brings the journal to today's format.
func (o *Outbox) prepare() error {
	var found int
	err := o.view(func(tx Tx) (err error) {
		found, err = formatOf(tx, o.safe)
		return err
	})
	if err != nil || found == format {
		return err
	}
	o.index = &index{entries: map[key]*entry{}, queues: map[uint64]*queue{}}
	return o.update(func(tx Tx) error {
		if found == 1 {
			if err := o.fromFormat1(tx); err != nil {
				return err
			}
		}
		if err := tx.Put(bucketMeta, markKey, o.safe.mark()); err != nil {
			return err
		}
		return o.seal(tx, bucketMeta, metaKey, meta{format})
	})
}
