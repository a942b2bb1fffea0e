package engine

import (
	"context"
	"strings"

	"raccordo/host/internal/card"
	"raccordo/host/internal/region"
	"raccordo/host/internal/session"
	"raccordo/host/internal/wire"
)

// link is what carries a session: the client that holds the region's session,
// and the card's key where a card opened it.
type link struct {
	way          string    // "card" or "cloud"
	key          *card.Key // nil without a card
	client       *region.Client
	session      region.Session
	substituteOf string // codice fiscale of the titolare, empty outside of substitute mode
}

// want is a login as it will be tried.
type want struct {
	way         string
	fingerprint string // the card's certificate; empty: at the region's page, or with an ID-SESSIONE
	holder      wire.Person
	origin      string
	caller      wire.Caller
	redirect    string          // empty: a loopback address of the agent's own
	open        context.Context // ends with the connection of who asked
	doctor      string          // codice fiscale whom the page names, empty if none
	titolare    string
}

// resume remembers the card whose removal ended a session.
type resume struct {
	serial, way, fingerprint, titolare string
	grants                             map[string]bool
}

// login opens a session in the way that is asked for, or finds one. A page of
// the region that has to be opened is in the result.
func (e *Engine) login(ctx context.Context, c Call, p wire.LoginParams) (wire.LoginResult, error) {
	defer during(&e.attention.asked)()
	if p.Role != "" && p.Role != "doctor" {
		return e.loginState(""), wire.NewError(wire.ErrNotDoctor, "")
	}
	if now := e.session.Snapshot(); now.State == wire.Connected {
		if p.Doctor != "" && now.Doctor != nil && now.Doctor.CodiceFiscale != p.Doctor {
			return e.loginState(""), wire.NewError(wire.ErrWrongDoctor, "")
		}
		return e.loginState(""), nil
	}
	if e.mended(ctx) {
		return e.loginState(""), nil
	}
	w, err := e.want(c, p)
	if err != nil {
		return e.loginState(""), err
	}
	var page string
	switch {
	case w.fingerprint != "":
		grants := map[string]bool{}
		if w.origin != "" {
			grants[w.origin] = true // the PIN window named the page
		}
		err = e.connect(ctx, w, grants, loginText(w.origin, w.holder.Name, e.profile.Name))
	case e.profile.Wire().Cloud == "oidc":
		page, err = e.openPage(ctx, w)
	default:
		err = e.connectIDSessione(ctx, w)
	}
	return e.loginState(page), e.suggest(err, w.way)
}

// mended tries what the agent can do by itself for a session that is stale: the
// click on login says that now is the time.
func (e *Engine) mended(ctx context.Context) bool {
	now := e.session.Snapshot()
	l, err := e.current()
	if now.State != wire.Stale || now.Repair != session.RepairAuto || err != nil {
		return false
	}
	return e.renew(ctx, l, e.sessionOf(l).ID, now.Reason) == nil
}

func (e *Engine) loginState(page string) wire.LoginResult {
	return wire.LoginResult{Session: e.session.Snapshot(), AuthorizeURL: page}
}

// want chooses the way of a login. auto takes the card where one is usable.
func (e *Engine) want(c Call, p wire.LoginParams) (want, error) {
	w := want{way: p.Via, origin: c.Origin, caller: c.Caller, redirect: p.RedirectURI, open: c.Open, doctor: p.Doctor, titolare: p.SubstituteOf}
	offer := e.profile.Wire()
	if len(offer.Missing) > 0 {
		return w, wire.NewError(wire.ErrIncomplete, strings.Join(offer.Missing, ", "))
	}
	if p.Via == "auto" {
		w.way = "cloud"
		_, _, err := e.choose(p)
		if (offer.Card || offer.CloudCard) && (err == nil || offer.Cloud == "") {
			w.way = "card"
		}
	}
	withCard := w.way == "card" || p.Certificate != ""
	if w.way == "card" && !offer.Card && offer.CloudCard {
		w.way = "cloud" // the card opens the region's page, and nothing else
	}
	switch {
	case w.way == "card" && !offer.Card, w.way == "cloud" && offer.Cloud == "", w.way == "cloud" && withCard && !offer.CloudCard:
		if missing := e.profile.MissingFor(w.way); len(missing) > 0 {
			return w, wire.NewError(wire.ErrIncomplete, strings.Join(missing, ", "))
		}
		return w, wire.NewError(wire.ErrNoWay, w.way)
	case !withCard:
		return w, e.checkRedirect(w)
	}
	var err error
	w.fingerprint, w.holder, err = e.choose(p)
	return w, e.suggest(err, w.way)
}

