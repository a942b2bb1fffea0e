package engine

import (
	"errors"
	"fmt"
	"testing"

	"raccordo/host/internal/card"
	"raccordo/host/internal/outbox"
	"raccordo/host/internal/region"
	"raccordo/host/internal/wire"
)

// The outbox hears of each fault whether the request may have had its effect. A
// renewal of the session that was lost is no such thing: what the outbox had
// asked for was not processed.
func TestFaultsForTheOutbox(t *testing.T) {
	for name, row := range map[string]struct {
		err     error
		code    wire.ErrorCode
		arrived bool
	}{
		"answer lost":            {&region.Error{Code: wire.ErrRegionTime, Unknown: true}, wire.ErrRegionTime, true},
		"refused by the line":    {&region.Error{Code: wire.ErrRegionDown}, wire.ErrRegionDown, false},
		"no session":             {errNotConnected, wire.ErrSessionNone, false},
		"the card is gone":       {&card.Error{Code: wire.ErrCardRemoved}, wire.ErrCardRemoved, false},
		"renewal without answer": {&unprocessed{&region.Error{Code: wire.ErrRegionTime, Unknown: true}}, wire.ErrRegionTime, false},
	} {
		err := sessionRegion{}.fault(row.err)
		var f outbox.Fault
		if !errors.As(err, &f) || f.Wire().Data.Code != row.code || f.MayHaveArrived() != row.arrived {
			t.Errorf("%s: %v", name, err)
		}
	}
	var f outbox.Fault
	if err := (sessionRegion{}).fault(fmt.Errorf("never seen")); errors.As(err, &f) {
		t.Error("an unknown error was told to be harmless")
	}
	if (sessionRegion{}).fault(nil) != nil {
		t.Error("no error became one")
	}
}
