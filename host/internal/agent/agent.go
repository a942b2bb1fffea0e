// Package agent is the life of the background program: one per user, it
// listens on the local socket, gives each caller a door, and ends when it is
// told to, when its program was replaced or, started on demand, when nobody
// has needed it for a while. What is under way is finished first.
//
// It also makes the agent a service: a systemd user unit, a LaunchAgent, and on
// Windows a system service that keeps one agent in each user's session.
//
// It knows frames and deadlines and nothing of what a method does; that is the
// engine's.
package agent

import (
	"context"
	"errors"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"github.com/rs/zerolog"

	"raccordo/host/internal/engine"
	"raccordo/host/internal/ipc"
	"raccordo/host/internal/wire"
)

// drainTime is how long an agent that ends lets requests go on.
const drainTime = 10 * time.Second

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
	Replaced func() bool   // whether another file is in this program's place; nil: never
}

// Agent accepts callers.
type Agent struct {
	opt    Options
	engine func(context.Context) (Engine, *wire.Error)
	doors  sync.WaitGroup
	asked  atomic.Int64 // requests under way
	gone   atomic.Bool  // it ends because its program was replaced

	mu   sync.Mutex
	open int
	last time.Time
}

// New takes the way to the engine and not the engine itself: the socket must
// answer before everything is ready.
func New(get func(context.Context) (Engine, *wire.Error), opt Options) *Agent {
	if opt.Replaced == nil {
		opt.Replaced = func() bool { return false }
	}
	return &Agent{opt: opt, engine: get, last: time.Now()}
}

// life is how a serving agent ends: first it hears nobody any more, then what
// is still under way is given up.
type life struct {
	work     context.Context // ends what requests do
	ending   context.Context // ends hearing
	end      context.CancelFunc
	listener net.Listener
}

// retire ends an agent whose program was replaced. Who learns of it must not
// find it listening any more.
func (a *Agent) retire(is life) {
	a.gone.Store(true)
	is.listener.Close()
	is.end()
}

// Serve accepts callers until ctx ends, the program was replaced (ErrReplaced)
// or the agent has been idle for long enough. Requests under way are finished
// or, after drainTime, cancelled.
func (a *Agent) Serve(ctx context.Context, l net.Listener) error {
	work, giveUp := context.WithCancel(context.WithoutCancel(ctx))
	defer giveUp()
	ending, end := context.WithCancel(ctx)
	late := make(chan *time.Timer, 1)
	context.AfterFunc(ending, func() {
		l.Close()
		late <- time.AfterFunc(drainTime, giveUp)
	})
	if a.opt.IdleExit > 0 {
		go a.watchIdle(ending, end)
	}
	is := life{work, ending, end, l}
	go a.watchProgram(is)
	err := a.accept(is)
	// A socket that fails ends the doors as well: an agent that hears nobody
	// must leave its place to another.
	end()
	a.doors.Wait()
	(<-late).Stop()
	if a.gone.Load() {
		return ErrReplaced
	}
	return err
}

func (a *Agent) accept(is life) error {
	for {
		conn, err := is.listener.Accept()
		if err != nil {
			if is.ending.Err() != nil || errors.Is(err, net.ErrClosed) {
				return nil
			}
			return err
		}
		a.doors.Go(func() { a.admit(is, conn) })
	}
}

func (a *Agent) admit(is life, conn net.Conn) {
	defer conn.Close()
	peer, err := ipc.Verify(conn, a.opt.Trusted...)
	if err != nil {
		a.opt.Log.Warn().Err(err).Msg("caller refused")
		if a.opt.Replaced() { // it may be the new relay, to whom this program is the foreign one
			a.retire(is)
		}
		return
	}
	a.count(1)
	defer a.count(-1)
	a.opt.Log.Debug().Int("pid", peer.PID).Msg("caller")
	d := &door{conn: conn, engine: a.engine, log: a.opt.Log, asked: &a.asked}
	d.stays = func() bool {
		if !a.opt.Replaced() {
			return true
		}
		a.opt.Log.Info().Msg("the program was replaced and its successor is wanted")
		a.retire(is)
		return false
	}
	d.serve(is.work, is.ending)
}

func (a *Agent) count(n int) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.open += n
	a.last = time.Now()
}

// needless tells that no session is lost with this agent.
func (a *Agent) needless(ctx context.Context) bool {
	e, fault := a.engine(ctx)
	return fault != nil || e.Idle()
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
		if !quiet || !a.needless(ctx) {
			continue
		}
		a.opt.Log.Info().Msg("not needed any more")
		end()
		return
	}
}

// watchProgram ends an agent whose program was replaced as soon as no request
// and no session would be lost; a relay that wants the successor ends it
// before.
func (a *Agent) watchProgram(is life) {
	tick := time.NewTicker(programLook)
	defer tick.Stop()
	for {
		select {
		case <-is.ending.Done():
			return
		case <-tick.C:
		}
		if a.opt.Replaced() && a.asked.Load() == 0 && a.needless(is.ending) {
			a.opt.Log.Info().Msg("the program was replaced")
			a.retire(is)
			return
		}
	}
}