// suggest names the other way into the region where it may work although this
// one did not.
func (e *Engine) suggest(err error, way string) error {
	w, known := toWire(err)
	if err == nil || !known {
		return err
	}
	offer := e.profile.Wire()
	other := ""
	switch hop := w.Data.Hop; {
	case w.Data.Code == wire.ErrNoWay, w.Data.Code == wire.ErrIncomplete, w.Data.Code == wire.ErrSessionBusy, w.Data.Code == wire.ErrWrongDoctor, w.Data.Code == wire.ErrNotDoctor:
	case way == "card" && offer.Cloud != "" && hop != wire.HopSession && w.Data.Code != wire.ErrPromptCancel:
		other = "cloud"
	case way == "cloud" && offer.Card && (hop == wire.HopRegion || hop == wire.HopTLS || w.Data.Code == wire.ErrLoginRefused):
		if _, _, none := e.choose(wire.LoginParams{}); none == nil {
			other = "card"
		}
	}
	if other == "" {
		return err
	}
	return &alternative{err, other}
}

// alternative is an error beside which another way into the region is open.
type alternative struct {
	error
	way string
}

func (a *alternative) Unwrap() error { return a.error }

// connect runs one login with a card from beginning to end; whatever goes
// wrong ends disconnected, with the reason.
func (e *Engine) connect(ctx context.Context, w want, grants map[string]bool, text string) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	mine := &attempt{cancel: cancel}
	if err := e.begin(mine, w.way); err != nil {
		return err
	}
	l, err := e.open(ctx, w, text)
	if err == nil {
		err = e.settle(ctx, mine, l, w, grants)
	}
	if err != nil {
		e.ended(mine, func() { e.session.End(codeOf(err)) })
		return err
	}
	e.memory.choose(l.key.Serial(), w.fingerprint)
	return nil
}

// attempt is a login under way; whoever gives it up cancels it.
type attempt struct{ cancel context.CancelFunc }

// begin makes a the login under way, in one step with the session's own
// state, and lets go of what is left of an older session and of a login that
// only waited for the region's page.
func (e *Engine) begin(a *attempt, way string) error {
	e.mu.Lock()
	if err := e.session.Begin(way); err != nil {
		e.mu.Unlock()
		return err
	}
	old, waiting := e.live, e.attempt
	e.attempt, e.live, e.grants = a, nil, map[string]bool{}
	e.mu.Unlock()
	if waiting != nil {
		waiting.cancel()
	}
	if old != nil {
		e.replaced(old)
	}
	return nil
}

// replaced lets go of a session in whose place another one comes. The region
// itself keeps one for each doctor; the login at its page lives on until it is
// ended, which nobody has to wait for.
func (e *Engine) replaced(old *link) {
	if old.way != "cloud" || e.profile.Wire().Cloud != "oidc" {
		e.release(old)
		return
	}
	if old.key != nil {
		old.key.Close() // before the next login unlocks the card
	}
	go e.farewell(context.Background(), old)
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

// settle makes the link of a login that went well the session's own, if it is
// the right doctor's and nobody gave the login up meanwhile.
func (e *Engine) settle(ctx context.Context, mine *attempt, l *link, w want, grants map[string]bool) error {
	s := l.session
	if w.doctor != "" && s.CF != w.doctor {
		e.farewell(ctx, l)
		return wire.NewError(wire.ErrWrongDoctor, "")
	}
	l.substituteOf = w.titolare
	if !e.ended(mine, func() {
		e.live, e.grants, e.resume, e.lastDoctor = l, grants, nil, s.CF
		e.session.Connect(established(l))
	}) {
		e.farewell(ctx, l) // given up meanwhile: the region is not to keep it
		return wire.NewError(wire.ErrCancelled, "")
	}
	e.farewells.bequeath(l.client.Will())
	return nil
}

func (e *Engine) newClient() (*region.Client, error) {
	return region.New(e.profile, region.Options{Log: e.log, Now: e.now, Proxy: e.proxy.For, Basic: e.basic})
}

// open asks for the PIN and opens the region's session with the card.
func (e *Engine) open(ctx context.Context, w want, text string) (*link, error) {
	defer during(&e.attention.asked)() // whoever asks for it
	key, err := e.cards.Open(ctx, w.fingerprint, e.attention.unless(e.askPIN(text)))
	if err != nil {
		return nil, err
	}
	e.session.Step("region")
	client, err := e.newClient()
	if err != nil {
		key.Close()
		return nil, err
	}
	l := &link{way: w.way, key: key, client: client}
	if l.session, err = e.enter(ctx, l); err != nil {
		e.release(l)
		return nil, err
	}
	return l, nil
}

// enter opens the region's session with the card of a link: at the SAR, or at
// the region's page, which the agent walks through by itself.
func (e *Engine) enter(ctx context.Context, l *link) (region.Session, error) {
	card := region.Credentials{Certificate: l.key.TLSCertificate(), MaxTLS: l.key.MaxTLSVersion()}
	if l.way == "card" {
		return l.client.LoginCard(ctx, card)
	}
	flow, err := l.client.BeginCloud(ctx, e.walkRedirect())
	if err != nil {
		return region.Session{}, err
	}
	answer, err := l.client.WalkCloud(ctx, flow, card)
	if err != nil {
		return region.Session{}, err
	}
	return l.client.CompleteCloud(ctx, flow, answer)
}
