//go:build !cgo && !((linux || darwin) && !android && (amd64 || arm64))

package worker

import "errors"

func load(string) (cryptoki, error) {
	return nil, errors.New("unsupported: built without cgo, no PKCS#11 module can be loaded on this system")
}
