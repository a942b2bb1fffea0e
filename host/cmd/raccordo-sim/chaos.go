package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"time"

	"raccordo/host/internal/sim/chaos"
)

type chaosCommand struct {
	Prescriptions int           `help:"Quante ricette." default:"10000"`
	Doctors       int           `help:"Quanti medici, ciascuno con il suo connettore." default:"50"`
	Kills         int           `help:"Quante volte un connettore viene ucciso (SIGKILL)." default:"200"`
	Seed          uint64        `help:"Seme; 0: uno nuovo."`
	Faults        float64       `help:"Quota delle richieste disturbate, da 0 a 1." default:"0.25"`
	Stall         time.Duration `help:"Senza alcun progresso per tanto tempo la prova è fallita." default:"3m"`
	Table         string        `help:"File in cui scrivere anche la tabella."`
}

// Run fails unless every prescription is at the region once or in an outbox.
func (c chaosCommand) Run(ctx context.Context) error {
	bin, err := binDir()
	if err != nil {
		return err
	}
	if c.Seed == 0 {
		c.Seed = uint64(rand.Uint32())
	}
	fmt.Fprintln(os.Stderr, "seed", c.Seed)
	report, err := chaos.Run(ctx, chaos.Options{
		Bin: bin, Prescriptions: c.Prescriptions, Doctors: c.Doctors, Kills: c.Kills, Seed: c.Seed, Faults: c.Faults, Stall: c.Stall, Log: os.Stderr,
	})
	if err != nil {
		return fmt.Errorf("seed %d: %w", c.Seed, err)
	}
	report.Table(os.Stdout)
	if c.Table != "" {
		f, err := os.Create(c.Table)
		if err != nil {
			return err
		}
		report.Table(f)
		if err := f.Close(); err != nil {
			return err
		}
	}
	return report.Good()
}
