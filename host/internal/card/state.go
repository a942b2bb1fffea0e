package card

import (
	"context"
	"reflect"

	"raccordo/host/internal/wire"
)

// sighting is what PC/SC says of one reader.
type sighting struct {
	name    string
	present bool
	mute    bool
	atr     []byte
	events  uint16 // insertions and removals so far; 0 when the system does not count
}

// see takes the readers in the order in which PC/SC lists them: new cards are
// read, those that are gone are dropped. A card that was changed between two
// looks is seen by the counter.
func (s *Service) see(ctx context.Context, seen []sighting) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.service = serviceRunning
	known := map[string]*reader{}
	for _, r := range s.readers {
		known[r.name] = r
	}
	s.readers = make([]*reader, 0, len(seen))
	for _, n := range seen {
		r := known[n.name]
		delete(known, n.name)
		if r == nil {
			r = &reader{name: n.name, state: wire.ReaderEmpty}
		}
		s.readers = append(s.readers, r)
		s.look(ctx, r, n)
	}
	for _, r := range known {
		s.drop(r, errRemoved)
	}
	s.publish()
}

func (s *Service) look(ctx context.Context, r *reader, n sighting) {
	swapped := n.present && n.events != r.events
	if r.in != nil && (!n.present || swapped || n.mute) {
		s.drop(r, errRemoved)
	}
	r.events = n.events
	switch {
	case n.mute:
		r.state = wire.ReaderMute
	case !n.present:
		r.state = wire.ReaderEmpty
	case r.in == nil && (r.state != wire.ReaderMute || swapped):
		s.insert(ctx, r, n.atr)
	}
}

// drop ends an insertion; whoever waits for its card hears why.
func (s *Service) drop(r *reader, why error) {
	r.state = wire.ReaderEmpty
	if r.in == nil {
		return
	}
	in := r.in
	r.in = nil
	in.end(why)
	left := make(chan struct{})
	r.left = left
	s.reading.Go(func() {
		defer close(left)
		s.leave(in)
	})
}

// dropAll empties every reader, for example when the PC/SC service died.
func (s *Service) dropAll(why error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, r := range s.readers {
		s.drop(r, why)
	}
	s.readers = nil
	if why == errServiceDown {
		s.service = serviceDown
	}
	s.publish()
}

// update changes an insertion's public side and tells the subscribers, unless
// its card is gone.
func (s *Service) update(in *insertion, change func(r *reader)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, r := range s.readers {
		if r.in == in {
			change(r)
			s.publish()
			return
		}
	}
}

// publish hands the state to the subscribers when it differs from the last.
func (s *Service) publish() {
	close(s.changed)
	s.changed = make(chan struct{})
	now := s.list()
	if reflect.DeepEqual(now, s.last) {
		return
	}
	s.last = now
	for ch := range s.subs {
		select {
		case <-ch:
		default:
		}
		ch <- s.list() // one for each: a reader may write in it
	}
}

func (s *Service) list() wire.CardList {
	l := wire.CardList{Service: s.service, Readers: []wire.Reader{}}
	for _, r := range s.readers {
		w := wire.Reader{Name: r.name, State: r.state}
		if r.in != nil {
			c := r.in.public
			c.Certificates = append([]wire.Certificate{}, c.Certificates...)
			w.Card = &c
		}
		l.Readers = append(l.Readers, w)
	}
	return l
}

// The values of wire.CardList.Service.
const (
	serviceRunning     = "running"
	serviceDown        = "down"
	serviceUnsupported = "unsupported"
)
