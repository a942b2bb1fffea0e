package outbox

import (
	"slices"
	"time"

	"raccordo/host/internal/ricetta"
)

// span is a run of seconds that are taken, both ends included.
type span struct {
	From int64 `json:"from"`
	To   int64 `json:"to"`
}

// maxSpans is how many runs are remembered: those of several days.
const maxSpans = 256

// second takes a second of compilation that no other prescription of the
// doctor has, so that the region's list can tell them apart: now, or the
// nearest one before it (a region may refuse a date that is still to come), or
// after it where the one before would be yesterday's.
func (s *stock) second(now time.Time) time.Time {
	at := now.Unix()
	before := at
	for s.taken(&before, -1) {
	}
	if day(before) == day(at) {
		at = before
	} else {
		for s.taken(&at, +1) {
		}
	}
	s.mark(at)
	return time.Unix(at, 0).UTC()
}

func day(unix int64) string { return time.Unix(unix, 0).In(ricetta.Rome()).Format(time.DateOnly) }

// taken steps over the run that at stands in.
func (s *stock) taken(at *int64, step int64) bool {
	for _, p := range s.Spans {
		if *at >= p.From && *at <= p.To {
			*at = p.From - 1
			if step > 0 {
				*at = p.To + 1
			}
			return true
		}
	}
	return false
}

func (s *stock) mark(at int64) {
	merged := span{at, at}
	s.Spans = slices.DeleteFunc(s.Spans, func(p span) bool {
		if p.To != at-1 && p.From != at+1 {
			return false
		}
		merged.From, merged.To = min(merged.From, p.From), max(merged.To, p.To)
		return true
	})
	s.Spans = append(s.Spans, merged)
	if len(s.Spans) > maxSpans {
		s.Spans = slices.Delete(s.Spans, 0, len(s.Spans)-maxSpans)
	}
}
