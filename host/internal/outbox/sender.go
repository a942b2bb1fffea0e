package outbox

import (
	"context"
	"sync"
	"time"

	"github.com/rs/zerolog"

	"raccordo/host/internal/ricetta"
	"raccordo/host/internal/wire"
)

// Region is what a Sender needs of a region. Its errors implement Fault.
type Region interface {
	Lot(ctx context.Context, doctor ricetta.Doctor) (ricetta.Lot, error)
	Send(ctx context.Context, doctor ricetta.Doctor, nre string, p wire.Prescription, compiled time.Time) (ricetta.Receipt, error)
	View(ctx context.Context, doctor ricetta.Doctor, nre string) (wire.ViewResult, error)
	Cancel(ctx context.Context, doctor ricetta.Doctor, nre string) (wire.CancelResult, error)
}

// Searcher is a Region that tells which numbers a doctor has used.
type Searcher interface {
	Used(ctx context.Context, doctor ricetta.Doctor, q ricetta.Query) ([]wire.ListedPrescription, error)
}

// SenderOptions of a Sender.
type SenderOptions struct {
	Log zerolog.Logger
	// Parallel is how many requests may be under way at once; 0: the outbox's.
	Parallel int
	// Changed is called when something has become of a prescription, perhaps by
	// several goroutines at once.
	Changed func()
}

// Sender carries out what an Outbox decides: lists that somebody waits for,
// and, while Run runs and a doctor is connected, everything else in its time.
// A request under way is never cut: its answer is worth more than the time.
type Sender struct {
	box    *Outbox
	region Region
	opt    SenderOptions
	wake   chan struct{}
	under  sync.WaitGroup // requests under way

	mu         sync.Mutex
	doctor     *ricetta.Doctor // of the live session
	background bool            // Run runs
	base       context.Context // of what nobody waits for
	runs       []*run
	ready      []Work          // handed out ahead
	active     int             // requests under way, lots aside
	flying     map[string]bool // their records
	halted     bool            // an answer came that the next claim has to know
	stopped    []string        // ids that the doctor stopped
	finished   []Done
	turning    bool // somebody is at the journal
	wanted     bool // and somebody else would like to be
	next       time.Time
}

// NewSender makes a Sender. There must be one for each Outbox.
func NewSender(box *Outbox, r Region, opt SenderOptions) *Sender {
	if opt.Parallel <= 0 {
		opt.Parallel = box.opt.Parallel
	}
	return &Sender{box: box, region: r, opt: opt, wake: make(chan struct{}, 1), flying: map[string]bool{}, base: context.Background()}
}

// longestSleep bounds how long Run trusts its timer: a computer sleeps, and
// clocks are set.
const longestSleep = 10 * time.Minute

// Run sends what is due until ctx ends; what is under way then is waited for.
func (s *Sender) Run(ctx context.Context) {
	s.setBackground(true, context.WithoutCancel(ctx))
	defer s.under.Wait()
	defer s.setBackground(false, context.WithoutCancel(ctx))
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-timer.C:
			s.turn()
		case <-s.wake:
		}
		timer.Reset(s.sleep())
	}
}

func (s *Sender) setBackground(on bool, base context.Context) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.background, s.base = on, base
}

func (s *Sender) sleep() time.Duration {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.next.IsZero() {
		return longestSleep
	}
	return max(0, min(s.next.Sub(s.box.now()), longestSleep))
}

// Connected tells whose session is live; nil: nobody's, and nothing goes out by
// itself.
func (s *Sender) Connected(doctor *ricetta.Doctor) {
	s.mu.Lock()
	s.doctor = doctor
	s.mu.Unlock()
	if doctor == nil {
		return
	}
	s.box.Fresh(doctor.CF)
	s.turn()
}

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
	s.under.Go(func() {
		out := Outcome{Err: notConnected{}}
		if doctor != nil && doctor.CF == w.Record.Doctor {
			out = carry(ctx, s.region, *doctor, w)
		}
		s.landed(w, out)
		s.turn()
	})
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

// carry makes one request.
func carry(ctx context.Context, region Region, doctor ricetta.Doctor, w Work) (out Outcome) {
	r := w.Record
	doctor.Titolare = r.Titolare
	switch w.Kind {
	case Lot:
		lot, err := region.Lot(ctx, doctor)
		return Outcome{Lot: &lot, Err: err}
	case Send:
		receipt, err := region.Send(ctx, doctor, r.NRE, *r.Prescription, r.CompiledAt)
		return Outcome{Receipt: &receipt, Err: err}
	case View:
		v, err := region.View(ctx, doctor, r.NRE)
		return Outcome{View: &v, Err: err}
	case Cancel:
		_, err := region.Cancel(ctx, doctor, r.NRE)
		return Outcome{Err: err}
	}
	searcher, ok := region.(Searcher)
	if !ok {
		return Outcome{Err: noSearch{}}
	}
	found, err := searcher.Used(ctx, doctor, w.Query())
	return Outcome{Found: found, Err: err}
}

// notConnected: the session ended before its request could be made.
type notConnected struct{}

func (notConnected) Error() string        { return "no session of this doctor" }
func (notConnected) Wire() *wire.Error    { return wire.NewError(wire.ErrSessionNone, "") }
func (notConnected) MayHaveArrived() bool { return false }

// noSearch: the region does not tell which numbers are used.
type noSearch struct{}

func (noSearch) Error() string        { return "the region does not list used numbers" }
func (noSearch) Wire() *wire.Error    { return wire.NewError(wire.ErrUnsupported, "used") }
func (noSearch) MayHaveArrived() bool { return false }
