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

	mu         sync.Mutex
	doctor     *ricetta.Doctor // of the live session
	background bool            // Run runs
	base       context.Context // of what nobody waits for
	runs       []*run
	ready      []Work          // handed out ahead
	under      int             // goroutines that carry a request
	landing    *sync.Cond      // one less of them
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
	s := &Sender{box: box, region: r, opt: opt, wake: make(chan struct{}, 1), flying: map[string]bool{}, base: context.Background()}
	s.landing = sync.NewCond(&s.mu)
	return s
}

// longestSleep bounds how long Run trusts its timer: a computer sleeps, and
// clocks are set.
const longestSleep = 10 * time.Minute

// Run sends what is due until ctx ends; what is under way then is waited for.
func (s *Sender) Run(ctx context.Context) {
	s.begin(context.WithoutCancel(ctx))
	defer s.rest()
	s.turn() // what was asked for before there was a background
	timer := time.NewTimer(s.sleep())
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

// rest ends what goes by itself, and waits for what is under way.
func (s *Sender) rest() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.background = false
	for s.under > 0 {
		s.landing.Wait()
	}
}

func (s *Sender) begin(base context.Context) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.background, s.base = true, base
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
