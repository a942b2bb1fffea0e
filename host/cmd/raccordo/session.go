package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"raccordo/host/internal/loopback"
	"raccordo/host/internal/texts"
	"raccordo/host/internal/wire"
)

type statusCommand struct {
	JSON bool `help:"Stampa in JSON."`
}

func (c statusCommand) Run() error {
	var s wire.Status
	if err := ask("status", wire.NoParams{}, &s); err != nil {
		return err
	}
	if c.JSON {
		return printJSON(s)
	}
	fmt.Printf("Regione:  %s\nSessione: %s\n", s.Region.Name, sessionText(s.Session))
	if s.Cards.Service != "running" {
		fmt.Println("Carta:   ", texts.Of(wire.ErrPCSCDown).Text)
	}
	fmt.Println("Firma:   ", signingText(s.Signing))
	for _, w := range s.Warnings {
		fmt.Println("Avviso:   ", texts.Of(w).Text)
	}
	fmt.Printf("In uscita: %d in attesa, %d da controllare, %d per più tardi\n", s.Outbox.Pending, s.Outbox.Failed, s.Outbox.Drafts)
	if s.Printing != (wire.Printing{}) {
		fmt.Printf("Stampe: %d in attesa, %d da controllare\n", s.Printing.Waiting, s.Printing.Held)
	}
	return nil
}

// signingText says with what a document could be signed now.
func signingText(s wire.Signing) string {
	var ways []string
	if s.Card {
		ways = append(ways, "con la carta")
	}
	for _, r := range s.Remote {
		ways = append(ways, fmt.Sprintf("remota «%s» (%s)", r.Name, r.ID))
	}
	if len(ways) == 0 {
		return "nessuna carta di firma e nessun servizio di firma remota"
	}
	return strings.Join(ways, "; ")
}

func sessionText(s wire.Session) string {
	switch s.State {
	case wire.Connected:
		text := fmt.Sprintf("collegata – %s (%s) dalle %s", s.Doctor.Name, s.Method, s.Since)
		if s.SubstituteOf != "" {
			text += ", sostituto di " + s.SubstituteOf
		}
		return text
	case wire.Connecting, wire.Reconnecting:
		return "collegamento in corso"
	case wire.Stale:
		if s.Repair == "login" {
			return "da riaprire con «raccordo login»: " + texts.Of(s.Reason).Text
		}
		return "in ripristino: " + texts.Of(s.Reason).Text
	}
	if s.Reason != "" {
		return "non collegata: " + texts.Of(s.Reason).Text
	}
	return "non collegata"
}

type loginCommand struct {
	Via         string `enum:"auto,card,cloud" default:"auto" help:"auto, card (con la carta) o cloud (pagina della regione, o ID-SESSIONE)."`
	Certificate string `help:"Impronta SHA-256 del certificato."`
	NoBrowser   bool   `help:"Stampa l'indirizzo della pagina della regione invece di aprirla."`
}

func (c loginCommand) Run() error {
	var s wire.LoginResult
	if err := ask("session.login", wire.LoginParams{Via: c.Via, Certificate: c.Certificate}, &s); err != nil {
		return err
	}
	if s.AuthorizeURL == "" {
		fmt.Println(sessionText(s.Session))
		return nil
	}
	fmt.Println("Pagina della regione:", s.AuthorizeURL)
	if !c.NoBrowser {
		if err := loopback.Browse(s.AuthorizeURL); err != nil {
			fmt.Println("Aprire l'indirizzo nel browser di questo computer.")
		}
	}
	return awaitPage()
}

// awaitPage waits until the region's page has come back to the agent.
func awaitPage() error {
	for {
		var s wire.Status
		if err := ask("status", wire.NoParams{}, &s); err != nil {
			return err
		}
		switch s.Session.State {
		case wire.Connecting:
			time.Sleep(300 * time.Millisecond)
			continue
		case wire.Connected:
			fmt.Println(sessionText(s.Session))
			return nil
		}
		return wire.NewError(s.Session.Reason, "")
	}
}

type logoutCommand struct{}

func (logoutCommand) Run() error {
	var s wire.Session
	if err := ask("session.logout", wire.NoParams{}, &s); err != nil {
		return err
	}
	fmt.Println(sessionText(s))
	return nil
}

func printJSON(v any) error { return writeJSON(os.Stdout, v) }

func writeJSON(out io.Writer, v any) error {
	enc := json.NewEncoder(out)
	enc.SetIndent("", "  ")
	return enc.Encode(v)
}

func writeLines(out io.Writer, lines ...string) error {
	for _, line := range lines {
		if _, err := fmt.Fprintln(out, line); err != nil {
			return err
		}
	}
	return nil
}
