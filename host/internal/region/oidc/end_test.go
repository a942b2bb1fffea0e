package oidc_test

import (
	"net/http"
	"testing"

	"raccordo/host/internal/region/oidc"
	"raccordo/host/internal/wire"
)

func TestEnd(t *testing.T) {
	status := func(s int) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(s) }
	}
	for _, row := range []struct {
		name   string
		revoke http.HandlerFunc
		want   wire.ErrorCode
		calls  int
	}{
		{"all right", status(200), "", 2},
		{"not this kind", status(400), "", 2},
		{"forbidden", status(403), "", 2},
		{"broken", status(500), wire.ErrRegionBusy, 2},
		{"gone", func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, wire.ErrRegionDown, 1},
		{"no such endpoint", nil, "", 0},
	} {
		t.Run(row.name, func(t *testing.T) {
			var got []string
			_, v, tokens := connected(t, func(v *villain) {
				if row.revoke == nil {
					return
				}
				v.discovery = func(d map[string]any) { d["revocation_endpoint"] = v.server.URL + "/revoke" }
				v.revoke = func(w http.ResponseWriter, q *http.Request) {
					_ = q.ParseForm()
					got = append(got, q.PostForm.Get("token_type_hint"))
					if q.PostForm.Get("token") == "" || q.PostForm.Get("client_id") != "raccordo" {
						t.Errorf("form %v", q.PostForm)
					}
					row.revoke(w, q)
				}
			})
			want(t, tokens.End(t.Context()), row.want)
			if len(got) != row.calls || row.calls == 2 && (got[0] != "refresh_token" || got[1] != "access_token") {
				t.Errorf("revoked %v", got)
			}
			if (tokens.Kept() == nil) != (row.want == "") {
				t.Error("kept is wrong")
			}
			r, _ := http.NewRequest(http.MethodGet, v.server.URL, nil)
			want(t, tokens.Authorise(r), wire.ErrSessionNone)
		})
	}
}

// End while a renewal is under way revokes what the renewal brings.
func TestEndDuringRenewal(t *testing.T) {
	var revoked []string
	_, v, tokens := connected(t, func(v *villain) {
		v.discovery = func(d map[string]any) { d["revocation_endpoint"] = v.server.URL + "/revoke" }
		v.revoke = func(_ http.ResponseWriter, q *http.Request) {
			_ = q.ParseForm()
			revoked = append(revoked, q.PostForm.Get("token"))
		}
	})
	arrived, go_ := make(chan struct{}), make(chan struct{})
	v.answer = func(string) map[string]any { return map[string]any{"refresh_token": "l'ultimo"} }
	v.token = func(w http.ResponseWriter, q *http.Request) {
		close(arrived)
		<-go_
		v.serveToken(w, q)
	}
	renewed, ended := make(chan error, 1), make(chan error, 1)
	go func() { renewed <- tokens.Refresh(t.Context()) }()
	<-arrived
	go func() { ended <- tokens.End(t.Context()) }()
	close(go_)
	want(t, <-renewed, "")
	want(t, <-ended, "")
	if len(revoked) != 2 || revoked[0] != "l'ultimo" {
		t.Errorf("revoked %q", revoked)
	}
}

// A login that turns out to be nobody's leaves no tokens alive.
func TestRefusedLoginIsRevoked(t *testing.T) {
	p := newPlace(t)
	v := newVillain(p)
	v.discovery = func(d map[string]any) { d["revocation_endpoint"] = v.server.URL + "/revoke" }
	v.revoke = func(http.ResponseWriter, *http.Request) {}
	claim("fiscal_number", "TINIT-X")(v)
	client := p.client(v.config())
	f, a, err := v.login(client)
	if err != nil {
		t.Fatal(err)
	}
	_, err = client.Redeem(t.Context(), f, a)
	want(t, err, wire.ErrIdentity)
	if got := v.called("/revoke"); got != 2 {
		t.Errorf("%d revocations", got)
	}
}

// The card may be gone by the time a login that is bound to it ends.
func TestEndWithoutTheCard(t *testing.T) {
	p := newPlace(t)
	v := newVillain(p)
	v.discovery = func(d map[string]any) { d["revocation_endpoint"] = v.server.URL + "/revoke" }
	v.token = func(w http.ResponseWriter, q *http.Request) {
		if len(q.TLS.PeerCertificates) != 1 {
			t.Error("tokens were asked for without the card")
		}
		v.serveToken(w, q)
	}
	v.revoke = func(_ http.ResponseWriter, q *http.Request) {
		if len(q.TLS.PeerCertificates) != 0 {
			t.Error("the end needs the card")
		}
	}
	cfg := v.config()
	cfg.Tokens = oidc.MTLS
	client := p.client(cfg)
	f, a, err := v.login(client)
	if err != nil {
		t.Fatal(err)
	}
	want(t, client.UseCard(f, p.card(p.cards, 0)), "")
	tokens, err := client.Redeem(t.Context(), f, a)
	if err != nil {
		t.Fatal(err)
	}
	want(t, tokens.End(t.Context()), "")
	if got := v.called("/revoke"); got != 2 {
		t.Errorf("%d revocations", got)
	}
}
