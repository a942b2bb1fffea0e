package outbox

import (
	"context"
	"errors"

	"raccordo/host/internal/ricetta"
	"raccordo/host/internal/wire"
)

// Retry sends, now, what the filter chooses and the live session's doctor may
// send, and returns how far each came. Without a session the records only wait
// for one.
func (s *Sender) Retry(ctx context.Context, f Filter, progress func(wire.BatchProgress)) ([]wire.OutboxEntry, error) {
	return s.byHand(ctx, f, s.box.Retry, progress)
}

// Discard gives up what the filter chooses. What never left is gone at once and
// is not in the answer; of the rest the region is asked, now if there is a
// session.
func (s *Sender) Discard(ctx context.Context, f Filter) ([]wire.OutboxEntry, error) {
	return s.byHand(ctx, f, s.box.Discard, nil)
}

// Resolve takes the doctor's word on the record that the filter chooses.
func (s *Sender) Resolve(ctx context.Context, f Filter, decision, nre string) ([]wire.OutboxEntry, error) {
	return s.byHand(ctx, f, func(ids []string) ([]Record, error) {
		if len(ids) != 1 {
			return nil, ErrAbsent
		}
		r, err := s.box.Resolve(ids[0], decision, nre)
		return []Record{r}, err
	}, nil)
}

func (s *Sender) byHand(ctx context.Context, f Filter, do func(ids []string) ([]Record, error), progress func(wire.BatchProgress)) ([]wire.OutboxEntry, error) {
	records, err := s.box.Select(f)
	if err != nil {
		return nil, err
	}
	ids := make([]string, len(records))
	for i, r := range records {
		ids[i] = r.ID
	}
	records, err = do(ids)
	if err != nil {
		return nil, err
	}
	defer s.changed()
	b, doctor := newBatch(len(records), progress), s.live()
	for i, r := range records {
		b.wants[i].client = r.ClientID
		if doctor != nil && r.ID != "" && r.Doctor == doctor.CF && !r.settled() && !r.waiting() {
			b.where[r.ID] = append(b.where[r.ID], i)
		} else {
			b.finish(i, result(r))
		}
	}
	if doctor != nil {
		s.await(ctx, *doctor, b)
	}
	return s.entries(ids)
}

func (s *Sender) live() *ricetta.Doctor {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.doctor
}

// entries are records by name, those that are left of them.
func (s *Sender) entries(ids []string) ([]wire.OutboxEntry, error) {
	list := []wire.OutboxEntry{}
	for _, id := range ids {
		r, err := s.box.Get(id)
		if errors.Is(err, ErrAbsent) {
			continue
		}
		if err != nil {
			return nil, err
		}
		list = append(list, s.box.Entry(r))
	}
	return list, nil
}
