//go:build !linux && !windows

package worker

// limitMemory does nothing: macOS accepts RLIMIT_DATA and RLIMIT_AS and
// enforces neither. What is left there is the deadline of each call.
func limitMemory() error { return nil }
