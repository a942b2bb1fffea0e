package main

import (
	"context"

	"raccordo/host/internal/sim/bench"
)

type benchCommand struct {
	Out string `help:"File JSON dei risultati." default:"build/bench.json"`
}

func (c benchCommand) Run(ctx context.Context) error {
	bin, err := binDir()
	if err != nil {
		return err
	}
	return bench.Run(ctx, bin, c.Out)
}
