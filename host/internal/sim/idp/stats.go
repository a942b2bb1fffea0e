package idp

import (
	"maps"
	"sync"

	"raccordo/host/internal/sim/region/faults"
)

// Stats counts what happened since New.
type Stats struct {
	Requests map[faults.Service]int
	Logins   int // that live now
}

type stats struct {
	mutex    sync.Mutex
	requests map[faults.Service]int
}

func (s *stats) count(service faults.Service) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.requests[service]++
}

// Stats returns a copy of the counters.
func (p *Provider) Stats() Stats {
	p.stats.mutex.Lock()
	defer p.stats.mutex.Unlock()
	return Stats{Requests: maps.Clone(p.stats.requests), Logins: p.ledger.living()}
}
