package main

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"

	"raccordo/host/internal/agent"
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
		fmt.Println("Carta:    servizio smart card non attivo")
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
		return fmt.Sprintf("da ripristinare (%s)", s.Reason)
	}
	if s.Reason != "" {
		return fmt.Sprintf("non collegata (%s)", s.Reason)
	}
	return "non collegata"
}

type cardsCommand struct {
	JSON bool `help:"Stampa in JSON."`
}

func (c cardsCommand) Run() error {
	var list wire.CardList
	if err := ask("card.list", wire.NoParams{}, &list); err != nil {
		return err
	}
	if c.JSON {
		return printJSON(list)
	}
	switch {
	case list.Service != "running":
		fmt.Println("Servizio smart card non attivo.")
	case len(list.Readers) == 0:
		fmt.Println("Nessun lettore collegato.")
	}
	for _, r := range list.Readers {
		fmt.Printf("%s: %s\n", r.Name, map[wire.ReaderState]string{
			wire.ReaderEmpty: "nessuna carta", wire.ReaderReading: "lettura in corso",
			wire.ReaderCard: "carta presente", wire.ReaderMute: "carta capovolta o muta"}[r.State])
		if r.Card == nil {
			continue
		}
		if r.Card.Holder != nil {
			fmt.Printf("  %s\n", r.Card.Holder.Name)
		}
		for _, k := range r.Card.Certificates {
			mark := "non utilizzabile: " + string(k.Reason)
			if k.Usable {
				mark = "accesso"
			}
			fmt.Printf("  %s… %s, fino al %s (%s)\n", k.Fingerprint[:12], k.Issuer, strings.SplitN(k.NotAfter, "T", 2)[0], mark)
		}
	}
	return nil
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
