package remotesign

import (
	"context"
	"net/url"
	"slices"
	"time"

	"raccordo/host/internal/remotesign/csc"
	"raccordo/host/internal/signature"
	"raccordo/host/internal/wire"
)

// rest is what a token must still have to live when the user is asked for a
// code: time to find the phone.
const rest = 2 * time.Minute

// way is how the service lets in: as the profile says, else the first of what
// the service offers and the profile has the means for.
func (b *consortium) way(info csc.Info) string {
	if b.s.p.Authorize != "" {
		return b.s.p.Authorize
	}
	for _, way := range []string{ByCode, ByClient, ByBasic} {
		if slices.Contains(info.Auth, way) && (way == ByBasic || b.s.p.ClientID != "") {
			return way
		}
	}
	return ""
}

// passport is the Authorization header: a token that lives, one renewed, or a
// new login.
func (b *consortium) passport(ctx context.Context, info csc.Info) (string, error) {
	b.mu.Lock()
	pass, until := b.pass, b.until
	b.mu.Unlock()
	if now := b.s.opt.Now(); pass != "" && (until.IsZero() || now.Before(until)) {
		return pass, nil
	}
	way := b.way(info)
	switch way {
	case ByNobody:
		return "", nil
	case ByBasic:
		return b.basic(ctx, info)
	case ByCode, ByClient:
	default:
		return "", &signature.Error{Code: wire.ErrRemoteConfig, Detail: "authorize"}
	}
	server, err := b.client.Server(ctx, info, b.s.p.OAuth)
	if err != nil {
		return "", err
	}
	if way == ByClient {
		return b.redeem(ctx, server, url.Values{"grant_type": {"client_credentials"}, "scope": {"service"}})
	}
	if was := b.s.kept.get(keptRefresh); was.Refresh != "" {
		pass, err := b.redeem(ctx, server, url.Values{"grant_type": {"refresh_token"}, "refresh_token": {was.Refresh}})
		if codeOf(err) != wire.ErrRemoteLogin {
			return pass, err
		}
		b.dropped(b.s.kept.drop(keptRefresh)) // over: the user logs in anew
	}
	token, err := b.code(ctx, server, nil)
	if err != nil {
		return "", err
	}
	return b.adopt(token), nil
}

// basic logs in with user and password.
func (b *consortium) basic(ctx context.Context, info csc.Info) (string, error) {
	if was := b.s.kept.get(keptRefresh); was.Refresh != "" && csc.CanLogin(info) {
		token, err := b.client.Relogin(ctx, was.Refresh)
		if err == nil {
			return b.adopt(token), nil
		}
		if c := codeOf(err); c != wire.ErrRemoteLogin && c != wire.ErrRemoteRefused {
			return "", err
		}
		b.dropped(b.s.kept.drop(keptRefresh))
	}
	user, password, fresh, err := b.s.account(ctx, keptAccount)
	if err != nil {
		return "", err
	}
	defer clear(password)
	if !csc.CanLogin(info) {
		// The service wants them with every request: the first one is their proof.
		pass := csc.Basic(user, password)
		_, err := b.client.Credentials(ctx, info, pass, "")
		b.s.accountWas(keptAccount, user, password, fresh, err)
		if err != nil {
			return "", err
		}
		b.hold(pass, time.Time{})
		return pass, nil
	}
	token, err := b.client.Login(ctx, user, password)
	b.s.accountWas(keptAccount, user, password, fresh, err)
	if err != nil {
		return "", err
	}
	return b.adopt(token), nil
}

// redeem asks the token endpoint, with the client's secret where it has one.
func (b *consortium) redeem(ctx context.Context, server csc.Server, form url.Values) (string, error) {
	token, err := b.exchange(ctx, server, form)
	if err != nil {
		return "", err
	}
	return b.adopt(token), nil
}

func (b *consortium) exchange(ctx context.Context, server csc.Server, form url.Values) (csc.Token, error) {
	var token csc.Token
	err := b.asClient(ctx, form.Get("grant_type") == "client_credentials", func(secret []byte) (err error) {
		token, err = b.client.Redeem(ctx, server, b.s.p.ClientID, secret, form)
		return err
	})
	return token, err
}

// asClient does something as the client, with its secret where it has one.
func (b *consortium) asClient(ctx context.Context, always bool, do func(secret []byte) error) error {
	if b.s.p.ClientID == "" {
		return &signature.Error{Code: wire.ErrRemoteConfig, Detail: "client_id"}
	}
	if !b.s.p.Confidential && !always {
		return do(nil)
	}
	_, secret, fresh, err := b.s.account(ctx, keptClient)
	if err != nil {
		return err
	}
	defer clear(secret)
	err = do(secret)
	judged := err
	switch {
	case csc.Is(err, "invalid_client"):
		judged = &signature.Error{Code: wire.ErrRemoteLogin}
		err = &signature.Error{Code: wire.ErrRemoteLogin, Detail: "client", Err: err}
	case codeOf(err) == wire.ErrRemoteLogin:
		judged = &signature.Error{Code: wire.ErrRemoteRefused} // the grant's fault, not the secret's
	}
	b.s.accountWas(keptClient, b.s.p.ClientID, secret, fresh, judged)
	return err
}

// adopt takes a token into use, for as long as it would not end while the user
// looks for his phone.
func (b *consortium) adopt(t csc.Token) string {
	if t.Refresh != "" {
		b.dropped(b.s.kept.put(keptRefresh, sealed{Refresh: t.Refresh}))
	}
	pass := csc.Bearer(t.Access)
	b.hold(pass, b.s.opt.Now().Add(max(t.Life-rest, t.Life/2)))
	return pass
}

func (b *consortium) hold(pass string, until time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.pass, b.until = pass, until
}

func (b *consortium) stale() { b.hold("", time.Time{}) }

// spent forgets a token, or a password, that the service no longer takes; what
// was asked for with it is the user's to ask for again.
func (b *consortium) spent(err error) error {
	if codeOf(err) != wire.ErrRemoteLogin {
		return err
	}
	b.mu.Lock()
	_, token := bearer(b.pass)
	with := b.pass != ""
	b.mu.Unlock()
	if with && !token {
		b.s.accountWas(keptAccount, b.s.kept.get(keptAccount).User, nil, false, err)
	}
	b.stale()
	return err
}

func (b *consortium) dropped(err error) {
	if err != nil {
		b.s.log.Warn().Err(err).Msg("token of the signature service not kept")
	}
}

// forget revokes what it can, and forgets all.
func (b *consortium) forget(ctx context.Context) error {
	b.mu.Lock()
	pass := b.pass
	b.mu.Unlock()
	was := b.s.kept.get(keptRefresh)
	b.stale()
	var failed error
	if info, err := b.about(ctx); err == nil && csc.CanRevoke(info) && pass != "" {
		if was.Refresh != "" {
			failed = b.client.Revoke(ctx, pass, was.Refresh, "refresh_token")
		}
		if token, ok := bearer(pass); ok {
			if err := b.client.Revoke(ctx, pass, token, "access_token"); failed == nil {
				failed = err
			}
		}
	}
	for _, what := range []string{keptRefresh, keptAccount, keptClient} {
		if err := b.s.kept.drop(what); err != nil {
			failed = err
		}
	}
	return failed
}
