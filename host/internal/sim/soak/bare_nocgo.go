//go:build !cgo

package soak

import (
	"errors"
	"io"
)

// Bare needs the binding, and the binding needs cgo.
func Bare(string, string, io.Reader, io.Writer) error {
	return errors.New("unsupported: built without cgo")
}

// BareLogin needs it too.
func BareLogin(string, string, string, string, io.Reader, io.Writer) error {
	return errors.New("unsupported: built without cgo")
}
