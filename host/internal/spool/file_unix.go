//go:build unix

package spool

import "os"

// nameless makes a file that has no name from the beginning on, but for the
// moment between two calls; Open removes what was caught there. It is the user's
// own (0600).
func nameless(dir string) (*os.File, error) {
	f, err := os.CreateTemp(dir, "")
	if err != nil {
		return nil, err
	}
	if err := os.Remove(f.Name()); err != nil {
		f.Close()
		return nil, err
	}
	return f, nil
}
