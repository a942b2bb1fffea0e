package faults

import (
	"bytes"
	"context"
	"io"
	"net/http"
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
}

// Around is next with the faults planned for any of the names. Those of a
// session are left to whoever knows it.
func (g Guard) Around(next http.Handler, names ...Service) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		if f, ok := g.Plan.Take(names, ClockSkew); ok {
			q = q.WithContext(context.WithValue(q.Context(), skewKey{}, f.Skew))
			w.Header().Set("Date", g.Now().Add(f.Skew).UTC().Format(http.TimeFormat))
		}
		if f, ok := g.Plan.Take(names, Slow); ok && !g.hold(q, f.Delay) {
			return
		}
		f, ok := g.Plan.takeAt(AtRequest, names)
		if !ok {
			next.ServeHTTP(w, q)
			return
		}
		g.Log.Info().Str("path", q.URL.Path).Str("fault", string(f.Kind)).Msg("planned fault")
		g.disturb(w, q, f, next)
	})
}

func (g Guard) disturb(w http.ResponseWriter, q *http.Request, f Fault, next http.Handler) {
	switch f.Kind {
	case Hang:
		if takeIn(q) == nil {
			select {
			case <-q.Context().Done():
			case <-g.Stopped:
			}
		}
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
	case CutAnswer:
		answer := newRecord(w)
		next.ServeHTTP(answer, q)
		answer.cut(w)
	}
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
