package outbox

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"raccordo/host/internal/wire"
)

func names(work []Work) (out []string) {
	for _, w := range work {
		if w.Kind != Lot {
			out = append(out, string(w.Kind)+" "+w.Record.ClientID)
		}
	}
	return out
}

// ready is a stage with numbers, whose line is warm.
func ready(t *testing.T, opt Options) *stage {
	t.Helper()
	s := newStage(t, opt)
	if err := s.box.AddLot(giulia().CF, lot(t, "1")); err != nil {
		t.Fatal(err)
	}
	s.take(of("warm", 99))
	s.take(of("up", 98))
	s.work(ClaimOptions{})
	return s
}

func TestOrderOfAPatient(t *testing.T) {
	s := ready(t, Options{})
	s.take(of("a1", 1), of("a2", 1), of("b1", 2), of("a3", 1))
	first := s.claim(ClaimOptions{})
	if d := cmp.Diff([]string{"send a1", "send b1"}, names(first)); d != "" {
		t.Error(d)
	}
	if more := s.claim(ClaimOptions{}); len(names(more)) != 0 {
		t.Error("one at a time for a patient:", names(more))
	}
	s.f.answer = nil
	s.carry(first[0])
	if d := cmp.Diff([]string{"send a2"}, names(s.claim(ClaimOptions{}))); d != "" {
		t.Error(d)
	}
}

