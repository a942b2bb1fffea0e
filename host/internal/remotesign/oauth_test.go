package remotesign_test

import (
	"context"
	"errors"
	"net/url"
	"strings"
	"testing"
	"time"

	"raccordo/host/internal/remotesign"
	"raccordo/host/internal/sim/signing/csc"
	"raccordo/host/internal/sim/signing/vault"
	"raccordo/host/internal/wire"
)

func byCode(of func(*place) remotesign.Profile) func(*place) remotesign.Profile {
	return func(p *place) remotesign.Profile {
		q := of(p)
		q.Authorize, q.ClientID = remotesign.ByCode, csc.PublicClient
		return q
	}
}

func oauthKey(cf string) string { return vault.ID(vault.KindOAuth, cf) }

var versions = map[string]func(*place) remotesign.Profile{"CSC 1": byCode((*place).csc1), "CSC 2": byCode((*place).csc2)}

// TestPage: login and authorisation at the service's page, fifty documents.
func TestPage(t *testing.T) {
	for name, of := range versions {
		for _, chunk := range []int{0, 20} {
			t.Run(name, func(t *testing.T) {
				p := newPlace(t)
				p.browse = p.follow(nil)
				q := of(p)
				q.Chunk = chunk
				s := p.service(q)
				k := p.open(s, oauthKey(p.cf))
				if done, err := sign(t, k, hashes(k, 50)); err != nil || done != 50 || len(p.pages) != 2 || len(p.pins)+len(p.otps)+len(p.accounts) != 0 {
					t.Errorf("%d signed, %d pages: %v", done, len(p.pages), err)
				}
				for _, page := range p.pages {
					u, err := url.Parse(page)
					if err == nil && u.Query().Has("request_uri") { // left there beforehand
						if len(u.Query()) != 2 || name != "CSC 2" {
							t.Error(u)
						}
						continue
					}
					if err != nil || u.Query().Get("code_challenge_method") != "S256" || len(u.Query().Get("state")) < 43 || !strings.HasPrefix(u.Query().Get("redirect_uri"), "http://127.0.0.1:") {
						t.Errorf("%v %v", u, err)
					}
				}
				// The login is remembered: another start of the program needs no page for it.
				k = p.open(p.service(q), rsaKey(p.cf))
				if done, err := sign(t, k, hashes(k, 3)); err != nil || done != 3 || len(p.pages) != 2 || len(p.otps) != 1 {
					t.Errorf("%d signed, %d pages, %d codes: %v", done, len(p.pages), len(p.otps), err)
				}
				p.silent(p.phone())
			})
		}
	}
}

// TestDiscovery: the authorization server by its issuer (RFC 8414).
func TestDiscovery(t *testing.T) {
	p := newPlace(t)
	p.Vault.Change(func(s *vault.Settings) { s.IssuerOnly = true })
	p.browse = p.follow(nil)
	k := p.open(p.service(versions["CSC 2"](p)), oauthKey(p.cf))
	if done, err := sign(t, k, hashes(k, 2)); err != nil || done != 2 {
		t.Error(done, err)
	}
}

