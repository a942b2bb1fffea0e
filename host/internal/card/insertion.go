package card

import (
	"context"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"strings"
	"sync"
	"time"

	"raccordo/host/internal/card/worker"
	"raccordo/host/internal/wire"
)

// insertion is a card from the moment it is put in until it is pulled out. A
// card that comes back is another insertion.
type insertion struct {
	reader string
	atr    []byte
	before <-chan struct{} // closed when the card before this one has been let go
	ctx    context.Context // ends, with the reason, when the card is gone
	end    context.CancelCauseFunc

	public wire.Card // under Service.mu

	// One at a time: binding to a module, login and signatures of this card.
	turn   chan struct{}
	asking chan struct{}   // one PIN prompt at a time
	bound  *binding        // under turn
	path   string          // of the module that drove the card; under turn
	tries  map[uint]*tries // of the slots' PINs, under turn

	mu   sync.Mutex // protects what follows
	held []held
	open map[uint]*login // by slot
	keys map[string]int  // open keys by fingerprint
}

// binding ties an insertion to a running module process.
type binding struct {
	module *client
	tokens map[uint]worker.Token
}

// held is a certificate of the card.
type held struct {
	slot        uint
	id          []byte
	cert        *x509.Certificate
	fingerprint string
	keySeen     bool
	chain       []*x509.Certificate // of the authorities above it that the card holds, nearest first
}

// tries is what is known of a PIN after an attempt in this insertion.
type tries struct {
	left  *int
	final bool
}

func (s *Service) insert(ctx context.Context, r *reader, atr []byte) {
	ictx, end := context.WithCancelCause(ctx)
	in := &insertion{
		reader: r.name, atr: atr, before: r.left, ctx: ictx, end: end,
		turn: make(chan struct{}, 1), asking: make(chan struct{}, 1), tries: map[uint]*tries{}, open: map[uint]*login{}, keys: map[string]int{},
	}
	rule, _ := s.opt.Catalogue.rule(atr)
	in.public = wire.Card{
		ATR: strings.ToUpper(hex.EncodeToString(atr)), Kind: s.opt.Catalogue.Kind(atr), Maker: rule.Maker,
		Certificates: []wire.Certificate{},
	}
	r.in, r.state = in, wire.ReaderReading
	in.turn <- struct{}{} // nobody signs while the card is read
	s.reading.Go(func() {
		defer func() { <-in.turn }()
		s.read(in)
	})
}

// read learns what it can of a card that was just put in.
func (s *Service) read(in *insertion) {
	began := s.opt.Now()
	paths := s.opt.Catalogue.Paths(in.atr)
	if len(paths) > 0 {
		s.modules.warm(paths[0])
	}
	state, problem := s.identify(in)
	if state == wire.ReaderMute {
		s.update(in, func(r *reader) {
			r.state, r.in = wire.ReaderMute, nil
			in.end(errMute)
		})
		return
	}
	if in.before != nil { // its logout would end ours
		select {
		case <-in.before:
		case <-in.ctx.Done():
			return
		}
	}
	err := s.bind(in.ctx, in)
	// Not for long: the user waits for a word, and mend goes on behind it.
	for last := time.Now().Add(flawPatience); err != nil && in.ctx.Err() == nil && time.Now().Before(last) && (mendable(err) && err.Code != wire.ErrModuleLost || err.Code == wire.ErrCardRemoved); {
		sleep(in.ctx, flawPause)
		err = s.bind(in.ctx, in)
	}
	if in.ctx.Err() != nil {
		return
	}
	if err != nil {
		problem = s.verdict(in, err)
		s.log.Warn().Str("reader", in.reader).Err(err).Msg("card not usable")
	}
	s.update(in, func(r *reader) {
		r.state = wire.ReaderCard
		in.public.Problem = problem
	})
	s.stir()
	if err != nil && mendable(err) {
		s.reading.Go(func() { s.mend(in) })
	}
	s.log.Info().Str("reader", in.reader).Str("atr", in.public.ATR).
		Dur("took", s.opt.Now().Sub(began)).Msg("card read")
}

// identify reads the card's own files over PC/SC, as long as it takes: another
// program may hold the card. A card without such files is no fault.
func (s *Service) identify(in *insertion) (wire.ReaderState, wire.ErrorCode) {
	if s.opt.Catalogue.Kind(in.atr) == wire.KindCIE {
		return wire.ReaderReading, "" // contactless IAS-ECC: no CNS file system
	}
	// Held exclusively or in a transaction: the first is refused, the second
	// waits inside PC/SC.
	held := time.AfterFunc(busyPatience, func() {
		s.update(in, func(r *reader) {
			if r.state == wire.ReaderReading && in.public.Holder == nil {
				in.public.Problem = wire.ErrCardBusy
			}
		})
	})
	defer held.Stop()
	for flaws := 0; ; {
		id, err := readIdentity(in.ctx, in.reader)
		switch {
		case in.ctx.Err() != nil:
			return wire.ReaderEmpty, ""
		case err == nil:
			s.update(in, func(*reader) {
				in.public.Serial, in.public.Holder, in.public.Problem = id.serial, id.holder(), ""
			})
			return wire.ReaderReading, ""
		case err == errMute:
			return wire.ReaderMute, wire.ErrCardMute
		case err == errBusy:
			sleep(in.ctx, busyPause)
		case err == errFlaw && flaws < maxFlaws:
			flaws++
			sleep(in.ctx, flawPause)
		default:
			s.log.Debug().Str("reader", in.reader).Err(err).Msg("identity files not read")
			s.noFiles(in, err)
			return wire.ReaderReading, ""
		}
	}
}

// noFiles takes back the word of an ATR that says CNS: some IAS-ECC tokens do
// so without having a CNS's file system. Their certificates may still tell.
func (s *Service) noFiles(in *insertion, err error) {
	var sw statusError
	if !errors.As(err, &sw) || sw>>8 != 0x6A && sw>>8 != 0x6D && sw>>8 != 0x6E {
		return
	}
	s.update(in, func(*reader) { in.public.Kind = wire.KindOther })
}

// A card that is still being pushed in gives transmission errors: it is tried
// again. How long a card may be held by another program before it is said, and
// how often it is tried again.
const (
	flawPause    = 150 * time.Millisecond
	maxFlaws     = 6
	flawPatience = maxFlaws * flawPause
	busyPause    = 250 * time.Millisecond
	busyPatience = 2 * time.Second
)

// leave releases what an insertion held in its module. A module that is stuck
// in a call for a card that is gone is not waited for.
func (s *Service) leave(in *insertion) {
	in.forgetLogins()
	in.turn <- struct{}{}
	b := in.bound
	in.bound = nil
	<-in.turn
	if b == nil {
		return
	}
	for slot := range b.tokens {
		if s.logout(b.module, slot, 0) == wire.ErrDeadline {
			s.modules.discard(b.module)
			return
		}
	}
	if b.module.used.Load() >= renewAfter && s.alone(in) {
		s.modules.renew(b.module)
	}
}

// renewAfter is how many insertions a module process serves: with
// OpenSC 0.23 it grows by some 25 KiB with each, and a fresh process costs nothing
// that anybody waits for.
const renewAfter = 50

// sleep waits for d or the end of ctx.
func sleep(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
	case <-t.C:
	}
}
