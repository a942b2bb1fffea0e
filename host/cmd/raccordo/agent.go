package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/rs/zerolog"

	"raccordo/host/internal/agent"
	"raccordo/host/internal/card/worker"
	"raccordo/host/internal/config"
	"raccordo/host/internal/engine"
	"raccordo/host/internal/ipc"
	"raccordo/host/internal/logx"
	"raccordo/host/internal/loopback"
	"raccordo/host/internal/nodump"
	"raccordo/host/internal/wire"
)

// idleExit is when an agent that a browser started goes away again.
const idleExit = 10 * time.Minute

type agentCommand struct {
	OnDemand bool   `help:"Termina da solo quando non serve più." hidden:""`
	Service  bool   `help:"Avviato dal gestore dei servizi." hidden:""`
	EndEvent string `help:"Evento di Windows che lo termina." hidden:""`
}

func (c agentCommand) Run() error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if c.EndEvent != "" {
		if err := agent.UntilEvent(c.EndEvent, stop); err != nil {
			return err
		}
	}
	err := c.serve(ctx)
	switch {
	case errors.Is(err, agent.ErrReplaced):
		if c.Service {
			return exit{agent.ExitReplaced, "il programma è stato aggiornato: riparte il nuovo"}
		}
		return nil
	case errors.Is(err, agent.ErrLives):
		if !c.OnDemand { // otherwise another relay's agent was faster
			fmt.Fprintln(os.Stderr, "raccordo: il connettore di questo utente è già in esecuzione:", err)
		}
		return nil
	case errors.Is(err, context.Canceled):
		return nil // told to end before it had its place
	}
	return err
}

// serve listens before anything else is ready: a browser that has just
// started the agent is waiting. It keeps its place until the engine has put
// everything away.
func (c agentCommand) serve(ctx context.Context) error {
	if err := nodump.NoCores(); err != nil {
		return err
	}
	program, err := agent.OwnProgram()
	if err != nil {
		return err
	}
	place, err := agent.TakePlace(ctx, c.Service)
	if err != nil {
		return err
	}
	defer place.Close()
	listener, err := place.Listen()
	if err != nil {
		return err
	}
	dir, err := ipc.OwnDir()
	if err != nil {
		return err
	}
	opt := agent.Options{Trusted: []string{dir}, Replaced: program.Replaced}
	if c.OnDemand {
		opt.IdleExit = idleExit
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	if c.Service {
		go agent.AdoptDisplay(ctx)
	}
	paths := config.DefaultPaths()
	l := newLoader()
	opt.Log = earlyLog(paths)
	done := make(chan struct{})
	working, end := context.WithCancel(context.WithoutCancel(ctx)) // requests under way still need the engine
	defer end()
	go func() {
		defer close(done)
		l.load(working, paths, dir, opt.Log)
	}()
	err = agent.New(l.get, opt).Serve(ctx, listener)
	end()
	<-done // the engine logs out of the region
	return err
}

// earlyLog writes to the log file, or to stderr where there is none.
func earlyLog(paths config.Paths) zerolog.Logger {
	file, err := logx.File(paths.State, "agent")
	if err != nil {
		return logx.New(os.Stderr, "info")
	}
	return logx.New(file, "info")
}

// loader builds the engine while the doors are already open. When it can not
// be built every request is told why.
type loader struct {
	ready  chan struct{}
	engine *engine.Engine
	fault  *wire.Error
}

func newLoader() *loader { return &loader{ready: make(chan struct{})} }

func (l *loader) load(ctx context.Context, paths config.Paths, dir string, log zerolog.Logger) {
	conf, err := config.Load(paths)
	if err == nil {
		if level, e := zerolog.ParseLevel(conf.LogLevel); e == nil {
			log = log.Level(level)
		}
		l.engine, err = engine.New(engine.Options{
			Version: version, Config: conf, Paths: paths, Log: log, Now: time.Now,
			Worker: []string{filepath.Join(dir, exeName("raccordo")), "card-worker"}, Browse: loopback.Browse,
		})
	}
	if err != nil {
		log.Error().Err(err).Msg("the connector can not work with this configuration")
		l.fault = wire.NewError(wire.ErrRegionConfig, withoutFolders(err.Error(), paths))
		close(l.ready)
		return
	}
	close(l.ready)
	log.Info().Str("version", version).Msg("agent started")
	if err := l.engine.Run(ctx); err != nil {
		log.Error().Err(err).Msg("agent ended")
	}
}

// withoutFolders takes this PC's folders out of a text that a page may read:
// the name of the file and what is wrong with it stay.
func withoutFolders(text string, paths config.Paths) string {
	for _, dir := range slices.Concat(paths.Regions, paths.Config, []string{paths.State}) {
		text = strings.ReplaceAll(text, dir+string(filepath.Separator), "")
		text = strings.ReplaceAll(text, dir, filepath.Base(dir))
	}
	return text
}

func (l *loader) get(ctx context.Context) (agent.Engine, *wire.Error) {
	select {
	case <-l.ready:
	case <-ctx.Done():
		return nil, wire.NewError(wire.ErrDeadline, "starting")
	}
	if l.fault != nil {
		return nil, l.fault
	}
	return l.engine, nil
}

type cardWorkerCommand struct {
	Module string `arg:""`
}

func (c cardWorkerCommand) Run() error {
	if err := nodump.Private(); err != nil {
		return err
	}
	return worker.Main(c.Module, os.Stdin, os.Stdout)
}
