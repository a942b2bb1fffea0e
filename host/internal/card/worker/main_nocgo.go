//go:build !cgo

package worker

import (
	"errors"
	"io"
)

// Main answers that this build has no PKCS#11: the binding needs cgo.
func Main(string, io.Reader, io.Writer) error {
	return errors.New("unsupported: built without cgo, no PKCS#11 module can be loaded")
}
