package outbox

import (
	"encoding/hex"
	"encoding/json"
	"errors"
	"slices"
)

// bucketOpen1 listed, in format 1, the records that were not settled.
var bucketOpen1 = []byte("open")

// fromFormat1 brings a journal of format 1 to today's. Its records had no page
// and no order but that of their compilation; what had been refused had lost
// its contents. The caller keeps a copy.
func (o *Outbox) fromFormat1(tx Tx) error {
	records, err := o.records1(tx)
	if err != nil {
		return err
	}
	for _, r := range records {
		r.Seq, r.Since = o.nextSeq(), r.CompiledAt
		r.Tries = r.Attempts
		if r.State == Unknown {
			r.Next = question(o.opt, r)
		}
		if err := o.put(tx, &r); err != nil {
			return err
		}
	}
	return errors.Join(o.stocks1(tx), clear1(tx))
}

func (o *Outbox) records1(tx Tx) (list []Record, err error) {
	err = tx.ForEach(bucketRecords, func(k, sealed []byte) error {
		var r Record
		if err := o.safe.open(sealed, bucketRecords, k, &r); err != nil {
			return err
		}
		r.ID = hex.EncodeToString(k)
		list = append(list, r)
		return nil
	})
	slices.SortFunc(list, func(a, b Record) int { return a.CompiledAt.Compare(b.CompiledAt) })
	return list, err
}

// stocks1 reads the lots of each doctor, which were a bare list.
func (o *Outbox) stocks1(tx Tx) error {
	sealed := map[string][]byte{}
	err := tx.ForEach(bucketDoctors, func(k, v []byte) error {
		plain, err := o.safe.unseal(v, bucketDoctors, k)
		sealed[string(k)] = plain
		return err
	})
	if err != nil {
		return err
	}
	for name, plain := range sealed {
		var s stock
		if err := json.Unmarshal(plain, &s.Lots); err != nil {
			return ErrCorrupt
		}
		if err := o.seal(tx, bucketDoctors, []byte(name), s); err != nil {
			return err
		}
	}
	return nil
}

func clear1(tx Tx) error {
	var keys [][]byte
	err := tx.ForEach(bucketOpen1, func(k, _ []byte) error {
		keys = append(keys, append([]byte(nil), k...))
		return nil
	})
	for _, k := range keys {
		err = errors.Join(err, tx.Delete(bucketOpen1, k))
	}
	return err
}
