// Package wake tells when the PC wakes from sleep and when its network
// changes: both may have ended a session, or a wait for the network, unnoticed.
//
// On Linux it listens to logind (org.freedesktop.login1(5), PrepareForSleep)
// and to the kernel's routing socket (rtnetlink(7)). Where there is no such
// thing, on Windows and macOS above all, it looks every 15 seconds: at the
// clocks, which sleep sets apart, and at the PC's own addresses. Another
// network that gives the PC the same address is not noticed that way.
//
// It asks for nothing and changes nothing. A report is a hint: it may come once
// too often.
package wake

import (
	"context"
	"sync"
	"time"

	"github.com/rs/zerolog"
)

// The reasons of a report.
const (
	Resume  = "resume"  // the PC slept
	Network = "network" // an address, a route or a cable came or went
)

const (
	lookEvery = 15 * time.Second
	settle    = 2 * time.Second // a network comes in a burst of news
)

// Watch reports until ctx ends, one call at a time.
func Watch(ctx context.Context, log zerolog.Logger, report func(reason string)) {
	var one sync.Mutex
	tell := func(reason string) func() {
		return func() {
			one.Lock()
			defer one.Unlock()
			if ctx.Err() == nil {
				report(reason)
			}
		}
	}
	var group sync.WaitGroup
	group.Go(func() {
		if err := watchSleep(ctx, tell(Resume)); err != nil && ctx.Err() == nil {
			log.Info().Err(err).Msg("sleep is noticed by the clocks alone")
			sleepByClock(ctx, Uptime, tell(Resume))
		}
	})
	group.Go(func() {
		if err := watchNetwork(ctx, settle, tell(Network)); err != nil && ctx.Err() == nil {
			log.Info().Err(err).Msg("the network is looked at from time to time")
			networkByLook(ctx, addresses, tell(Network))
		}
	})
	group.Wait()
}
