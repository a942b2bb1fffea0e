package engine

import (
	"context"
	"strings"

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
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	mine := &attempt{cancel}
	if err := e.begin(mine); err != nil {
		return err
	}
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
		e.release(l)
		return wire.NewError(wire.ErrCancelled, "")
	}
	e.memory.choose(l.key.Serial(), fingerprint)
	e.log.Info().Str("method", s.Method).Str("level", s.Level).Msg("connected to the region")
	// A card that went before the session was there has been looked for in vain.
	if e.watchRemoval(context.WithoutCancel(ctx), e.cards.State().Service) {
		return wire.NewError(wire.ErrCardRemoved, "")
	}
	return nil
}

// attempt is one login under way; a logout cancels it, PIN window included.
type attempt struct{ cancel context.CancelFunc }

// begin makes a the login under way, in one step with the session's own
// state, and lets go of what is left of an older session.
func (e *Engine) begin(a *attempt) error {
	e.mu.Lock()
	if err := e.session.Begin("card"); err != nil {
		e.mu.Unlock()
		return err
	}
	old := e.live
	e.attempt, e.live, e.grants = a, nil, map[string]bool{}
	e.mu.Unlock()
	if old != nil {
		e.release(old)
	}
	return nil
}

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
