//go:build !cgo && !windows

package worker

// loaderSays has nothing to add: the other binding's errors carry the loader's
// message.
func loaderSays(string) string { return "" }
