package bench

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"raccordo/host/internal/sim/anagrafe"
	"raccordo/host/internal/wire"
)

const (
	enqueueRounds = 200
	manyEntries   = 10000
	fewEntries    = 1000
)

// enqueues measures from the question to the answer that a prescription is on
// the disk, beside a file that grows by as much and is synchronised.
func (b *bench) enqueues(ctx context.Context, d *desk) error {
	f, err := os.CreateTemp(filepath.Join(b.lab.Dir, "state"), "bare")
	if err != nil {
		return err
	}
	defer f.Close()
	block := make([]byte, 4096)
	ways := []*way{
		{name: "later", once: func(ctx context.Context) (time.Duration, error) { return b.later(ctx, d, 1) }},
		{name: "fsync", once: func(context.Context) (time.Duration, error) {
			begin := time.Now()
			if _, err := f.Write(block); err != nil {
				return 0, err
			}
			err := f.Sync()
			return time.Since(begin), err
		}},
	}
	if err := inTurns(ctx, enqueueRounds, ways); err != nil {
		return err
	}
	b.add(
		plain("a prescription kept for later, on the disk and answered (p50), beside 4 KiB written and synchronised", ways[0].took.median(), "ms").beside(ways[1].took.median()).within(2),
		plain("a prescription kept for later, on the disk and answered (p95), beside the same", ways[0].took.at(95), "ms").beside(ways[1].took.at(95)),
	)
	return nil
}

// later hands n prescriptions over that are not to be sent yet.
func (b *bench) later(ctx context.Context, d *desk, n int) (time.Duration, error) {
	var kept wire.SendResult
	took, err := d.ask(ctx, "prescription.send", wire.SendParams{Prescriptions: b.intents(0, n, len(anagrafe.Patients())), Mode: "later"}, &kept)
	if err != nil {
		return 0, err
	}
	for _, r := range kept.Results {
		if r.State != wire.Draft {
			return 0, fmt.Errorf("a prescription is %s: %v %v", r.State, r.Errors, r.Problem)
		}
	}
	return took, nil
}

// fills puts ten thousand prescriptions into the outbox and weighs the agent on
// the way.
func (b *bench) fills(ctx context.Context, d *desk) error {
	agent, err := b.lab.AgentPID()
	if err != nil {
		return err
	}
	var weight []float64
	for n := 0; n < manyEntries; n += hundred {
		if n == fewEntries {
			if weight, err = b.rested(ctx, agent, weight); err != nil {
				return err
			}
		}
		if _, err := b.later(ctx, d, hundred); err != nil {
			return err
		}
	}
	if weight, err = b.rested(ctx, agent, weight); err != nil {
		return err
	}
	// What belongs to no file: the pages of the database are the system's to
	// take away again.
	b.add(plain("agent at rest with 10 000 prescriptions in its outbox: own memory, beside 1 000", weight[1], "MiB").beside(weight[0]).within(weight[0] + 4))
	return nil
}

// rested adds what the agent weighs once it has given back what it can.
func (b *bench) rested(ctx context.Context, agent int, weight []float64) ([]float64, error) {
	if err := pause(ctx, 2*settling); err != nil {
		return nil, err
	}
	mib, err := ownMemory(agent)
	return append(weight, mib), err
}

// startsFull measures an agent's start to its first answer that says what is in
// the outbox, with ten thousand prescriptions in it, beside one without any.
func (b *bench) startsFull(ctx context.Context) error {
	ready := func(ctx context.Context) (time.Duration, error) {
		if err := b.lab.StopAgent(); err != nil {
			return 0, err
		}
		begin := time.Now()
		d, err := openDesk(ctx, b.lab)
		if err != nil {
			return 0, err
		}
		_, err = d.ask(ctx, "status", wire.NoParams{}, nil)
		return time.Since(begin), errors.Join(err, d.close())
	}
	full := &way{name: "full", once: ready}
	if err := inTurns(ctx, demandRounds, []*way{full}); err != nil {
		return err
	}
	if err := b.lab.StopAgent(); err != nil {
		return err
	}
	files, err := filepath.Glob(filepath.Join(b.lab.Dir, "state", "raccordo", "outbox*"))
	if err != nil || len(files) == 0 {
		return fmt.Errorf("no outbox in the lab's state: %w", err)
	}
	for _, f := range files {
		if err := os.RemoveAll(f); err != nil {
			return err
		}
	}
	empty := &way{name: "empty", once: ready}
	if err := inTurns(ctx, demandRounds, []*way{empty}); err != nil {
		return err
	}
	b.add(plain("agent started on demand → status, 10 000 prescriptions in its outbox (p50), beside none", full.took.median(), "ms").beside(empty.took.median()).within(200))
	return nil
}
