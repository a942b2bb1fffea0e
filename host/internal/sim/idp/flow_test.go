package idp_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/oauth2"

	"raccordo/host/internal/sim/idp"
)

func TestLogin(t *testing.T) {
	for _, row := range []struct {
		name, door, algorithm, method, level, acr string
		amr                                       []any
	}{
		{"SPID", "spid", "RS256", "SPID L2", "LoA3", "https://www.spid.gov.it/SpidL2", []any{"pwd", "otp"}},
		{"CIE", "cie", "RS256", "CIE L3", "LoA4", "https://www.spid.gov.it/SpidL3", []any{"pin", "sc"}},
		{"ES256", "spid", "ES256", "SPID L2", "LoA3", "https://www.spid.gov.it/SpidL2", []any{"pwd", "otp"}},
	} {
		t.Run(row.name, func(t *testing.T) {
			s := start(t, func(o *idp.Options) { o.Algorithm = row.algorithm })
			p := s.party(t)
			back := p.login(row.door, s.doctor(0))
			if back.Get("state") != p.state || len(back) != 3 {
				t.Errorf("redirect %v", back)
			}
			token, err := p.exchange(back.Get("code"))
			if err != nil {
				t.Fatal(err)
			}
			if token.TokenType != "Bearer" || token.RefreshToken == "" || strings.Contains(token.AccessToken, ".") || token.ExpiresIn != 300 {
				t.Errorf("token %+v", token)
			}
			id, claims := p.claims(token)
			if id.Nonce != p.nonce {
				t.Errorf("nonce %q", id.Nonce)
			}
			if id.Subject == "" || strings.Contains(id.Subject, s.doctor(0)) || claims["sid"] == "" {
				t.Errorf("sub %q sid %q", id.Subject, claims["sid"])
			}
			got := map[string]any{}
			for _, name := range []string{"fiscal_number", "given_name", "family_name", "acr", "amr", "auth_time"} {
				got[name] = claims[name]
			}
			want := map[string]any{"fiscal_number": "TINIT-" + s.doctor(0), "given_name": "GIULIA", "family_name": "VERDI", "acr": row.acr, "amr": row.amr, "auth_time": float64(s.now().Unix())}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("claims (-want +got):\n%s", diff)
			}
			access, err := s.Introspect(token.AccessToken)
			if err != nil || access.CF != s.doctor(0) || access.Method != row.method || access.Level != row.level || !access.Until.Equal(s.now().Add(8*time.Hour)) {
				t.Errorf("access %+v %v", access, err)
			}
		})
	}
}

func TestUserinfo(t *testing.T) {
	s := start(t)
	p := s.party(t)
	token := p.tokens("cie", s.doctor(1))
	info, err := p.provider.UserInfo(p.ctx, oauth2.StaticTokenSource(token))
	if err != nil {
		t.Fatal(err)
	}
	id, _ := p.claims(token)
	var claims map[string]string
	if err := info.Claims(&claims); err != nil {
		t.Fatal(err)
	}
	want := map[string]string{"sub": id.Subject, "fiscal_number": "TINIT-" + s.doctor(1), "given_name": "PAOLO", "family_name": "NERI"}
	if diff := cmp.Diff(want, claims); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	s.ExpireTokens()
	if _, err := p.provider.UserInfo(p.ctx, oauth2.StaticTokenSource(token)); err == nil {
		t.Error("an expired token is good for userinfo")
	}
}

func TestDiscovery(t *testing.T) {
	s := start(t)
	p := s.party(t)
	var d struct {
		CNS      string   `json:"x_cns_authorization_endpoint"`
		Revoke   string   `json:"revocation_endpoint"`
		End      string   `json:"end_session_endpoint"`
		Iss      bool     `json:"authorization_response_iss_parameter_supported"`
		Methods  []string `json:"code_challenge_methods_supported"`
		Issuer   string   `json:"issuer"`
		Userinfo string   `json:"userinfo_endpoint"`
	}
	if err := p.provider.Claims(&d); err != nil {
		t.Fatal(err)
	}
	if d.CNS != s.CNSEndpoint() || strings.HasPrefix(d.CNS, s.Issuer()) || d.Revoke != s.Issuer()+"/revoke" || d.End != s.Issuer()+"/logout" || !d.Iss || len(d.Methods) != 1 || d.Methods[0] != "S256" {
		t.Errorf("%+v", d)
	}
}

func TestExchangeRefusals(t *testing.T) {
	s := start(t)
	for _, row := range []struct {
		name, want string
		try        func(p *party, code string) error
	}{
		{"wrong verifier", "invalid_grant", func(p *party, code string) error {
			_, err := p.config.Exchange(p.ctx, code, oauth2.VerifierOption(oauth2.GenerateVerifier()))
			return err
		}},
		{"no verifier", "invalid_grant", func(p *party, code string) error {
			_, err := p.config.Exchange(p.ctx, code)
			return err
		}},
		{"wrong redirect", "invalid_grant", func(p *party, code string) error {
			p.config.RedirectURL = "http://127.0.0.1:4712/ritorno"
			_, err := p.exchange(code)
			return err
		}},
		{"made up", "invalid_grant", func(p *party, _ string) error {
			_, err := p.exchange(oauth2.GenerateVerifier())
			return err
		}},
		{"late", "invalid_grant", func(p *party, code string) error {
			s.advance(time.Minute)
			_, err := p.exchange(code)
			return err
		}},
		{"other client", "invalid_client", func(p *party, code string) error {
			p.config.ClientID = "altro"
			_, err := p.exchange(code)
			return err
		}},
		{"with a secret", "invalid_client", func(p *party, code string) error {
			p.config.ClientSecret = "segreto"
			_, err := p.exchange(code)
			return err
		}},
		{"secret in the header", "invalid_client", func(p *party, code string) error {
			p.config.Endpoint.AuthStyle = oauth2.AuthStyleInHeader
			_, err := p.exchange(code)
			return err
		}},
		{"nothing wrong", "", func(p *party, code string) error { _, err := p.exchange(code); return err }},
	} {
		t.Run(row.name, func(t *testing.T) {
			p := s.party(t)
			if got := oauthCode(t, row.try(p, p.login("spid", s.doctor(0)).Get("code"))); got != row.want {
				t.Errorf("%q, want %q", got, row.want)
			}
		})
	}
}

// oauthCode is the error of a token endpoint, "" when there was none.
func oauthCode(t *testing.T, err error) string {
	t.Helper()
	var e *oauth2.RetrieveError
	if err != nil && !errors.As(err, &e) {
		t.Fatal(err)
	}
	if e == nil {
		return ""
	}
	return e.ErrorCode
}

func TestCodeReplayEndsTheLogin(t *testing.T) {
	s := start(t)
	p := s.party(t)
	code := p.login("spid", s.doctor(0)).Get("code")
	token, err := p.exchange(code)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.exchange(code); oauthCode(t, err) != "invalid_grant" {
		t.Errorf("replay: %v", err)
	}
	if _, err := s.Introspect(token.AccessToken); !errors.Is(err, idp.ErrTokenEnded) {
		t.Errorf("access token after a replay: %v", err)
	}
	if _, err := p.refresh(token); oauthCode(t, err) != "invalid_grant" {
		t.Errorf("refresh after a replay: %v", err)
	}
}
