package oidc_test

import (
	"context"
	"crypto/rand"
	"crypto/tls"
	"testing"

	"raccordo/host/internal/region/oidc"
	"raccordo/host/internal/sim/anagrafe"
	"raccordo/host/internal/sim/op"
	"raccordo/host/internal/wire"
)

// A card's login through nginx with mutual TLS, to oidc-provider behind it.
func TestPeerWalk(t *testing.T) {
	for name, row := range map[string]struct {
		protocols string
		tokens    string
	}{
		"TLS 1.2":       {"TLSv1.2", oidc.Bearer},
		"TLS 1.3":       {"TLSv1.3", oidc.Bearer},
		"TLS 1.3, DPoP": {"TLSv1.3", oidc.DPoP},
		"TLS 1.2, mtls": {"TLSv1.2", oidc.MTLS},
	} {
		t.Run(name, func(t *testing.T) {
			p := newPlace(t)
			secret := rand.Text()
			var front *op.Front
			_, client := p.peer(op.Options{Tokens: row.tokens, Front: secret}, func(c *oidc.Config) {
				front = p.front(op.FrontOptions{Protocols: row.protocols, Provider: c.Issuer, Secret: secret})
				c.CNSEndpoint = front.CNSEndpoint()
			})
			f := begin(t, client)
			answer, err := client.Walk(t.Context(), f, p.card(p.cards, 0))
			if err != nil {
				t.Fatal(err)
			}
			tokens, err := client.Redeem(t.Context(), f, answer)
			if err != nil {
				t.Fatal(err)
			}
			if who := tokens.Identity; who.CF != anagrafe.Doctors()[0].CF || who.Method != "CNS" {
				t.Errorf("who: %+v", who)
			}
			if err := tokens.Refresh(t.Context()); err != nil {
				t.Fatal(err)
			}
			if err := tokens.End(t.Context()); err != nil {
				t.Fatal(err)
			}
			holds(t, "log", p.log.String(), answer.Code, f.State, tokens.Identity.CF)
		})
	}
}

func (p *place) front(o op.FrontOptions) *op.Front {
	p.t.Helper()
	o.ServerCA, o.Log = p.servers, p.t.Output()
	if o.CardCA == nil {
		o.CardCA = p.cards
	}
	front, err := op.StartFront(context.Background(), p.t.TempDir(), o)
	if err != nil {
		p.t.Fatal(err)
	}
	p.t.Cleanup(front.Close)
	return front
}

// What nginx does with a certificate of a foreign authority, and with a good
// one, in both versions of TLS.
func TestFront(t *testing.T) {
	for _, protocols := range []string{"TLSv1.2", "TLSv1.3"} {
		t.Run(protocols, func(t *testing.T) {
			p := newPlace(t)
			front := p.front(op.FrontOptions{Protocols: protocols})
			v := newVillain(p)
			cfg := v.config()
			cfg.CNSEndpoint = front.CNSEndpoint()
			client := p.client(cfg)
			f := begin(t, client)
			card := p.card(p.cards, 0)
			a, err := client.Walk(t.Context(), f, card)
			if err != nil {
				t.Fatal(err)
			}
			if a.State != f.State || a.Code == "" {
				t.Errorf("answer %q, %d characters of code", a.State, len(a.Code))
			}
			_, err = client.Walk(t.Context(), begin(t, client), p.card(p.servers, 0))
			want(t, err, wire.ErrTLSRefused)
		})
	}
}

// A card that can only sign for TLS 1.2, at a server that only speaks 1.3.
func TestFrontTooNew(t *testing.T) {
	p := newPlace(t)
	front := p.front(op.FrontOptions{Protocols: "TLSv1.3"})
	cfg := newVillain(p).config()
	cfg.CNSEndpoint = front.CNSEndpoint()
	client := p.client(cfg)
	_, err := client.Walk(t.Context(), begin(t, client), p.card(p.cards, tls.VersionTLS12))
	want(t, err, wire.ErrTLS)
}
