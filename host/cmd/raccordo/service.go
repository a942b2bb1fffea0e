package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"

	"raccordo/host/internal/agent"
)

type serviceCommand struct {
	Install   installCommand   `cmd:"" help:"Installa il servizio e lo avvia, ora e a ogni accesso."`
	Uninstall uninstallCommand `cmd:"" help:"Ferma e rimuove il servizio."`
	Start     startCommand     `cmd:"" help:"Avvia il servizio."`
	Stop      stopCommand      `cmd:"" help:"Ferma il servizio."`
	Restart   restartCommand   `cmd:"" help:"Riavvia il servizio."`
	Status    isCommand        `cmd:"" help:"Mostra se il servizio è installato e in esecuzione (esce con 0 in esecuzione, 3 fermo, 4 non installato)."`
	Run       runCommand       `cmd:"" hidden:""`
}

type (
	installCommand   struct{}
	uninstallCommand struct{}
	startCommand     struct{}
	stopCommand      struct{}
	restartCommand   struct{}
	isCommand        struct{}
	runCommand       struct{}
)

func (installCommand) Run() error   { return control("install") }
func (uninstallCommand) Run() error { return control("uninstall") }
func (startCommand) Run() error     { return control("start") }
func (stopCommand) Run() error      { return control("stop") }
func (restartCommand) Run() error   { return control("restart") }
func (isCommand) Run() error        { return control("status") }

// Run is what Windows starts.
func (runCommand) Run() error {
	exe, err := os.Executable()
	if err != nil {
		return err
	}
	return agent.RunService(exe)
}

func control(action string) error {
	outcome, err := agent.Control(action)
	switch {
	case errors.Is(err, agent.ErrNoManager):
		return fmt.Errorf("il gestore dei servizi dell'utente non è raggiungibile: il connettore si avvia comunque quando serve al browser (%w)", err)
	case errors.Is(err, fs.ErrPermission):
		return fmt.Errorf("servono i diritti di amministratore: ripetere da un prompt avviato come amministratore (%w)", err)
	case err != nil:
		return fmt.Errorf("il servizio non si può gestire: %w", err)
	}
	if outcome.Code != 0 {
		return exit{outcome.Code, outcome.Text}
	}
	fmt.Println(outcome.Text)
	return nil
}

// exit ends the program with a code that a script can read, and a text that is
// no error.
type exit struct {
	code int
	text string
}

func (e exit) Error() string { return e.text }

func (e exit) leave() {
	if e.text != "" {
		fmt.Println(e.text)
	}
	os.Exit(e.code)
}
