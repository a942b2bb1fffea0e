//go:build !windows && !darwin

package proxy

import (
	"context"

	"golang.org/x/net/http/httpproxy"
)

// readSystem reads the environment as curl and most programs of Linux do. What
// a desktop keeps in its own settings is not read.
func readSystem(context.Context) (settings, error) {
	return settings{env: httpproxy.FromEnvironment().ProxyFunc()}, nil
}
