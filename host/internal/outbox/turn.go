package outbox

import "context"

// turn writes down the answers that came in and starts what goes next, one
// transaction for as many as there are. One goroutine at a time does it, for
// all.
func (s *Sender) turn() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.wanted = true
	if s.turning {
		return
	}
	s.turning = true
	for s.wanted || len(s.finished) > 0 {
		s.wanted = false
		s.obey()
		held := s.stopped // they are given back with the answers of this turn
		s.stopped = nil
		for i, t := range s.turns() {
			var done []Done
			if i == 0 {
				done, s.finished, s.halted = s.finished, nil, false
			}
			if len(held) > 0 {
				t.claim.Urged, s.wanted = true, true
			}
			s.mu.Unlock()
			step, err := s.box.SettleAndClaim(done, t.doctor, t.claim)
			if i == 0 {
				s.hold(held)
			}
			if err != nil {
				s.opt.Log.Error().Err(err).Msg("outbox")
			}
			s.mu.Lock()
			s.start(step.Work)
			if !t.claim.Urged {
				s.next = step.Next
			}
			s.report(step.Records, err)
		}
		s.signal()
	}
	s.turning = false
}

// turnOf is one doctor's part of a turn.
type turnOf struct {
	doctor string
	claim  ClaimOptions
}

// turns are the doctors for whom something may go: whose session is live, and
// who wait for a list. There is always one, to take the answers.
func (s *Sender) turns() []turnOf {
	var list []turnOf
	seen := map[string]bool{}
	if s.doctor != nil {
		list = append(list, turnOf{s.doctor.CF, ClaimOptions{Limit: s.opt.Parallel, Urged: !s.background, Ahead: 1}})
		seen[s.doctor.CF] = true
	}
	for _, r := range s.runs {
		if !seen[r.doctor.CF] {
			seen[r.doctor.CF] = true
			list = append(list, turnOf{r.doctor.CF, ClaimOptions{Limit: s.opt.Parallel, Urged: true, Ahead: 1}})
		}
	}
	if len(list) == 0 {
		list = append(list, turnOf{claim: ClaimOptions{Urged: true}})
	}
	return list
}

func (s *Sender) signal() {
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

// start makes requests, as many at once as may be under way.
func (s *Sender) start(work []Work) {
	for _, w := range work {
		if s.halted && w.Kind != Lot {
			s.finished = append(s.finished, Done{w, Outcome{Err: ErrNotMade}})
			continue
		}
		may, wait := s.follows(w)
		switch {
		case !may:
			s.finished = append(s.finished, Done{w, Outcome{Err: ErrNotMade}})
		case wait:
			s.ready = append(s.ready, w)
		case w.Kind != Lot && s.active >= s.opt.Parallel:
			w.After = ""
			s.ready = append(s.ready, w)
		default:
			s.launch(w)
		}
	}
}

func (s *Sender) launch(w Work) {
	ctx, doctor := s.base, s.doctor
	for _, r := range s.runs {
		if r.doctor.CF == w.Record.Doctor && (r.waitsFor(w.Record.ID) || doctor == nil || doctor.CF != r.doctor.CF) {
			ctx, doctor = context.WithoutCancel(r.caller), &r.doctor
			break
		}
	}
	if w.Kind != Lot {
		s.active++
		s.flying[w.Record.ID] = true
	}
	s.under++
	go func() {
		out := Outcome{Err: notConnected{}}
		if doctor != nil && doctor.CF == w.Record.Doctor {
			out = carry(ctx, s.region, *doctor, w)
		}
		s.landed(w, out)
		s.turn()
		s.mu.Lock()
		defer s.mu.Unlock()
		s.under--
		s.landing.Broadcast()
	}()
}

// landed takes an answer, and starts the next request before it is written
// down: that one has its own mark on disk.
func (s *Sender) landed(w Work, out Outcome) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if w.Kind == Lot {
		s.finished = append(s.finished, Done{w, out})
		return
	}
	s.active--
	delete(s.flying, w.Record.ID)
	s.finished = append(s.finished, Done{w, out})
	s.obey()
	if out.Err != nil && read(out.Err).all {
		s.unmake()
	}
	ready := s.ready
	s.ready = nil
	s.start(ready)
}

// follows tells whether a Work that was handed out ahead may be made: now when
// the one before it has just been settled, later while that one is under way.
func (s *Sender) follows(w Work) (may, later bool) {
	if w.After == "" {
		return true, false
	}
	for _, r := range s.ready {
		if r.Record.ID == w.After {
			return true, true
		}
	}
	for _, d := range s.finished {
		if d.Work.Record.ID == w.After {
			return d.Outcome.Settles(), false
		}
	}
	return s.flying[w.After], true
}

// unmake gives back what was handed out ahead, or is being handed out now.
func (s *Sender) unmake() {
	s.halted = true
	for _, w := range s.ready {
		s.finished = append(s.finished, Done{w, Outcome{Err: ErrNotMade}})
	}
	s.ready = nil
}
