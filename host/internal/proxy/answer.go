package proxy

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"strings"
)

// first takes the answer of a PAC file, "PROXY a:8080; PROXY b:8080; DIRECT",
// and returns the first that can be used. A proxy with others behind it is
// called before: one that does not answer is left out for five minutes. When none
// answers the first is returned, whose failure the caller will see.
func (r *Resolver) first(ctx context.Context, answer string) (*url.URL, error) {
	choices, err := parseAnswer(answer)
	if err != nil {
		return nil, err
	}
	for i, c := range choices {
		if c == nil || i == 0 && len(choices) == 1 || r.answers(ctx, c.Host) {
			return c, nil
		}
	}
	return choices[0], nil
}

// parseAnswer returns nil for DIRECT and leaves out proxies that are not HTTP.
func parseAnswer(answer string) ([]*url.URL, error) {
	var choices []*url.URL
	for entry := range strings.SplitSeq(answer, ";") {
		words := strings.Fields(entry)
		if len(words) == 0 {
			continue
		}
		switch kind := strings.ToUpper(words[0]); {
		case kind == "DIRECT" && len(words) == 1:
			choices = append(choices, nil)
		case (kind == "PROXY" || kind == "HTTP") && len(words) == 2:
			host := words[1]
			if _, _, err := net.SplitHostPort(host); err != nil {
				host = net.JoinHostPort(strings.Trim(host, "[]"), "80")
			}
			u, err := parseProxy("http://" + host)
			if err != nil {
				return nil, err
			}
			choices = append(choices, u)
		case kind == "SOCKS" || kind == "SOCKS4" || kind == "SOCKS5" || kind == "HTTPS":
		default:
			return nil, unusable("PAC file", errors.New("its answer is no list of proxies"))
		}
	}
	if len(choices) == 0 {
		return nil, fmt.Errorf("%w: the PAC file names no HTTP proxy", ErrUnusable)
	}
	return choices, nil
}

func (r *Resolver) answers(ctx context.Context, address string) bool {
	now := r.opt.Now()
	if v, ok := r.proven[address]; ok && now.Before(v.until) {
		return v.good
	}
	ctx, cancel := context.WithTimeout(ctx, dialTime)
	defer cancel()
	conn, err := r.opt.Dial(ctx, "tcp", address)
	if err == nil {
		conn.Close()
	} else if errors.Is(ctx.Err(), context.Canceled) {
		return false // the caller left: nothing was learnt
	}
	r.proven[address] = verdict{good: err == nil, until: now.Add(badLasts)}
	return err == nil
}
