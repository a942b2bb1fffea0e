package idp_test

import (
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"net/http"
	"strings"
	"testing"
	"time"

	"raccordo/host/internal/sim/anagrafe"
	"raccordo/host/internal/sim/testca"
)

// walk is what a program with a card does instead of a person: the same query,
// at the other endpoint.
func (p *party) walk(certs ...tls.Certificate) (*http.Response, error) {
	return p.stage.agent(p.t, certs...).Get(p.stage.CNSEndpoint() + "?" + p.query())
}

func TestCard(t *testing.T) {
	s := start(t)
	d := anagrafe.Doctors()[0]
	name := d.CF + "/" + d.CardSerial + ".wXyZ="
	for _, version := range []uint16{tls.VersionTLS12, tls.VersionTLS13} {
		t.Run(tls.VersionName(version), func(t *testing.T) {
			p := s.party(t)
			agent := s.agent(t, s.card(t, s.cards, name, func(c *x509.Certificate) {
				c.Subject.ExtraNames = []pkix.AttributeTypeAndValue{{Type: []int{2, 5, 4, 4}, Value: d.Surname}, {Type: []int{2, 5, 4, 42}, Value: d.Name}}
			}))
			agent.Transport.(*http.Transport).TLSClientConfig.MaxVersion = version
			back := p.returned(agent.Get(s.CNSEndpoint() + "?" + p.query()))
			if back.Get("state") != p.state {
				t.Errorf("%v", back)
			}
			token, err := p.exchange(back.Get("code"))
			if err != nil {
				t.Fatal(err)
			}
			id, claims := p.claims(token)
			if id.Nonce != p.nonce || claims["fiscal_number"] != "TINIT-"+d.CF || claims["family_name"] != "VERDI" || claims["acr"] != "urn:oasis:names:tc:SAML:2.0:ac:classes:SmartcardPKI" {
				t.Errorf("%v", claims)
			}
			if a, err := s.Introspect(token.AccessToken); err != nil || a.Method != "CNS" || a.Level != "LoA4" {
				t.Errorf("%+v %v", a, err)
			}
		})
	}
}

func TestCardRefusals(t *testing.T) {
	s := start(t)
	name := s.doctor(0) + "/1.x"
	foreign, err := testca.New("altra CA")
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range []struct {
		name  string
		certs []tls.Certificate
		want  string // "tls": no connection; "page"; or the error at the redirect URI
	}{
		{"no card", nil, "page"},
		{"other CA", []tls.Certificate{s.card(t, foreign, name)}, "tls"},
		{"expired", []tls.Certificate{s.card(t, s.cards, name, func(c *x509.Certificate) {
			c.NotBefore, c.NotAfter = time.Now().AddDate(-2, 0, 0), time.Now().AddDate(-1, 0, 0)
		})}, "tls"},
		{"signing certificate", []tls.Certificate{s.card(t, s.cards, name, func(c *x509.Certificate) {
			c.KeyUsage, c.ExtKeyUsage = x509.KeyUsageContentCommitment, nil
		})}, "tls"},
		{"not a CNS", []tls.Certificate{s.card(t, s.cards, "pippo")}, "access_denied"},
	} {
		t.Run(row.name, func(t *testing.T) {
			p := s.party(t)
			answer, err := p.walk(row.certs...)
			switch row.want {
			case "tls":
				if err == nil {
					answer.Body.Close()
					t.Errorf("let in: %d", answer.StatusCode)
				}
			case "page":
				if err != nil {
					t.Fatal(err)
				}
				if status, body := read(t, answer); status != http.StatusForbidden || !strings.Contains(body, "Carta non presentata") {
					t.Errorf("%d %s", status, body)
				}
			default:
				if back := p.returned(answer, err); back.Get("error") != row.want || back.Has("code") {
					t.Errorf("%v", back)
				}
			}
		})
	}
	t.Run("the ordinary listener asks for no card", func(t *testing.T) {
		p := s.party(t)
		if status, _ := p.get(s.url("/authorize/cns", p.query())); status != http.StatusNotFound {
			t.Errorf("%d", status)
		}
	})
	t.Run("redirect elsewhere", func(t *testing.T) {
		p := s.party(t)
		p.config.RedirectURL = "https://altrove.example/"
		answer, err := p.walk(s.card(t, s.cards, name))
		if err != nil {
			t.Fatal(err)
		}
		if status, _ := read(t, answer); status != http.StatusBadRequest {
			t.Errorf("%d", status)
		}
	})
}
