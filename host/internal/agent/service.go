package agent

import (
	"errors"
	"path/filepath"

	"github.com/kardianos/service"

	"raccordo/host/internal/ipc"
)

// ErrNoManager tells that no service manager can be reached: the agent is still
// started on demand.
var ErrNoManager = errors.New("no service manager of this user")

// Control does what action says with the service: install, uninstall, start,
// stop, restart or status. What is so already is no error.
func Control(action string) (Outcome, error) {
	dir, err := ipc.OwnDir()
	if err != nil {
		return Outcome{}, err
	}
	m, err := newManager(filepath.Join(dir, programName))
	if err != nil {
		return Outcome{}, err
	}
	return control(action, m)
}

// config describes the service of the program exe. It says in full what the
// system's own file is to hold: the library's templates are for servers.
func config(exe string, options service.KeyValue, args ...string) *service.Config {
	return &service.Config{
		Name:        serviceName,
		DisplayName: "Raccordo",
		Description: "Collega l'applicazione clinica del medico al cloud sanitario regionale.",
		Executable:  exe,
		Arguments:   args,
		Option:      options,
	}
}

// controlled is for the library, which wants to run what it only controls
// here: the agent itself does not run under it (see serve_windows.go).
type controlled struct{}

func (controlled) Start(service.Service) error { return nil }
func (controlled) Stop(service.Service) error  { return nil }
