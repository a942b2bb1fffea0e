package main

import (
	"context"
	"os"

	"raccordo/host/internal/sim/bench"
	"raccordo/host/internal/sim/soak"
)

type benchCommand struct {
	Out  string   `help:"File JSON dei risultati." default:"build/bench.json"`
	Only []string `help:"Solo queste parti: start, browser, session, engine, outbox, sign."`
}

func (c benchCommand) Run(ctx context.Context) error {
	bin, err := binDir()
	if err != nil {
		return err
	}
	return bench.Run(ctx, bin, c.Out, c.Only...)
}

// bareLoginCommand is the process beside which a login is measured.
type bareLoginCommand struct {
	PIN       string `arg:""`
	Module    string `arg:""`
	Session   string `arg:""` // address of the region's session service
	Authority string `arg:""` // PEM file
}

func (c bareLoginCommand) Run() error {
	return soak.BareLogin(c.Module, c.PIN, c.Session, c.Authority, os.Stdin, os.Stdout)
}

// bareSendCommand is the process beside which a batch is measured.
type bareSendCommand struct{}

func (bareSendCommand) Run(ctx context.Context) error {
	return bench.BareSend(ctx, os.Stdin, os.Stdout)
}

// signPDFCommand is the process whose memory is measured while it signs.
type signPDFCommand struct {
	Kind   string `arg:""`
	Rounds int    `arg:""`
	File   string `arg:""`
}

func (c signPDFCommand) Run(ctx context.Context) error {
	return bench.SignPDF(ctx, c.Kind, c.Rounds, c.File, os.Stdout)
}
