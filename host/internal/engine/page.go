package engine

import (
	"context"
	"crypto/sha1"
	"crypto/subtle"
	"encoding/hex"
	"net/url"
	"time"

	"raccordo/host/internal/loopback"
	"raccordo/host/internal/region"
	"raccordo/host/internal/region/oidc"
	"raccordo/host/internal/texts"
	"raccordo/host/internal/wire"
)

// pageTime is how long the region's page may stay open.
const pageTime = 5 * time.Minute

// page is a login that waits for what the region's page returns.
type page struct {
	flow   *oidc.Flow
	client *region.Client
	want   want
	mine   *attempt
	taken  bool     // answered or given up; guarded by the engine's lock
	end    []func() // what to close when it is over
}

// returnPath is the end of every redirect URI of the product.
const returnPath = "/raccordo"

// extensionRedirect is the address of an extension at which its browser ends
// identity.launchWebAuthFlow; the browser never asks anybody for it.
func extensionRedirect(c wire.Caller) string {
	if c.Browser == "firefox" {
		sum := sha1.Sum([]byte(c.Extension)) // Firefox's own rule for the host name
		return "https://" + hex.EncodeToString(sum[:]) + ".extensions.allizom.org" + returnPath
	}
	return "https://" + c.Extension + ".chromiumapp.org" + returnPath
}

// checkRedirect refuses every address but the caller's own.
func (e *Engine) checkRedirect(w want) error {
	if w.redirect == "" && (w.caller.Kind == "cli" || e.profile.Loopback()) {
		return nil
	}
	if w.caller.Kind != "browser" || w.redirect != extensionRedirect(w.caller) {
		return wire.NewError(wire.ErrRedirect, "")
	}
	return nil
}

// walkRedirect is where a login that the agent walks by itself ends: an address
// that the region knows and that nobody will be asked for.
func (e *Engine) walkRedirect() string {
	if e.profile.Loopback() {
		return "http://127.0.0.1:1" + returnPath
	}
	return extensionRedirect(wire.Caller{Browser: "chromium", Extension: e.rules.chromium})
}

// openPage begins a login at the region's page and returns its address. Where
// the profile or the command line asks for it, the page returns to a loopback
// address of the agent's own (RFC 8252, section 7.3).
func (e *Engine) openPage(ctx context.Context, w want) (string, error) {
	pg := &page{want: w}
	pg.mine = &attempt{cancel: func() { e.drop(pg) }}
	if err := e.begin(pg.mine, "cloud"); err != nil {
		return "", err
	}
	address, err := e.preparePage(ctx, pg)
	if err != nil {
		pg.close()
		e.ended(pg.mine, func() { e.session.End(codeOf(err)) })
		return "", err
	}
	if w.redirect != "" && !e.profile.Loopback() || w.caller.Kind == "cli" {
		return address, nil // the caller opens it
	}
	if err := e.opt.Browse(address); err != nil {
		e.log.Warn().Err(err).Msg("the region's page can not be shown")
		err = wire.NewError(wire.ErrNoBrowser, "")
		if e.take(pg) {
			e.over(pg, err)
		}
		return "", err
	}
	return "", nil
}

func (e *Engine) preparePage(ctx context.Context, pg *page) (string, error) {
	client, err := e.newClient()
	if err != nil {
		return "", err
	}
	pg.client = client
	redirect := pg.want.redirect
	var back *loopback.Page
	if redirect == "" || e.profile.Loopback() {
		if back, err = loopback.Listen(returnPath); err != nil {
			return "", err
		}
		pg.end = append(pg.end, back.Close)
		redirect = back.Address()
	}
	if pg.flow, err = client.BeginCloud(ctx, redirect); err != nil {
		return "", err
	}
	timer := time.AfterFunc(pageTime, func() {
		if e.take(pg) {
			e.over(pg, wire.NewError(wire.ErrLoginTime, ""))
		}
	})
	waiting, done := context.WithCancel(context.WithoutCancel(ctx))
	pg.end = append(pg.end, func() { timer.Stop() }, done)
	e.mu.Lock()
	given := pg.taken || e.attempt != pg.mine
	if !given {
		e.page = pg
	}
	e.mu.Unlock()
	if given {
		return "", wire.NewError(wire.ErrCancelled, "")
	}
	e.session.Step("browser")
	if back == nil && pg.want.open != nil {
		go e.leaveWith(pg, waiting)
	}
	if back != nil {
		back.Serve(func(ctx context.Context, q url.Values) (title, text string) {
			err := e.returned(ctx, pg, oidc.Answer{State: q.Get("state"), Code: q.Get("code"), Iss: q.Get("iss"), Error: q.Get("error")})
			if err != nil {
				m := texts.Of(e.fault("session.login", err).Data.Code)
				return "Accesso non riuscito", m.Text + " " + m.Remedy
			}
			return "Accesso completato", "Raccordo è collegato alla regione. Questa finestra si può chiudere."
		})
	}
	return pg.flow.URL, nil
}

