package engine

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"

	"raccordo/host/internal/prompt"
	"raccordo/host/internal/secret"
	"raccordo/host/internal/wire"
)

// leave makes sure that the doctor allowed the page to act in this session:
// by the PIN window that named it, else by a window of its own. What a page
// shows or hides proves nothing.
func (e *Engine) leave(ctx context.Context, c Call, l *link) error {
	if c.Caller.Kind != "browser" || seesAll(c) && strings.HasPrefix(c.Method, "outbox.") {
		return nil // the user's own hand: the command line, and the popup for what is in charge
	}
	e.mu.Lock()
	granted := e.grants[c.Origin]
	e.mu.Unlock()
	if granted {
		return nil
	}
	holder := doctorOf(e.sessionOf(l)).Name
	err := e.prompts.Confirm(ctx, prompt.Request{
		Title: "Raccordo – Consenso",
		Description: fmt.Sprintf("La pagina %s chiede di inviare e annullare ricette a nome di %s fino al logout.\n\nConsentire?",
			c.Origin, holder),
		OK: "Consenti",
	})
	if errors.Is(err, prompt.ErrCancelled) {
		return wire.NewError(wire.ErrConsent, "")
	}
	if err != nil {
		return err
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.live != l {
		return errNotConnected
	}
	e.grants[c.Origin] = true
	return nil
}

// pinCode is the doctor's pinCode of Sistema TS, which every request carries
// encrypted.
func (e *Engine) pinCode(ctx context.Context, l *link) (string, error) {
	s := e.sessionOf(l)
	name := doctorOf(s).Name
	if name == "" {
		name = s.CF
	}
	return e.pinCodeOf(ctx, s.CF, name)
}

// pinCodeOf asks for a pinCode once, in a native window, and keeps it sealed.
func (e *Engine) pinCodeOf(ctx context.Context, codiceFiscale, doctor string) (string, error) {
	if kept, err := e.keptPinCode(codiceFiscale); err == nil || codeOf(err) != wire.ErrPinCode {
		return kept, err
	}
	typed, err := e.prompts.PIN(ctx, prompt.Request{
		Title:       "Raccordo – pinCode Sistema TS",
		Description: fmt.Sprintf("Per inviare le ricette serve il pinCode di Sistema TS di %s.\n\nSi trova sul portale sistemats.it; viene chiesto una sola volta e conservato cifrato su questo computer.", doctor),
		Label:       "pinCode:", OK: "Conserva",
	})
	if errors.Is(err, prompt.ErrCancelled) || err == nil && len(typed) == 0 {
		return "", wire.NewError(wire.ErrPinCode, "")
	}
	if err != nil {
		return "", err
	}
	defer clear(typed)
	return string(typed), e.secrets.Put(PinCodeName(codiceFiscale), typed)
}

// keptPinCode is the pinCode that was typed once; it asks nobody.
func (e *Engine) keptPinCode(codiceFiscale string) (string, error) {
	kept, err := e.secrets.Get(PinCodeName(codiceFiscale))
	if errors.Is(err, secret.ErrNone) {
		return "", wire.NewError(wire.ErrPinCode, "")
	}
	return string(kept), err
}

// PinCodeName is the name under which a doctor's pinCode is kept: not the
// codice fiscale itself, since it becomes a file's name.
func PinCodeName(codiceFiscale string) string {
	sum := sha256.Sum256([]byte(codiceFiscale))
	return "pincode-" + hex.EncodeToString(sum[:8])
}
