// Package proxy finds the HTTP proxy for a request: none, one of the settings,
// what the system's settings say, or what a proxy auto-configuration file
// (PAC, Netscape 1996, as browsers still run it) answers. For fits
// http.Transport.Proxy.
//
// What can not be found out is an error and never a direct connection: the
// administrator wanted the proxy. A proxy's password is in no error. A PAC file
// is somebody else's program: it runs with limits and is given the host that is
// asked for, never path or query.
package proxy

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"
)

// ErrUnusable is what every error of this package is: settings that can not be
// used, a PAC file that can not be loaded or run.
var ErrUnusable = errors.New("the proxy can not be determined")

// The settings that are words.
const (
	System = "system"
	Direct = "direct"
)

const (
	systemLasts = time.Minute // settings of the system that were read
	badLasts    = 5 * time.Minute
	dialTime    = 3 * time.Second
)

// Options of a Resolver; nil members have working defaults.
type Options struct {
	Now    func() time.Time
	Lookup func(ctx context.Context, host string) ([]net.IP, error) // DNS, for PAC files
	Dial   func(ctx context.Context, network, address string) (net.Conn, error)
}

// Resolver answers which proxy a request takes. It may be used by many
// goroutines.
type Resolver struct {
	opt   Options
	fixed *url.URL // the setting's own proxy
	mode  string   // System, Direct, or empty: fixed or pac
	pac   string   // the setting's own PAC file

	mu       sync.Mutex
	compiler *compiler
	system   settings
	read     time.Time          // when system was read; zero: never
	script   *script            // the PAC file in use; nil: none yet
	proven   map[string]verdict // proxies that were tried, by host:port
}

type verdict struct {
	good  bool
	until time.Time
}

// New understands the setting `proxy`: "system" (also: empty), "direct",
// "http://host:port", "pac:" and an https, http or file URL. It touches neither
// network nor disk.
func New(setting string, opt Options) (*Resolver, error) {
	if opt.Now == nil {
		opt.Now = time.Now
	}
	if opt.Dial == nil {
		opt.Dial = (&net.Dialer{}).DialContext
	}
	if opt.Lookup == nil {
		opt.Lookup = func(ctx context.Context, host string) ([]net.IP, error) {
			return net.DefaultResolver.LookupIP(ctx, "ip", host)
		}
	}
	r := &Resolver{opt: opt, compiler: newCompiler(), proven: map[string]verdict{}}
	pac, isPAC := strings.CutPrefix(setting, "pac:")
	switch {
	case setting == "" || setting == System:
		r.mode = System
	case setting == Direct:
		r.mode = Direct
	case isPAC:
		if _, err := source(pac); err != nil {
			return nil, err
		}
		r.pac = pac
	default:
		u, err := parseProxy(setting)
		if err != nil {
			return nil, err
		}
		r.fixed = u
	}
	return r, nil
}

// For returns the proxy of req, nil for none. Every error is an ErrUnusable.
func (r *Resolver) For(req *http.Request) (*url.URL, error) {
	switch {
	case r.mode == Direct:
		return nil, nil
	case r.fixed != nil:
		return r.fixed, nil
	}
	ctx := req.Context()
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.pac != "" {
		return r.fromPAC(ctx, r.pac, req.URL)
	}
	if loopback(req.URL.Hostname()) {
		return nil, nil
	}
	s, err := r.settings(ctx)
	if err != nil {
		return nil, unusable("system settings", err)
	}
	if s.pac != "" {
		return r.fromPAC(ctx, s.pac, req.URL)
	}
	return s.choose(req.URL)
}

// Forget drops what was read and tried, as when the network changed.
func (r *Resolver) Forget() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.read, r.script = time.Time{}, nil
	clear(r.proven)
}

func (r *Resolver) settings(ctx context.Context) (settings, error) {
	if now := r.opt.Now(); r.read.IsZero() || now.Sub(r.read).Abs() >= systemLasts {
		s, err := readSystem(ctx)
		if err != nil {
			return settings{}, err
		}
		r.system, r.read = s, now
	}
	return r.system, nil
}

// parseProxy takes "http://host:port", with or without a user. Other kinds are
// refused: to an HTTPS proxy net/http would show the card's certificate.
func parseProxy(text string) (*url.URL, error) {
	u, err := url.Parse(text)
	if err != nil || u.Scheme != "http" || u.Hostname() == "" || u.Port() == "" || u.Path != "" && u.Path != "/" {
		return nil, fmt.Errorf("%w: not of the form http://host:port", ErrUnusable)
	}
	return &url.URL{Scheme: u.Scheme, User: u.User, Host: u.Host}, nil
}

// loopback are the addresses of this PC (RFC 6761, section 6.3).
func loopback(host string) bool {
	host = strings.TrimSuffix(strings.ToLower(host), ".")
	if host == "localhost" || strings.HasSuffix(host, ".localhost") {
		return true
	}
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}

// unusable wraps err; a *url.Error would show an address with its password.
func unusable(what string, err error) error {
	var u *url.Error
	if errors.As(err, &u) {
		err = u.Err
	}
	return fmt.Errorf("%w: %s: %w", ErrUnusable, what, err)
}
