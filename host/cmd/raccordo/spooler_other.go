//go:build !windows

package main

import (
	"github.com/rs/zerolog"

	"raccordo/host/internal/printing"
	"raccordo/host/internal/printing/cups"
)

// newSpooler is CUPS, which takes PDF as it is.
func newSpooler(printing.Renderer, zerolog.Logger) printing.Spooler { return cups.New(cups.Options{}) }
