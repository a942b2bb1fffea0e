// Package agent is the life of the background program: one per user session,
// it listens on the local socket, gives each caller a door, and ends when it
// is told to or, started on demand, when nobody has needed it for a while.
//
// It knows frames and deadlines and nothing of what a method does; that is the
// engine's.
package agent

import (
	"context"
	"errors"
	"net"
	"sync"
	"time"

	"github.com/rs/zerolog"

	"raccordo/host/internal/engine"
	"raccordo/host/internal/ipc"
	"raccordo/host/internal/wire"
)

// Engine is what the doors need of an engine.
type Engine interface {
	Do(ctx context.Context, c engine.Call) (any, *wire.Error)
	Events() (<-chan wire.Event, func())
	Hears(wire.Caller) bool // whether events are for this caller
	Idle() bool
}

// Options is what an Agent is made of.
type Options struct {
	Log      zerolog.Logger
	Trusted  []string      // folders from which a peer's program may run; empty: any program of this user
	IdleExit time.Duration // 0: never
}

// Agent accepts callers.
type Agent struct {
	opt    Options
	engine func(context.Context) (Engine, *wire.Error)
	doors  sync.WaitGroup

	mu   sync.Mutex
	open int
	last time.Time
}

// New takes the way to the engine and not the engine itself: the socket must
// answer before everything is ready.
func New(get func(context.Context) (Engine, *wire.Error), opt Options) *Agent {
	return &Agent{opt: opt, engine: get, last: time.Now()}
}

// Serve accepts callers until ctx ends or the agent has been idle for long
// enough, then waits for the doors to close.
func (a *Agent) Serve(ctx context.Context, l net.Listener) error {
	ctx, cancel := context.WithCancel(ctx)
	stop := context.AfterFunc(ctx, func() { l.Close() })
	defer stop()
	if a.opt.IdleExit > 0 {
		go a.watchIdle(ctx, cancel)
	}
	// A socket that fails ends the doors as well: an agent that hears nobody
	// must leave its place to another.
	defer func() { cancel(); a.doors.Wait() }()
	for {
		conn, err := l.Accept()
		if err != nil {
			if ctx.Err() != nil || errors.Is(err, net.ErrClosed) {
				return nil
			}
			return err
		}
		a.doors.Go(func() { a.admit(ctx, conn) })
	}
}

func (a *Agent) admit(ctx context.Context, conn net.Conn) {
	defer conn.Close()
	peer, err := ipc.Verify(conn, a.opt.Trusted...)
	if err != nil {
		a.opt.Log.Warn().Err(err).Msg("caller refused")
		return
	}
	a.count(1)
	defer a.count(-1)
	a.opt.Log.Debug().Int("pid", peer.PID).Msg("caller")
	d := &door{conn: conn, engine: a.engine, log: a.opt.Log}
	d.serve(ctx)
}

func (a *Agent) count(n int) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.open += n
	a.last = time.Now()
}

// watchIdle ends an agent that was started on demand and is not needed.
func (a *Agent) watchIdle(ctx context.Context, end context.CancelFunc) {
	tick := time.NewTicker(max(a.opt.IdleExit/4, time.Second))
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		a.mu.Lock()
		quiet := a.open == 0 && time.Since(a.last) > a.opt.IdleExit
		a.mu.Unlock()
		if !quiet {
			continue
		}
		if e, fault := a.engine(ctx); fault == nil && !e.Idle() {
			continue
		}
		a.opt.Log.Info().Msg("not needed any more")
		end()
		return
	}
}