// TestConfidential: a client with a secret, asked for once.
func TestConfidential(t *testing.T) {
	p := newPlace(t)
	p.browse = p.follow(nil)
	q := versions["CSC 2"](p)
	q.ClientID, q.Confidential = csc.ConfidentialClient, true
	secret := "sbagliato"
	p.account = func(q remotesign.AccountRequest) (string, string, error) {
		if !q.Client || q.User != csc.ConfidentialClient {
			t.Errorf("%+v", q)
		}
		return "", secret, nil
	}
	_, err := p.service(q).Signers(t.Context())
	want(t, err, wire.ErrRemoteLogin)
	secret = csc.ClientSecret
	for range 2 {
		if _, err := p.service(q).Signers(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if len(p.accounts) != 2 {
		t.Errorf("the secret was asked for %d times", len(p.accounts))
	}
	p.silent(secret, "sbagliato")
}

// TestAtThePage: what can go wrong there.
func TestAtThePage(t *testing.T) {
	noBrowser := errors.New("no browser")
	answer := func(q url.Values) func(*place) {
		return func(p *place) {
			p.browse = func(_ context.Context, address string) error {
				u, _ := url.Parse(address)
				more := url.Values{"state": {u.Query().Get("state")}}
				for name, values := range q {
					more[name] = values
				}
				go p.visit(u.Query().Get("redirect_uri") + "?" + more.Encode())
				return nil
			}
		}
	}
	for _, tt := range []struct {
		name  string
		setup func(*place)
		code  wire.ErrorCode
		is    error
	}{
		{"refused by the user", func(p *place) {
			p.browse = p.follow(func(form url.Values) { form.Set("azione", "rifiuta") })
		}, wire.ErrPromptCancel, nil},
		{"no browser", func(p *place) { p.browse = func(context.Context, string) error { return noBrowser } }, "", noBrowser},
		{"nobody comes back", func(p *place) { p.browse = func(context.Context, string) error { return nil } }, wire.ErrPromptTime, nil},
		{"a code of somebody else's", answer(url.Values{"code": {"altrui"}}), wire.ErrRemoteLogin, nil},
		{"no code", answer(url.Values{}), wire.ErrRemoteAnswer, nil},
		{"two codes", answer(url.Values{"code": {"a", "b"}}), wire.ErrRemoteAnswer, nil},
		{"two states", func(p *place) {
			p.browse = func(_ context.Context, address string) error {
				u, _ := url.Parse(address)
				go p.visit(u.Query().Get("redirect_uri") + "?" + url.Values{"state": {u.Query().Get("state"), "x"}, "code": {"a"}}.Encode())
				return nil
			}
		}, wire.ErrRemoteAnswer, nil},
		{"the client is not known", answer(url.Values{"error": {"unauthorized_client"}}), wire.ErrRemoteConfig, nil},
		{"the server is busy", answer(url.Values{"error": {"temporarily_unavailable"}}), wire.ErrRemoteBusy, nil},
		{"an error of its own", answer(url.Values{"error": {"<b>RSSMRA70A01L219K</b>"}}), wire.ErrRemoteRefused, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := newPlace(t)
			tt.setup(p)
			q := versions["CSC 2"](p)
			wait := time.Minute
			if tt.code == wire.ErrPromptTime {
				wait = 100 * time.Millisecond
			}
			s, err := remotesign.New(q, p.http, p.doctor, p.kept, remotesign.Options{Wait: wait})
			p.must(err)
			_, err = s.Signers(t.Context())
			if tt.is != nil {
				if !errors.Is(err, tt.is) {
					t.Error(err)
				}
				return
			}
			if e := want(t, err, tt.code); strings.Contains(e.Error(), "RSSMRA") {
				t.Error(e)
			}
		})
	}
}

// TestForgedReturn: an answer with another state does not end the wait.
func TestForgedReturn(t *testing.T) {
	p := newPlace(t)
	p.browse = func(_ context.Context, address string) error {
		u, _ := url.Parse(address)
		go func() {
			text := p.visit(u.Query().Get("redirect_uri") + "?" + url.Values{"state": {"altro"}, "code": {"altrui"}}.Encode())
			if !strings.Contains(text, "Risposta non valida") {
				t.Errorf("the page says %s", text)
			}
			p.surf(address, nil)
		}()
		return nil
	}
	if all, err := p.service(versions["CSC 1"](p)).Signers(t.Context()); err != nil || len(all) == 0 {
		t.Error(all, err)
	}
}

// TestCancelled: the caller gives up while the page is open.
func TestCancelled(t *testing.T) {
	p := newPlace(t)
	ctx, cancel := context.WithCancel(t.Context())
	p.browse = func(context.Context, string) error { cancel(); return nil }
	_, err := p.service(versions["CSC 1"](p)).Signers(ctx)
	want(t, err, wire.ErrCancelled)
}

// TestTokenEnds: tokens that end are renewed without the user; a refresh token
// that ends brings the page again.
func TestTokenEnds(t *testing.T) {
	for name, of := range map[string]func(*place) remotesign.Profile{"by page": versions["CSC 2"], "by password": (*place).csc2} {
		t.Run(name, func(t *testing.T) {
			p := newPlace(t)
			p.browse = p.follow(nil)
			s := p.service(of(p))
			k := p.open(s, rsaKey(p.cf))
			logins := func() int { return len(p.pages) + len(p.accounts) }
			if _, err := sign(t, k, hashes(k, 1)); err != nil || logins() != 1 {
				t.Fatal(err, logins())
			}
			p.CSC.ExpireTokens()
			if _, err := s.Signers(t.Context()); err != nil {
				t.Fatal(err)
			}
			// The service forgets the token while the user types: nothing is sent again.
			p.otp = func(remotesign.OTPRequest) (string, bool, error) {
				code := p.phone()
				p.CSC.ExpireTokens()
				return code, false, nil
			}
			before := p.CSC.Calls("v2 credentials/authorize")
			_, err := sign(t, k, hashes(k, 1))
			want(t, err, wire.ErrRemoteLogin)
			if n := p.CSC.Calls("v2 credentials/authorize") - before; n != 1 {
				t.Errorf("PIN and code went out %d times", n)
			}
			p.otp = nil
			if done, err := sign(t, k, hashes(k, 1)); err != nil || done != 1 {
				t.Error(done, err)
			}
		})
	}
}

// TestForget: nothing is left here, and nothing that is worth something there.
func TestForget(t *testing.T) {
	for name, of := range map[string]func(*place) remotesign.Profile{"CSC 1": (*place).csc1, "CSC 2": (*place).csc2, "ARSS": (*place).arss} {
		t.Run(name, func(t *testing.T) {
			p := newPlace(t)
			s := p.service(of(p))
			if _, err := s.Signers(t.Context()); err != nil || len(p.kept.values) == 0 {
				t.Fatal(err, len(p.kept.values))
			}
			if err := s.Forget(t.Context()); err != nil || len(p.kept.values) != 0 {
				t.Errorf("%d kept: %v", len(p.kept.values), err)
			}
			if _, err := s.Signers(t.Context()); err != nil || len(p.accounts) != 2 {
				t.Errorf("asked for the account %d times: %v", len(p.accounts), err)
			}
		})
	}
}

// TestPassword: a wrong one is forgotten and never sent again.
func TestPassword(t *testing.T) {
	for name, of := range map[string]func(*place) remotesign.Profile{"CSC 1": (*place).csc1, "ARSS": (*place).arss} {
		t.Run(name, func(t *testing.T) {
			p := newPlace(t)
			password := "sbagliata-davvero"
			p.account = func(q remotesign.AccountRequest) (string, string, error) { return p.cf, password, nil }
			_, err := p.service(of(p)).Signers(t.Context())
			want(t, err, wire.ErrRemoteLogin)
			if len(p.accounts) != 1 || len(p.kept.values) != 0 {
				t.Errorf("asked %d times, %d kept", len(p.accounts), len(p.kept.values))
			}
			password = vault.Password
			if _, err := p.service(of(p)).Signers(t.Context()); err != nil {
				t.Fatal(err)
			}
			// Another address under the same name sees nothing of it.
			q := of(p)
			q.URL += "/"
			if _, err := p.service(q).Signers(t.Context()); err != nil || len(p.accounts) != 3 {
				t.Errorf("asked %d times: %v", len(p.accounts), err)
			}
			p.silent("sbagliata-davvero")
		})
	}
}
