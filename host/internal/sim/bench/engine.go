package bench

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"raccordo/host/internal/sim/soak"
)

const (
	softRounds = 200
	slowRounds = 8
	settling   = 5 * time.Second // after a card was read, until idle is idle
	idleTime   = 60 * time.Second
)

// cardEngine measures the card engine alone: what it adds to a signature of
// the module, what a first click asks of the card, what an idle agent takes.
func (b *bench) cardEngine(ctx context.Context) error {
	if err := b.idle(ctx); err != nil {
		return fmt.Errorf("idle agent: %w", err)
	}
	stand, err := soak.NewStand(ctx, []string{filepath.Join(b.bin, "raccordo"), "card-worker"})
	if err != nil {
		return err
	}
	return errors.Join(b.signatures(ctx, stand), stand.Close())
}

func (b *bench) signatures(ctx context.Context, stand *soak.Stand) error {
	bare := []string{filepath.Join(b.bin, "raccordo-sim"), "bare", stand.Card.Doctor().PIN}
	for _, row := range []struct {
		name, module string
		delay        time.Duration
		rounds       int
		limit        func(bare float64) float64
	}{
		{"SoftHSM", soak.SoftHSM, 0, softRounds, func(bare float64) float64 { return bare + 0.3 }},
		{"OpenSC, a card of 600 ms RSA", soak.OpenSC, slowRSA, slowRounds, func(bare float64) float64 { return 1.02 * bare }},
	} {
		stand.Card.SetDelay(row.delay)
		c, err := with(stand, row.module, func(e *soak.Engine) (soak.Comparison, error) {
			return e.Compare(ctx, bare, row.module, row.rounds)
		})
		if err != nil {
			return fmt.Errorf("%s: %w", row.name, err)
		}
		b.add(plain("signature of the engine (p50), beside a bare C_Sign: "+row.name, ms(c.Ours), "ms").beside(ms(c.Bare)).within(row.limit(ms(c.Bare))))
	}
	stand.Card.SetDelay(0)
	_, err := with(stand, soak.OpenSC, func(e *soak.Engine) (struct{}, error) {
		commands, operations, err := e.Click(ctx)
		b.add(
			plain("first click after insertion → signature: RSA operations of the card", float64(operations), "").within(1),
			plain("first click after insertion → signature: commands to the card, PIN included", float64(commands), "").within(6),
		)
		return struct{}{}, err
	})
	return err
}

// with runs one measurement on an engine of its own.
func with[T any](stand *soak.Stand, module string, do func(*soak.Engine) (T, error)) (T, error) {
	e := stand.Engine(module)
	defer e.Stop()
	defer stand.Card.Remove()
	return do(e)
}

// idle weighs an agent with a card in its reader and nothing to do.
func (b *bench) idle(ctx context.Context) error {
	if err := b.lab.StopAgent(); err != nil {
		return err
	}
	cmd := b.lab.Command(ctx, "raccordo", "agent")
	cmd.Stderr = os.Stderr
	if err := cmd.Start(); err != nil {
		return err
	}
	agent := cmd.Process.Pid
	defer func() {
		_ = cmd.Process.Signal(os.Interrupt) // it may have ended by itself
		_ = cmd.Wait()
	}()
	b.lab.Card.Remove() // the browser part may have left it in
	if err := b.lab.Insert(ctx); err != nil {
		return err
	}
	defer b.lab.Card.Remove()
	if err := pause(ctx, settling); err != nil {
		return err
	}
	workers, err := b.lab.WorkerPIDs()
	if err != nil || len(workers) != 1 {
		return fmt.Errorf("%d card workers, %w", len(workers), err)
	}
	return b.weigh(ctx, agent, workers[0])
}

func (b *bench) weigh(ctx context.Context, pids ...int) error {
	used := func(read func(int) (int, error)) (all []float64, sum float64, err error) {
		for _, pid := range pids {
			n, e := read(pid)
			all, sum, err = append(all, float64(n)), sum+float64(n), errors.Join(err, e)
		}
		return all, sum, err
	}
	_, before, err := used(soak.Ticks)
	if err != nil {
		return err
	}
	if err := pause(ctx, idleTime); err != nil {
		return err
	}
	_, after, err := used(soak.Ticks)
	if err != nil {
		return err
	}
	resident, sum, err := used(soak.Resident)
	if err != nil {
		return err
	}
	_, shared, err := used(soak.Proportional)
	if err != nil {
		return err
	}
	// Pages of the program's file count as resident in pieces whose size depends
	// on how the file came into the system's cache; what was written to does not.
	own := 0.0
	for _, pid := range pids {
		mib, err := ownMemory(pid)
		if err != nil {
			return err
		}
		own += mib
	}
	b.add(
		plain("idle agent with a card: processor time of agent and worker in 60 s", 10*(after-before), "ms").within(60),
		plain("idle agent with a card: resident memory of agent and worker", sum/1024, "MiB").within(25),
		plain("  of it the agent", resident[0]/1024, "MiB"),
		plain("  of it the worker with OpenSC", resident[1]/1024, "MiB"),
		plain("  of it their own, without the pages of files", own, "MiB"),
		plain("  together, with the pages they share counted once (Pss)", shared/1024, "MiB"),
	)
	return nil
}

func pause(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(d):
		return nil
	}
}
