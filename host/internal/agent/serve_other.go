//go:build !windows

package agent

import "errors"

// RunService is for Windows: elsewhere the user's own manager starts the agent
// itself.
func RunService(string) error { return errors.ErrUnsupported }

// UntilEvent is for Windows: elsewhere a service is told to end by a signal.
func UntilEvent(string, func()) error { return errors.ErrUnsupported }
