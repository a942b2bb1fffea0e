package idp_test

import (
	"context"
	"encoding/json"
	"net/http"
	"testing"

	"github.com/rs/zerolog"
	"golang.org/x/oauth2"

	"raccordo/host/internal/sim/anagrafe"
	"raccordo/host/internal/sim/region"
)

// cloud is the region whose tokens the stage issues.
func (s *stage) cloud(t *testing.T) *region.Region {
	t.Helper()
	r, err := region.New(region.Options{ServerCA: s.servers, CardCA: s.cards, Introspector: s.Provider, Now: s.now, Log: zerolog.Nop()})
	if err != nil {
		t.Fatal(err)
	}
	if err := r.Start(context.Background()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = r.Close() })
	return r
}

// call speaks to the cloud with an access token and returns status and codice.
func (p *party) call(method, target string, token *oauth2.Token) (int, map[string]any) {
	p.t.Helper()
	q, err := http.NewRequest(method, target, nil)
	if err != nil {
		p.t.Fatal(err)
	}
	token.SetAuthHeader(q)
	answer, err := p.agent.Do(q)
	if err != nil {
		p.t.Fatal(err)
	}
	status, body := read(p.t, answer)
	var got map[string]any
	if err := json.Unmarshal([]byte(body), &got); err != nil {
		p.t.Fatalf("%d %s", status, body)
	}
	return status, got
}

// TestCloud: from the page to a patient's data, and every way a token ends.
func TestCloud(t *testing.T) {
	s := start(t)
	r := s.cloud(t)
	session, patient := r.CloudURL()+"/sessione/v1", r.CloudURL()+"/anagrafe/v1/assistiti/"+anagrafe.Patients()[0].CF
	p := s.party(t)
	token := p.tokens("cie", s.doctor(0))
	refused := func(t *testing.T, code string) {
		t.Helper()
		if status, got := p.call(http.MethodGet, patient, token); status != http.StatusUnauthorized || got["codice"] != code {
			t.Errorf("%d %v, want 401 %s", status, got, code)
		}
	}
	refused(t, "sessione-assente")
	if status, got := p.call(http.MethodPost, session, token); status != http.StatusCreated || got["metodo"] != "CIE L3" || got["livello"] != "LoA4" || got["codice_fiscale"] != s.doctor(0) {
		t.Fatalf("%d %v", status, got)
	}
	if status, got := p.call(http.MethodGet, patient, token); status != http.StatusOK || got["cognome"] != "BIANCHI" {
		t.Errorf("%d %v", status, got)
	}
	s.ExpireTokens()
	refused(t, "token-scaduto")
	token, err := p.refresh(token)
	if err != nil {
		t.Fatal(err)
	}
	if status, got := p.call(http.MethodGet, patient, token); status != http.StatusOK {
		t.Errorf("refreshed: %d %v", status, got)
	}
	r.RevokeSessions()
	refused(t, "sessione-scaduta")
	if status, _ := p.call(http.MethodPost, session, token); status != http.StatusCreated {
		t.Errorf("opened again: %d", status)
	}
	hint, _ := token.Extra("id_token").(string)
	if status, _ := p.get(s.url("/logout", "id_token_hint="+hint)); status != http.StatusOK {
		t.Errorf("logout: %d", status)
	}
	refused(t, "token-scaduto")
	token.AccessToken = "inventato"
	refused(t, "token-non-valido")
}

// TestCitizen: the provider knows people, the region doctors.
func TestCitizen(t *testing.T) {
	s := start(t)
	r := s.cloud(t)
	p := s.party(t)
	back := p.returned(p.walk(s.card(t, s.cards, anagrafe.Patients()[1].CF+"/1.x")))
	token, err := p.exchange(back.Get("code"))
	if err != nil {
		t.Fatal(err)
	}
	if status, got := p.call(http.MethodPost, r.CloudURL()+"/sessione/v1", token); status != http.StatusForbidden || got["codice"] != "medico-sconosciuto" {
		t.Errorf("%d %v", status, got)
	}
}
