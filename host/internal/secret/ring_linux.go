package secret

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/godbus/dbus/v5"
)

// secretService is the keyring of a Linux desktop (freedesktop.org Secret
// Service API 0.2: GNOME Keyring, KWallet, KeePassXC). go-keyring reads and
// writes in it; what comes before is here, because go-keyring would start a bus
// where there is none, and wait for the user without end.
type secretService struct {
	goKeyring
	open bool // go-keyring may have connected
}

var _ ring = (*secretService)(nil)

const (
	secretsName = "org.freedesktop.secrets"
	secretsPath = dbus.ObjectPath("/org/freedesktop/secrets")
	secretsFace = "org.freedesktop.Secret."
	busName     = "org.freedesktop.DBus"
	none        = dbus.ObjectPath("/") // of collections and prompts
)

// busPatience is for a bus and a service that hang, and for starting the
// service.
const busPatience = 2 * time.Second

// lookAgain is how soon a keyring is noticed that was opened elsewhere.
const lookAgain = time.Second

func systemRing(string) ring { return new(secretService) }

func (s *secretService) ready(ctx context.Context, ask bool) error {
	err := opened(ctx, ask)
	s.open = err == nil
	return err
}

func opened(ctx context.Context, ask bool) error {
	brief, cancel := context.WithTimeout(ctx, busPatience)
	defer cancel()
	// Never starts a bus: without one this takes microseconds.
	bus, err := dbus.SessionBusPrivateNoAutoStartup()
	if err != nil {
		return fmt.Errorf("%w: %w", ErrNoKeyring, err)
	}
	defer bus.Close()
	stop := context.AfterFunc(brief, func() { bus.Close() })
	if err = bus.Auth(nil); err == nil {
		err = bus.Hello()
	}
	stop()
	if err != nil {
		return fmt.Errorf("%w: session bus: %w", ErrNoKeyring, err)
	}
	if err := present(brief, bus); err != nil {
		return fmt.Errorf("%w: %w", ErrNoKeyring, err)
	}
	collection, err := defaultCollection(brief, bus)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrNoKeyring, err)
	}
	locked, err := isLocked(brief, bus, collection)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrNoKeyring, err)
	}
	if !locked {
		return nil
	}
	if !ask {
		return ErrLocked
	}
	return unlock(ctx, bus, collection)
}

// close ends the connection that go-keyring opened and would keep: nobody else
// here shares it.
func (s *secretService) close() {
	if !s.open {
		return
	}
	if bus, err := dbus.SessionBus(); err == nil {
		bus.Close()
	}
	s.open = false
}

// present asks the bus for the service, and to start it if it can.
func present(ctx context.Context, bus *dbus.Conn) error {
	var there bool
	if err := bus.BusObject().CallWithContext(ctx, busName+".NameHasOwner", 0, secretsName).Store(&there); err != nil || there {
		return err
	}
	return bus.BusObject().CallWithContext(ctx, busName+".StartServiceByName", 0, secretsName, uint32(0)).Err
}

// defaultCollection is the one that go-keyring uses: "login", which the login
// password opens, else the one that has the alias "default".
func defaultCollection(ctx context.Context, bus *dbus.Conn) (dbus.ObjectPath, error) {
	const login = secretsPath + "/collection/login"
	var all dbus.Variant
	if err := property(ctx, bus, secretsPath, "Service", "Collections", &all); err != nil {
		return none, err
	}
	if paths, ok := all.Value().([]dbus.ObjectPath); ok {
		for _, p := range paths {
			if p == login {
				return login, nil
			}
		}
	}
	var path dbus.ObjectPath
	err := bus.Object(secretsName, secretsPath).CallWithContext(ctx, secretsFace+"Service.ReadAlias", 0, "default").Store(&path)
	if err != nil {
		return none, err
	}
	if path == none {
		return none, errors.New("the keyring service keeps no keyring")
	}
	return path, nil
}

func isLocked(ctx context.Context, bus *dbus.Conn, collection dbus.ObjectPath) (bool, error) {
	var v dbus.Variant
	if err := property(ctx, bus, collection, "Collection", "Locked", &v); err != nil {
		return false, err
	}
	locked, ok := v.Value().(bool)
	if !ok {
		return false, fmt.Errorf("property Locked is %s", v.Signature())
	}
	return locked, nil
}

func property(ctx context.Context, bus *dbus.Conn, path dbus.ObjectPath, face, name string, v *dbus.Variant) error {
	return bus.Object(secretsName, path).CallWithContext(ctx, busName+".Properties.Get", 0, secretsFace+face, name).Store(v)
}

// unlock shows the keyring's window and waits until it is answered or closed,
// or the keyring was opened elsewhere.
func unlock(ctx context.Context, bus *dbus.Conn, collection dbus.ObjectPath) error {
	news := make(chan *dbus.Signal, 16)
	bus.Signal(news)
	if err := bus.AddMatchSignalContext(ctx, dbus.WithMatchSender(secretsName), dbus.WithMatchInterface(secretsFace+"Prompt")); err != nil {
		return fmt.Errorf("%w: %w", ErrLocked, err)
	}
	var unlocked []dbus.ObjectPath
	var window dbus.ObjectPath
	err := bus.Object(secretsName, secretsPath).CallWithContext(ctx, secretsFace+"Service.Unlock", 0, []dbus.ObjectPath{collection}).Store(&unlocked, &window)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrLocked, err)
	}
	if window == none {
		return stillLocked(ctx, bus, collection)
	}
	if err := bus.Object(secretsName, window).CallWithContext(ctx, secretsFace+"Prompt.Prompt", 0, "").Err; err != nil {
		return fmt.Errorf("%w: %w", ErrLocked, err)
	}
	// GNOME Keyring says nothing when the login opens it beside the window.
	look := time.NewTicker(lookAgain)
	defer look.Stop()
	for {
		completed := false
		select {
		case <-ctx.Done(): // no Prompt.Dismiss: GNOME Keyring 42 dies of it
			return fmt.Errorf("%w: %w", ErrLocked, ctx.Err())
		case s, ok := <-news:
			if !ok {
				return fmt.Errorf("%w: the session bus ended", ErrLocked)
			}
			completed = s.Path == window && s.Name == secretsFace+"Prompt.Completed"
		case <-look.C:
		}
		if err := stillLocked(ctx, bus, collection); err == nil || completed {
			return err
		}
	}
}

func stillLocked(ctx context.Context, bus *dbus.Conn, collection dbus.ObjectPath) error {
	locked, err := isLocked(ctx, bus, collection)
	if err == nil && !locked {
		return nil
	}
	return errors.Join(ErrLocked, err)
}
