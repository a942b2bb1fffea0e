package engine

import (
	"context"
	"errors"
	"strings"
	"time"

	"raccordo/host/internal/card"
	"raccordo/host/internal/region"
	"raccordo/host/internal/session"
	"raccordo/host/internal/wire"
)

// link is what carries a session: the card's key and the client that holds
// the region's connection.
type link struct {
	key     *card.Key
	client  *region.Client
	session region.Session
}

// resume remembers the card whose removal ended a session.
type resume struct {
	serial, fingerprint string
	grants              map[string]bool
}

// login connects with the card. The PIN window names the page that asks, so
// that typing the PIN is the leave to send for that page.
func (e *Engine) login(ctx context.Context, origin string, p wire.LoginParams) (wire.Session, error) {
	if now := e.session.Snapshot(); now.State == wire.Connected {
		if p.Doctor != "" && now.Doctor != nil && now.Doctor.CodiceFiscale != p.Doctor {
			return now, wire.NewError(wire.ErrWrongDoctor, "")
		}
		return now, nil
	}
	chosen, holder, err := e.choose(p)
	if err != nil {
		return e.session.Snapshot(), err
	}
	grants := map[string]bool{}
	if origin != "" {
		grants[origin] = true
	}
	err = e.connect(ctx, chosen, grants, loginText(origin, holder.Name, e.profile.Name))
	return e.session.Snapshot(), err
}

// connect runs one login from beginning to end; whatever goes wrong ends
// disconnected, with the reason.
func (e *Engine) connect(ctx context.Context, fingerprint string, grants map[string]bool, text string) error {
	if err := e.session.Begin("card"); err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	mine := &attempt{cancel}
	e.mu.Lock()
	e.attempt = mine
	e.mu.Unlock()
	e.drop(nil)
	l, err := e.open(ctx, fingerprint, text)
	if err != nil {
		e.ended(mine, func() { e.session.End(codeOf(err)) })
		return err
	}
	s := l.session
	if !e.ended(mine, func() {
		e.live, e.grants, e.resume, e.lastDoctor = l, grants, nil, s.CF
		e.session.Connect(established(s))
	}) {
		// Given up meanwhile by a logout: the region is not to keep it.
		if err := l.client.Logout(context.WithoutCancel(ctx)); err != nil {
			e.log.Warn().Err(err).Msg("logout at the region")
		}
		e.drop(l)
		return wire.NewError(wire.ErrCancelled, "")
	}
	e.memory.choose(l.key.Serial(), fingerprint)
	e.log.Info().Str("method", s.Method).Str("level", s.Level).Msg("connected to the region")
	return nil
}

// attempt is one login under way; a logout cancels it, PIN window included.
type attempt struct{ cancel context.CancelFunc }

// ended does what the end of an attempt does to the session, unless the
// attempt has been given up: another one may already be under way.
func (e *Engine) ended(a *attempt, do func()) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.attempt != a {
		return false
	}
	e.attempt = nil
	do()
	return true
}

func (e *Engine) open(ctx context.Context, fingerprint, text string) (*link, error) {
	key, err := e.cards.Open(ctx, fingerprint, e.askPIN(text))
	if err != nil {
		return nil, err
	}
	e.session.Step("region")
	client, err := region.New(e.profile, region.Options{Log: e.log, Now: e.now})
	if err != nil {
		key.Close()
		return nil, err
	}
	s, err := client.Login(ctx, region.Credentials{Certificate: key.TLSCertificate(), MaxTLS: key.MaxTLSVersion()})
	if err != nil {
		client.Close()
		key.Close()
		return nil, err
	}
	return &link{key, client, s}, nil
}

func established(s region.Session) session.Established {
	return session.Established{
		Doctor: wire.Person{CodiceFiscale: s.CF, Name: strings.TrimSpace(s.Name + " " + s.Surname)},
		Method: s.Method, Level: s.Level, Since: s.Since, ExpiresAt: s.ExpiresAt,
	}
}

// logout ends the session because the user wants it.
func (e *Engine) logout(ctx context.Context) {
	e.mu.Lock()
	e.resume = nil
	e.mu.Unlock()
	e.disconnect(ctx, "")
}

// screenLocked ends the session, and with it the card's login: whoever unlocks
// the screen shows by the PIN that it is the doctor.
func (e *Engine) screenLocked(ctx context.Context) {
	if e.session.Snapshot().State == wire.Disconnected {
		return
	}
	e.mu.Lock()
	e.resume = nil
	e.mu.Unlock()
	bye, cancel := context.WithTimeout(ctx, 3*time.Second)
	defer cancel()
	e.disconnect(bye, wire.ErrSessionLock)
}

