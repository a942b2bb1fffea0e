package screenlock

import (
	"context"
	"fmt"
	"os"

	"github.com/godbus/dbus/v5"
	"github.com/rs/zerolog"
)

const (
	logind     = "org.freedesktop.login1"
	session    = logind + ".Session"
	properties = "org.freedesktop.DBus.Properties"
)

// Watch calls locked at each lock of one of this user's sessions, until ctx or
// the bus ends. A desktop may report one lock twice.
func Watch(ctx context.Context, log zerolog.Logger, locked func()) {
	if err := watch(ctx, locked); err != nil && ctx.Err() == nil {
		log.Info().Err(err).Msg("the screen's lock is not noticed")
	}
}

func watch(ctx context.Context, locked func()) error {
	bus, err := dbus.ConnectSystemBus()
	if err != nil {
		return fmt.Errorf("system bus: %w", err)
	}
	defer bus.Close()
	for _, match := range [][]dbus.MatchOption{
		{dbus.WithMatchInterface(session), dbus.WithMatchMember("Lock")},
		{dbus.WithMatchInterface(properties), dbus.WithMatchMember("PropertiesChanged"), dbus.WithMatchArg(0, session)},
	} {
		if err := bus.AddMatchSignalContext(ctx, append(match, dbus.WithMatchSender(logind))...); err != nil {
			return fmt.Errorf("subscribing: %w", err)
		}
	}
	signals := make(chan *dbus.Signal, 16)
	bus.Signal(signals)
	for {
		select {
		case <-ctx.Done():
			return nil
		case s, ok := <-signals:
			if !ok {
				return fmt.Errorf("the system bus ended")
			}
			if isLock(s) && isOurs(ctx, bus, s.Path) {
				locked()
			}
		}
	}
}

// isLock tells a lock from the other news of a session.
func isLock(s *dbus.Signal) bool {
	if s.Name == session+".Lock" {
		return true
	}
	if s.Name != properties+".PropertiesChanged" || len(s.Body) < 2 {
		return false
	}
	changed, _ := s.Body[1].(map[string]dbus.Variant)
	hint, _ := changed["LockedHint"].Value().(bool)
	return hint
}

// isOurs compares the session's user: other people may be logged in to this PC.
func isOurs(ctx context.Context, bus *dbus.Conn, path dbus.ObjectPath) bool {
	var user dbus.Variant
	err := bus.Object(logind, path).CallWithContext(ctx, properties+".Get", 0, session, "User").Store(&user)
	if err != nil {
		return false
	}
	pair, _ := user.Value().([]any) // (uid, path)
	if len(pair) == 0 {
		return false
	}
	uid, ok := pair[0].(uint32)
	return ok && int(uid) == os.Getuid()
}
