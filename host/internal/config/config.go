// Package config reads the settings: one TOML file of the administrator in the
// system's configuration folder and one of the user in his own, the user's
// laid over the administrator's. Everything that says where to connect, what
// to load and which program to start comes from here or is built in; nothing
// of it ever comes from a message.
//
// An unknown key is an error that names it: a misspelt setting must not be
// silently without effect.
package config

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/pelletier/go-toml/v2"

	"raccordo/host/internal/wire"
)

// Config is the effective configuration.
type Config struct {
	Region         string   `toml:"region"`           // id of a region profile
	AllowedOrigins []string `toml:"allowed_origins"`  // pages that may use the connector, https only
	OnCardRemoval  string   `toml:"on_card_removal"`  // Logout or Keep
	OnScreenLock   string   `toml:"on_screen_lock"`   // Logout or Keep
	AutoConnect    string   `toml:"auto_connect"`     // AutoReinsert, AutoAlways or AutoNever
	Prompt         string   `toml:"prompt"`           // pinentry program; empty: the first that is installed
	PINIdleMinutes int      `toml:"pin_idle_minutes"` // 0: ask each time
	LogLevel       string   `toml:"log_level"`
	Proxy          string   `toml:"proxy"`   // ProxySystem, ProxyDirect, http://host:port or pac:URL
	Keyring        string   `toml:"keyring"` // KeyringAuto or KeyringFile

	RemoteSignature string `toml:"remote_signature"` // id of a remote signature service; empty: the profile's first

	Printing Printing `toml:"printing"` // what users can not change
}

// What becomes of the session when its card is pulled out, or the screen locked.
const (
	Logout = "logout"
	Keep   = "keep"
)

// When a card's insertion leads to a login without a click.
const (
	AutoReinsert = "reinsert" // the card that was pulled out of a session is put back
	AutoAlways   = "always"   // any card that can log in
	AutoNever    = "never"
)

// How the region is reached.
const (
	ProxySystem = "system" // as the system's settings say
	ProxyDirect = "direct"
)

// Where the key of the kept data lies.
const (
	KeyringAuto = "auto" // the system's keyring; without one, a file and a warning
	KeyringFile = "file"
)

// origin is a tuple origin in the form that browsers give it (WHATWG HTML,
// "ASCII serialization of an origin"). In another form it would match no page.
var origin = regexp.MustCompile(`^https://([a-z0-9_-]+(\.[a-z0-9_-]+)*|\[[0-9a-f:]+\])(:[1-9][0-9]{0,4})?$`)

func defaults() Config {
	return Config{
		Region: "simulata", OnCardRemoval: Logout, OnScreenLock: Logout, AutoConnect: AutoReinsert, PINIdleMinutes: 15, LogLevel: "info",
		Proxy: ProxySystem, Keyring: KeyringAuto,
	}
}

// Load reads the files of p in order; a missing one is no fault.
func Load(p Paths) (Config, error) {
	c := defaults()
	for _, dir := range p.Config {
		file := filepath.Join(dir, "config.toml")
		if err := read(file, &c); err != nil {
			return c, err
		}
	}
	return c, c.check()
}

// read lays a file over what into holds; a missing one is no fault.
func read(file string, into any) error {
	text, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	dec := toml.NewDecoder(strings.NewReader(string(text))).DisallowUnknownFields()
	if err := dec.Decode(into); err != nil {
		var strict *toml.StrictMissingError
		if errors.As(err, &strict) {
			return fmt.Errorf("%s: unknown setting\n%s", file, strict.String())
		}
		var wrong *toml.DecodeError
		if errors.As(err, &wrong) { // the line and the place in it
			return fmt.Errorf("%s: %w\n%s", file, err, wrong.String())
		}
		return fmt.Errorf("%s: %w", file, err)
	}
	return nil
}

func (c Config) check() error {
	choices := []struct {
		key, value string
		allowed    []string
	}{
		{"on_card_removal", c.OnCardRemoval, []string{Logout, Keep}},
		{"on_screen_lock", c.OnScreenLock, []string{Logout, Keep}},
		{"auto_connect", c.AutoConnect, []string{AutoReinsert, AutoAlways, AutoNever}},
		{"log_level", c.LogLevel, []string{"debug", "info", "warn", "error"}},
		{"keyring", c.Keyring, []string{KeyringAuto, KeyringFile}},
	}
	for _, ch := range choices {
		if !slices.Contains(ch.allowed, ch.value) {
			return fmt.Errorf("%s is %q, not one of %s", ch.key, ch.value, strings.Join(ch.allowed, ", "))
		}
	}
	for _, o := range c.AllowedOrigins {
		if !origin.MatchString(o) || strings.HasSuffix(o, ":443") {
			return fmt.Errorf("allowed_origins: %q is not an origin as a browser writes it: https://host[:port], lower case, without :443", o)
		}
	}
	if c.Prompt != "" && !filepath.IsAbs(c.Prompt) {
		return fmt.Errorf("prompt: %q is not an absolute path", c.Prompt)
	}
	if c.PINIdleMinutes < 0 || c.PINIdleMinutes > 12*60 {
		return fmt.Errorf("pin_idle_minutes is %d, not between 0 and 720", c.PINIdleMinutes)
	}
	for _, kind := range wire.SheetKinds {
		if s, _ := Settings(kind, c.Printing, Printing{}); CheckSettings(s) != nil {
			return fmt.Errorf("printing.%s: %w", kind, CheckSettings(s))
		}
	}
	return checkProxy(c.Proxy)
}
