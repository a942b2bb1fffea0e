package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"raccordo/host/internal/sim/soak"
)

type soakCommand struct {
	Logins     int `help:"Cicli login, firma, logout su SoftHSM." default:"10000"`
	Insertions int `help:"Cicli inserimento, login, firma, logout, estrazione sulla CNS virtuale." default:"200"`
}

// Run fails when anything grew.
func (c soakCommand) Run(ctx context.Context) error {
	bin, err := binDir()
	if err != nil {
		return err
	}
	stand, err := soak.NewStand(ctx, []string{filepath.Join(bin, "raccordo"), "card-worker"})
	if err != nil {
		return err
	}
	all := []error{
		wear("SoftHSM, login", stand.Engine(soak.SoftHSM), func(e *soak.Engine) ([]soak.Sample, error) { return e.Logins(ctx, c.Logins) }),
		wear("CNS virtuale, inserimenti", stand.Engine(soak.OpenSC), func(e *soak.Engine) ([]soak.Sample, error) { return e.Insertions(ctx, c.Insertions) }),
		stand.Close(),
	}
	return errors.Join(all...)
}

func wear(name string, e *soak.Engine, run func(*soak.Engine) ([]soak.Sample, error)) error {
	defer e.Stop()
	began := time.Now()
	samples, err := run(e)
	fmt.Printf("%s: %v\n", name, time.Since(began).Round(time.Second))
	for _, s := range samples {
		fmt.Println(s)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	if grown := soak.Growth(samples[0], samples[len(samples)-1]); len(grown) > 0 {
		return fmt.Errorf("%s: %s", name, strings.Join(grown, "; "))
	}
	return nil
}

// bareCommand is the process beside which the engine's signature is measured.
type bareCommand struct {
	PIN    string `arg:""`
	Module string `arg:""`
}

func (c bareCommand) Run() error { return soak.Bare(c.Module, c.PIN, os.Stdin, os.Stdout) }
