package remotesign

import (
	"context"
	"crypto/subtle"
	"net/url"
	"strings"
	"time"

	"golang.org/x/oauth2"

	"raccordo/host/internal/loopback"
	"raccordo/host/internal/remotesign/csc"
	"raccordo/host/internal/signature"
	"raccordo/host/internal/wire"
)

// returnPath is the end of the redirect URI, as everywhere in the product.
const returnPath = "/raccordo"

// byPage has a credential authorised at the service's page; the access token
// that comes of it is the SAD.
func (b *consortium) byPage(ctx context.Context, d csc.Demand) (csc.Grant, error) {
	server, err := b.client.Server(ctx, d.Info, b.s.p.OAuth)
	if err != nil {
		return csc.Grant{}, err
	}
	token, err := b.code(ctx, server, &d)
	if err != nil {
		return csc.Grant{}, err
	}
	return csc.Grant{SAD: token.Access, Bearer: true, Life: token.Life}, nil
}

// code has the user's browser show the service's page, and turns what comes
// back to an address of this PC into a token (RFC 6749, section 4.1; RFC 7636;
// RFC 8252, section 7.3). Without a demand it is the login.
func (b *consortium) code(ctx context.Context, server csc.Server, d *csc.Demand) (csc.Token, error) {
	if b.s.p.ClientID == "" {
		return csc.Token{}, &signature.Error{Code: wire.ErrRemoteConfig, Detail: "client_id"}
	}
	back, err := loopback.Listen(returnPath)
	if err != nil {
		return csc.Token{}, err
	}
	defer back.Close()
	state, verifier := oauth2.GenerateVerifier(), oauth2.GenerateVerifier()
	came := make(chan url.Values, 1)
	back.Serve(func(_ context.Context, q url.Values) (title, text string) {
		if subtle.ConstantTimeCompare([]byte(q.Get("state")), []byte(state)) != 1 {
			return "Risposta non valida", "La risposta non appartiene a una richiesta in corso. Ripetere la firma."
		}
		select {
		case came <- q:
		default: // a page that was loaded twice
		}
		if q.Get("error") != "" || q.Get("code") == "" {
			return "Autorizzazione non riuscita", "Il servizio di firma non ha dato l'autorizzazione. Tornare al programma clinico."
		}
		return "Autorizzazione ricevuta", "Raccordo prosegue con la firma. Questa finestra si può chiudere."
	})
	request := csc.Request(d, b.s.p.ClientID, back.Address(), state, oauth2.S256ChallengeFromVerifier(verifier), "it")
	if d != nil && server.Push != "" {
		err := b.asClient(ctx, false, func(secret []byte) (err error) {
			request, err = b.client.Leave(ctx, server, b.s.p.ClientID, secret, request)
			return err
		})
		if err != nil {
			return csc.Token{}, err
		}
	}
	if err := b.s.ask.Browse(ctx, server.Page(request)); err != nil {
		return csc.Token{}, err
	}
	timer := time.NewTimer(b.s.opt.Wait)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return csc.Token{}, stopped(ctx)
	case <-timer.C:
		return csc.Token{}, &signature.Error{Code: wire.ErrPromptTime}
	case q := <-came:
		if err := answered(q); err != nil {
			return csc.Token{}, err
		}
		return b.exchange(ctx, server, url.Values{
			"grant_type": {"authorization_code"}, "code": {q.Get("code")}, "redirect_uri": {back.Address()}, "code_verifier": {verifier},
		})
	}
}

// answered reads what the page returned (RFC 6749, section 4.1.2). A parameter
// given twice is nobody's answer (section 3.1).
func answered(q url.Values) error {
	for _, name := range []string{"state", "code", "error"} {
		if len(q[name]) > 1 {
			return &signature.Error{Code: wire.ErrRemoteAnswer, Detail: "page: " + name + " repeated"}
		}
	}
	switch word := q.Get("error"); word {
	case "":
	case "access_denied":
		return &signature.Error{Code: wire.ErrPromptCancel}
	case "server_error", "temporarily_unavailable":
		return &signature.Error{Code: wire.ErrRemoteBusy, Detail: word}
	default:
		return csc.PageError(word)
	}
	if q.Get("code") == "" {
		return &signature.Error{Code: wire.ErrRemoteAnswer, Detail: "page: no code"}
	}
	return nil
}

// bearer is the token of a header.
func bearer(pass string) (string, bool) { return strings.CutPrefix(pass, "Bearer ") }
