package faults

import (
	"bytes"
	"context"
	"io"
	"math"
	"net/http"
	"strconv"
	"time"

	"github.com/rs/zerolog"
)

// maxTaken is how much of a request is taken in before it is held, in bytes.
const maxTaken = 512 << 10

// Guard stands before services and carries out the faults of their requests.
type Guard struct {
	Plan    *Plan
	Now     func() time.Time
	Stopped <-chan struct{} // closed when the server stops
	Log     zerolog.Logger
	Errands *Errands                                 // carries out what arrives late; nil where nothing does
	Tell    func(*http.Request, Fault)               // of each fault that is applied; may be nil
	Expire  func(http.ResponseWriter, *http.Request) // ends the caller's session and says so
}

// Around is next with the faults planned for any of the names. Those of a
// session are left to whoever knows it.
func (g Guard) Around(next http.Handler, names ...Service) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		if f, ok := g.Plan.Take(names, ClockSkew); ok {
			q = q.WithContext(context.WithValue(q.Context(), skewKey{}, f.Skew))
			w.Header().Set("Date", g.Now().Add(f.Skew).UTC().Format(http.TimeFormat))
		}
		if f, ok := g.Plan.Take(names, Slow); ok {
			g.tell(q, f)
			if !g.hold(q, f.Delay) {
				return
			}
		}
		f, ok := g.Plan.takeAt(AtRequest, names)
		if !ok {
			next.ServeHTTP(w, q)
			return
		}
		g.disturb(w, q, f, next)
	})
}

// Inside is next with what happens once it is known who calls: faults planned
// for that moment, and chaos.
func (g Guard) Inside(next http.Handler, names ...Service) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		f, ok := g.Plan.takeAt(AtService, names)
		if !ok && g.Plan.chaotic() {
			if takeIn(q) != nil {
				return // the client went away
			}
			f, ok = g.Plan.draw(names, q)
		}
		if !ok {
			next.ServeHTTP(w, q)
			return
		}
		g.disturb(w, q, f, next)
	})
}

func (g Guard) tell(q *http.Request, f Fault) {
	g.Log.Info().Str("path", q.URL.Path).Str("fault", string(f.Kind)).Msg("fault applied")
	if g.Tell != nil {
		g.Tell(q, f)
	}
}

func (g Guard) disturb(w http.ResponseWriter, q *http.Request, f Fault, next http.Handler) {
	g.tell(q, f)
	switch f.Kind {
	case Hang:
		g.hang(q, f.Delay)
		panic(http.ErrAbortHandler)
	case Broken:
		writePage(w, http.StatusInternalServerError, brokenPage)
	case Unavailable:
		w.Header().Set("Retry-After", "5")
		writePage(w, http.StatusServiceUnavailable, unavailablePage)
	case Maintenance:
		status := f.Status
		if status == 0 {
			status = http.StatusServiceUnavailable
		}
		writePage(w, status, maintenancePage)
	case LostRequest:
		panic(http.ErrAbortHandler)
	case LostAnswer:
		next.ServeHTTP(newRecord(w), q)
		panic(http.ErrAbortHandler)
	case BrokenAfter:
		next.ServeHTTP(newRecord(w), q)
		writePage(w, http.StatusInternalServerError, brokenPage)
	case TooMany:
		w.Header().Set("Retry-After", strconv.Itoa(int(math.Ceil(f.Delay.Seconds()))))
		writePage(w, http.StatusTooManyRequests, crowdedPage)
	case Duplicate:
		duplicate(w, q, f, next)
	case Late:
		g.later(q, f.Delay, next)
		panic(http.ErrAbortHandler)
	case Reordered:
		if g.hold(q, f.Delay) {
			next.ServeHTTP(w, q)
		}
	case ExpiredSession:
		g.Expire(w, q)
	case CutAnswer:
		answer := newRecord(w)
		next.ServeHTTP(answer, q)
		answer.cut(w)
	}
}

// hang takes the request in and never answers: until the client has gone, the
// server stops or, unless it is 0, the longest time is over.
func (g Guard) hang(q *http.Request, longest time.Duration) {
	if takeIn(q) != nil {
		return
	}
	var enough <-chan time.Time
	if longest > 0 {
		timer := time.NewTimer(longest)
		defer timer.Stop()
		enough = timer.C
	}
	select {
	case <-q.Context().Done():
	case <-g.Stopped:
	case <-enough:
	}
}

// duplicate answers with the second answer where the fault's status says so.
func duplicate(w http.ResponseWriter, q *http.Request, f Fault, next http.Handler) {
	if takeIn(q) != nil {
		return
	}
	first, second := newRecord(w), newRecord(w)
	next.ServeHTTP(first, again(q))
	next.ServeHTTP(second, again(q))
	if f.Second {
		first = second
	}
	first.send(w)
}

// later has the request carried out when the client has long been gone.
func (g Guard) later(q *http.Request, delay time.Duration, next http.Handler) {
	if takeIn(q) != nil {
		return
	}
	late := again(q).WithContext(context.WithoutCancel(q.Context()))
	g.Errands.After(delay, func() { next.ServeHTTP(&record{header: http.Header{}}, late) })
}

// again is a request whose body, taken in, can be read once more.
func again(q *http.Request) *http.Request {
	body, _ := io.ReadAll(q.Body) // from memory
	q.Body = io.NopCloser(bytes.NewReader(body))
	twin := q.Clone(q.Context())
	twin.Body = io.NopCloser(bytes.NewReader(body))
	return twin
}

type skewKey struct{}

// Skew is how far ahead the clock of a request's answer is.
func Skew(q *http.Request) time.Duration {
	skew, _ := q.Context().Value(skewKey{}).(time.Duration)
	return skew
}

// takeIn reads the body, so that the request is whole whatever the client does
// next, and so that the server sees it go away.
func takeIn(q *http.Request) error {
	body, err := io.ReadAll(io.LimitReader(q.Body, maxTaken))
	q.Body = io.NopCloser(bytes.NewReader(body))
	return err
}

// hold takes the request in and waits; false when there is nothing to go on
// with.
func (g Guard) hold(q *http.Request, delay time.Duration) bool {
	if takeIn(q) != nil {
		return false
	}
	timer := time.NewTimer(delay)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-g.Stopped:
		return false
	}
}
