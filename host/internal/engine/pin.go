package engine

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"raccordo/host/internal/card"
	"raccordo/host/internal/prompt"
	"raccordo/host/internal/wire"
)

// pinWindows is how often the window is shown for one PIN: a mistyped length
// costs no attempt on the card, so it may be mended. A wrong PIN never brings
// the window back by itself.
const pinWindows = 3

// occasion is what a PIN is asked for.
type occasion struct {
	title, text, ok string
	step            func(string) // told what is waited for
}

// askPIN shows the native window for one login.
func (e *Engine) askPIN(text string) card.PINFunc {
	return e.askCard(occasion{"Raccordo – PIN della carta", text, "Collega", e.session.Step})
}

// askCard shows the native window. What is no PIN by the token's own rules is
// asked again, with the reason, and never reaches the card.
func (e *Engine) askCard(o occasion) card.PINFunc {
	return func(ctx context.Context, req card.PINRequest) ([]byte, error) {
		if req.Pinpad {
			e.askOnReader(req, o)
			return nil, nil
		}
		o.step("pin")
		window := prompt.Request{
			Title: o.title, Description: o.text + "\n\n" + cardText(req),
			Label: pinLabel(req), Fault: triesText(req), OK: o.ok,
		}
		for shown := 1; ; shown++ {
			pin, err := e.prompts.PIN(ctx, window)
			if err != nil {
				return nil, err
			}
			fault := req.Check(pin)
			if fault == nil {
				o.step("region")
				return pin, nil
			}
			clear(pin)
			if shown == pinWindows {
				return nil, fault
			}
			window.Fault = strings.TrimSpace(formatText(req) + " " + triesText(req))
		}
	}
}

// askOnReader says that the reader waits for the PIN, until it has it. A PC
// without a window says it in the session's step alone.
func (e *Engine) askOnReader(req card.PINRequest, o occasion) {
	o.step("pinpad")
	ctx, end := context.WithCancel(context.Background())
	go func() {
		<-req.Done
		o.step("region")
		end()
	}()
	go func() {
		err := e.prompts.Tell(ctx, prompt.Request{
			Title:       o.title,
			Description: "Inserire il PIN sul lettore.\n\n" + o.text + "\n\n" + cardText(req),
			Fault:       triesText(req), OK: "Chiudi",
		})
		if err != nil && ctx.Err() == nil {
			e.log.Debug().Err(err).Msg("no notice for the reader's keypad")
		}
	}()
}

// kindNames are the cards as their owners call them.
var kindNames = map[wire.CardKind]string{
	wire.KindCNS: "Carta nazionale dei servizi", wire.KindTSCNS: "Tessera sanitaria (TS-CNS)",
	wire.KindOperator: "Carta operatore", wire.KindCIE: "Carta d’identità elettronica",
}

// cardText says which card in which reader a PIN is for.
func cardText(req card.PINRequest) string {
	text := kindNames[req.Card.Kind]
	if text == "" {
		text = "Carta"
	}
	if req.Card.Serial != "" {
		text += " n. " + req.Card.Serial
	}
	text += ", lettore " + req.Reader + "."
	if req.Purpose == "sign" {
		text += " Serve il PIN di firma."
	}
	if req.Card.Kind == wire.KindCIE {
		text += " Della CIE bastano le ultime 4 cifre del PIN."
	}
	return text
}

func pinLabel(req card.PINRequest) string {
	name := "PIN"
	if req.Purpose == "sign" {
		name = "PIN di firma"
	}
	if rule := ruleText(req); rule != "" {
		return name + " (" + rule + "):"
	}
	return name + ":"
}

// ruleText is empty when the token does not tell its limits.
func ruleText(req card.PINRequest) string {
	unit := "caratteri"
	if req.Digits {
		unit = "cifre"
	}
	switch {
	case req.MaxLen == 0 && req.Digits:
		return "solo cifre"
	case req.MaxLen == 0:
		return ""
	case req.MinLen == req.MaxLen:
		return fmt.Sprintf("%d %s", req.MinLen, unit)
	}
	return fmt.Sprintf("da %d a %d %s", max(req.MinLen, 1), req.MaxLen, unit)
}

func formatText(req card.PINRequest) string {
	rule := ruleText(req)
	if rule == "" {
		rule = "almeno un carattere"
	}
	return "PIN non valido: " + rule + ". Nessun tentativo è stato consumato."
}

func triesText(req card.PINRequest) string {
	switch {
	case req.FinalTry:
		return "Ultimo tentativo: un altro PIN errato blocca la carta."
	case req.AttemptsLeft != nil:
		return fmt.Sprintf("Tentativi rimasti: %d.", *req.AttemptsLeft)
	}
	return ""
}

func loginText(origin, holder, regionName string) string {
	if origin == "" {
		return fmt.Sprintf("Collegamento a «%s» con la carta di %s.", regionName, holder)
	}
	return fmt.Sprintf("La pagina %s chiede il collegamento a «%s» con la carta di %s.\n\nFino al logout la pagina potrà inviare e annullare ricette a nome di %s.",
		origin, regionName, holder, holder)
}

func resumeText(grants map[string]bool, holder, regionName string) string {
	text := fmt.Sprintf("La carta di %s è di nuovo nel lettore: nuovo collegamento a «%s».", holder, regionName)
	if pages := slices.Sorted(maps.Keys(grants)); len(pages) > 0 {
		text += "\n\nFino al logout potranno inviare e annullare ricette le pagine: " + strings.Join(pages, ", ")
	}
	return text
}
