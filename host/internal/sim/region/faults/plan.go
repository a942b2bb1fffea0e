package faults

import (
	"maps"
	"slices"
	"sync"
	"sync/atomic"
)

// Plan is the list of faults to come, shared by all that are disturbed by it.
type Plan struct {
	mutex   sync.Mutex
	list    []Fault
	planned []func(Fault)
	cleared []func()
	chaos   *chaos
	storm   atomic.Bool // chaos is under way
	applied map[Kind]int
}

// NewPlan returns an empty plan.
func NewPlan() *Plan { return &Plan{applied: map[Kind]int{}} }

// Inject plans a fault. Several may be planned: each request takes the first
// that concerns it, and a Slow and a ClockSkew as well as one of another kind.
func (p *Plan) Inject(f Fault) {
	p.mutex.Lock()
	p.list = append(p.list, f)
	told := slices.Clone(p.planned)
	p.mutex.Unlock()
	for _, tell := range told {
		tell(f)
	}
}

// Clear cancels every planned fault.
func (p *Plan) Clear() {
	p.mutex.Lock()
	p.list = nil
	told := slices.Clone(p.cleared)
	p.mutex.Unlock()
	for _, tell := range told {
		tell()
	}
}

// List is what is still to come; Times is what is left of it.
func (p *Plan) List() []Fault {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	return slices.Clone(p.list)
}

// Applied counts the faults that happened, by kind.
func (p *Plan) Applied() map[Kind]int {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	return maps.Clone(p.applied)
}

// Watch tells of every Inject and every Clear from now on; either may be nil.
func (p *Plan) Watch(planned func(Fault), cleared func()) {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	if planned != nil {
		p.planned = append(p.planned, planned)
	}
	if cleared != nil {
		p.cleared = append(p.cleared, cleared)
	}
}

// Take uses up the first fault of one of the kinds that concerns one of the
// names of what is happening.
func (p *Plan) Take(names []Service, kinds ...Kind) (Fault, bool) {
	return p.take(names, func(k Kind) bool { return slices.Contains(kinds, k) })
}

func (p *Plan) take(names []Service, wanted func(Kind) bool) (Fault, bool) {
	p.mutex.Lock()
	defer p.mutex.Unlock()
	for i, f := range p.list {
		if !wanted(f.Kind) || f.Service != "" && !slices.Contains(names, f.Service) {
			continue
		}
		switch f.Times {
		case 0:
		case 1:
			p.list = slices.Delete(p.list, i, i+1)
		default:
			p.list[i].Times--
		}
		p.applied[f.Kind]++
		return f, true
	}
	return Fault{}, false
}

// takeAt is Take for every kind of a moment but those that go beside others.
func (p *Plan) takeAt(when Moment, names []Service) (Fault, bool) {
	return p.take(names, func(k Kind) bool {
		at, _ := k.Moment()
		return at == when && k != Slow && k != ClockSkew
	})
}
