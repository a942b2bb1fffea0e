package main

import (
	"github.com/rs/zerolog"

	"raccordo/host/internal/printing"
	"raccordo/host/internal/printing/winspool"
)

// newSpooler is the spooler of Windows, which takes pictures of pages.
func newSpooler(draws printing.Renderer, log zerolog.Logger) printing.Spooler {
	return winspool.New(winspool.Options{Renderer: draws, Log: log})
}
