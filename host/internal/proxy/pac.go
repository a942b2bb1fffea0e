package proxy

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"runtime"
	"strings"
	"time"
)

const (
	scriptLasts = 30 * time.Minute
	scriptRetry = time.Minute // after a script could not be loaded again
	scriptSize  = 1 << 20
	loadTime    = 5 * time.Second
)

// script is a PAC file that was loaded.
type script struct {
	from   string // its URL
	until  time.Time
	engine *engine
}

// fromPAC asks the PAC file at from.
func (r *Resolver) fromPAC(ctx context.Context, from string, u *url.URL) (*url.URL, error) {
	s, err := r.loaded(ctx, from)
	if err != nil {
		return nil, unusable("PAC file", err)
	}
	answer, err := s.engine.find(ctx, u)
	if err != nil {
		return nil, unusable("PAC file", err)
	}
	return r.first(ctx, answer)
}

// loaded returns the script, from memory while it is fresh. A script that
// can not be loaded again goes on to be used: it is better than nothing, and
// Forget ends it.
func (r *Resolver) loaded(ctx context.Context, from string) (*script, error) {
	now := r.opt.Now()
	if r.script != nil && r.script.from == from && now.Before(r.script.until) {
		return r.script, nil
	}
	e, err := r.load(ctx, from)
	if err != nil {
		if r.script != nil && r.script.from == from {
			r.script.until = now.Add(scriptRetry)
			return r.script, nil
		}
		return nil, err
	}
	r.script = &script{from: from, until: now.Add(scriptLasts), engine: e}
	return r.script, nil
}

func (r *Resolver) load(ctx context.Context, from string) (*engine, error) {
	text, err := fetch(ctx, from)
	if err != nil {
		return nil, err
	}
	program, err := r.compiler.compile(text)
	if err != nil {
		return nil, err
	}
	return newEngine(ctx, program, r.opt)
}

// source checks the URL of a PAC file.
func source(from string) (*url.URL, error) {
	u, err := url.Parse(from)
	web := err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.Hostname() != ""
	file := err == nil && u.Scheme == "file" && (u.Host == "" || u.Host == "localhost") && strings.HasPrefix(u.Path, "/")
	if !web && !file {
		return nil, fmt.Errorf("%w: a PAC file has an https, http or file URL", ErrUnusable)
	}
	return u, nil
}

// fetch reads a PAC file, directly: it is what tells of the proxies.
func fetch(ctx context.Context, from string) (string, error) {
	u, err := source(from)
	if err != nil {
		return "", err
	}
	if u.Scheme == "file" {
		path := u.Path
		if runtime.GOOS == "windows" {
			path = strings.TrimPrefix(path, "/") // file:///C:/…
		}
		f, err := os.Open(path)
		if err != nil {
			return "", err
		}
		defer f.Close()
		return limited(f)
	}
	ctx, cancel := context.WithTimeout(ctx, loadTime)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, from, nil)
	if err != nil {
		return "", err
	}
	transport := &http.Transport{DisableKeepAlives: true}
	answer, err := (&http.Client{Transport: transport}).Do(req)
	if err != nil {
		return "", err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return "", fmt.Errorf("HTTP %d", answer.StatusCode)
	}
	return limited(answer.Body)
}

func limited(r io.Reader) (string, error) {
	text, err := io.ReadAll(io.LimitReader(r, scriptSize+1))
	if err != nil {
		return "", err
	}
	if len(text) > scriptSize {
		return "", errors.New("larger than 1 MiB")
	}
	return strings.TrimPrefix(strings.ToValidUTF8(string(text), "?"), "\ufeff"), nil
}
