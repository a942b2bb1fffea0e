package signing

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"raccordo/host/internal/sim/signing/vault"
)

// Person answers the consent pages of the OAuth server as somebody in front of a
// browser does.
type Person struct {
	User     string // codice fiscale
	Refuse   bool   // presses "Rifiuta"
	WrongOTP int    // so many times before the right one
}

// Browse opens an authorization address, answers what the page asks and follows
// the way back to the program that waits on this computer.
func (p *Provider) Browse(ctx context.Context, authorize string, who Person) error {
	client := p.Client()
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	defer client.CloseIdleConnections()
	page, back, err := visit(ctx, client, http.MethodGet, authorize, nil)
	if err != nil {
		return err
	}
	if back == "" {
		if back, err = p.answer(ctx, client, authorize, page, who); err != nil {
			return err
		}
	}
	waiting := &http.Client{Timeout: 10 * time.Second, Transport: &http.Transport{}}
	defer waiting.CloseIdleConnections()
	_, _, err = visit(ctx, waiting, http.MethodGet, back, nil)
	return err
}

// answer fills the page in until it leads back.
func (p *Provider) answer(ctx context.Context, client *http.Client, address, page string, who Person) (string, error) {
	form := url.Values{"azione": {"accetta"}}
	switch {
	case who.Refuse:
		form.Set("azione", "rifiuta")
	case strings.Contains(page, `name="password"`):
		form.Set("utente", who.User)
		form.Set("password", vault.Password)
	default:
		if strings.Contains(page, `value="invia"`) {
			if _, _, err := visit(ctx, client, http.MethodPost, address, url.Values{"azione": {"invia"}}); err != nil {
				return "", err
			}
		}
		form.Set("pin", vault.PIN)
		for range who.WrongOTP {
			form.Set("otp", "000000x")
			if _, _, err := visit(ctx, client, http.MethodPost, address, form); err != nil {
				return "", err
			}
		}
		form.Set("otp", p.Vault.AppCode(who.User))
		if m, ok := p.Vault.LastOTP(who.User); ok && p.Vault.Settings().OTPType != vault.OTPOffline {
			form.Set("otp", m.Code)
		}
	}
	page, back, err := visit(ctx, client, http.MethodPost, address, form)
	if err == nil && back == "" {
		err = fmt.Errorf("the page stays: %.600s", page)
	}
	return back, err
}

// visit fetches a page, or the address that it leads to.
func visit(ctx context.Context, client *http.Client, method, address string, form url.Values) (page, location string, err error) {
	q, err := http.NewRequestWithContext(ctx, method, address, strings.NewReader(form.Encode()))
	if err != nil {
		return "", "", err
	}
	if method == http.MethodPost {
		q.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	answer, err := client.Do(q)
	if err != nil {
		return "", "", err
	}
	defer answer.Body.Close()
	raw, err := io.ReadAll(io.LimitReader(answer.Body, 1<<20))
	return string(raw), answer.Header.Get("Location"), err
}