// disconnect ends the session here and at the region. A region that can not
// be told is no reason to stay connected.
func (e *Engine) disconnect(ctx context.Context, why wire.ErrorCode) {
	e.mu.Lock()
	l, trying := e.live, e.attempt
	e.attempt = nil
	if trying != nil {
		trying.cancel()
	}
	if l == nil && (e.session.Snapshot().State != wire.Disconnected || why != "") {
		e.session.End(why)
	}
	e.mu.Unlock()
	if l == nil {
		return
	}
	if err := l.client.Logout(ctx); err != nil {
		e.log.Warn().Err(err).Msg("logout at the region")
	}
	e.lose(l, why)
}

// drop lets go of a link: the one given, or whatever is left of an older one.
func (e *Engine) drop(l *link) {
	e.mu.Lock()
	if l == nil {
		l = e.live
	}
	if e.live == l {
		e.live, e.grants = nil, map[string]bool{}
	}
	e.mu.Unlock()
	if l == nil {
		return
	}
	l.client.Close()
	if err := l.key.Close(); err != nil {
		e.log.Debug().Err(err).Msg("key closed")
	}
}

// lose ends the session that l carries, with the reason, and lets go of l. A
// session that another login has made meanwhile is left alone.
func (e *Engine) lose(l *link, why wire.ErrorCode) {
	e.mu.Lock()
	if e.live == l {
		e.live, e.grants = nil, map[string]bool{}
		e.session.End(why)
	}
	e.mu.Unlock()
	e.drop(l)
}

// errNotConnected is the answer of everything that needs a session.
var errNotConnected = wire.NewError(wire.ErrSessionNone, "")

func (e *Engine) current() (*link, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.live == nil {
		return nil, errNotConnected
	}
	return e.live, nil
}

// withRegion runs one request in the session. When the region says that the
// session is over, it is made anew with the card, which is still unlocked, and
// the request, which the region did not process, is repeated once.
func (e *Engine) withRegion(ctx context.Context, do func(*link) error) error {
	l, err := e.current()
	if err != nil {
		return err
	}
	id := e.sessionOf(l).ID
	if e.session.Snapshot().State == wire.Stale {
		err = staleSession
	} else {
		err = do(l)
	}
	if !sessionOver(err) {
		return err
	}
	if err := e.renew(ctx, l, id, wire.ErrSessionEnded); err != nil {
		return err
	}
	return do(l)
}

// sessionOf is the regional session of a link as it is now: a repair replaces
// it under the feet of whoever works with the link.
func (e *Engine) sessionOf(l *link) region.Session {
	e.mu.Lock()
	defer e.mu.Unlock()
	return l.session
}

// staleSession stands for the region's 401 where the session is known to be
// over: asking first would only cost a request.
var staleSession = &region.Error{Code: wire.ErrSessionEnded}

// mayReturn tells the faults of a region that will pass by themselves.
func mayReturn(code wire.ErrorCode) bool {
	return code == wire.ErrRegionDown || code == wire.ErrRegionTime || code == wire.ErrRegionBusy
}

func sessionOver(err error) bool {
	var r *region.Error
	return errors.As(err, &r) && r.Code == wire.ErrSessionEnded
}

// renew replaces the session with the given id before the user notices that
// it is over. When somebody else already did, there is nothing to do; when the
// link is no longer the live one (the card was pulled out, and perhaps came
// back into another session), its request ends with it.
func (e *Engine) renew(ctx context.Context, l *link, id string, why wire.ErrorCode) error {
	e.renewing.Lock()
	defer e.renewing.Unlock()
	if e.sessionOf(l).ID != id {
		return nil
	}
	if !e.whileLive(l, func() bool { return e.session.Reconnect(why) }) {
		return errNotConnected
	}
	s, err := l.client.Login(ctx, region.Credentials{Certificate: l.key.TLSCertificate(), MaxTLS: l.key.MaxTLSVersion()})
	if code := codeOf(err); err != nil && mayReturn(code) {
		// The card is still unlocked: once the region is back, so is the session.
		e.whileLive(l, func() bool { e.session.Stale(code); return true })
		return err
	}
	if err != nil {
		e.lose(l, codeOf(err))
		return err
	}
	if !e.whileLive(l, func() bool { l.session = s; return e.session.Connect(established(s)) }) {
		// Ended while it was being repaired: the region is not to keep it.
		if err := l.client.Logout(ctx); err != nil {
			e.log.Warn().Err(err).Msg("logout at the region")
		}
		return errNotConnected
	}
	return nil
}

// whileLive does something to the session unless l no longer carries it.
func (e *Engine) whileLive(l *link, do func() bool) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.live == l && do()
}
