//go:build linux

package soak

import (
	"context"
	"fmt"
	"os"
	"testing"
	"time"

	"go.uber.org/goleak"

	"raccordo/host/internal/card/worker"
)

const (
	argWorker = "card-worker"
	argBare   = "bare"
)

var stand *Stand

// The test binary is its own card worker and its own bare process.
func TestMain(m *testing.M) {
	if len(os.Args) == 3 && os.Args[1] == argWorker {
		exit(worker.Main(os.Args[2], os.Stdin, os.Stdout))
	}
	if len(os.Args) == 4 && os.Args[1] == argBare {
		exit(Bare(os.Args[3], os.Args[2], os.Stdin, os.Stdout))
	}
	var err error
	if stand, err = NewStand(context.Background(), []string{os.Args[0], argWorker}); err != nil {
		exit(err)
	}
	code := m.Run()
	if err := stand.Close(); err != nil {
		exit(err)
	}
	if err := goleak.Find(); err != nil && code == 0 {
		exit(err)
	}
	os.Exit(code)
}

func exit(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(0)
}

func engine(t *testing.T, module string) *Engine {
	t.Helper()
	e := stand.Engine(module)
	t.Cleanup(func() {
		stand.Card.Remove()
		e.Stop()
	})
	return e
}

// TestNothingGrows is the short form of `raccordo-sim soak`.
func TestNothingGrows(t *testing.T) {
	for _, row := range []struct {
		name, module string
		run          func(*Engine, context.Context) ([]Sample, error)
	}{
		{"SoftHSM, logins", SoftHSM, func(e *Engine, ctx context.Context) ([]Sample, error) { return e.Logins(ctx, 200) }},
		{"virtual CNS, insertions", OpenSC, func(e *Engine, ctx context.Context) ([]Sample, error) { return e.Insertions(ctx, 10) }},
	} {
		t.Run(row.name, func(t *testing.T) {
			samples, err := row.run(engine(t, row.module), t.Context())
			for _, s := range samples {
				t.Log(s)
			}
			if err != nil || len(samples) < 2 {
				t.Fatalf("%v, %d samples", err, len(samples))
			}
			from, to := samples[1], samples[len(samples)-1]
			if underRace {
				to.Engine.KiB, to.Worker.KiB = from.Engine.KiB, from.Worker.KiB
			}
			if grown := Growth(from, to); len(grown) > 0 {
				t.Error(grown)
			}
		})
	}
}

func TestGrowthIsSeen(t *testing.T) {
	from := Sample{Goroutines: 10, Engine: Usage{10000, 8, 12}, Worker: Usage{10000, 6, 8}}
	for _, to := range []Sample{
		{Goroutines: 14, Engine: from.Engine, Worker: from.Worker},
		{Goroutines: 10, Engine: Usage{14097, 8, 12}, Worker: from.Worker},
		{Goroutines: 10, Engine: from.Engine, Worker: Usage{10000, 6, 10}},
		{Goroutines: 10, Engine: from.Engine, Worker: Usage{14097, 6, 8}},
	} {
		if len(Growth(from, to)) != 1 {
			t.Errorf("%v: %v", to, Growth(from, to))
		}
	}
	if grown := Growth(from, from); len(grown) != 0 {
		t.Error(grown)
	}
}

// TestFirstClickIsCheap: everything but the PIN and one signature was done at
// the insertion.
func TestFirstClickIsCheap(t *testing.T) {
	commands, operations, err := engine(t, OpenSC).Click(t.Context())
	if err != nil || operations != 1 || commands > 6 {
		t.Errorf("%d commands, %d operations, %v", commands, operations, err)
	}
	t.Logf("%d commands", commands)
}

func TestBareProcessIsComparable(t *testing.T) {
	c, err := engine(t, SoftHSM).Compare(t.Context(), []string{os.Args[0], argBare, stand.Card.Doctor().PIN}, SoftHSM, 20)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("ours %v, bare %v", c.Ours, c.Bare)
	if c.Ours < c.Bare || c.Bare <= 0 || c.Ours > c.Bare+20*time.Millisecond {
		t.Errorf("ours %v, bare %v", c.Ours, c.Bare)
	}
}
