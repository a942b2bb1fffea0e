package bench

import (
	"context"
	"fmt"
	"path/filepath"
	"time"

	"raccordo/host/internal/sim/soak"
	"raccordo/host/internal/wire"
)

const (
	tabsEach    = 25
	tabsSettle  = 8 * time.Second // an agent at rest gives memory back after 5 s
	tabsGrowth  = 4               // MiB of the agent, as the soak allows
	againGrowth = 1               // MiB once all has been used
)

// tab is a page of either browser.
type tab interface {
	surface
	Front(ctx context.Context) error
	Close(ctx context.Context) error
}

// opener opens the clinic in a further tab.
type opener func(context.Context) (tab, error)

// tabs opens many pages in two browsers, all in one session, and weighs what
// serves them before, with them, and after they were closed.
func (b *bench) tabs(ctx context.Context, d *desk) error {
	chromium, err := b.lab.Browser(ctx, filepath.Join(b.bin, "extension", "chromium"), true)
	if err != nil {
		return err
	}
	defer chromium.Close()
	firefox, err := b.lab.Firefox(ctx, filepath.Join(b.bin, "extension", "firefox"), true)
	if err != nil {
		return err
	}
	defer firefox.Close()
	if _, err := b.connect(ctx, d, wire.LoginParams{Via: "card"}); err != nil {
		return err
	}
	clinic := b.lab.Clinic.URL + "/#/pazienti"
	open := []opener{
		func(ctx context.Context) (tab, error) { return chromium.Open(ctx, clinic) },
		func(ctx context.Context) (tab, error) { return firefox.Open(ctx, clinic) },
	}
	staying, err := connectedTabs(ctx, open, 1)
	if err != nil {
		return err
	}
	before, err := b.weighTabs(ctx)
	if err != nil {
		return err
	}
	var waves [2]weight // a heap that has been filled once may stay so; it must not fill further
	for i := range waves {
		many, err := connectedTabs(ctx, open, tabsEach-1)
		if err != nil {
			return err
		}
		if waves[i], err = b.weighTabs(ctx); err != nil {
			return err
		}
		for _, t := range many {
			if err := limited(ctx, t.Close); err != nil {
				return err
			}
		}
		for _, t := range staying { // a further tab is opened from one that there is
			if err := limited(ctx, t.Front); err != nil {
				return err
			}
		}
	}
	after, err := b.weighTabs(ctx)
	if err != nil {
		return err
	}
	b.reportTabs(before, waves[0], waves[1], after)
	return d.logout(ctx)
}

// openTabs opens n tabs in each browser.
func openTabs(ctx context.Context, open []opener, n int) (all []tab, err error) {
	for range n {
		for _, one := range open {
			err := limited(ctx, func(ctx context.Context) error {
				t, err := one(ctx)
				all = append(all, t)
				return err
			})
			if err != nil {
				return nil, err
			}
		}
	}
	return all, nil
}

// connectedTabs opens as many and waits until all show the session.
func connectedTabs(ctx context.Context, open []opener, n int) ([]tab, error) {
	all, err := openTabs(ctx, open, n)
	if err != nil {
		return nil, err
	}
	for i, t := range all {
		err := limited(ctx, func(ctx context.Context) error {
			return t.WaitFor(ctx, `document.querySelector("raccordo-stato")?.dataset.state === "connected"`)
		})
		if err != nil {
			return nil, fmt.Errorf("tab %d: %w", i, err)
		}
	}
	return all, nil
}

// weight is what serves the tabs, in MiB; the bench's own relay is among the
// relays.
type weight struct {
	pid, relays, workers, sessions int
	agent, relay                   float64
}

func (b *bench) weighTabs(ctx context.Context) (w weight, err error) {
	if err := pause(ctx, tabsSettle); err != nil {
		return w, err
	}
	if w.pid, err = b.lab.AgentPID(); err != nil {
		return w, err
	}
	relays, err := b.lab.RelayPIDs()
	if err != nil {
		return w, err
	}
	workers, err := b.lab.WorkerPIDs()
	if err != nil {
		return w, err
	}
	for _, pid := range relays {
		kib, err := soak.Resident(pid)
		if err != nil {
			return w, err
		}
		w.relay += float64(kib) / 1024
	}
	kib, err := soak.Resident(w.pid)
	w.agent, w.relays, w.workers, w.sessions = float64(kib)/1024, len(relays)-1, len(workers), b.lab.Region.LiveSessions()
	return w, err
}

func (b *bench) reportTabs(before, first, again, after weight) {
	agents := 1.0
	for _, w := range []weight{first, again, after} {
		if w.pid != before.pid {
			agents++
		}
	}
	const tabs = "50 tabs in two browsers: "
	b.add(
		plain(tabs+"agents, first to last", agents, "").within(1),
		plain(tabs+"relays", float64(max(first.relays, again.relays)), "").within(2),
		plain(tabs+"card workers", float64(max(first.workers, again.workers)), "").within(1),
		plain(tabs+"sessions at the region", float64(max(first.sessions, again.sessions)), "").within(1),
		plain(tabs+"resident memory of the agent, beside 2 tabs at rest", first.agent, "MiB").beside(before.agent).within(before.agent+tabsGrowth),
		plain(tabs+"the same, closed and opened again, beside the first time", again.agent, "MiB").beside(first.agent).within(first.agent+againGrowth),
		plain("48 of them closed again: resident memory of the agent, beside the 50", after.agent, "MiB").beside(again.agent).within(again.agent+againGrowth),
		plain(tabs+"resident memory of the relays, beside 2 tabs", again.relay, "MiB").beside(before.relay).within(before.relay+againGrowth),
		plain("48 of them closed again: resident memory of the relays, beside the 50", after.relay, "MiB").beside(again.relay).within(again.relay+againGrowth),
	)
}
