//go:build !linux

package agent

import "context"

// AdoptDisplay is for Linux: elsewhere a service starts within the desktop's
// session.
func AdoptDisplay(context.Context) {}
