package engine

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"time"

	"raccordo/host/internal/prompt"
	"raccordo/host/internal/remotesign"
	"raccordo/host/internal/wire"
)

// asker shows the windows of a remote signature service. What is typed goes to
// the service once, and a refused one is never typed again by itself.
type asker struct {
	e *Engine

	mu  sync.Mutex
	who string // asks for the batch under way, in a sentence
}

var _ remotesign.Asker = (*asker)(nil)

// codeTime is how long a window waits for a code that has to arrive first.
const codeTime = 5 * time.Minute

// about tells whom the windows are to name.
func (a *asker) about(c Call) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.who = caller(c)
}

func (a *asker) asking() string {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.who
}

// Account asks for user and password in two windows: the programs that ask have
// one field each. The first one hides what is typed as well.
func (a *asker) Account(ctx context.Context, q remotesign.AccountRequest) (string, []byte, error) {
	window := prompt.Request{Title: "Raccordo – Firma remota", OK: "Continua", Wait: codeTime}
	whose := "dell’utente"
	if q.Client {
		whose = "del programma, ricevute dal gestore della firma"
	}
	window.Description = fmt.Sprintf("%s chiede una firma con «%s». Servono le credenziali %s: si inseriscono una sola volta e restano cifrate su questo computer.", a.asking(), q.Service, whose)
	if q.Again {
		window.Fault = "Le credenziali precedenti non sono state accettate."
	}
	user := q.User
	if user == "" {
		window.Label = "Nome utente:"
		typed, err := a.typed(ctx, window, false)
		if err != nil {
			return "", nil, err
		}
		user = strings.TrimSpace(string(typed))
		clear(typed)
		window.Fault = ""
	} else {
		window.Description += "\n\nUtente: " + user
	}
	window.Label, window.OK = "Password:", "Conserva"
	password, err := a.typed(ctx, window, false)
	return user, password, err
}

// PIN asks for the PIN of a remote key.
func (a *asker) PIN(ctx context.Context, q remotesign.SecretRequest) ([]byte, error) {
	label := "PIN della firma remota"
	if q.Label != "" && len(q.Label) <= nameLength {
		label = q.Label
	}
	if q.Numeric {
		label += " (solo cifre)"
	}
	return a.typed(ctx, prompt.Request{
		Title: "Raccordo – PIN della firma remota", Description: a.purpose(q.Service, q.Signer, q.Documents),
		Label: label + ":", OK: "Firma", Wait: codeTime,
	}, q.Numeric)
}

// OTP asks for a one-time password. An empty answer asks for another one where
// the service sends them.
func (a *asker) OTP(ctx context.Context, q remotesign.OTPRequest) ([]byte, bool, error) {
	window := prompt.Request{Title: "Raccordo – Codice OTP", Label: "Codice OTP:", OK: "Firma", Wait: codeTime}
	text := a.purpose(q.Service, q.Signer, q.Documents)
	if q.Pages > 1 {
		text += fmt.Sprintf("\n\nIl servizio vuole più codici per un elenco così lungo: questo è il n. %d di %d.", q.Page, q.Pages)
	}
	text += "\n\n" + whereOTP(q)
	if q.CanResend {
		text += " Per farsene mandare un altro, lasciare vuoto e premere «Firma»."
	}
	window.Description = text
	switch {
	case q.AttemptsLeft == 1:
		window.Fault = "Ultimo tentativo: un altro codice errato blocca l’utenza."
	case q.AttemptsLeft > 1:
		window.Description += fmt.Sprintf(" Tentativi rimasti: %d.", q.AttemptsLeft)
	}
	for shown := 1; ; shown++ {
		typed, err := a.e.prompts.PIN(ctx, window)
		if err != nil {
			return nil, false, err
		}
		switch {
		case len(typed) == 0 && q.CanResend:
			return nil, true, nil
		case len(typed) > 0 && (!q.Numeric || digits(typed)):
			return typed, false, nil
		}
		clear(typed)
		if shown == pinWindows {
			return nil, false, wire.NewError(wire.ErrPromptCancel, "")
		}
		window.Fault = "Il codice è di sole cifre. Nessun tentativo è stato consumato."
	}
}

// whereOTP says where the code is to be found.
func whereOTP(q remotesign.OTPRequest) string {
	switch {
	case q.Sent && q.Hint != "":
		return fmt.Sprintf("Il codice è stato inviato: %s.", strings.TrimRight(q.Hint, "."))
	case q.Sent:
		return "Il codice è stato inviato."
	case q.Hint != "":
		return fmt.Sprintf("Il codice si trova qui: %s.", strings.TrimRight(q.Hint, "."))
	}
	return "Il codice è quello del generatore o dell’app del gestore della firma."
}

// Browse opens a service's page. The page comes back to an address of this PC.
func (a *asker) Browse(_ context.Context, address string) error {
	if err := a.e.opt.Browse(address); err != nil {
		a.e.log.Warn().Err(err).Msg("the service's page can not be shown")
		return wire.NewError(wire.ErrNoBrowser, "")
	}
	return nil
}

func (a *asker) purpose(service, signer string, documents int) string {
	return fmt.Sprintf("%s: firma di %s con «%s», certificato di %s.", a.asking(), counted(documents), service, signer)
}

// typed is what somebody typed who typed something that fits.
func (a *asker) typed(ctx context.Context, window prompt.Request, numeric bool) ([]byte, error) {
	for shown := 1; ; shown++ {
		typed, err := a.e.prompts.PIN(ctx, window)
		if err != nil {
			return nil, err
		}
		if len(typed) > 0 && (!numeric || digits(typed)) {
			return typed, nil
		}
		clear(typed)
		if shown == pinWindows {
			return nil, fmt.Errorf("nothing that fits was typed: %w", prompt.ErrCancelled)
		}
		window.Fault = "Non può essere vuoto. Nessun tentativo è stato consumato."
		if numeric {
			window.Fault = "Sono ammesse solo cifre. Nessun tentativo è stato consumato."
		}
	}
}

func digits(typed []byte) bool {
	for _, c := range typed {
		if c < '0' || c > '9' {
			return false
		}
	}
	return true
}