// leaveWith gives a page up whose window went with the connection of the
// extension that had opened it: nobody can hand in what it returns.
func (e *Engine) leaveWith(pg *page, waiting context.Context) {
	select {
	case <-waiting.Done():
	case <-pg.want.open.Done():
		if e.take(pg) {
			e.over(pg, wire.NewError(wire.ErrLoginCancel, ""))
		}
	}
}

// returned takes what the region's page returned to a loopback address.
func (e *Engine) returned(ctx context.Context, pg *page, a oidc.Answer) error {
	if !e.claim(pg, a.State) {
		return wire.NewError(wire.ErrLoginState, "")
	}
	return e.finish(ctx, pg, a)
}

// complete takes what the region's page returned to an extension.
func (e *Engine) complete(ctx context.Context, c Call, p wire.CompleteParams) (wire.Session, error) {
	e.mu.Lock()
	pg := e.page
	e.mu.Unlock()
	if pg == nil || pg.want.caller != c.Caller || pg.want.redirect == "" || !e.claim(pg, p.State) {
		return e.session.Snapshot(), wire.NewError(wire.ErrLoginState, "")
	}
	var err error
	if p.Error != "" && p.Iss == "" { // not the page's answer: its window was closed
		err = wire.NewError(wire.ErrLoginCancel, "")
		e.over(pg, err)
	} else {
		err = e.finish(ctx, pg, oidc.Answer{State: p.State, Code: p.Code, Iss: p.Iss, Error: p.Error})
	}
	return e.session.Snapshot(), e.suggest(err, "cloud")
}

// claim takes the page for the one answer it may have. An answer with another
// state leaves it waiting: a forger must not be able to end it.
func (e *Engine) claim(pg *page, state string) bool {
	return subtle.ConstantTimeCompare([]byte(pg.flow.State), []byte(state)) == 1 && e.take(pg)
}

func (e *Engine) take(pg *page) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	if pg.taken {
		return false
	}
	pg.taken = true
	if e.page == pg {
		e.page = nil
	}
	return true
}

// finish ends a login at the region's page, well or not.
func (e *Engine) finish(ctx context.Context, pg *page, a oidc.Answer) error {
	e.session.Step("region")
	s, err := pg.client.CompleteCloud(ctx, pg.flow, a)
	if err == nil {
		l := &link{way: "cloud", client: pg.client, session: s}
		pg.client = nil // the link's now
		err = e.settle(ctx, pg.mine, l, pg.want, map[string]bool{})
	}
	e.over(pg, err)
	return err
}

// over closes what a page held, and ends the attempt with err, if any.
func (e *Engine) over(pg *page, err error) {
	if err != nil {
		e.ended(pg.mine, func() { e.session.End(codeOf(err)) })
	}
	pg.close()
}

// drop gives a page up: a logout, or another login in its place. One that is
// still being prepared is closed by who prepares it.
func (e *Engine) drop(pg *page) {
	e.mu.Lock()
	open := e.page == pg
	pg.taken = true
	if open {
		e.page = nil
	}
	e.mu.Unlock()
	if open {
		pg.close()
	}
}

func (pg *page) close() {
	for _, end := range pg.end {
		end()
	}
	pg.end = nil
	if pg.client != nil {
		pg.client.Close()
	}
}
