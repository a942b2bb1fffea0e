package region

import (
	"maps"
	"slices"
	"time"
)

// LoadPoint is what came in within one second.
type LoadPoint struct {
	Second   int64 // Unix time, of the region's clock
	Requests int
	Failures int // no answer, or 5xx
	Services map[Service]int
}

// longestLoad is how many seconds are remembered.
const longestLoad = 24 * 60 * 60

// load counts requests over time. Its owner holds a lock.
type load struct{ points map[int64]*LoadPoint }

func newLoad() *load { return &load{map[int64]*LoadPoint{}} }

func (l *load) at(t time.Time) *LoadPoint {
	second := t.Unix()
	p, ok := l.points[second]
	if !ok {
		p = &LoadPoint{Second: second, Services: map[Service]int{}}
		l.points[second] = p
		if len(l.points) > longestLoad {
			delete(l.points, slices.Min(slices.Collect(maps.Keys(l.points))))
		}
	}
	return p
}

func (l *load) request(t time.Time, service Service) {
	p := l.at(t)
	p.Requests++
	p.Services[service]++
}

func (l *load) failure(t time.Time) { l.at(t).Failures++ }

// Load lists the seconds in which anything came in, in order.
func (r *Region) Load() (list []LoadPoint) {
	r.audit.mutex.Lock()
	defer r.audit.mutex.Unlock()
	for _, second := range slices.Sorted(maps.Keys(r.audit.load.points)) {
		p := *r.audit.load.points[second]
		p.Services = maps.Clone(p.Services)
		list = append(list, p)
	}
	return list
}
