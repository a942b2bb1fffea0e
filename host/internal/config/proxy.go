package config

import (
	"errors"
	"net/url"
	"path"
	"strings"
)

// errProxy does not repeat the value: a proxy's address may hold a password.
var errProxy = errors.New(`proxy is none of "system", "direct", "http://host:port", "pac:https://host/file", "pac:file:///file"`)

func checkProxy(value string) error {
	if value == ProxySystem || value == ProxyDirect {
		return nil
	}
	script, pac := strings.CutPrefix(value, "pac:")
	u, err := url.Parse(script)
	if err != nil || u.RawQuery != "" && !pac || u.Fragment != "" {
		return errProxy
	}
	switch {
	case pac && (u.Scheme == "https" || u.Scheme == "http") && u.Hostname() != "":
	case pac && u.Scheme == "file" && u.Host == "" && path.IsAbs(u.Path):
	case !pac && u.Scheme == "http" && u.Hostname() != "" && u.Port() != "" && (u.Path == "" || u.Path == "/"):
	default:
		return errProxy
	}
	return nil
}
