package winspool

import (
	"raccordo/host/internal/printing"
	"raccordo/host/internal/wire"
)

// givenUp names the ticket that is cancelled before it has pages.
const givenUp = "given up"

// answer is what came of a ticket on Windows.
type answer struct {
	Job     string
	Surface surface
	Look    printing.Look
	Code    wire.ErrorCode
	Error   string
}
