// Package card owns the smart card side of the PC: readers, cards, the choice
// of the PKCS#11 module and of the certificate, and keys that sign on a card.
//
// A card is identified by its ATR and by the files that CNS cards show without
// a PIN (EF_DatiPersonali, EF_IDCarta) over PC/SC; its certificates and its key
// are reached through a PKCS#11 module that lives in a child process (package
// worker). No connection is exclusive and none outlives the reading. Module
// paths come from the catalogue and from the administrator, never from a
// message; a PIN is asked through a function of the caller's, crosses one pipe,
// is wiped, and is never logged.
//
// Standards: PC/SC part 5, ISO 7816-4, "CNS – file system" (AgID), PKCS#11 2.40.
package card

import (
	"context"
	"sync"
	"time"

	"github.com/rs/zerolog"

	"raccordo/host/internal/wire"
)

// DefaultLoginIdle is how long a login outlives its last signature.
const DefaultLoginIdle = 15 * time.Minute

// Options of a Service. The zero Catalogue is the built-in one, empty Policies
// are CNS and CIE, a zero LoginIdle is DefaultLoginIdle; a negative one ends the
// login with each signature.
type Options struct {
	Log       zerolog.Logger
	Worker    []string // argv of the child process; the module's path is appended
	Catalogue Catalogue
	Policies  []string // certificate policies that may log in to the active region
	LoginIdle time.Duration
	Now       func() time.Time
	Rest      func() // called when nothing has been asked of the cards for a while; nil: nothing
}

// PINFunc asks the user for a PIN. The slice is wiped by this package; an error
// is returned as it is to whoever needed the PIN. With Pinpad it only shows that
// the PIN is to be typed on the reader, and answers nil at once.
type PINFunc func(ctx context.Context, req PINRequest) (pin []byte, err error)

// PINRequest says which PIN is asked for and what is known of it.
type PINRequest struct {
	Card           wire.Card
	Reader         string
	Purpose        string // "auth" or "sign"
	MinLen, MaxLen int    // 0: unknown
	AttemptsLeft   *int
	FinalTry       bool
	Digits         bool // nothing but digits
	Pinpad         bool
	// Done is closed when the attempt is over: only then does what is shown
	// for the reader's keypad go away.
	Done <-chan struct{}
}

// Service watches readers and opens keys.
type Service struct {
	opt     Options
	log     zerolog.Logger
	modules *modules
	limits  limits
	quiet   *time.Timer   // see stir
	changed chan struct{} // closed and replaced at every change: see wait

	mu      sync.Mutex
	service string
	readers []*reader
	last    wire.CardList
	subs    map[chan wire.CardList]struct{}

	reading sync.WaitGroup // one per card that is being read
}

// reader is one PC/SC reader and the card in it.
type reader struct {
	name   string
	state  wire.ReaderState
	events uint16 // PC/SC's count of insertions and removals
	in     *insertion
	left   <-chan struct{} // closed when the last card has been let go; nil at first
}

// New makes a Service; Run starts it.
func New(opt Options) *Service {
	if opt.Now == nil {
		opt.Now = time.Now
	}
	if opt.LoginIdle == 0 {
		opt.LoginIdle = DefaultLoginIdle
	}
	if len(opt.Policies) == 0 {
		opt.Policies = []string{PolicyCNS, PolicyCIE}
	}
	if opt.Catalogue.empty() {
		opt.Catalogue = Builtin()
	}
	s := &Service{
		opt: opt, log: opt.Log, service: initialService,
		modules: newModules(opt.Worker, opt.Log), limits: usualLimits,
		changed: make(chan struct{}), subs: map[chan wire.CardList]struct{}{},
	}
	s.last = s.list()
	if opt.Rest == nil {
		s.opt.Rest = func() {}
	}
	s.quiet = time.AfterFunc(restful, s.opt.Rest)
	return s
}

// restful is how long nothing was asked of the cards until Options.Rest.
const restful = 5 * time.Second

// stir puts the rest off.
func (s *Service) stir() { s.quiet.Reset(restful) }

// Run watches the readers until ctx ends; faults of PC/SC are states, not ends.
func (s *Service) Run(ctx context.Context) error {
	defer s.quiet.Stop()
	s.watch(ctx)
	s.dropAll(errStopped)
	s.modules.closeAll()
	done := make(chan struct{})
	go func() { s.reading.Wait(); close(done) }()
	select {
	case <-done:
	case <-time.After(stopGrace):
		s.log.Warn().Msg("a card is held by another program; its reading was abandoned")
	}
	return ctx.Err()
}

// stopGrace bounds the end of Run: a PC/SC call can not be interrupted while
// another program holds the card.
const stopGrace = 3 * time.Second

// State is a snapshot of readers and cards.
func (s *Service) State() wire.CardList {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.list()
}

// Subscribe returns a channel that always holds the newest state not yet read,
// beginning with the present one, and its cancel function.
func (s *Service) Subscribe() (<-chan wire.CardList, func()) {
	ch := make(chan wire.CardList, 1)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.subs[ch] = struct{}{}
	ch <- s.list()
	return ch, func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		delete(s.subs, ch)
	}
}
