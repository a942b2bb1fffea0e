package agent

import (
	"context"

	"github.com/kardianos/service"
)

// serviceConfig describes the agent to systemd (user unit), launchd (user
// agent) and the Windows service manager.
func serviceConfig() *service.Config {
	return &service.Config{
		Name:        "raccordo",
		DisplayName: "Raccordo",
		Description: "Collega l'applicazione clinica del medico al cloud sanitario regionale.",
		Arguments:   []string{"agent"},
		Option: service.KeyValue{
			"UserService": true, // card, windows and secrets belong to the user
			"RunAtLoad":   true,
		},
	}
}

// program adapts a function to the service manager's start and stop.
type program struct {
	run    func(context.Context) error
	ctx    context.Context
	cancel context.CancelFunc
	done   chan error
}

func (p *program) Start(service.Service) error {
	go func() {
		p.done <- p.run(p.ctx)
		p.cancel()
	}()
	return nil
}

func (p *program) Stop(service.Service) error {
	p.cancel()
	return nil
}

// AsService runs the agent, under a service manager or from a terminal, until
// ctx ends, the manager says stop, or run returns by itself.
func AsService(ctx context.Context, run func(context.Context) error) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	p := &program{run: run, ctx: ctx, cancel: cancel, done: make(chan error, 1)}
	conf := serviceConfig()
	conf.Option["RunWait"] = func() { <-ctx.Done() }
	s, err := service.New(p, conf)
	if err != nil {
		return err
	}
	if err := s.Run(); err != nil {
		return err
	}
	return <-p.done
}

// Control installs, uninstalls, starts, stops or restarts the user's service.
func Control(action string) error {
	s, err := service.New(&program{}, serviceConfig())
	if err != nil {
		return err
	}
	return service.Control(s, action)
}
