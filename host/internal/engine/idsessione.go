package engine

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"raccordo/host/internal/prompt"
	"raccordo/host/internal/region"
	"raccordo/host/internal/region/a2f"
	"raccordo/host/internal/secret"
	"raccordo/host/internal/wire"
)

// Account is what a doctor's access to Sistema TS is made of, beside the
// pinCode. It is kept sealed.
type Account struct {
	CodiceFiscale    string `json:"codice_fiscale"`
	User             string `json:"user"`
	Password         string `json:"password"`
	Region           string `json:"region"` // codRegione
	ASL              string `json:"asl"`    // codASLAo
	Specializzazione string `json:"specializzazione,omitempty"`
}

// AccountName is the name under which a doctor's account is kept; without a
// codice fiscale it is the one of the account that was written last.
func AccountName(codiceFiscale string) string {
	if codiceFiscale == "" {
		return "sistemats"
	}
	return strings.Replace(PinCodeName(codiceFiscale), "pincode-", "sistemats-", 1)
}

func tokenName(codiceFiscale string) string {
	return strings.Replace(PinCodeName(codiceFiscale), "pincode-", "idsessione-", 1)
}

// connectIDSessione opens a session of Sistema TS with a second factor that the
// doctor pastes, that is still valid from before, or that the service hands out.
func (e *Engine) connectIDSessione(ctx context.Context, w want) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	mine := &attempt{cancel: cancel}
	if err := e.begin(mine, "cloud"); err != nil {
		return err
	}
	l, err := e.openIDSessione(ctx, w)
	if err == nil {
		err = e.settle(ctx, mine, l, w, map[string]bool{})
	}
	if err != nil {
		e.ended(mine, func() { e.session.End(codeOf(err)) })
	}
	return err
}

func (e *Engine) openIDSessione(ctx context.Context, w want) (*link, error) {
	account, err := e.account(w.doctor)
	if err != nil {
		return nil, err
	}
	pin, err := e.pinCodeOf(ctx, account.CodiceFiscale, account.CodiceFiscale)
	if err != nil {
		return nil, err
	}
	client, err := e.newClient()
	if err != nil {
		return nil, err
	}
	who := a2f.Who{User: account.User, Password: account.Password, PinCode: pin, CF: account.CodiceFiscale, Region: account.Region, ASL: account.ASL}
	s, err := e.secondFactor(ctx, client, who, w.origin)
	if err != nil {
		client.Close()
		return nil, err
	}
	s.Specializzazione = account.Specializzazione
	return &link{way: "cloud", client: client, session: s}, nil
}

func (e *Engine) account(doctor string) (Account, error) {
	text, err := e.secrets.Get(AccountName(doctor))
	var a Account
	switch {
	case errors.Is(err, secret.ErrNone):
		return a, wire.NewError(wire.ErrNoAccount, "")
	case err != nil:
		return a, err
	}
	return a, json.Unmarshal(text, &a)
}

// basic is the account that goes with a card straight to Sistema TS, empty
// without one.
func (e *Engine) basic() (user, password string) {
	a, err := e.account("")
	if err != nil {
		return "", ""
	}
	return a.User, a.Password
}

// secondFactor uses the token of before while it lives. A token that the doctor
// has made since is not tried out beside it: its first use would end the other
// (A2F manual, life cycle).
func (e *Engine) secondFactor(ctx context.Context, client *region.Client, who a2f.Who, origin string) (region.Session, error) {
	e.session.Step("region")
	if kept, err := e.secrets.Get(tokenName(who.CF)); err == nil {
		s, err := client.LoginIDSessione(ctx, who, string(kept))
		if code := codeOf(err); err == nil || !needsUser(code) && code != wire.ErrSessionEnded || code == wire.ErrCredentials {
			return s, err
		}
	}
	token, err := e.askToken(ctx, client, who, origin)
	if err != nil {
		return region.Session{}, err
	}
	s, err := client.LoginIDSessione(ctx, who, token)
	if err != nil {
		return s, err
	}
	return s, e.secrets.Put(tokenName(who.CF), []byte(token))
}

// askToken takes a pasted token, or asks the service for one: it comes in the
// answer only in a test environment, else to the doctor's certified mailbox.
func (e *Engine) askToken(ctx context.Context, client *region.Client, who a2f.Who, origin string) (string, error) {
	asks := ""
	if origin != "" {
		asks = fmt.Sprintf("La pagina %s chiede il collegamento a «%s».\n\n", origin, e.profile.Name)
	}
	e.session.Step("token")
	typed, err := e.prompts.PIN(ctx, prompt.Request{
		Title: "Raccordo – ID-SESSIONE di Sistema TS",
		Description: asks + fmt.Sprintf("Incollare l’ID-SESSIONE del medico %s (36 caratteri), ricevuto per posta o generato su sistemats.it.\n\n"+
			"Per riceverne uno nuovo alla propria posta certificata, lasciare vuoto e premere «Continua».", who.CF),
		Label: "ID-SESSIONE:", OK: "Continua",
	})
	if err != nil {
		return "", err
	}
	defer clear(typed)
	if pasted := strings.TrimSpace(string(typed)); pasted != "" {
		return a2f.ParseToken(pasted)
	}
	e.session.Step("region")
	made, err := client.RequestIDSessione(ctx, who)
	switch {
	case err != nil:
		return "", err
	case made.Token == "":
		return "", wire.NewError(wire.ErrTokenMail, "")
	}
	return made.Token, nil
}
