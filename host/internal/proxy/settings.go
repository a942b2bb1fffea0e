package proxy

import (
	"errors"
	"net"
	"net/netip"
	"net/url"
	"strings"
)

// settings are what a system says of proxies.
type settings struct {
	pac    string                           // URL of a PAC file; comes first
	server map[string]string                // proxy ("host:port" or a URL) by the scheme of the request
	except []string                         // hosts that need none
	env    func(*url.URL) (*url.URL, error) // in place of the two before
}

// choose finds the proxy for u.
func (s settings) choose(u *url.URL) (*url.URL, error) {
	if s.env != nil {
		found, err := s.env(u)
		if err != nil || found == nil {
			return nil, wrap(err)
		}
		return parseProxy(found.String())
	}
	server := s.server[u.Scheme]
	if server == "" || spared(s.except, u) {
		return nil, nil
	}
	if !strings.Contains(server, "://") {
		server = "http://" + server
	}
	if p, err := url.Parse(server); err == nil && p.Host != "" && p.Port() == "" {
		p.Host = net.JoinHostPort(p.Hostname(), "80")
		server = p.String()
	}
	return parseProxy(server)
}

// wrap hides the text of err, which shows the variable and so a password.
func wrap(err error) error {
	if err == nil {
		return nil
	}
	return unusable("environment", errors.New("no address of a proxy"))
}

// spared tells whether one of the exceptions names u. Windows and macOS write
// them alike: a host with "*" for anything, at will with scheme and port; a
// network ("169.254/16"); "<local>", a host without a dot.
func spared(except []string, u *url.URL) bool {
	host := strings.ToLower(u.Hostname())
	ip, _ := netip.ParseAddr(host)
	for _, e := range except {
		e = strings.ToLower(strings.TrimSpace(e))
		if scheme, rest, ok := strings.Cut(e, "://"); ok {
			if scheme != u.Scheme {
				continue
			}
			e = rest
		}
		if e == "<local>" && !strings.Contains(host, ".") && !ip.IsValid() {
			return true
		}
		if network, ok := parseNetwork(e); ok && ip.IsValid() && network.Contains(ip.Unmap()) {
			return true
		}
		name, port := e, ""
		if h, p, err := net.SplitHostPort(e); err == nil {
			name, port = h, p
		}
		name = strings.Trim(name, "[]")
		if name != "" && (port == "" || port == portOf(u)) && glob(name, host) {
			return true
		}
	}
	return false
}

func portOf(u *url.URL) string {
	if p := u.Port(); p != "" {
		return p
	}
	if u.Scheme == "https" {
		return "443"
	}
	return "80"
}

// parseNetwork takes CIDR notation whose last zeros may be left out, as macOS
// writes it.
func parseNetwork(s string) (netip.Prefix, bool) {
	address, bits, ok := strings.Cut(s, "/")
	if !ok {
		return netip.Prefix{}, false
	}
	if !strings.Contains(address, ":") {
		for strings.Count(address, ".") < 3 {
			address += ".0"
		}
	}
	p, err := netip.ParsePrefix(address + "/" + bits)
	return p, err == nil
}

// glob matches the whole of s; "*" is anything, "?" is one byte. It takes
// len(pattern)·len(s) steps at most.
func glob(pattern, s string) bool {
	star, mark := -1, 0
	p, i := 0, 0
	for i < len(s) {
		switch {
		case p < len(pattern) && pattern[p] == '*':
			star, mark = p, i
			p++
		case p < len(pattern) && (pattern[p] == '?' || pattern[p] == s[i]):
			p++
			i++
		case star >= 0:
			mark++
			p, i = star+1, mark
		default:
			return false
		}
	}
	for p < len(pattern) && pattern[p] == '*' {
		p++
	}
	return p == len(pattern)
}
