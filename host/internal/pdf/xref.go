package pdf

import (
	"cmp"
	"slices"
)

// Limits of cross-references.
const (
	maxNumber    = 8_388_607 // ISO 32000-1, annex C
	maxEntries   = 4 << 20   // in all revisions together: 32 MiB
	maxRevisions = 1024
)

// entry tells where an object is: an offset and a generation, or the number of
// an object stream and the place in it.
type entry uint64

type place int

const (
	free place = iota
	direct
	packed // in an object stream
)

func newEntry(p place, a, b int64) entry { return entry(p)<<62 | entry(a)<<22 | entry(b) }

func (e entry) place() place { return place(e >> 62) }
func (e entry) first() int64 { return int64(e >> 22 & (1<<40 - 1)) }
func (e entry) second() int  { return int(e & (1<<22 - 1)) }

// run is a stretch of objects with consecutive numbers.
type run struct {
	first   int64
	entries []entry
}

// section is the cross-reference of one revision.
type section struct {
	at      int64 // as startxref and Prev tell it
	stream  bool
	trailer Dict
	runs    []run
	hidden  *section // of a hybrid file
}

// find looks for an object in this revision.
func (s *section) find(number int64) (entry, bool) {
	i, ok := slices.BinarySearchFunc(s.runs, number, func(r run, n int64) int { return cmp.Compare(r.first, n) })
	if !ok {
		i--
	}
	var e entry
	found := false
	if i >= 0 && number-s.runs[i].first < int64(len(s.runs[i].entries)) {
		e, found = s.runs[i].entries[number-s.runs[i].first], true
	}
	// What a hybrid file hides is free in its table (section 7.5.8.4).
	if s.hidden != nil && (!found || e.place() == free) {
		if e, ok := s.hidden.find(number); ok {
			return e, true
		}
	}
	return e, found
}

// add takes a run; empty ones say nothing.
func (s *section) add(r run) {
	if len(r.entries) > 0 {
		s.runs = append(s.runs, r)
	}
}

// order sorts the runs and refuses objects that come twice: which one counts
// would depend on the reader.
func (s *section) order() error {
	slices.SortFunc(s.runs, func(a, b run) int { return cmp.Compare(a.first, b.first) })
	for i := 1; i < len(s.runs); i++ {
		if before := s.runs[i-1]; before.first+int64(len(before.entries)) > s.runs[i].first {
			return broken("object twice in a cross-reference section")
		}
	}
	return nil
}

// highest is the highest object number of the section.
func (s *section) highest() int64 {
	high := int64(-1)
	if n := len(s.runs); n > 0 {
		high = s.runs[n-1].first + int64(len(s.runs[n-1].entries)) - 1
	}
	if s.hidden != nil {
		high = max(high, s.hidden.highest())
	}
	return high
}

// each calls what it is given for every object that the section speaks of, until
// that is enough.
func (s *section) each(f func(number int64, e entry) bool) bool {
	for _, r := range s.runs {
		for i, e := range r.entries {
			if !f(r.first+int64(i), e) {
				return false
			}
		}
	}
	return s.hidden == nil || s.hidden.each(f)
}
