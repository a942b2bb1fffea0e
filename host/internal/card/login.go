package card

import (
	"context"
	"errors"
	"time"

	"raccordo/host/internal/card/worker"
	"raccordo/host/internal/wire"
)

// login is an open C_Login of one slot.
type login struct {
	timer *time.Timer // ends it when it is not used; nil: it ends with the signature
}

func (l *login) stop() {
	if l.timer != nil {
		l.timer.Stop()
	}
}

// lock takes a turn at the card.
func lock(ctx context.Context, in *insertion, turn chan struct{}) *Error {
	select {
	case turn <- struct{}{}:
		if in.ctx.Err() == nil {
			return nil
		}
		<-turn
		return ended(in.ctx)
	case <-in.ctx.Done():
		return ended(in.ctx)
	case <-ctx.Done():
		return ended(ctx)
	}
}

// ready makes sure that a module process drives the card: after a crash it
// binds again, and every login is gone. The caller holds in.turn.
func (s *Service) ready(ctx context.Context, in *insertion, fingerprint string) (*binding, held, *Error) {
	if in.bound == nil || !in.bound.module.alive() {
		in.bound = nil
		in.forgetLogins()
		if err := s.bind(ctx, in); err != nil {
			return nil, held{}, err
		}
	}
	h, ok := in.find(fingerprint)
	if !ok {
		return nil, held{}, &Error{Code: wire.ErrNoCert}
	}
	return in.bound, h, nil
}

func (in *insertion) find(fingerprint string) (held, bool) {
	in.mu.Lock()
	defer in.mu.Unlock()
	for _, h := range in.held {
		if h.fingerprint == fingerprint {
			return h, true
		}
	}
	return held{}, false
}

// forgetLogins drops logins that the module has lost already.
func (in *insertion) forgetLogins() {
	in.mu.Lock()
	defer in.mu.Unlock()
	for slot, l := range in.open {
		l.stop()
		delete(in.open, slot)
	}
}

func (in *insertion) loggedIn(slot uint) bool {
	in.mu.Lock()
	defer in.mu.Unlock()
	return in.open[slot] != nil
}

// logIn asks for the PIN and logs in, unless that has been done. The prompt is
// open without a turn at the card, so that other keys of it go on working.
func (s *Service) logIn(ctx context.Context, in *insertion, fingerprint string, ask PINFunc) error {
	if err := lock(ctx, in, in.asking); err != nil {
		return err
	}
	defer func() { <-in.asking }()
	req, needed, err := s.loginNeeded(ctx, in, fingerprint)
	if err != nil {
		return err
	}
	if !needed {
		return nil
	}
	done := make(chan struct{})
	defer close(done)
	req.Done = done
	pin, fault := s.askPIN(ctx, in, req, ask)
	if fault != nil {
		return fault
	}
	defer clear(pin)
	if err := s.cLogin(ctx, in, fingerprint, pin, req.Pinpad); err != nil {
		return err
	}
	return nil
}

// loginNeeded answers what the prompt is to know.
func (s *Service) loginNeeded(ctx context.Context, in *insertion, fingerprint string) (PINRequest, bool, *Error) {
	if err := lock(ctx, in, in.turn); err != nil {
		return PINRequest{}, false, err
	}
	defer func() { <-in.turn }()
	b, h, err := s.ready(ctx, in, fingerprint)
	if err != nil {
		return PINRequest{}, false, err
	}
	if in.loggedIn(h.slot) {
		return PINRequest{}, false, nil
	}
	return s.request(in, b.tokens[h.slot], h)
}

func (s *Service) request(in *insertion, t worker.Token, h held) (PINRequest, bool, *Error) {
	req := PINRequest{
		Reader: in.reader, Purpose: purpose(h.cert), Pinpad: t.Flags&worker.FlagProtectedPath != 0,
		// Before any attempt OpenSC says "locked" of every CNS; "final try" it
		// only says when it knows.
		FinalTry: t.Flags&worker.FlagFinalTry != 0,
	}
	if t.MaxPIN >= t.MinPIN && t.MaxPIN > 0 && t.MaxPIN < 256 {
		req.MinLen, req.MaxLen = int(t.MinPIN), int(t.MaxPIN)
	}
	if known := in.tries[h.slot]; known != nil {
		req.AttemptsLeft, req.FinalTry = known.left, known.final
		if known.left != nil && *known.left == 0 {
			return req, false, &Error{Code: wire.ErrPINLocked, AttemptsLeft: known.left}
		}
	}
	if req.FinalTry && req.AttemptsLeft == nil {
		one := 1
		req.AttemptsLeft = &one
	}
	s.mu.Lock()
	req.Card = in.public
	req.Digits = numeric(in.public.Kind)
	req.Card.Certificates = append([]wire.Certificate{}, in.public.Certificates...)
	s.mu.Unlock()
	return req, true, nil
}

