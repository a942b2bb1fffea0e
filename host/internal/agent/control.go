package agent

import (
	"errors"
	"fmt"
	"slices"

	"github.com/kardianos/service"
)

// Exit codes of `raccordo service`: those of status in LSB 3.1 and systemctl(1).
const (
	ExitStopped      = 3
	ExitNotInstalled = 4
)

// ExitReplaced ends an agent that its service is to start again from the
// program that is there now: EX_TEMPFAIL of sysexits(3).
const ExitReplaced = 75

// Outcome is what became of an action, for a person and for a script.
type Outcome struct {
	Text string // Italian
	Code int    // exit code
}

// manager is the system's service manager, for the one service of ours.
type manager interface {
	Status() (service.Status, error) // service.ErrNotInstalled
	Current() (bool, error)          // whether what is installed is what Install would install
	Install() error
	Uninstall() error
	Start() error
	Stop() error
	Restart() error
}

// control brings the service to where action wants it. It looks first: the
// managers call a wish that is already fulfilled an error.
func control(action string, m manager) (Outcome, error) {
	status, err := m.Status()
	installed := !errors.Is(err, service.ErrNotInstalled)
	if installed && err != nil {
		return Outcome{}, err
	}
	running := installed && status == service.StatusRunning
	switch action {
	case "install":
		return install(m, installed, running)
	case "uninstall":
		return uninstall(m, installed, running)
	}
	if !installed {
		text := "Il servizio non è installato"
		if action != "status" {
			text += ": installarlo con «raccordo service install»"
		}
		return Outcome{text + ".", ExitNotInstalled}, nil
	}
	switch action {
	case "status":
		if running {
			return Outcome{"Il servizio è installato e in esecuzione.", 0}, nil
		}
		return Outcome{"Il servizio è installato ma fermo.", ExitStopped}, nil
	case "start":
		if running {
			return Outcome{"Il servizio era già in esecuzione.", 0}, nil
		}
		return done("Il servizio è stato avviato.", m.Start)
	case "stop":
		if !running {
			return Outcome{"Il servizio era già fermo.", 0}, nil
		}
		return done("Il servizio è stato fermato.", m.Stop)
	case "restart":
		if !running {
			return done("Il servizio era fermo ed è stato avviato.", m.Start)
		}
		return done("Il servizio è stato riavviato.", m.Restart)
	}
	return Outcome{}, fmt.Errorf("unknown action %q", action)
}

// install replaces a service that was installed from elsewhere, or by another
// version: its file would go on naming a program that is gone.
func install(m manager, installed, running bool) (Outcome, error) {
	if !installed {
		return done("Il servizio è installato e in esecuzione: si avvierà a ogni accesso.", m.Install, m.Start)
	}
	current, err := m.Current()
	if err != nil {
		return Outcome{}, err
	}
	switch {
	case current && running:
		return Outcome{"Il servizio era già installato e in esecuzione.", 0}, nil
	case current:
		return done("Il servizio era già installato ed è stato avviato.", m.Start)
	}
	steps := []func() error{m.Uninstall, m.Install, m.Start}
	if running {
		steps = slices.Insert(steps, 0, m.Stop)
	}
	return done("Il servizio è stato aggiornato e avviato.", steps...)
}

func uninstall(m manager, installed, running bool) (Outcome, error) {
	switch {
	case !installed:
		return Outcome{"Il servizio non era installato.", 0}, nil
	case running:
		return done("Il servizio è stato fermato e rimosso.", m.Stop, m.Uninstall)
	}
	return done("Il servizio è stato rimosso.", m.Uninstall)
}

// done is the outcome of steps that all have to succeed.
func done(text string, steps ...func() error) (Outcome, error) {
	for _, step := range steps {
		if err := step(); err != nil {
			return Outcome{}, err
		}
	}
	return Outcome{text, 0}, nil
}
