package region

import (
	"bytes"
	"io"
	"net/http"
	"slices"
	"sync"
	"time"
)

// FaultKind is what goes wrong.
type FaultKind int

// The kinds of fault.
const (
	// Slow carries the request out after Delay, even if the client has given up
	// by then: requests do arrive late.
	Slow        FaultKind = iota
	Unavailable           // HTTP 503 instead of an answer
	LostRequest           // the connection drops before anything is done
	LostAnswer            // the request is carried out, the connection drops before the answer
)

// Fault is one planned disturbance of the SAR.
type Fault struct {
	Kind    FaultKind
	Service Service       // "": every service
	Times   int           // how many requests; 0: until ClearFaults
	Delay   time.Duration // Slow: how long
}

type faults struct {
	mutex  sync.Mutex
	isDown bool
	list   []Fault
}

// Inject plans a fault. Several may be planned: each request takes the first
// that concerns it, and a Slow one as well as one of another kind.
func (r *Region) Inject(f Fault) {
	r.faults.mutex.Lock()
	defer r.faults.mutex.Unlock()
	r.faults.list = append(r.faults.list, f)
}

// ClearFaults cancels every planned fault and ends SetDown.
func (r *Region) ClearFaults() {
	r.faults.mutex.Lock()
	defer r.faults.mutex.Unlock()
	r.faults.list, r.faults.isDown = nil, false
}

// SetDown makes the whole region (portal too) reset every connection, as if the
// machines were off.
func (r *Region) SetDown(down bool) {
	r.faults.mutex.Lock()
	defer r.faults.mutex.Unlock()
	r.faults.isDown = down
}

func (f *faults) down() bool {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	return f.isDown
}

// take uses up the faults of one request: a delay, and the first of the rest.
func (f *faults) take(service Service) (delay time.Duration, other *Fault) {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	kept := f.list[:0:0]
	for _, fault := range f.list {
		applies := fault.Service == "" || fault.Service == service
		switch {
		case applies && fault.Kind == Slow && delay == 0:
			delay = fault.Delay
		case applies && fault.Kind != Slow && other == nil:
			other = &fault
		default:
			kept = append(kept, fault)
			continue
		}
		if fault.Times != 1 {
			fault.Times = max(fault.Times-1, 0)
			kept = append(kept, fault)
		}
	}
	f.list = slices.Clip(kept)
	return delay, other
}

// disturbed counts the request and applies the planned faults around next.
func (r *Region) disturbed(service Service, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		if r.faults.down() {
			panic(http.ErrAbortHandler)
		}
		r.stats.request(service)
		delay, fault := r.faults.take(service)
		if delay > 0 && !r.hold(q, delay) {
			return
		}
		if fault == nil {
			next.ServeHTTP(w, q)
			return
		}
		r.log.Info().Str("service", string(service)).Int("fault", int(fault.Kind)).Msg("planned fault")
		switch fault.Kind {
		case Unavailable:
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			w.Header().Set("Retry-After", "5")
			w.WriteHeader(http.StatusServiceUnavailable)
			_, _ = w.Write([]byte("<html><body><h1>503 Service Unavailable</h1></body></html>"))
		case LostRequest:
			panic(http.ErrAbortHandler)
		case LostAnswer:
			next.ServeHTTP(&nowhere{header: http.Header{}}, q)
			panic(http.ErrAbortHandler)
		}
	})
}

// hold takes the request in and waits; false when the region stops meanwhile.
func (r *Region) hold(q *http.Request, delay time.Duration) bool {
	body, err := io.ReadAll(io.LimitReader(q.Body, maxRequest+1))
	if err != nil {
		return false
	}
	q.Body = io.NopCloser(bytes.NewReader(body))
	timer := time.NewTimer(delay)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-r.stopped:
		return false
	}
}

// nowhere takes an answer that nobody will see.
type nowhere struct{ header http.Header }

func (n *nowhere) Header() http.Header         { return n.header }
func (n *nowhere) Write(b []byte) (int, error) { return len(b), nil }
func (n *nowhere) WriteHeader(int)             {}