// askPIN calls the prompt and refuses what can not be the PIN, so that it costs
// no attempt. The prompt ends with the card.
func (s *Service) askPIN(ctx context.Context, in *insertion, req PINRequest, ask PINFunc) ([]byte, error) {
	pctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	defer context.AfterFunc(in.ctx, func() { cancel(ended(in.ctx)) })()
	pin, err := ask(pctx, req)
	if in.ctx.Err() != nil {
		clear(pin)
		return nil, ended(in.ctx)
	}
	if err != nil {
		clear(pin)
		return nil, err
	}
	if err := req.Check(pin); err != nil {
		clear(pin)
		return nil, err
	}
	return pin, nil
}

// cLogin makes one attempt. The caller's end does not abandon it halfway, since
// nobody would know then whether the card is open.
func (s *Service) cLogin(ctx context.Context, in *insertion, fingerprint string, pin []byte, pinpad bool) *Error {
	if err := lock(ctx, in, in.turn); err != nil {
		return err
	}
	defer func() { <-in.turn }()
	b, h, err := s.ready(ctx, in, fingerprint)
	if err != nil {
		return err
	}
	limit := s.limits.call
	if pinpad {
		limit, pin = s.limits.pad, nil
		// The only way to end a wait for the reader's keys.
		defer context.AfterFunc(ctx, b.module.kill)()
	}
	req := worker.Request{Op: worker.OpLogin, Slot: h.slot, Secret: !pinpad}
	_, fault := b.module.call(in.ctx, limit, req, append([]byte{}, pin...))
	if fault != nil {
		return s.loginFault(ctx, in, h.slot, fault)
	}
	delete(in.tries, h.slot)
	s.opened(in, h.slot)
	return nil
}

func (s *Service) loginFault(ctx context.Context, in *insertion, slot uint, fault error) *Error {
	if ctx.Err() != nil {
		return ended(ctx)
	}
	var f *worker.Fault
	if !errors.As(fault, &f) {
		return s.fault(in, fault)
	}
	if why := in.gone(f); why != nil {
		return why
	}
	e := pinError(f)
	in.note(slot, e)
	s.log.Info().Str("reader", in.reader).Str("code", string(e.Code)).Str("detail", e.Detail).Msg("login refused")
	return e
}

// note keeps what a refusal tells of a slot's PIN. One that cost no attempt
// tells nothing. The caller holds in.turn.
func (in *insertion) note(slot uint, e *Error) {
	if e.Code == wire.ErrPINWrong || e.Code == wire.ErrPINLocked {
		in.tries[slot] = &tries{e.AttemptsLeft, e.FinalTry}
	}
}

// opened starts the idle clock of a login.
func (s *Service) opened(in *insertion, slot uint) {
	l := &login{}
	in.mu.Lock()
	in.open[slot] = l
	if s.opt.LoginIdle > 0 {
		l.timer = time.AfterFunc(s.opt.LoginIdle, func() { s.idle(in, slot, l) })
	}
	in.mu.Unlock()
	if in.ctx.Err() != nil { // pulled out meanwhile: leave may have been here
		in.forgetLogins()
	}
	s.log.Info().Str("reader", in.reader).Msg("logged in to the card")
}

// used restarts the idle clock.
func (s *Service) used(in *insertion, slot uint) {
	in.mu.Lock()
	defer in.mu.Unlock()
	if l := in.open[slot]; l != nil && l.timer != nil {
		l.timer.Reset(s.opt.LoginIdle)
	}
}

// idle ends a login that was not used; a signature under way saves it.
func (s *Service) idle(in *insertion, slot uint, l *login) {
	select {
	case in.turn <- struct{}{}:
	default:
		s.used(in, slot)
		return
	}
	defer func() { <-in.turn }()
	in.mu.Lock()
	same := in.open[slot] == l
	in.mu.Unlock()
	if same {
		s.log.Info().Str("reader", in.reader).Msg("login of the card ended: not used")
		s.logOut(in, slot)
	}
}

// logOut ends the login of a slot. The caller holds in.turn.
func (s *Service) logOut(in *insertion, slot uint) {
	in.mu.Lock()
	l := in.open[slot]
	delete(in.open, slot)
	in.mu.Unlock()
	if l == nil {
		return
	}
	l.stop()
	if in.bound != nil && in.bound.module.alive() {
		s.logout(in.bound.module, slot, s.limits.pad)
	}
}

// logout answers why it did not work, empty when it did. patience is how long
// it may wait behind another card's call.
func (s *Service) logout(c *client, slot uint, patience time.Duration) wire.ErrorCode {
	ctx, cancel := context.WithTimeout(context.Background(), patience+s.limits.logout)
	defer cancel()
	_, err := c.call(ctx, s.limits.logout, worker.Request{Op: worker.OpLogout, Slot: slot}, nil)
	if err == nil {
		return ""
	}
	s.log.Debug().Err(err).Msg("logout")
	return moduleError(err).Code
}
