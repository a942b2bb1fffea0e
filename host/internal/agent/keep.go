package agent

import (
	"context"
	"sync"
	"time"

	"github.com/rs/zerolog"
)

// rosterLook is how often sessions are looked at: a change is announced, but
// the end of a back-off is not, and what announces may fail.
const rosterLook = 2 * time.Second

// desk is the operating system: who is logged on, and how to start an agent
// there.
type desk interface {
	Logons() ([]logon, error)
	Start(logon) (running, error)
}

// running is an agent's process.
type running interface {
	Wait() int // blocks until it has ended; its exit code
	End()      // asks it to end, and makes it after a while
}

// ended is the news of an agent.
type ended struct {
	logon logon
	code  int
}

// keep has one agent in each session of a logged-on user until ctx ends; then
// it ends them all. Something on changed makes it look at once.
func keep(ctx context.Context, d desk, changed <-chan struct{}, log zerolog.Logger) {
	k := &keeper{desk: d, log: log, roster: newRoster(), agents: map[logon]running{}, gone: make(chan ended)}
	tick := time.NewTicker(rosterLook)
	defer tick.Stop()
	for {
		k.look()
		select {
		case <-ctx.Done():
			k.endAll()
			return
		case <-tick.C:
		case <-changed:
		case e := <-k.gone:
			k.bury(e)
		}
	}
}

type keeper struct {
	desk   desk
	log    zerolog.Logger
	roster *roster
	agents map[logon]running
	gone   chan ended
	ending sync.WaitGroup
}

func (k *keeper) look() {
	logons, err := k.desk.Logons()
	if err != nil {
		k.log.Error().Err(err).Msg("sessions can not be listed")
		return
	}
	start, end := k.roster.due(time.Now(), logons)
	for _, l := range start {
		a, err := k.desk.Start(l)
		if err != nil {
			k.log.Error().Err(err).Uint32("session", l.Session).Msg("agent can not be started")
			k.roster.ended(time.Now(), l, -1)
			continue
		}
		k.log.Info().Uint32("session", l.Session).Msg("agent started")
		k.roster.started(time.Now(), l)
		k.agents[l] = a
		go func() { k.gone <- ended{l, a.Wait()} }()
	}
	for _, l := range end {
		a := k.agents[l]
		k.ending.Go(a.End)
	}
}

func (k *keeper) bury(e ended) {
	k.log.Info().Uint32("session", e.logon.Session).Int("code", e.code).Msg("agent ended")
	delete(k.agents, e.logon)
	k.roster.ended(time.Now(), e.logon, e.code)
}

// endAll asks all agents at the same time and waits for them.
func (k *keeper) endAll() {
	for _, a := range k.agents {
		k.ending.Go(a.End)
	}
	for len(k.agents) > 0 {
		k.bury(<-k.gone)
	}
	k.ending.Wait()
}
