package main

import (
	"encoding/json"
	"fmt"
	"os"

	"raccordo/host/internal/agent"
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
	fmt.Printf("In uscita: %d in attesa, %d da controllare\n", s.Outbox.Pending, s.Outbox.Failed)
	return nil
}

func sessionText(s wire.Session) string {
	switch s.State {
	case wire.Connected:
		return fmt.Sprintf("collegata – %s (%s) dalle %s", s.Doctor.Name, s.Method, s.Since)
	case wire.Connecting, wire.Reconnecting:
		return "collegamento in corso"
	case wire.Stale:
		return "da ripristinare: " + texts.Of(s.Reason).Text
	}
	if s.Reason != "" {
		return "non collegata: " + texts.Of(s.Reason).Text
	}
	return "non collegata"
}

type loginCommand struct {
	Certificate string `help:"Impronta SHA-256 del certificato."`
}

func (c loginCommand) Run() error {
	var s wire.Session
	if err := ask("session.login", wire.LoginParams{Via: "card", Certificate: c.Certificate}, &s); err != nil {
		return err
	}
	fmt.Println(sessionText(s))
	return nil
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

type serviceCommand struct {
	Action string `arg:"" enum:"install,uninstall,start,stop,restart" help:"install, uninstall, start, stop o restart."`
}

func (c serviceCommand) Run() error { return agent.Control(c.Action) }

func printJSON(v any) error {
	enc := json.NewEncoder(os.Stdout)
	enc.SetIndent("", "  ")
	return enc.Encode(v)
}
