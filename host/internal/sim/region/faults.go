package region

import (
	"net/http"
	"slices"

	"raccordo/host/internal/sim/region/faults"
)

// Fault is one planned disturbance, FaultKind what goes wrong in it.
type (
	Fault     = faults.Fault
	FaultKind = faults.Kind
)

// The kinds that tests of requests and answers use most; package faults has
// them all.
const (
	Slow        = faults.Slow
	Unavailable = faults.Unavailable
	LostRequest = faults.LostRequest
	LostAnswer  = faults.LostAnswer
)

// Inject plans a fault of the SAR and the cloud listener, and of whoever else
// shares the plan.
func (r *Region) Inject(f Fault) { r.faults.Inject(f) }

// Plan is the list of faults to come.
func (r *Region) Plan() *faults.Plan { return r.faults }

// ClearFaults cancels every planned fault, brings lingering sessions back to
// work and ends SetDown.
func (r *Region) ClearFaults() {
	r.faults.Clear()
	r.down.Store(false)
}

// SetDown makes the whole region (portal too) reset every connection, as if the
// machines were off.
func (r *Region) SetDown(down bool) { r.down.Store(down) }

// Down tells whether SetDown is in force.
func (r *Region) Down() bool { return r.down.Load() }

// disturbed counts the request and applies the faults planned for its service,
// or for a listener it came through, around next.
func (r *Region) disturbed(service Service, next http.Handler, listeners ...Service) http.Handler {
	around := r.guard().Around(next, append(slices.Clone(listeners), service)...)
	listener := Service("")
	if len(listeners) > 0 {
		listener = listeners[0]
	}
	return r.audited(listener, service, http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		if r.down.Load() {
			panic(http.ErrAbortHandler)
		}
		r.stats.request(service)
		around.ServeHTTP(w, q)
	}))
}

func (r *Region) guard() faults.Guard {
	return faults.Guard{
		Plan: r.faults, Now: r.now, Stopped: r.stopped, Log: r.log, Errands: r.errands,
		Tell: func(q *http.Request, f faults.Fault) {
			r.with(q, func(x *Exchange) { x.Faults = append(x.Faults, f.Kind) })
		},
	}
}

// inside applies to next, which knows who calls, what can happen from there on;
// expired ends the caller's session and answers.
func (r *Region) inside(next http.Handler, expired http.HandlerFunc, listener, service Service) http.Handler {
	guard := r.guard()
	guard.Expire = expired
	return guard.Inside(next, listener, service)
}

// StartChaos lets faults happen by chance.
func (r *Region) StartChaos(c faults.Chaos) error { return r.faults.StartChaos(c) }

// StopChaos ends that. What is late still arrives: ChaosState tells when no
// more is Pending.
func (r *Region) StopChaos() { r.faults.StopChaos() }

// ChaosState tells what chaos does and did.
func (r *Region) ChaosState() faults.ChaosState {
	s := r.faults.ChaosState()
	s.Pending = r.errands.Pending()
	return s
}

// disturbHandshakes applies the faults planned for the handshakes of a
// listener.
func (r *Region) disturbHandshakes(d *door, err error) (*door, error) {
	if err != nil {
		return nil, err
	}
	hello := faults.Hello{Plan: r.faults, CA: r.options.ServerCA, Hosts: hostsOf(d.listener.Addr()), Names: []Service{Service(d.name)}}
	hello.Disturb(d.config)
	hello.Attach(d.server)
	return d, nil
}
