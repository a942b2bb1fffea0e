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
	"sync/atomic"
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
	"raccordo/host/internal/secret"
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

// loader builds the engine while the doors are already open. As long as it can
// not be built every request is told why.
type loader struct {
	ready  chan struct{} // engine or fault is there for good
	asked  chan struct{} // somebody was told to unlock the keyring
	engine *engine.Engine
	fault  *wire.Error
	locked atomic.Bool
}

func newLoader() *loader {
	return &loader{ready: make(chan struct{}), asked: make(chan struct{}, 1)}
}

func (l *loader) load(ctx context.Context, paths config.Paths, dir string, log zerolog.Logger) {
	conf, err := config.Load(paths)
	if level, e := zerolog.ParseLevel(conf.LogLevel); err == nil && e == nil {
		log = log.Level(level)
	}
	var secrets *secret.Store
	if err == nil {
		secrets, err = l.unlock(ctx, secret.New(filepath.Join(paths.State, "secret"), secret.Options{Keyring: conf.Keyring}))
	}
	if err == nil {
		l.engine, err = engine.New(engine.Options{
			Version: version, Config: conf, Paths: paths, Secrets: secrets, Log: log, Now: time.Now,
			Worker: []string{filepath.Join(dir, exeName("raccordo")), "card-worker"}, Browse: loopback.Browse,
			Renderer: []string{filepath.Join(dir, exeName("raccordo-render"))}, Spooler: newSpooler,
		})
	}
	if err != nil {
		log.Error().Err(err).Msg("the connector can not work")
		l.fault = wire.NewError(wire.ErrRegionConfig, withoutFolders(err.Error(), paths))
		if errors.Is(err, secret.ErrLost) || errors.Is(err, secret.ErrUnreachable) {
			l.fault = wire.NewError(wire.ErrKeyMissing, "")
		}
		close(l.ready)
		return
	}
	close(l.ready)
	log.Info().Str("version", version).Msg("agent started")
	if err := l.engine.Run(ctx); err != nil {
		log.Error().Err(err).Msg("agent ended")
	}
}

// unlock opens the store of secrets. A keyring that waits for its user is asked
// again when the next request comes, and not before: nobody wants its window
// back just because it was closed.
func (l *loader) unlock(ctx context.Context, k *secret.Keeper) (*secret.Store, error) {
	defer k.Close()
	for {
		store, err := k.Open()
		if !errors.Is(err, secret.ErrLocked) {
			return store, err
		}
		l.locked.Store(true)
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-l.asked:
		}
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

// lockedTime is how long a request waits for the user to unlock the keyring.
const lockedTime = 1500 * time.Millisecond

func (l *loader) get(ctx context.Context) (agent.Engine, *wire.Error) {
	if l.locked.Load() {
		select {
		case l.asked <- struct{}{}:
		default:
		}
		limited, cancel := context.WithTimeout(ctx, lockedTime)
		defer cancel()
		ctx = limited
	}
	select {
	case <-l.ready:
	case <-ctx.Done():
		if l.locked.Load() {
			return nil, wire.NewError(wire.ErrKeyring, "")
		}
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