func TestWhoHoldsUpWhom(t *testing.T) {
	tests := []struct {
		name string
		out  Outcome // of a1
		next []string
	}{
		{"back-off holds up", Outcome{Err: bang{wire.ErrRegionAnswer, true}}, nil},
		{"a refusal does not", Outcome{Err: bang{wire.ErrRegionFault, false}}, []string{"send a2"}},
		{"what the doctor has to decide does not", viewed("3", func(v *wire.ViewResult) { v.Dettagli, v.CompiledAt = nil, "" }), []string{"send a2"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := ready(t, Options{})
			s.take(of("a1", 1), of("a2", 1))
			w := s.claim(ClaimOptions{})[0]
			if tt.out.View != nil { // the send is lost, and looking brings no clarity
				if _, err := s.box.Settle(w, Outcome{Err: bang{wire.ErrRegionAnswer, true}}); err != nil {
					t.Fatal(err)
				}
				s.pass(time.Hour)
				w = s.claim(ClaimOptions{})[0]
			}
			if _, err := s.box.Settle(w, tt.out); err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(tt.next, names(s.claim(ClaimOptions{}))); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestDraftsHoldUpNobody(t *testing.T) {
	s := ready(t, Options{})
	if _, err := s.box.Take(Order{Doctor: giulia(), Origin: page, Draft: true}, []wire.Prescription{of("a1", 1)}); err != nil {
		t.Fatal(err)
	}
	s.take(of("a2", 1))
	if d := cmp.Diff([]string{"send a2"}, names(s.claim(ClaimOptions{}))); d != "" {
		t.Error(d)
	}
}

// TestByHandTakesTheEarlierAlong: the doctor sends the second prescription of
// a patient whose first waits for its back-off.
func TestByHandTakesTheEarlierAlong(t *testing.T) {
	s := ready(t, Options{})
	s.take(of("a1", 1), of("b1", 2))
	for _, w := range s.claim(ClaimOptions{}) {
		if _, err := s.box.Settle(w, Outcome{Err: bang{wire.ErrRegionAnswer, true}}); err != nil {
			t.Fatal(err)
		}
	}
	second := s.take(of("a2", 1))[0].Record.ID
	if got := names(s.claim(ClaimOptions{})); got != nil {
		t.Error("against the back-off:", got)
	}
	got := s.claim(ClaimOptions{IDs: []string{second}})
	if d := cmp.Diff([]string{"view a1"}, names(got)); d != "" {
		t.Fatal(d)
	}
	s.carry(got[0]) // not there: the same again at once
	s.work(ClaimOptions{Urged: true})
	s.want(map[string]State{"a1": Sent, "a2": Sent, "b1": Unknown})
}

func TestParallelAndRamp(t *testing.T) {
	s := newStage(t, Options{Parallel: 4})
	if err := s.box.AddLot(giulia().CF, lot(t, "1")); err != nil {
		t.Fatal(err)
	}
	for i := range 20 {
		s.take(of(string(rune('a'+i)), i))
	}
	var sizes []int
	flying := s.claim(ClaimOptions{})
	for range 6 {
		sizes = append(sizes, len(flying))
		s.carry(flying[0])
		flying = append(flying[1:], s.claim(ClaimOptions{})...)
	}
	if d := cmp.Diff([]int{1, 2, 4, 4, 4, 4}, sizes); d != "" {
		t.Error("one handshake first:", d)
	}
	for _, w := range flying {
		s.carry(w)
	}
	if got := s.claim(ClaimOptions{Limit: 2}); len(got) != 2 {
		t.Error("a lower limit:", names(got))
	}
}

func TestFreshSessionStartsSlowly(t *testing.T) {
	s := ready(t, Options{})
	s.take(of("a", 1), of("b", 2), of("c", 3))
	w := s.claim(ClaimOptions{Limit: 1})[0]
	if _, err := s.box.Settle(w, Outcome{Err: bang{wire.ErrSessionEnded, false}}); err != nil {
		t.Fatal(err)
	}
	s.pass(time.Hour)
	if got := s.claim(ClaimOptions{}); len(got) != 0 {
		t.Error("without a session:", names(got))
	}
	if r := s.record("a"); r.State != Queued || r.Attempts != 0 || r.Fails != 0 || r.Problem.Data.Code != wire.ErrSessionEnded {
		t.Errorf("something was counted: %+v", r)
	}
	s.box.Fresh(giulia().CF)
	if got := s.claim(ClaimOptions{}); len(names(got)) != 1 {
		t.Error("over one connection first:", names(got))
	}
}

func TestAheadNeedsAWarmLine(t *testing.T) {
	s := newStage(t, Options{})
	if err := s.box.AddLot(giulia().CF, lot(t, "1")); err != nil {
		t.Fatal(err)
	}
	s.take(of("a", 1), of("b", 2), of("c", 3))
	first := s.claim(ClaimOptions{Limit: 1, Ahead: 1})
	if d := cmp.Diff([]string{"send a"}, names(first)); d != "" {
		t.Error(d)
	}
	s.carry(first[0])
	if d := cmp.Diff([]string{"send b", "send c"}, names(s.claim(ClaimOptions{Limit: 1, Ahead: 1}))); d != "" {
		t.Error(d)
	}
}

// TestAheadWithinAPatient walks queues of one patient.
func TestAheadWithinAPatient(t *testing.T) {
	send := entry{state: Queued, numbered: true, urgent: true, patient: 1}
	flying := entry{state: Sending, numbered: true, flight: true, patient: 1}
	with := func(e entry, edit func(*entry)) entry { edit(&e); return e }
	tests := []struct {
		name string
		list []entry
		want []int // places
	}{
		{"the first, and one ahead", []entry{send, send, send}, []int{0, 1}},
		{"one ahead of what is under way", []entry{flying, send, send}, []int{1}},
		{"one is ahead already", []entry{flying, flying, send}, nil},
		{"a question is under way", []entry{with(flying, func(e *entry) { e.state, e.next = Unknown, View }), send}, nil},
		{"nobody waits for the next", []entry{flying, with(send, func(e *entry) { e.urgent = false })}, nil},
		{"the next has no number", []entry{flying, with(send, func(e *entry) { e.numbered = false })}, nil},
		{"its fate is open, a later one is under way", []entry{with(send, func(e *entry) { e.state, e.next = Unknown, View }), flying, send}, nil},
		{"the first waits for its back-off", []entry{with(send, func(e *entry) { e.urgent, e.due = false, noon.Add(time.Hour) }), send, send}, nil},
		{"the first waits for the doctor", []entry{with(send, func(e *entry) { e.waiting = true }), send, send}, []int{1, 2}},
		{"resent with the same number, and one ahead", []entry{with(send, func(e *entry) { e.state, e.next = Unknown, Send }), send}, []int{0, 1}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			q := &queue{ramp: 4}
			place := map[*entry]int{}
			for i, e := range tt.list {
				e.seq = uint64(i + 1)
				q.list = append(q.list, &e)
				place[&e] = i
				if e.flight {
					q.flights++
				}
			}
			c := choice{now: noon, urgedOnly: true, limit: 1, ahead: 1}
			q.choose(&c)
			var got []int
			for _, e := range c.picks {
				got = append(got, place[e])
			}
			if d := cmp.Diff(tt.want, got); d != "" {
				t.Error(d)
			}
		})
	}
}
