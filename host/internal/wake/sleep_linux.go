package wake

import (
	"context"
	"errors"
	"fmt"

	"github.com/godbus/dbus/v5"
)

const (
	logind  = "org.freedesktop.login1"
	manager = logind + ".Manager"
)

var errBusEnded = errors.New("the system bus ended")

// watchSleep reports the end of each sleep that logind knows of, until ctx or
// the bus ends.
func watchSleep(ctx context.Context, report func()) error {
	bus, err := dbus.ConnectSystemBus()
	if err != nil {
		return fmt.Errorf("system bus: %w", err)
	}
	defer bus.Close()
	signals := make(chan *dbus.Signal, 16)
	bus.Signal(signals)
	err = bus.AddMatchSignalContext(ctx, dbus.WithMatchSender(logind),
		dbus.WithMatchInterface(manager), dbus.WithMatchMember("PrepareForSleep"))
	if err != nil {
		return fmt.Errorf("subscribing: %w", err)
	}
	for {
		select {
		case <-ctx.Done():
			return nil
		case s, ok := <-signals:
			if !ok {
				return errBusEnded
			}
			if isAwake(s) {
				report()
			}
		}
	}
}

// isAwake tells the end of a sleep from its beginning.
func isAwake(s *dbus.Signal) bool {
	if s.Name != manager+".PrepareForSleep" || len(s.Body) != 1 {
		return false
	}
	begins, ok := s.Body[0].(bool)
	return ok && !begins
}
